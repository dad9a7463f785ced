//! The writer's thread: many writes, one transaction.

use tokio::sync::{mpsc, oneshot};

use crate::{Store, StoreError, Write, writer::weight::Held};

/// A write that waits.
#[derive(Debug)]
pub(super) struct Job {
    pub(super) write: Write,
    pub(super) done: oneshot::Sender<Result<(), StoreError>>,
    pub(super) held: Held,
}

/// Who waits for a write, and the memory that it takes until then.
type Waiting = (oneshot::Sender<Result<(), StoreError>>, Held);

/// Stores what comes until nobody can send any more.
pub(super) async fn run<S: Store>(store: &S, mut queue: mpsc::Receiver<Job>, batch: usize) {
    let mut jobs = Vec::new();
    while queue.recv_many(&mut jobs, batch).await > 0 {
        let split = |job: Job| (job.write, (job.done, job.held));
        let (writes, waiting) = jobs.drain(..).map(split).unzip();
        commit(store, writes, waiting).await;
    }
}

async fn commit<S: Store>(store: &S, writes: Vec<Write>, waiting: Vec<Waiting>) {
    match store.write(&writes).await {
        Ok(results) => {
            for (result, waiting) in results.into_iter().zip(waiting) {
                tell(waiting, result);
            }
        }
        // One write may have spoilt it for all: each for itself. Whoever waited for a lock in vain would
        // do so again each time.
        Err(error) if writes.len() > 1 && !error.is_temporary() => {
            for (write, waiting) in writes.iter().zip(waiting) {
                let result = store.write(std::slice::from_ref(write)).await;
                let result =
                    result.and_then(|mut results| results.pop().unwrap_or(Err(StoreError::Closed)));
                tell(waiting, result);
            }
        }
        Err(error) => {
            for waiting in waiting {
                tell(waiting, Err(error.clone()));
            }
        }
    }
}

fn tell((done, held): Waiting, result: Result<(), StoreError>) {
    drop(held);
    // Whoever let go of his receipt does not want to know.
    let _ = done.send(result);
}
