//! Texts of many callers, encoded together.

mod options;
mod patience;
mod queue;
mod service;

use std::{
    sync::{
        Arc, Condvar, Mutex,
        atomic::{AtomicU64, Ordering},
        mpsc,
    },
    thread::JoinHandle,
    time::Instant,
};

use jieda_types::{Encoded, Encoder, EncoderId, StageError, TextRole};

pub use options::{BatchingError, BatchingOptions};
pub use patience::{CancelToken, Patience};
use queue::cost;
use service::{Shared, collect};

/// An encoder that gathers the texts of concurrent callers into batches for another encoder.
///
/// **When a batch is made.** A caller who finds the encoder idle never waits: it runs the encoder on
/// its own thread, as if this service were not there. Who comes while a batch is running is queued,
/// and all who are queued when it ends are the next batch: batches grow with the load by
/// themselves. Only when the last batch was shared by two callers or more, and what is queued does
/// not fill the next, the worker waits for company, for [`BatchingOptions::deadline`] at most: that
/// load is likely to go on, and a lone caller has nothing to gain from a wait.
///
/// **Order.** First come, first served; a request larger than the budget is cut into pieces, and
/// everybody who waits is served between two of them. Query and passage never share a batch.
///
/// **From a thread of a rayon pool** the encoder is run at once, beside the batches: while such a
/// thread waits for others of its pool, rayon may give it another call of this service, which would
/// then wait for the one below it on the same stack.
///
/// **Failure.** An error or a panic of the encoder goes to the callers of that batch, and to nobody
/// else. A batch that runs is not interrupted; the texts of a caller who is gone are taken out of
/// the queue.
pub struct BatchingEncoder {
    shared: Arc<Shared>,
    worker: Option<JoinHandle<()>>,
}

impl std::fmt::Debug for BatchingEncoder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BatchingEncoder")
            .field("encoder", self.shared.encoder.id())
            .field("options", &self.shared.options)
            .finish_non_exhaustive()
    }
}

impl BatchingEncoder {
    /// Starts the service with its one worker thread.
    ///
    /// # Errors
    /// The system's, when it has no thread to give.
    pub fn new(encoder: Arc<dyn Encoder>, options: BatchingOptions) -> std::io::Result<Self> {
        let shared = Arc::new(Shared {
            encoder,
            options,
            state: Mutex::default(),
            changed: Condvar::new(),
            batches: AtomicU64::new(0),
            texts: AtomicU64::new(0),
        });
        let worker = std::thread::Builder::new().name("encoder".into()).spawn({
            let shared = Arc::clone(&shared);
            move || shared.work()
        })?;
        Ok(Self {
            shared,
            worker: Some(worker),
        })
    }

    /// Encodes texts, in order, unless the caller's patience ends before. A caller whose texts are
    /// being encoded on its own thread gives up only afterwards.
    ///
    /// # Errors
    /// [`BatchingError`].
    pub fn encode_within(
        &self,
        texts: &[&str],
        role: TextRole,
        patience: &Patience,
    ) -> Result<Vec<Encoded>, BatchingError> {
        if patience
            .cancel
            .as_ref()
            .is_some_and(CancelToken::is_cancelled)
        {
            return Err(BatchingError::Cancelled);
        }
        if patience.until.is_some_and(|until| until <= Instant::now()) {
            return Err(BatchingError::TimedOut);
        }
        if texts.is_empty() {
            return Ok(Vec::new());
        }
        let shared = &self.shared;
        if rayon::current_thread_index().is_some() {
            if shared.lock().closed {
                return Err(BatchingError::Closed);
            }
            return shared.encode(texts, role);
        }
        let (sender, events) = mpsc::channel();
        let id = {
            let mut state = shared.lock();
            if state.closed {
                return Err(BatchingError::Closed);
            }
            let idle = !state.busy && state.queue.is_empty();
            // What is too large for a batch is cut by the worker, so that it blocks nobody.
            if idle && texts.iter().map(|t| cost(t)).sum::<usize>() <= shared.options.max_tokens {
                state.busy = true;
                drop(state);
                return shared.run(texts, role, 1);
            }
            if state.queue.len() >= shared.options.max_waiting {
                return Err(BatchingError::QueueFull {
                    waiting: state.queue.len(),
                });
            }
            state.queue.push(texts, role, sender.clone())
        };
        shared.changed.notify_one();
        let watch = patience.cancel.as_ref().map(|token| token.watch(&sender));
        let vectors = collect(&events, texts.len(), patience.until);
        drop(watch);
        if vectors.is_err() {
            shared.lock().queue.remove(id);
        }
        vectors
    }

    /// Batches that were encoded so far, and texts in them.
    #[must_use]
    pub fn batches(&self) -> (u64, u64) {
        let counts = [&self.shared.batches, &self.shared.texts];
        let [batches, texts] = counts.map(|count| count.load(Ordering::Relaxed));
        (batches, texts)
    }

    /// How many callers wait for a batch at this moment.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.shared.lock().queue.len()
    }

    /// Ends the service: who waits, and who comes, gets [`BatchingError::Closed`]. A batch that
    /// runs is finished. Dropping the service does the same, and waits for the worker.
    pub fn close(&self) {
        self.shared.close();
    }
}

impl Drop for BatchingEncoder {
    fn drop(&mut self) {
        self.close();
        if let Some(worker) = self.worker.take() {
            // The worker catches the panics of the encoder; there is nobody to tell of others.
            let _ = worker.join();
        }
    }
}

impl Encoder for BatchingEncoder {
    fn encode(&self, texts: &[&str], role: TextRole) -> Result<Vec<Encoded>, StageError> {
        self.encode_within(texts, role, &Patience::default())
            .map_err(|e| StageError::new("encoder", e))
    }

    fn id(&self) -> &EncoderId {
        self.shared.encoder.id()
    }

    fn dimensions(&self) -> usize {
        self.shared.encoder.dimensions()
    }
}
