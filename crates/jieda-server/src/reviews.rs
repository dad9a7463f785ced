//! What people found when they looked at conversations: a journal of reviews.

use std::{collections::BTreeMap, sync::Arc};

use jieda::types::ConversationId;
use jieda_routing::qa::Review;
use jieda_store::{Journal, NewEntry, StoreError};
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

/// The journal's name.
const JOURNAL: &str = "qa";
/// Entries that are read at once.
const PAGE: u32 = 1000;

/// What the journal holds.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "entry", rename_all = "snake_case")]
enum ReviewEntry {
    /// Somebody has looked at a conversation; what he said of it before no longer counts.
    Reviewed(Review),
}

/// All reviews. Several processes may write: each reads first what others wrote.
#[derive(Debug)]
pub(crate) struct Reviews<J> {
    journal: J,
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    /// The last entry that was read.
    last: u64,
    /// The last word of each reviewer on each conversation.
    reviews: BTreeMap<ConversationId, BTreeMap<String, Arc<Review>>>,
}

impl<J: Journal> Reviews<J> {
    /// Those of a journal, which is read when somebody asks.
    pub(crate) fn new(journal: J) -> Self {
        Self {
            journal,
            known: Mutex::default(),
        }
    }

    /// All, by conversation and reviewer.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) async fn all(&self) -> Result<Vec<Arc<Review>>, StoreError> {
        let mut known = self.known.lock().await;
        self.read_on(&mut known).await?;
        let reviews = known.reviews.values().flat_map(BTreeMap::values);
        Ok(reviews.cloned().collect())
    }

    /// Those of one conversation.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) async fn of(&self, id: &ConversationId) -> Result<Vec<Arc<Review>>, StoreError> {
        let mut known = self.known.lock().await;
        self.read_on(&mut known).await?;
        let reviews = known.reviews.get(id).into_iter();
        Ok(reviews.flat_map(BTreeMap::values).cloned().collect())
    }

    /// Keeps a review. When this returns, it is on the disk.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) async fn add(&self, review: Review) -> Result<(), StoreError> {
        let mut known = self.known.lock().await;
        let entry = NewEntry {
            at: review.at,
            // Its keys are strings: it has a form in JSON.
            body: serde_json::to_string(&ReviewEntry::Reviewed(review)).unwrap_or_default(),
        };
        loop {
            self.read_on(&mut known).await?;
            let entry = std::slice::from_ref(&entry);
            match self.journal.append(JOURNAL, known.last, entry).await {
                Ok(_) => return self.read_on(&mut known).await,
                // Another process was faster: its review is read, and this one comes after it.
                Err(StoreError::Overtaken { .. }) => {}
                Err(error) => return Err(error),
            }
        }
    }

    async fn read_on(&self, known: &mut Known) -> Result<(), StoreError> {
        loop {
            let page = self.journal.entries(JOURNAL, known.last, PAGE).await?;
            if page.is_empty() {
                return Ok(());
            }
            for entry in page {
                let read = serde_json::from_str(&entry.body).map_err(|e| StoreError::Damaged {
                    what: format!("entry {} of journal {JOURNAL}: {e}", entry.number),
                })?;
                let ReviewEntry::Reviewed(review) = read;
                let of_conversation = known
                    .reviews
                    .entry(review.conversation.clone())
                    .or_default();
                of_conversation.insert(review.reviewer.clone(), Arc::new(review));
                known.last = entry.number;
            }
        }
    }
}
