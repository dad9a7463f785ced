//! One thing that happened in a conversation.

use std::{num::NonZeroU32, time::Duration};

use jieda_types::{
    AnswerVariant, Availability, Confidence, ConversationId, ConversationState, Customer, Decision,
    Event, FaqId, Handover, MaskedText, Rating,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::Trace;

/// The place of a turn in its conversation, from 1.
pub type TurnNumber = NonZeroU32;

/// One thing that happened, what the engine made of it, and all that it remembered afterwards. Never
/// changed once it is stored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Turn {
    /// Its place; one higher than the last.
    pub number: TurnNumber,
    /// When, on the clock by which it was answered. Kept to the microsecond.
    pub at: Timestamp,
    /// Who asked, as he was known then.
    #[serde(default)]
    pub customer: Customer,
    /// The channel whose FAQs could answer; without one, those of all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
    /// What happened.
    #[serde(flatten)]
    pub event: Event,
    /// What the engine said to it; nothing where a human spoke.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<Answer>,
    /// What was remembered after it.
    pub state: ConversationState,
    /// The key by which the caller knows his request, if he gave one: the same request is answered once, by whichever
    /// process.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<String>,
    /// What the human got, when this turn handed the conversation over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handover: Option<Handover>,
}

impl Turn {
    /// The first turn of a conversation, not answered yet.
    #[must_use]
    pub fn new(at: Timestamp, event: Event) -> Self {
        Self {
            number: TurnNumber::MIN,
            at,
            customer: Customer::default(),
            channel: None,
            event,
            answer: None,
            state: ConversationState::default(),
            request: None,
            handover: None,
        }
    }
}

impl Turn {
    /// How the customer rated, by a button or in words, if this turn is a rating.
    #[must_use]
    pub fn rating(&self) -> Option<Rating> {
        match &self.event {
            Event::Rated { rating } => Some(*rating),
            // In words: the state says so on the turn on which the engine took it for one.
            Event::Said { .. } => {
                let answer = self.answer.as_ref();
                let is_rating = answer.is_some_and(|answer| answer.rule.contains("rating"));
                self.state.rating.filter(|_| is_rating)
            }
            Event::AgentSaid { .. } | Event::HandedBack => None,
        }
    }
}

/// What the engine said, and how that came about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// What was decided.
    #[serde(flatten)]
    pub decision: Decision,
    /// What the customer read.
    pub reply: MaskedText,
    /// The probability that the best FAQ answers the customer.
    pub confidence: Confidence,
    /// The rule that fired.
    pub rule: String,
    /// Whether a human was there, for a handover.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub availability: Option<Availability>,
    /// Which answer it is, where several are tried.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variant: Option<AnswerVariant>,
    /// Which knowledge answered: the id of a release, or what identifies a folder.
    pub release: String,
    /// A hash of all else that decides.
    pub policy: String,
    /// How long it took. Kept to the microsecond.
    #[serde(rename = "latency_us", with = "micros")]
    pub latency: Duration,
    /// How each step came about.
    pub trace: Trace,
}

impl Answer {
    /// The FAQ whose answer was sent.
    #[must_use]
    pub fn faq(&self) -> Option<&FaqId> {
        match &self.decision {
            Decision::AutoReply { faq } => Some(faq),
            _ => None,
        }
    }
}

/// A turn, and the conversation that it was found in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FoundTurn {
    /// The conversation.
    pub conversation: ConversationId,
    /// The turn.
    #[serde(flatten)]
    pub turn: Turn,
}

mod micros {
    use std::time::Duration;

    use serde::{Deserialize as _, Deserializer, Serialize as _, Serializer};

    pub(super) fn serialize<S: Serializer>(latency: &Duration, out: S) -> Result<S::Ok, S::Error> {
        u64::try_from(latency.as_micros())
            .unwrap_or(u64::MAX)
            .serialize(out)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(input: D) -> Result<Duration, D::Error> {
        u64::deserialize(input).map(Duration::from_micros)
    }
}
