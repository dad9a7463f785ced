//! A conversation as a whole.

use jieda_types::{ConversationId, ConversationState, Customer, HandoffReason};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Feedback, Turn, TurnNumber};

/// What is known of a conversation after its last turn.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ConversationRecord {
    /// Its id.
    pub id: ConversationId,
    /// The time of its first turn.
    pub opened: Timestamp,
    /// The latest time of its turns.
    pub updated: Timestamp,
    /// Who asks, as he was known on the last turn.
    pub customer: Customer,
    /// His channel, on the last turn.
    pub channel: Option<String>,
    /// The last turn.
    pub last_turn: TurnNumber,
    /// The release that answered last.
    pub release: Option<String>,
    /// Set while it belongs to a human.
    pub handed_over: Option<HandoffReason>,
    /// What is remembered.
    pub state: ConversationState,
}

/// All of a conversation. As JSON it is one line of `jieda log export`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ConversationLog {
    /// The whole.
    #[serde(flatten)]
    pub conversation: ConversationRecord,
    /// What happened, in order.
    pub turns: Vec<Turn>,
    /// What was said of it afterwards, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub feedback: Vec<Feedback>,
}
