//! How long a caller waits, and how it is told that it need not wait any more.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc::Sender},
    time::Instant,
};

use super::queue::Event;

/// When a caller gives up. The default is never.
#[derive(Debug, Clone, Default)]
pub struct Patience {
    pub(super) until: Option<Instant>,
    pub(super) cancel: Option<CancelToken>,
}

impl Patience {
    /// Gives up at a point in time, or at an earlier one that was set before.
    #[must_use]
    pub fn until(mut self, deadline: Instant) -> Self {
        self.until = Some(self.until.map_or(deadline, |until| until.min(deadline)));
        self
    }

    /// Gives up when the token is cancelled.
    #[must_use]
    pub fn unless(mut self, token: &CancelToken) -> Self {
        self.cancel = Some(token.clone());
        self
    }
}

/// Calls callers back from any thread. Clones are the same token; once cancelled, it stays so.
#[derive(Debug, Clone, Default)]
pub struct CancelToken(Arc<Mutex<Watched>>);

#[derive(Debug, Default)]
struct Watched {
    cancelled: bool,
    next: u64,
    watchers: BTreeMap<u64, Sender<Event>>,
}

impl CancelToken {
    /// A token that nobody has cancelled.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Wakes every caller that waits with this token; each gets `Cancelled`.
    pub fn cancel(&self) {
        let mut watched = self.lock();
        watched.cancelled = true;
        for watcher in std::mem::take(&mut watched.watchers).into_values() {
            // A caller that has its vectors already does not listen any more.
            let _ = watcher.send(Event::Cancelled);
        }
    }

    /// Whether it was cancelled.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.lock().cancelled
    }

    /// Tells `events` of a cancellation, also of one that was before, until the watch is dropped.
    pub(super) fn watch(&self, events: &Sender<Event>) -> Watch<'_> {
        let mut watched = self.lock();
        let key = watched.next;
        watched.next += 1;
        if watched.cancelled {
            let _ = events.send(Event::Cancelled);
        } else {
            watched.watchers.insert(key, events.clone());
        }
        Watch { token: self, key }
    }

    fn lock(&self) -> MutexGuard<'_, Watched> {
        // Nothing panics while it is held.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A caller that listens to a token.
pub(super) struct Watch<'a> {
    token: &'a CancelToken,
    key: u64,
}

impl Drop for Watch<'_> {
    fn drop(&mut self) {
        self.token.lock().watchers.remove(&self.key);
    }
}
