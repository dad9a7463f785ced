//! Whole conversations, one after the other.

use std::{collections::VecDeque, num::NonZeroU32};

use jieda_types::ConversationId;

use crate::{ConversationLog, Cursor, Filter, Order, Page, Store, StoreError};

/// Conversations that are looked up at once.
const PAGE: u32 = 256;

/// All conversations of which a turn is wanted, whole, one after the other; never more than one is held.
///
/// ```
/// # use jieda_store::{Filter, Order, Store, StoreError, export};
/// async fn count<S: Store>(store: &S) -> Result<usize, StoreError> {
///     let mut conversations = export(store, Filter::default(), Order::Oldest);
///     let mut turns = 0;
///     while let Some(log) = conversations.next().await? {
///         turns += log.turns.len();
///     }
///     Ok(turns)
/// }
/// ```
pub fn export<S: Store>(store: &S, filter: Filter, order: Order) -> Export<S> {
    Export {
        store: store.clone(),
        filter,
        order,
        ids: VecDeque::new(),
        place: Place::Start,
    }
}

/// A running [`export`]. It holds no transaction: each conversation is as it is when it is read, and one
/// that is purged meanwhile is left out.
#[derive(Debug)]
pub struct Export<S> {
    store: S,
    filter: Filter,
    order: Order,
    ids: VecDeque<ConversationId>,
    place: Place,
}

#[derive(Debug)]
enum Place {
    Start,
    After(Cursor),
    End,
}

impl<S: Store> Export<S> {
    /// The next conversation; none after the last.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn next(&mut self) -> Result<Option<ConversationLog>, StoreError> {
        loop {
            while let Some(id) = self.ids.pop_front() {
                if let Some(log) = self.store.log(&id).await? {
                    return Ok(Some(log));
                }
            }
            let after = match std::mem::replace(&mut self.place, Place::End) {
                Place::Start => None,
                Place::After(cursor) => Some(cursor),
                Place::End => return Ok(None),
            };
            let page = Page {
                order: self.order,
                after,
                limit: NonZeroU32::new(PAGE).unwrap_or(NonZeroU32::MIN),
            };
            let found = self.store.conversations(&self.filter, &page).await?;
            self.ids = found.items.into_iter().map(|c| c.id).collect();
            if let Some(next) = found.next {
                self.place = Place::After(next);
            }
        }
    }
}
