//! How long conversations are kept.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Which conversations go: those without a turn since a time, each with everything of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// Conversations whose last turn is before this time go.
    pub before: Timestamp,
    /// What is done with those that are a human's.
    pub with_human: WithHuman,
    /// Whether anything is deleted.
    pub mode: RetentionMode,
}

impl Retention {
    /// Deletes what has no turn since a time, but for conversations that are a human's.
    #[must_use]
    pub fn before(time: Timestamp) -> Self {
        Self {
            before: time,
            with_human: WithHuman::Keep,
            mode: RetentionMode::Delete,
        }
    }
}

/// What is done with conversations that were handed over and not given back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum WithHuman {
    /// They stay, whatever their age.
    #[default]
    Keep,
    /// They go like any other.
    Delete,
}

/// Whether anything is deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RetentionMode {
    /// It is.
    #[default]
    Delete,
    /// It is only counted.
    Count,
}

/// What went, or would go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Purged {
    /// Conversations.
    pub conversations: u64,
    /// Their turns.
    pub turns: u64,
    /// Feedback on them.
    pub feedback: u64,
    /// What humans got of them.
    pub handovers: u64,
    /// Conversations as old that stay, because they are a human's.
    pub kept_with_human: u64,
}
