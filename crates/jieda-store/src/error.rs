//! What can go wrong.

use std::{path::PathBuf, sync::Arc};

use jieda_types::ConversationId;

/// Why a store can't do what it was asked to. Cheap to clone: writes that were committed together fail
/// together.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// There is no such file.
    #[error("{} does not exist", path.display())]
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// The file is no database, or another program's.
    #[error("{} is no store of jieda: {reason}", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
        /// How that was seen.
        reason: String,
    },
    /// A newer jieda made it. It was left as it is.
    #[error("{} is of format {found}, and this jieda knows formats up to {known}", path.display())]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its format.
        found: i64,
        /// The newest that is known.
        known: i64,
    },
    /// What is stored can't be read back.
    #[error("the store is damaged: {what}")]
    Damaged {
        /// Where, and how.
        what: String,
    },
    /// The turn is there already: another writer was first. Read the conversation again and answer on
    /// its new state.
    #[error("turn {number} of conversation {conversation} is taken")]
    Conflict {
        /// The conversation.
        conversation: ConversationId,
        /// The turn.
        number: u32,
    },
    /// Turns before this one are missing.
    #[error("turn {number} of conversation {conversation} can't follow turn {last}")]
    Gap {
        /// The conversation.
        conversation: ConversationId,
        /// The turn.
        number: u32,
        /// The last that is stored; 0 without any.
        last: u32,
    },
    /// Somebody else appended to the journal. Read on from the entry that was seen last.
    #[error("journal {journal} was expected to end with entry {last}, and ends with {found}")]
    Overtaken {
        /// The journal.
        journal: String,
        /// The last entry that the writer saw.
        last: u64,
        /// The last entry that is there.
        found: u64,
    },
    /// There is no such conversation.
    #[error("there is no conversation {0}")]
    UnknownConversation(ConversationId),
    /// There is no such turn.
    #[error("conversation {conversation} has no turn {number}")]
    UnknownTurn {
        /// The conversation.
        conversation: ConversationId,
        /// The turn.
        number: u32,
    },
    /// The writer has as much to do as it may hold: nothing was taken.
    #[error("the store can't keep up: its queue is full")]
    Busy,
    /// The writer was shut down, or is gone.
    #[error("the writer of the store has ended")]
    Closed,
    /// Another process holds the database for too long.
    #[error("another process holds the database")]
    Locked,
    /// The database can't be reached: it is away, restarting, full, or the network is cut. What was being written may be
    /// there all the same.
    #[error("the database can't be reached (while {doing})")]
    Unreachable {
        /// What was being done.
        doing: &'static str,
        /// What the system says.
        #[source]
        source: Arc<dyn std::error::Error + Send + Sync>,
    },
    /// The cursor of a page is another kind of page's.
    #[error("the cursor of the page belongs to another query")]
    Cursor,
    /// The disk is full, or the database fails otherwise.
    #[error("the database failed while {doing}")]
    Database {
        /// What was being done.
        doing: &'static str,
        /// What the database says.
        #[source]
        source: Arc<dyn std::error::Error + Send + Sync>,
    },
}

impl StoreError {
    /// Whether the same may work later: nothing is wrong with what was asked.
    #[must_use]
    pub fn is_temporary(&self) -> bool {
        matches!(self, Self::Busy | Self::Locked | Self::Unreachable { .. })
    }

    /// Whether the write itself is refused; everything else would be stored in its place.
    pub(crate) fn is_of_the_write(&self) -> bool {
        matches!(
            self,
            Self::Conflict { .. }
                | Self::Gap { .. }
                | Self::UnknownConversation(_)
                | Self::UnknownTurn { .. }
        )
    }
}
