//! What somebody said of a conversation.

use std::collections::BTreeMap;

use jieda_types::{ConversationId, MaskedText};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Points, Verdict};
use crate::AgentId;

/// What one person found in one conversation, with the score by the sheet that was in force then.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Review {
    /// The conversation.
    pub conversation: ConversationId,
    /// Who looked at it.
    pub reviewer: String,
    /// When.
    pub at: Timestamp,
    /// The agent who had it last, if one had.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<AgentId>,
    /// The plans that drew it; none: he chose it himself.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub plans: Vec<String>,
    /// Points of the items.
    pub scores: Points,
    /// What he adds.
    #[serde(default)]
    pub comment: MaskedText,
    /// 0 to 100.
    pub score: f64,
    /// Whether that passed.
    pub verdict: Verdict,
}

impl Review {
    /// Of several reviews of one conversation by one person, the first one: what he said before he saw what others say. In
    /// the order of conversations and people; the reviews are in that of time.
    pub fn first_of_each<'a>(reviews: impl IntoIterator<Item = &'a Self>) -> Vec<&'a Self> {
        let mut first: BTreeMap<(&ConversationId, &str), &Self> = BTreeMap::new();
        for review in reviews {
            first
                .entry((&review.conversation, &review.reviewer))
                .or_insert(review);
        }
        first.into_values().collect()
    }

    /// Of several reviews of one conversation by one person, the last one: he has thought again. In the order of
    /// conversations and people.
    pub fn last_of_each<'a>(reviews: impl IntoIterator<Item = &'a Self>) -> Vec<&'a Self> {
        let mut last: BTreeMap<(&ConversationId, &str), &Self> = BTreeMap::new();
        for review in reviews {
            last.insert((&review.conversation, &review.reviewer), review);
        }
        last.into_values().collect()
    }
}
