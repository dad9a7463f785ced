//! The worker, and what it shares with the callers.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
        mpsc::{Receiver, RecvTimeoutError},
    },
    time::Instant,
};

use jieda_types::{Encoded, Encoder, TextRole};

use super::{
    BatchingError, BatchingOptions,
    queue::{Batch, Event, Queue},
};

/// What the callers and the worker share.
pub(super) struct Shared {
    pub(super) encoder: Arc<dyn Encoder>,
    pub(super) options: BatchingOptions,
    pub(super) state: Mutex<State>,
    /// Wakes the worker: somebody is queued, the encoder is idle again, or all is over.
    pub(super) changed: Condvar,
    /// Batches that were encoded, and texts in them.
    pub(super) batches: AtomicU64,
    pub(super) texts: AtomicU64,
}

#[derive(Default)]
pub(super) struct State {
    pub(super) queue: Queue,
    /// The encoder runs, on the worker's thread or a caller's.
    pub(super) busy: bool,
    /// The last batch had more than one caller.
    pub(super) company: bool,
    pub(super) closed: bool,
}

impl Shared {
    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        // The encoder never runs while it is held, so that a panic leaves nothing half-changed.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn work(&self) {
        // Nobody may wait for a worker that is gone, however it went.
        let _closing = CloseOnDrop(self);
        while let Some(batch) = self.next_batch() {
            let texts: Vec<&str> = batch.texts.iter().map(String::as_str).collect();
            match self.run(&texts, batch.role, batch.shares.len()) {
                Ok(vectors) => {
                    let mut vectors = vectors.into_iter();
                    for (caller, count) in batch.shares {
                        let share = vectors.by_ref().take(count).collect();
                        // A caller who is gone does not listen.
                        let _ = caller.send(Event::Encoded(Ok(share)));
                    }
                }
                Err(error) => {
                    for (caller, _) in batch.shares {
                        let _ = caller.send(Event::Encoded(Err(error.clone())));
                    }
                }
            }
        }
    }

    /// Waits until the encoder is idle and somebody waits; takes it. None when all is over.
    fn next_batch(&self) -> Option<Batch> {
        let BatchingOptions {
            max_tokens,
            deadline,
            ..
        } = self.options;
        let mut state = self.lock();
        loop {
            if state.closed {
                return None;
            }
            if state.busy || state.queue.is_empty() {
                state = self
                    .changed
                    .wait(state)
                    .unwrap_or_else(PoisonError::into_inner);
                continue;
            }
            let patience = deadline.saturating_sub(state.queue.longest_wait());
            if state.company && !state.queue.fills(max_tokens) && !patience.is_zero() {
                state = self
                    .changed
                    .wait_timeout(state, patience)
                    .unwrap_or_else(PoisonError::into_inner)
                    .0;
                continue;
            }
            let batch = state.queue.next_batch(max_tokens)?;
            state.busy = true;
            return Some(batch);
        }
    }

    /// Ends the service: everybody who waits is sent home, nobody else is let in.
    pub(super) fn close(&self) {
        let mut state = self.lock();
        state.closed = true;
        state.queue.refuse_all(&BatchingError::Closed);
        drop(state);
        self.changed.notify_one();
    }

    /// Runs the encoder, which was marked busy, and marks it idle.
    pub(super) fn run(
        &self,
        texts: &[&str],
        role: TextRole,
        callers: usize,
    ) -> Result<Vec<Encoded>, BatchingError> {
        let outcome = self.encode(texts, role);
        let mut state = self.lock();
        state.busy = false;
        state.company = callers > 1;
        let anybody = !state.queue.is_empty();
        drop(state);
        if anybody {
            self.changed.notify_one();
        }
        outcome
    }

    /// Runs the encoder beside whatever else it does.
    pub(super) fn encode(
        &self,
        texts: &[&str],
        role: TextRole,
    ) -> Result<Vec<Encoded>, BatchingError> {
        self.batches.fetch_add(1, Ordering::Relaxed);
        self.texts.fetch_add(texts.len() as u64, Ordering::Relaxed);
        // What the encoder may leave behind when it panics is its own affair: it takes `&self`.
        match catch_unwind(AssertUnwindSafe(|| self.encoder.encode(texts, role))) {
            Ok(Ok(vectors)) if vectors.len() == texts.len() => Ok(vectors),
            Ok(Ok(vectors)) => Err(BatchingError::WrongCount {
                expected: texts.len(),
                found: vectors.len(),
            }),
            Ok(Err(error)) => Err(BatchingError::Encoder(Arc::new(error))),
            Err(panic) => Err(BatchingError::Panicked(message(panic.as_ref()))),
        }
    }
}

struct CloseOnDrop<'a>(&'a Shared);

impl Drop for CloseOnDrop<'_> {
    fn drop(&mut self) {
        self.0.close();
    }
}

/// Waits for vectors until there are as many as texts.
pub(super) fn collect(
    events: &Receiver<Event>,
    wanted: usize,
    until: Option<Instant>,
) -> Result<Vec<Encoded>, BatchingError> {
    let mut vectors = Vec::with_capacity(wanted);
    while vectors.len() < wanted {
        let event = match until {
            None => events.recv().map_err(|_| BatchingError::Closed)?,
            Some(until) => events
                .recv_timeout(until.saturating_duration_since(Instant::now()))
                .map_err(|e| match e {
                    RecvTimeoutError::Timeout => BatchingError::TimedOut,
                    RecvTimeoutError::Disconnected => BatchingError::Closed,
                })?,
        };
        match event {
            Event::Encoded(part) => vectors.extend(part?),
            Event::Cancelled => return Err(BatchingError::Cancelled),
        }
    }
    Ok(vectors)
}

/// What a panic said.
fn message(panic: &(dyn std::any::Any + Send)) -> String {
    panic
        .downcast_ref::<&str>()
        .map(|&text| text.to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "no message".into())
}
