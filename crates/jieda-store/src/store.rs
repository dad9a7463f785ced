//! What a store does.

use std::future::Future;

use jieda_types::ConversationId;

use crate::{
    ConversationLog, ConversationRecord, Filter, FoundTurn, Page, Purged, Retention, Slice,
    StoreError, Write,
};

/// Keeps conversations. All clones of a store are one store, and any number of tasks may use it.
///
/// Implementations promise what the module `conformance` (feature `testing`) checks: a turn is stored whole or not
/// at all, the number of a turn is taken once, what is read is what was written.
pub trait Store: Clone + Send + Sync + 'static {
    /// Stores many writes in one transaction, in order. The outer result fails when nothing could be
    /// stored; the inner ones, one a write, when that write is refused and the others are stored. What is
    /// `Ok` survives a power cut.
    ///
    /// # Errors
    /// [`StoreError`]: refused writes are [`Conflict`](StoreError::Conflict), [`Gap`](StoreError::Gap),
    /// [`UnknownConversation`](StoreError::UnknownConversation) and
    /// [`UnknownTurn`](StoreError::UnknownTurn).
    fn write(
        &self,
        batch: &[Write],
    ) -> impl Future<Output = Result<Vec<Result<(), StoreError>>, StoreError>> + Send;

    /// A conversation after its last turn; none when there is none of this id.
    ///
    /// # Errors
    /// [`StoreError`].
    fn conversation(
        &self,
        id: &ConversationId,
    ) -> impl Future<Output = Result<Option<ConversationRecord>, StoreError>> + Send;

    /// All of a conversation, as it was at one moment; none when there is none of this id.
    ///
    /// # Errors
    /// [`StoreError`].
    fn log(
        &self,
        id: &ConversationId,
    ) -> impl Future<Output = Result<Option<ConversationLog>, StoreError>> + Send;

    /// Turns by their time.
    ///
    /// # Errors
    /// [`StoreError`].
    fn turns(
        &self,
        filter: &Filter,
        page: &Page,
    ) -> impl Future<Output = Result<Slice<FoundTurn>, StoreError>> + Send;

    /// Conversations of which a turn is wanted, by the time of their first turn.
    ///
    /// # Errors
    /// [`StoreError`].
    fn conversations(
        &self,
        filter: &Filter,
        page: &Page,
    ) -> impl Future<Output = Result<Slice<ConversationRecord>, StoreError>> + Send;

    /// Deletes what is old, some hundred conversations a transaction so that writers wait for no more than
    /// one of these, and gives the space back. What was deleted can't be read from the files any more.
    ///
    /// # Errors
    /// [`StoreError`]: conversations that went before it failed are gone.
    fn purge(
        &self,
        retention: &Retention,
    ) -> impl Future<Output = Result<Purged, StoreError>> + Send;
}
