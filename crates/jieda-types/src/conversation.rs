//! A conversation: what comes in, and what is remembered between two turns.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{ClarifyOption, Confidence, FaqId, HandoffReason, IntentId, IntentScore, Rating};

/// What a customer said, with what the caller knows beside it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Utterance {
    /// The words, as typed.
    pub text: String,
    /// Values for the `{variables}` of answers, such as `order_id`.
    #[serde(default)]
    pub variables: BTreeMap<String, String>,
}

impl Utterance {
    /// An utterance without variables.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            variables: BTreeMap::new(),
        }
    }
}

/// What the last word of the engine asked for, and the customer has not answered yet.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(tag = "for", rename_all = "snake_case")]
pub enum Awaiting {
    /// Nothing.
    #[default]
    Nothing,
    /// Which of these questions is meant.
    Choice {
        /// The options, as they were numbered.
        options: Vec<ClarifyOption>,
    },
    /// A rating.
    Rating,
    /// A value that an answer needs.
    Value {
        /// The FAQ whose answer needs it.
        faq: FaqId,
        /// The variable.
        variable: String,
    },
}

impl Awaiting {
    /// Whether an answer of this FAQ is what it leads to: it is one of the options, or lacks the value.
    #[must_use]
    pub fn is_for(&self, wanted: &FaqId) -> bool {
        match self {
            Self::Nothing | Self::Rating => false,
            Self::Choice { options } => options.iter().any(|option| option.faq == *wanted),
            Self::Value { faq, .. } => faq == wanted,
        }
    }

    /// The options of an open clarifying question; none when another thing is awaited.
    #[must_use]
    pub fn options(&self) -> &[ClarifyOption] {
        match self {
            Self::Choice { options } => options,
            _ => &[],
        }
    }
}

/// What became of an FAQ in a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum TryOutcome {
    /// Its answer was sent.
    Replied,
    /// Its answer was sent, and rated low.
    RatedLow,
    /// It was an option of a clarifying question that has no answer yet.
    Offered,
    /// It was an option, and the customer said that it is none of these or went on to something else.
    NotChosen,
    /// It came first, with too little confidence to be sent or offered.
    Unsure,
    /// Its answer needs a value that nobody had.
    LacksValue,
}

/// An FAQ that was tried.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TriedFaq {
    /// The FAQ.
    pub faq: FaqId,
    /// The confidence of the turn that tried it.
    pub confidence: Confidence,
    /// What became of it.
    pub outcome: TryOutcome,
}

/// What the conversation is about: what a follow-up such as 那要多久呢 leaves out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Topic {
    /// The customer's words that opened it, normalised and cut short.
    pub text: String,
    /// The FAQ that answered last.
    pub faq: Option<FaqId>,
}

/// All that is remembered between two turns; a few hundred bytes, 4 kB at most. It is the caller's to
/// keep: the engine holds none.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ConversationState {
    /// Utterances so far.
    pub turns: u32,
    /// Turns in a row without a match: a request to rephrase and a clarifying question count one
    /// each. An answer sets it to 0, and so does a clarifying question whose first option is likely. Small talk
    /// leaves it alone.
    pub consecutive_failures: u32,
    /// Clarifying questions in a row; small talk leaves it alone, anything else sets it to 0.
    pub clarifications: u32,
    /// Answers so far.
    pub replies: u32,
    /// The FAQ that was answered last.
    pub last_faq: Option<FaqId>,
    /// Its intent.
    pub last_intent: Option<IntentId>,
    /// The confidence with which it was answered.
    pub last_confidence: Option<Confidence>,
    /// What the engine asked for last.
    pub awaiting: Awaiting,
    /// What it is about.
    pub topic: Option<Topic>,
    /// Intents that were recognised in any turn, each with its highest confidence, likeliest first.
    pub intents: Vec<IntentScore>,
    /// FAQs that were tried, the latest last.
    pub tried: Vec<TriedFaq>,
    /// Values that the customer mentioned, such as `order_id`.
    pub slots: BTreeMap<String, String>,
    /// Variables that the customer was asked for: each once.
    pub asked_values: Vec<String>,
    /// The last rating.
    pub rating: Option<Rating>,
    /// Set while the conversation belongs to a human.
    pub handed_over: Option<HandoffReason>,
}
