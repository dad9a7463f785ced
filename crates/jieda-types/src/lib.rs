//! The contract of jieda: the records that flow through an answer, their ids, and the four traits
//! that stages implement. No I/O, no async, no heavy dependency.
//!
//! ```text
//! Utterance ─Segmenter─▶ Segmented ─Encoder─▶ Encoded ─┬─Retriever──▶ Candidates ──┐
//!                                                      └─IntentClassifier─▶ IntentPrediction
//!                                     ConversationState ─────▶ Decision ◀─────┘
//! ```
//!
//! | stage | trait | in → out |
//! |---|---|---|
//! | understand the characters | [`Segmenter`] | text → [`Segmented`] |
//! | understand the meaning | [`Encoder`] | texts → [`Encoded`], one unit vector each |
//! | find the FAQ | [`Retriever`] | [`Query`] → [`Candidates`], best first |
//! | name the intent | [`IntentClassifier`] | [`Query`] + [`Candidates`] → [`IntentPrediction`] |
//!
//! What is done with them is a [`Decision`], taken by `jieda-decision` from a [`Confidence`] and the
//! [`ConversationState`].

mod candidates;
mod conversation;
mod customer;
mod decision;
mod encoded;
mod entity;
mod event;
mod handover;
mod id;
mod intent;
mod masked;
mod rating;
mod score;
mod segmented;
mod stage;
mod variant;

pub use candidates::{Candidate, Candidates, ScorePart, Signal};
pub use conversation::{Awaiting, ConversationState, Topic, TriedFaq, TryOutcome, Utterance};
pub use customer::{Customer, LocalTime, Situation, Weekday};
pub use decision::{ClarifyOption, Decision, HandoffReason, SmallTalk};
pub use encoded::{Embedding, Encoded};
pub use entity::EntityKind;
pub use event::Event;
pub use handover::{
    Availability, Handover, HandoverFaq, HandoverIntent, HistoryTurn, SimilarCase, Speaker,
    SuggestedFaq, TicketDraft, TicketField,
};
pub use id::{ConversationId, EncoderId, FaqId, IntentId, InvalidId};
pub use intent::{IntentPrediction, IntentScore};
pub use masked::MaskedText;
pub use rating::{NotARating, Rating, Urgency};
pub use score::{Confidence, NotAProbability, Score};
pub use segmented::{ByteSpan, Segmented, Token, TokenKind};
pub use stage::{Encoder, IntentClassifier, Query, Retriever, Segmenter, StageError, TextRole};
pub use variant::{AnswerVariant, InvalidVariantLabel, VariantLabel};
