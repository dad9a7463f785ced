//! What the journal of the routing core holds.

use jieda::{Timestamp, types::ConversationId};
use jieda_routing::Logged;
use jieda_store::{Entry, Journal, StoreError};
use serde::{Deserialize, Serialize};

/// The name of the journal.
pub const JOURNAL: &str = "routing";
/// Entries that are read at a time.
pub(super) const PAGE: u32 = 1000;

/// An entry of the journal, as JSON.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "entry", rename_all = "snake_case")]
pub enum RoutingEntry {
    /// From here on these rules hold, and nobody is there yet: agents are registered anew behind it.
    Rules {
        /// Since when; none in journals of old.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        at: Option<Timestamp>,
        /// `routing.toml`, with all that was left to the shipped one.
        toml: String,
    },
    /// Something happened.
    Event {
        /// What, and what it led to.
        #[serde(flatten)]
        logged: Box<Logged>,
        /// Whose a ticket is that arrives.
        #[serde(flatten)]
        of: Of,
    },
}

/// Whose a ticket is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Of {
    /// The conversation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conversation: Option<ConversationId>,
    /// The caller's id of the customer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<String>,
}

impl Of {
    /// Of a conversation, whoever has it.
    #[must_use]
    pub fn conversation(id: ConversationId) -> Self {
        Self {
            conversation: Some(id),
            customer: None,
        }
    }
}

/// An entry with its place in the journal.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Numbered {
    /// Its number, from 1.
    pub number: u64,
    /// What it is.
    #[serde(flatten)]
    pub entry: RoutingEntry,
}

impl Numbered {
    /// Reads an entry.
    ///
    /// # Errors
    /// [`StoreError::Damaged`].
    pub fn of(entry: &Entry) -> Result<Self, StoreError> {
        let read = serde_json::from_str(&entry.body).map_err(|e| StoreError::Damaged {
            what: format!("entry {} of journal {JOURNAL}: {e}", entry.number),
        })?;
        Ok(Self {
            number: entry.number,
            entry: read,
        })
    }
}

/// All entries after a number, in order.
///
/// # Errors
/// [`StoreError`].
pub async fn routing_log(
    journal: &impl Journal,
    mut after: u64,
) -> Result<Vec<Numbered>, StoreError> {
    let mut all = Vec::new();
    loop {
        let page = journal.entries(JOURNAL, after, PAGE).await?;
        let Some(last) = page.last() else {
            return Ok(all);
        };
        after = last.number;
        for entry in &page {
            all.push(Numbered::of(entry)?);
        }
    }
}
