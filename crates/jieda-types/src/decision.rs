//! What is decided on a turn, and why a conversation goes to a human.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::FaqId;

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
    /// A rating that is good enough: 5分, 很满意.
    Rated,
}

/// Why a conversation goes to a human.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum HandoffReason {
    /// Life, health or property is in danger.
    Safety,
    /// Money or an account is being lost to fraud or theft.
    FraudLoss,
    /// He announces a regulator, a court, a lawyer or the press.
    LegalThreat,
    /// He can't help himself: alone and very old, blind, bereaved, in need.
    Vulnerable,
    /// The customer asked for one.
    HumanRequest,
    /// The customer complains of the company, or wants a complaint taken down.
    Complaint,
    /// A rating at or below the policy's limit.
    LowSatisfaction,
    /// Two failed matches in a row.
    RepeatedFailure,
    /// The answer needs a value that nobody supplied.
    MissingVariable,
}

impl HandoffReason {
    /// All reasons, the gravest first.
    pub const ALL: [Self; 9] = [
        Self::Safety,
        Self::FraudLoss,
        Self::LegalThreat,
        Self::Vulnerable,
        Self::HumanRequest,
        Self::Complaint,
        Self::LowSatisfaction,
        Self::RepeatedFailure,
        Self::MissingVariable,
    ];

    /// The name used in files and JSON output.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Safety => "safety",
            Self::FraudLoss => "fraud_loss",
            Self::LegalThreat => "legal_threat",
            Self::Vulnerable => "vulnerable",
            Self::HumanRequest => "human_request",
            Self::Complaint => "complaint",
            Self::LowSatisfaction => "low_satisfaction",
            Self::RepeatedFailure => "repeated_failure",
            Self::MissingVariable => "missing_variable",
        }
    }

    /// Whether what the customer *said* belongs to a human, whatever the knowledge base holds: not for want
    /// of an answer or of satisfaction.
    #[must_use]
    pub fn is_by_words(self) -> bool {
        !matches!(
            self,
            Self::LowSatisfaction | Self::RepeatedFailure | Self::MissingVariable
        )
    }

    /// Whether it is one of the sensitive cases: danger, fraud, law, a person in need.
    #[must_use]
    pub fn is_sensitive(self) -> bool {
        matches!(
            self,
            Self::Safety | Self::FraudLoss | Self::LegalThreat | Self::Vulnerable
        )
    }
}

impl fmt::Display for HandoffReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
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
    /// Ask for a value that the answer needs.
    AskValue {
        /// The FAQ whose answer needs it.
        faq: FaqId,
        /// The variable, such as `order_id`.
        variable: String,
    },
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
    /// A human has the conversation: nothing is said.
    Silent,
}

impl Decision {
    /// The name used in JSON output: `auto_reply`, `clarify`, `rephrase`, `ask_value`, `handoff`,
    /// `smalltalk`, `silent`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::AutoReply { .. } => "auto_reply",
            Self::Clarify { .. } => "clarify",
            Self::Rephrase => "rephrase",
            Self::AskValue { .. } => "ask_value",
            Self::Handoff { .. } => "handoff",
            Self::SmallTalk { .. } => "smalltalk",
            Self::Silent => "silent",
        }
    }

    /// Why there was no automatic answer: the reason of a handover, `low_confidence` for a clarifying
    /// question and a request to rephrase, `missing_variable` where a value is asked for.
    #[must_use]
    pub fn reason(&self) -> Option<&'static str> {
        match self {
            Self::Handoff { reason } => Some(reason.as_str()),
            Self::Clarify { .. } | Self::Rephrase => Some("low_confidence"),
            Self::AskValue { .. } => Some("missing_variable"),
            Self::AutoReply { .. } | Self::SmallTalk { .. } | Self::Silent => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_written_as_it_is_displayed() {
        for reason in HandoffReason::ALL {
            let written = serde_json::to_string(&reason).unwrap();
            assert_eq!(written, format!("\"{reason}\""));
        }
    }
}
