//! What was missed: the input of gap mining.

use jieda::Timestamp;
use jieda_types::{ConversationId, Decision, FaqId, HandoffReason};
use serde::Serialize;

/// A text that a customer did not get a good answer to, once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Miss {
    /// What was said, masked.
    pub text: String,
    /// What makes it a miss.
    pub cause: Cause,
    /// Where it was said, if that is known.
    pub seen: Option<Seen>,
}

impl Miss {
    /// A miss of which nothing but the text and the cause is known.
    #[must_use]
    pub fn new(text: impl Into<String>, cause: Cause) -> Self {
        Self {
            text: text.into(),
            cause,
            seen: None,
        }
    }
}

/// Where something was said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Seen {
    /// The conversation.
    pub conversation: ConversationId,
    /// The turn, from 1.
    pub turn: u32,
    /// When, if that was kept.
    pub at: Option<Timestamp>,
}

/// What makes a text a miss.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Cause {
    /// The customer was asked to say it in other words.
    Rephrase,
    /// A near-tie: the customer was asked which question is meant.
    Clarify,
    /// A human took over for lack of an answer.
    Handover,
    /// This FAQ answered, and the customer was not satisfied.
    LowRating(FaqId),
}

impl Cause {
    /// What a decision leaves unanswered; none where there was an answer, or where no FAQ could help: small talk, a
    /// human for other reasons, a value that nobody had.
    #[must_use]
    pub fn of(decision: &Decision) -> Option<Self> {
        match decision {
            Decision::Rephrase => Some(Self::Rephrase),
            Decision::Clarify { .. } => Some(Self::Clarify),
            Decision::Handoff { reason } => {
                (*reason == HandoffReason::RepeatedFailure).then_some(Self::Handover)
            }
            Decision::AutoReply { .. }
            | Decision::AskValue { .. }
            | Decision::SmallTalk { .. }
            | Decision::Silent => None,
        }
    }
}

/// How often each cause was at work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Causes {
    /// Asked to say it in other words.
    pub rephrase: usize,
    /// Asked which question is meant.
    pub clarify: usize,
    /// Handed over.
    pub handover: usize,
    /// Answered, and rated low.
    pub low_rating: usize,
}

impl Causes {
    /// How often any was.
    #[must_use]
    pub fn total(&self) -> usize {
        self.rephrase + self.clarify + self.handover + self.low_rating
    }

    pub(crate) fn count(&mut self, cause: &Cause) {
        match cause {
            Cause::Rephrase => self.rephrase += 1,
            Cause::Clarify => self.clarify += 1,
            Cause::Handover => self.handover += 1,
            Cause::LowRating(_) => self.low_rating += 1,
        }
    }

    pub(crate) fn add(&mut self, other: &Self) {
        self.rephrase += other.rephrase;
        self.clarify += other.clarify;
        self.handover += other.handover;
        self.low_rating += other.low_rating;
    }
}

/// What one miss costs, in any unit: gaps are ranked by what they cost together. 1 each unless told, so that gaps are
/// ranked by how often they were asked.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Costs {
    /// The customer had to say it again.
    pub rephrase: f64,
    /// The customer had to choose.
    pub clarify: f64,
    /// A human had to answer.
    pub handover: f64,
    /// The customer got an answer that was no good.
    pub wrong: f64,
}

impl Default for Costs {
    fn default() -> Self {
        Self {
            rephrase: 1.0,
            clarify: 1.0,
            handover: 1.0,
            wrong: 1.0,
        }
    }
}

impl Costs {
    /// What so many misses cost.
    #[must_use]
    pub fn of(&self, causes: &Causes) -> f64 {
        self.rephrase * causes.rephrase as f64
            + self.clarify * causes.clarify as f64
            + self.handover * causes.handover as f64
            + self.wrong * causes.low_rating as f64
    }
}
