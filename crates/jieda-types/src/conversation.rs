//! A conversation: what comes in, what is decided, what is remembered.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{Confidence, FaqId, IntentId};

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

/// Kinds of small talk that are answered without looking anything up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SmallTalk {
    /// 你好, 在吗.
    Greeting,
    /// 谢谢, 好的.
    Thanks,
    /// 再见.
    Goodbye,
    /// 你是机器人吗, 你叫什么.
    AboutBot,
    /// Any other: 今天好冷, 我失恋了.
    Chat,
}

/// Why a conversation goes to a human.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HandoffReason {
    /// The customer asked for one.
    HumanRequest,
    /// The customer complains of the company, or wants a complaint taken down.
    Complaint,
    /// Two failed matches in a row.
    RepeatedFailure,
    /// The answer needs a value that nobody supplied.
    MissingVariable,
}

impl fmt::Display for HandoffReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::HumanRequest => "human_request",
            Self::Complaint => "complaint",
            Self::RepeatedFailure => "repeated_failure",
            Self::MissingVariable => "missing_variable",
        })
    }
}

/// One choice of a clarifying question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClarifyOption {
    /// The FAQ that is answered when the customer picks it.
    pub faq: FaqId,
    /// Its standard question.
    pub question: String,
}

/// What to do with an utterance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "decision", rename_all = "snake_case")]
pub enum Decision {
    /// Send the FAQ's answer.
    AutoReply {
        /// The FAQ.
        faq: FaqId,
    },
    /// Ask which of a few questions is meant.
    Clarify {
        /// At most three, best first.
        options: Vec<ClarifyOption>,
    },
    /// A failed match: ask the customer to say it in other words.
    Rephrase,
    /// Pass the conversation to a human.
    Handoff {
        /// Why.
        reason: HandoffReason,
    },
    /// Answer a greeting or thanks.
    #[serde(rename = "smalltalk")]
    SmallTalk {
        /// Which kind.
        kind: SmallTalk,
    },
}

impl Decision {
    /// The name used in JSON output: `auto_reply`, `clarify`, `rephrase`, `handoff`, `smalltalk`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::AutoReply { .. } => "auto_reply",
            Self::Clarify { .. } => "clarify",
            Self::Rephrase => "rephrase",
            Self::Handoff { .. } => "handoff",
            Self::SmallTalk { .. } => "smalltalk",
        }
    }
}

/// All that is remembered between two turns. It is the caller's to keep: the engine holds none.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct ConversationState {
    /// Utterances so far.
    pub turns: u32,
    /// Turns in a row without a match: a request to rephrase and a clarifying question count one
    /// each, an answer sets it to 0, small talk leaves it alone.
    pub consecutive_failures: u32,
    /// The FAQ that was answered last.
    pub last_faq: Option<FaqId>,
    /// Its intent.
    pub last_intent: Option<IntentId>,
    /// The confidence with which it was answered.
    pub last_confidence: Option<Confidence>,
    /// The options of a clarifying question that is still open.
    #[serde(default)]
    pub pending: Vec<ClarifyOption>,
    /// Set once the conversation belongs to a human.
    pub handed_over: Option<HandoffReason>,
}
