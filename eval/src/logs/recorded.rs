//! A conversation as it was recorded.

use jieda::Occasion;
use jieda_types::{ConversationState, Decision, Event, FaqId, HandoffReason};
use serde::{Deserialize, Serialize};

use crate::transcripts::Expected;

/// A conversation as it was recorded: all that happened, but for what a bot said.
#[derive(Debug, Clone, PartialEq)]
pub struct Recorded {
    /// Its id, masked.
    pub id: String,
    /// What happened, in order.
    pub turns: Vec<RecordedTurn>,
    /// When it went to a human.
    pub transfer: Transfer,
}

/// When a conversation went to a human, by the record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transfer {
    /// There was no bot that could have handed it over, or nothing is known of it.
    Unknown,
    /// The bot kept it.
    Never,
    /// At this turn of the customer's, counted from 0.
    At(usize),
}

impl Recorded {
    /// The customer's turns, in order.
    pub fn customers(&self) -> impl Iterator<Item = &RecordedTurn> {
        self.turns.iter().filter(|turn| turn.is_customers())
    }
}

impl Transfer {
    /// By the decisions of then.
    pub(super) fn by_decisions(turns: &[RecordedTurn]) -> Self {
        let mut customers = turns.iter().filter(|turn| turn.is_customers()).peekable();
        if customers.peek().is_none() {
            return Self::Unknown;
        }
        let handed_over = |turn: &RecordedTurn| {
            let decided = turn.decided.as_ref();
            decided.is_some_and(|decided| decided.decision == DecisionKind::Handoff)
        };
        customers
            .position(handed_over)
            .map_or(Self::Never, Self::At)
    }
}

/// One thing that happened, and what is known of it.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordedTurn {
    /// Its number in the conversation: the stored one, else that of the customer's turn, from 1.
    pub number: u32,
    /// The line or row that it stood on, where it has one of its own.
    pub row: Option<usize>,
    /// What happened.
    pub event: Event,
    /// When, where and by whom.
    pub occasion: Occasion,
    /// Whether a human had the conversation, so that it was not the bot's to answer.
    pub with_human: bool,
    /// What was decided then.
    pub decided: Option<Decided>,
    /// What should have been decided.
    pub expected: Option<Expected>,
    /// What was remembered before it, where that is known.
    pub before: Option<Box<ConversationState>>,
}

impl RecordedTurn {
    /// Whether it is one of the customer's: words or a rating.
    #[must_use]
    pub fn is_customers(&self) -> bool {
        matches!(self.event, Event::Said { .. } | Event::Rated { .. })
    }
}

/// What is known of the values of variables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Variables {
    /// Those that the caller gave are in the log.
    Recorded,
    /// Nothing: each variable counts as known, since what is missing in practice is the caller's business.
    AllKnown,
}

/// What was decided on a turn.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Decided {
    /// What was done.
    pub decision: DecisionKind,
    /// Why it was handed over, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<HandoffReason>,
    /// The FAQ whose answer was sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub faq: Option<FaqId>,
    /// The rule that fired.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// The probability that the best FAQ answers the customer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confidence: Option<f64>,
}

impl Decided {
    /// Whether the customer would notice no difference: the same is done, with the same answer, and a human is called
    /// for the same reason (where both are known).
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        let reasons = self.reason.zip(other.reason);
        self.decision == other.decision
            && self.faq == other.faq
            && reasons.is_none_or(|(one, two)| one == two)
    }
}

/// Decisions by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DecisionKind {
    /// An answer is sent.
    AutoReply,
    /// The customer is asked which question is meant.
    Clarify,
    /// The customer is asked to say it in other words.
    Rephrase,
    /// The customer is asked for a value.
    AskValue,
    /// A human takes over.
    Handoff,
    /// Greeting, thanks, rating.
    #[serde(rename = "smalltalk")]
    SmallTalk,
    /// A human has the conversation.
    Silent,
}

impl From<&Decision> for DecisionKind {
    fn from(decision: &Decision) -> Self {
        match decision {
            Decision::AutoReply { .. } => Self::AutoReply,
            Decision::Clarify { .. } => Self::Clarify,
            Decision::Rephrase => Self::Rephrase,
            Decision::AskValue { .. } => Self::AskValue,
            Decision::Handoff { .. } => Self::Handoff,
            Decision::SmallTalk { .. } => Self::SmallTalk,
            Decision::Silent => Self::Silent,
        }
    }
}
