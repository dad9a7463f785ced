//! What can be added to a store.

use std::sync::Arc;

use jieda_types::ConversationId;
use jiff::Timestamp;

use crate::{Feedback, Turn};

/// One addition. It is stored whole or not at all.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Write {
    /// The next turn of a conversation; turn 1 opens it.
    Turn {
        /// The conversation.
        conversation: ConversationId,
        /// The turn.
        turn: Arc<Turn>,
        /// The time of the turn that it was made on: on another one, it is refused as a conflict, since it would not follow.
        /// None: on whichever is there.
        after: Option<Timestamp>,
    },
    /// Feedback on a conversation that is there.
    Feedback {
        /// The conversation.
        conversation: ConversationId,
        /// The feedback.
        feedback: Feedback,
    },
}

impl Write {
    /// The next turn of a conversation.
    #[must_use]
    pub fn turn(conversation: ConversationId, turn: impl Into<Arc<Turn>>) -> Self {
        Self::Turn {
            conversation,
            turn: turn.into(),
            after: None,
        }
    }

    /// The next turn of a conversation, made on the one of this time.
    #[must_use]
    pub fn turn_after(
        conversation: ConversationId,
        turn: impl Into<Arc<Turn>>,
        after: Timestamp,
    ) -> Self {
        Self::Turn {
            conversation,
            turn: turn.into(),
            after: Some(after),
        }
    }

    /// What it is of.
    #[must_use]
    pub fn conversation(&self) -> &ConversationId {
        match self {
            Self::Turn { conversation, .. } | Self::Feedback { conversation, .. } => conversation,
        }
    }

    /// Feedback on a conversation.
    #[must_use]
    pub fn feedback(conversation: ConversationId, feedback: Feedback) -> Self {
        Self::Feedback {
            conversation,
            feedback,
        }
    }
}
