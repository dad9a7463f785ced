//! What goes over the wire, as JSON. Inner types are converted here and nowhere else, so that they may change.

mod answer;
mod candidate;
mod conversation;
mod depot;
mod feedback;
mod figures;
mod knowledge;
mod lookup;
mod qa;
mod report;
mod routing;
mod trace;

pub use answer::{
    AnswerBody, AnswerRequest, AnswerResponse, CustomerBody, Detail, OptionBody, ReplyContext,
    VariantBody,
};
pub use candidate::{CandidateBody, IntentBody, PartBody};
pub use conversation::*;
pub use depot::*;
pub use feedback::{FeedbackRequest, FeedbackResponse};
pub use figures::*;
pub use knowledge::*;
pub use lookup::*;
pub use qa::*;
pub use report::*;
pub use routing::*;
pub use trace::{EvidenceBody, ThresholdsBody, TimingsBody, TraceBody};

/// Four digits after the point: more would be noise.
pub(crate) fn rounded(value: f64) -> f64 {
    (value * 1e4).round() / 1e4
}
