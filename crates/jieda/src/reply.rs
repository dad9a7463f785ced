//! What an answer consists of.

use std::time::Duration;

use jieda_decision::{Features, Reading};
use jieda_types::{
    AnswerVariant, Availability, Candidates, Confidence, Decision, FaqId, IntentPrediction,
    MaskedText, Token,
};

use crate::IntentEvidence;

/// An answer to one utterance.
#[derive(Debug, Clone, PartialEq)]
pub struct Reply {
    /// What was decided.
    pub decision: Decision,
    /// What the customer said, as it may be kept; empty for a rating.
    pub said: MaskedText,
    /// What the customer reads.
    pub text: String,
    /// The same, as it may be kept: values that the caller gave may stand in it.
    pub kept_text: MaskedText,
    /// The FAQ whose answer was sent.
    pub faq: Option<FaqId>,
    /// Which answer it is, where several are tried; also where it could not be sent for want of a value.
    pub variant: Option<AnswerVariant>,
    /// The calibrated probability that the best candidate answers the utterance.
    pub confidence: Confidence,
    /// Whether a human is there, for a handover.
    pub availability: Option<Availability>,
    /// What the customer may want, likeliest first.
    pub intents: IntentPrediction,
    /// What was found, best first.
    pub candidates: Candidates,
    /// How it came about.
    pub trace: Trace,
    /// How long each step took.
    pub timings: Timings,
}

impl Reply {
    /// Whether the text could not be encoded, or its vector not be searched, and the answer was made by words alone.
    #[must_use]
    pub fn is_degraded(&self) -> bool {
        self.trace.reading == Reading::ByWords
    }

    /// Why there was no automatic answer; see [`Decision::reason`].
    #[must_use]
    pub fn reason(&self) -> Option<&'static str> {
        self.decision.reason()
    }
}

/// What each step made of an utterance, for a person to read.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Trace {
    /// The normalised text.
    pub normalized: String,
    /// Whether it was read alone, or with what the conversation is about.
    pub reading: Reading,
    /// Its words.
    pub tokens: Vec<Token>,
    /// Tokens that did not fit into the encoder's window.
    pub truncated_tokens: usize,
    /// What the confidence was computed from.
    pub features: Features,
    /// Keywords and patterns of intents that the text fulfils, and what they added.
    pub intent_evidence: Vec<IntentEvidence>,
    /// The rule that fired.
    pub rule: String,
    /// Variables without a value, whose sentences were left out of the answer.
    pub missing_variables: Vec<String>,
}

/// Wall-clock time of each step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Timings {
    /// Normalising and cutting.
    pub segment: Duration,
    /// Encoding.
    pub encode: Duration,
    /// Searching.
    pub search: Duration,
    /// Naming the intent.
    pub classify: Duration,
    /// Reading it with the turns before, where it leaves something out.
    pub context: Duration,
    /// Deciding.
    pub decide: Duration,
    /// All of it.
    pub total: Duration,
}
