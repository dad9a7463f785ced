//! What happened beside the conversations, in order: events of the routing core, and what else must not be lost.

use std::future::Future;

use jiff::Timestamp;

use crate::{Sharing, StoreError};

/// An entry that is not written yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEntry {
    /// When it happened, on the caller's clock. Kept to the microsecond.
    pub at: Timestamp,
    /// What happened: JSON of the caller's own shape.
    pub body: String,
}

/// An entry of a journal. It is never changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its place in its journal, from 1, without gaps but for what was forgotten.
    pub number: u64,
    /// When it happened.
    pub at: Timestamp,
    /// What happened.
    pub body: String,
}

/// What became of a bookmark that somebody wanted to move.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bookmark {
    /// It is where it was wanted.
    Moved,
    /// It was not where it had been seen last: somebody else has moved it.
    Elsewhere,
}

/// Append-only journals, each under a name of its own.
///
/// The number of the last entry is the optimistic lock, like that of the last turn of a conversation: whoever appends
/// says which entry he saw last, and of two writers the second gets [`StoreError::Overtaken`], with nothing written.
pub trait Journal: Clone + Send + Sync + 'static {
    /// Whether processes on other machines append to the same journals: then who reads looks for what they wrote.
    fn sharing(&self) -> Sharing {
        Sharing::Alone
    }

    /// Appends entries after the one of number `last` (0: the journal is empty), all or none. What was appended survives
    /// a power cut. Gives the number of the last one.
    ///
    /// # Errors
    /// [`StoreError::Overtaken`], or that of the database.
    fn append(
        &self,
        journal: &str,
        last: u64,
        entries: &[NewEntry],
    ) -> impl Future<Output = Result<u64, StoreError>> + Send;

    /// At most `limit` entries after the one of number `after`, in order.
    ///
    /// # Errors
    /// [`StoreError`].
    fn entries(
        &self,
        journal: &str,
        after: u64,
        limit: u32,
    ) -> impl Future<Output = Result<Vec<Entry>, StoreError>> + Send;

    /// Deletes the entries before the one of number `number`, as far as they are older than `time`. Gives how many there
    /// were. The last entry stays, whatever is asked: the next one is numbered after it.
    ///
    /// # Errors
    /// [`StoreError`].
    fn forget(
        &self,
        journal: &str,
        number: u64,
        time: Timestamp,
    ) -> impl Future<Output = Result<u64, StoreError>> + Send;

    /// Remembers how far a reader has come, such as one that delivers entries elsewhere.
    ///
    /// # Errors
    /// [`StoreError`].
    fn set_bookmark(
        &self,
        reader: &str,
        number: u64,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// The same, if the bookmark still is where it was seen last (none: nowhere): of two readers that share it, one moves it.
    ///
    /// # Errors
    /// [`StoreError`].
    fn move_bookmark(
        &self,
        reader: &str,
        from: Option<u64>,
        to: u64,
    ) -> impl Future<Output = Result<Bookmark, StoreError>> + Send;

    /// How far a reader has come; none where he has not begun.
    ///
    /// # Errors
    /// [`StoreError`].
    fn bookmark(
        &self,
        reader: &str,
    ) -> impl Future<Output = Result<Option<u64>, StoreError>> + Send;
}
