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
    /// What each reviewer said of each conversation.
    reviews: BTreeMap<ConversationId, BTreeMap<String, Words>>,
}

/// What one person said of one conversation.
#[derive(Debug)]
struct Words {
    /// At first, when he did not know what others say.
    first: Arc<Review>,
    /// In the end, if he has thought again.
    last: Option<Arc<Review>>,
}

impl Words {
    fn last(&self) -> &Arc<Review> {
        self.last.as_ref().unwrap_or(&self.first)
    }
}

impl<J: Journal> Reviews<J> {
    /// Those of a journal, which is read when somebody asks.
    pub(crate) fn new(journal: J) -> Self {
        Self {
            journal,
            known: Mutex::default(),
        }
    }

    /// The first and the last word of everybody, in this order.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) async fn all(&self) -> Result<Vec<Arc<Review>>, StoreError> {
        let mut known = self.known.lock().await;
        self.read_on(&mut known).await?;
        let words = known.reviews.values().flat_map(BTreeMap::values);
        let both = words.flat_map(|words| std::iter::once(&words.first).chain(&words.last));
        Ok(both.cloned().collect())
    }

    /// The last word of everybody on one conversation.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) async fn of(&self, id: &ConversationId) -> Result<Vec<Arc<Review>>, StoreError> {
        let mut known = self.known.lock().await;
        self.read_on(&mut known).await?;
        let words = known.reviews.get(id).into_iter().flat_map(BTreeMap::values);
        Ok(words.map(Words::last).cloned().collect())
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
                let review = Arc::new(review);
                known
                    .reviews
                    .entry(review.conversation.clone())
                    .or_default()
                    .entry(review.reviewer.clone())
                    .and_modify(|words| words.last = Some(Arc::clone(&review)))
                    .or_insert_with(|| Words {
                        first: Arc::clone(&review),
                        last: None,
                    });
                known.last = entry.number;
            }
        }
    }
}
