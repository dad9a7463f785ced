//! The JSON that the command line prints: what the service answers, where that has the same.

use jieda::{
    Engine, IntentEvidence, Reply,
    types::{Candidate, Confidence, ConversationState, Handover, IntentScore, Segmented},
};
use jieda_server::wire::{AnswerBody, CandidateBody, EvidenceBody, ReplyContext, SegmentResponse};
use serde_json::{Value, json};

/// An answer, and what the human gets if it is a handover: what the service answers, too.
pub(crate) fn reply(
    engine: &Engine,
    (reply, state): (&Reply, &ConversationState),
    handover: Option<&Handover>,
) -> Value {
    let context = ReplyContext {
        handover,
        ..ReplyContext::new(engine, state)
    };
    json!(AnswerBody::of(reply, &context))
}

/// An intent with its confidence.
pub(crate) fn intent(intent: &IntentScore) -> Value {
    json!({ "id": intent.id, "confidence": confidence(intent.confidence) })
}

/// A keyword or pattern of an intent, and what it added.
pub(crate) fn intent_evidence(evidence: &IntentEvidence) -> Value {
    json!(EvidenceBody::of(evidence))
}

/// A candidate in short.
pub(crate) fn candidate(c: &Candidate) -> Value {
    json!(CandidateBody::short(c))
}

/// A candidate with every part of its score.
pub(crate) fn explained(c: &Candidate) -> Value {
    json!(CandidateBody::explained(c))
}

/// A text with its tokens.
pub(crate) fn segmented(s: &Segmented) -> Value {
    json!(SegmentResponse::of(s))
}

pub(crate) fn confidence(c: Confidence) -> f64 {
    rounded(c.get())
}

/// Four digits after the point: more would be noise.
fn rounded(value: f64) -> f64 {
    round_to(value, 4)
}

/// So many digits after the point.
pub(crate) fn round_to(value: f64, digits: i32) -> f64 {
    let scale = 10f64.powi(digits);
    (value * scale).round() / scale
}
