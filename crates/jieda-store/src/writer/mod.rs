//! Writing off the path of an answer.

mod commit;
mod receipt;
mod weight;

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread::JoinHandle,
};

use tokio::sync::{
    mpsc::{self, error::TrySendError},
    oneshot,
};

use crate::{Store, StoreError, Write};

pub use receipt::Receipt;

use commit::Job;
use weight::Held;

/// How much a [`Writer`] takes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WriterOptions {
    /// Most writes that wait; at least one.
    pub queue: usize,
    /// Most bytes that wait, as JSON; a write that is larger is taken when nothing else waits.
    pub queue_bytes: usize,
    /// Most writes in one transaction; at least one.
    pub batch: usize,
}

impl Default for WriterOptions {
    /// 1024 writes, 64 MiB, 256 writes a transaction.
    fn default() -> Self {
        Self {
            queue: 1024,
            queue_bytes: 64 << 20,
            batch: 256,
        }
    }
}

/// Writes to a store on a thread of its own. What comes while a transaction is on its way to the disk goes
/// into the next one together, so that the disk is waited for once for all of it.
///
/// Dropping it stores what was taken, and waits for that.
#[derive(Debug)]
pub struct Writer {
    queue: Option<mpsc::Sender<Job>>,
    held: Arc<AtomicUsize>,
    queue_bytes: usize,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    /// Starts the thread.
    ///
    /// # Errors
    /// [`StoreError::Database`] when no thread can be started.
    pub fn start<S: Store>(store: S, options: &WriterOptions) -> Result<Self, StoreError> {
        let failed = |source: std::io::Error| StoreError::Database {
            doing: "starting the writer",
            source: Arc::new(source),
        };
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(failed)?;
        let (sender, receiver) = mpsc::channel(options.queue.max(1));
        let batch = options.batch.max(1);
        let thread = std::thread::Builder::new()
            .name("jieda-store".into())
            .spawn(move || runtime.block_on(commit::run(&store, receiver, batch)))
            .map_err(failed)?;
        Ok(Self {
            queue: Some(sender),
            held: Arc::default(),
            queue_bytes: options.queue_bytes,
            thread: Some(thread),
        })
    }

    /// Takes a write, without waiting for anything. Writes are stored in the order in which they were taken.
    ///
    /// # Errors
    /// [`StoreError::Busy`] when too much is waiting, and nothing was taken; [`StoreError::Closed`] when the
    /// thread is gone. Whether it was stored, the [`Receipt`] tells.
    pub fn record(&self, write: Write) -> Result<Receipt, StoreError> {
        let queue = self.queue.as_ref().ok_or(StoreError::Closed)?;
        let held = Held::take(&self.held, weight::of(&write), self.queue_bytes);
        let held = held.ok_or(StoreError::Busy)?;
        let (done, receipt) = oneshot::channel();
        match queue.try_send(Job { write, done, held }) {
            Ok(()) => Ok(Receipt(receipt)),
            Err(TrySendError::Full(_)) => Err(StoreError::Busy),
            Err(TrySendError::Closed(_)) => Err(StoreError::Closed),
        }
    }

    /// About how many bytes were taken and are not stored yet.
    #[must_use]
    pub fn waiting_bytes(&self) -> usize {
        self.held.load(Ordering::Relaxed)
    }

    /// Stores what was taken, and ends. Blocks until then; dropping does the same.
    pub fn shut_down(self) {}
}

impl Drop for Writer {
    fn drop(&mut self) {
        // The thread sees the queue close when it has emptied it.
        self.queue = None;
        if let Some(thread) = self.thread.take() {
            // If it panicked, the receipts have said so.
            let _ = thread.join();
        }
    }
}
