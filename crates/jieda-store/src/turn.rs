//! One thing that happened in a conversation.

use std::{collections::BTreeMap, num::NonZeroU32, time::Duration};

use jieda_types::{
    Availability, Confidence, ConversationId, ConversationState, Customer, Decision, FaqId,
    Handover, MaskedText, Rating, Speaker,
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
            handover: None,
        }
    }
}

/// What can happen in a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// The customer said something.
    Said {
        /// His words.
        text: MaskedText,
        /// Values that the caller gave for the variables of answers.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        variables: BTreeMap<String, MaskedText>,
    },
    /// The customer rated by a button.
    Rated {
        /// How.
        rating: Rating,
    },
    /// A human agent said something.
    AgentSaid {
        /// His words.
        text: MaskedText,
    },
    /// A human agent gave the conversation back to the engine.
    HandedBack,
}

impl Event {
    /// The customer said something, and the caller gave no values with it.
    #[must_use]
    pub fn said(text: MaskedText) -> Self {
        Self::Said {
            text,
            variables: BTreeMap::new(),
        }
    }

    /// The name used in the database and in JSON: `said`, `rated`, `agent_said`, `handed_back`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Said { .. } => "said",
            Self::Rated { .. } => "rated",
            Self::AgentSaid { .. } => "agent_said",
            Self::HandedBack => "handed_back",
        }
    }

    /// Whose doing it is.
    #[must_use]
    pub fn speaker(&self) -> Speaker {
        match self {
            Self::Said { .. } | Self::Rated { .. } => Speaker::Customer,
            Self::AgentSaid { .. } | Self::HandedBack => Speaker::Agent,
        }
    }

    /// The words, if any were said.
    #[must_use]
    pub fn text(&self) -> Option<&MaskedText> {
        match self {
            Self::Said { text, .. } | Self::AgentSaid { text } => Some(text),
            Self::Rated { .. } | Self::HandedBack => None,
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
