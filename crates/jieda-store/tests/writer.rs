//! The writer: groups, order, limits, errors, shutdown.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may fail by panic"
)]

use std::sync::{Arc, Mutex};

use jieda_store::{
    ConversationLog, ConversationRecord, Filter, FoundTurn, Page, Purged, Retention, Slice,
    SqliteStore, Store, StoreError, Write, Writer, WriterOptions,
    conformance::samples::{id, minute, said},
};
use jieda_types::ConversationId;
use tokio::sync::Semaphore;

/// A store that does what it is told to do.
#[derive(Clone)]
struct Puppet(Arc<Strings>);

struct Strings {
    /// A batch waits for one of these.
    steps: Semaphore,
    /// The sizes of the batches that came.
    batches: Mutex<Vec<usize>>,
    /// Conversations whose batches fail.
    poison: Mutex<Option<ConversationId>>,
}

impl Puppet {
    fn new() -> Self {
        Self(Arc::new(Strings {
            steps: Semaphore::new(0),
            batches: Mutex::default(),
            poison: Mutex::default(),
        }))
    }

    fn go_on(&self) {
        self.0.steps.add_permits(1 << 20);
    }

    fn batches(&self) -> Vec<usize> {
        self.0.batches.lock().unwrap().clone()
    }
}

impl Store for Puppet {
    async fn write(&self, batch: &[Write]) -> Result<Vec<Result<(), StoreError>>, StoreError> {
        self.0.batches.lock().unwrap().push(batch.len());
        self.0.steps.acquire().await.unwrap().forget();
        let poison = self.0.poison.lock().unwrap().clone();
        let is_poison = |write: &Write| match write {
            Write::Turn { conversation, .. } => Some(conversation) == poison.as_ref(),
            _ => false,
        };
        if batch.iter().any(is_poison) {
            return Err(StoreError::Database {
                doing: "writing",
                source: Arc::new(std::io::Error::other("disk full")),
            });
        }
        Ok(batch.iter().map(|_| Ok(())).collect())
    }

    async fn conversation(
        &self,
        _: &ConversationId,
    ) -> Result<Option<ConversationRecord>, StoreError> {
        Ok(None)
    }

    async fn log(&self, _: &ConversationId) -> Result<Option<ConversationLog>, StoreError> {
        Ok(None)
    }

    async fn turns(&self, _: &Filter, _: &Page) -> Result<Slice<FoundTurn>, StoreError> {
        Err(StoreError::Cursor)
    }

    async fn conversations(
        &self,
        _: &Filter,
        _: &Page,
    ) -> Result<Slice<ConversationRecord>, StoreError> {
        Err(StoreError::Cursor)
    }

    async fn purge(&self, _: &Retention) -> Result<Purged, StoreError> {
        Ok(Purged::default())
    }
}

fn turn(conversation: &str) -> Write {
    Write::turn(id(conversation), said(1, minute(0), "一"))
}

/// Waits until the writer has taken the first write to the store.
fn wait_for_a_batch(puppet: &Puppet) {
    while puppet.batches().is_empty() {
        std::thread::yield_now();
    }
}

#[test]
fn what_comes_meanwhile_is_committed_together() {
    let puppet = Puppet::new();
    let writer = Writer::start(puppet.clone(), &WriterOptions::default()).unwrap();
    let mut receipts = vec![writer.record(turn("c")).unwrap()];
    wait_for_a_batch(&puppet);
    receipts.extend((0..50).map(|_| writer.record(turn("c")).unwrap()));
    assert!(writer.waiting_bytes() > 51 * 100);
    puppet.go_on();
    for receipt in receipts {
        receipt.wait().unwrap();
    }
    assert_eq!(puppet.batches(), [1, 50]);
    assert_eq!(writer.waiting_bytes(), 0);
}

#[test]
fn a_full_queue_says_so_at_once() {
    let puppet = Puppet::new();
    let options = WriterOptions {
        queue: 3,
        ..WriterOptions::default()
    };
    let writer = Writer::start(puppet.clone(), &options).unwrap();
    let mut receipts = vec![writer.record(turn("c")).unwrap()];
    wait_for_a_batch(&puppet);
    receipts.extend((0..3).map(|_| writer.record(turn("c")).unwrap()));
    let held = writer.waiting_bytes();
    for _ in 0..3 {
        let error = writer.record(turn("c")).unwrap_err();
        assert!(matches!(error, StoreError::Busy) && error.is_temporary());
    }
    assert_eq!(writer.waiting_bytes(), held);
    puppet.go_on();
    for receipt in receipts {
        receipt.wait().unwrap();
    }
    writer.record(turn("c")).unwrap().wait().unwrap();
}

#[test]
fn memory_is_bounded_whatever_the_number() {
    let puppet = Puppet::new();
    let large = || Write::turn(id("c"), said(1, minute(0), &"长".repeat(10_000)));
    let options = WriterOptions {
        queue_bytes: 80_000,
        ..WriterOptions::default()
    };
    let writer = Writer::start(puppet.clone(), &options).unwrap();
    let taken: Vec<_> = (0..5).map(|_| writer.record(large())).collect();
    assert_eq!(taken.iter().filter(|r| r.is_ok()).count(), 2);
    puppet.go_on();
    for receipt in taken.into_iter().flatten() {
        receipt.wait().unwrap();
    }
    // Larger than all that may wait, and alone: it is taken.
    let larger = Write::turn(id("c"), said(1, minute(0), &"长".repeat(100_000)));
    writer.record(larger).unwrap().wait().unwrap();
}

#[test]
fn an_error_reaches_its_receipt_alone_and_later_writes_go_on() {
    let puppet = Puppet::new();
    *puppet.0.poison.lock().unwrap() = Some(id("bad"));
    let writer = Writer::start(puppet.clone(), &WriterOptions::default()).unwrap();
    let first = writer.record(turn("c")).unwrap();
    wait_for_a_batch(&puppet);
    let receipts: Vec<_> = ["c", "bad", "d"]
        .map(|c| writer.record(turn(c)).unwrap())
        .into();
    puppet.go_on();
    first.wait().unwrap();
    let results: Vec<_> = receipts
        .into_iter()
        .map(jieda_store::Receipt::wait)
        .collect();
    assert!(results[0].is_ok() && results[2].is_ok());
    let error = results[1].as_ref().unwrap_err();
    assert!(matches!(error, StoreError::Database { .. }), "{error}");
    *puppet.0.poison.lock().unwrap() = None;
    writer.record(turn("bad")).unwrap().wait().unwrap();
}

#[test]
fn shutting_down_stores_what_was_taken() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("s.db");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    let store = runtime
        .block_on(SqliteStore::open_or_create(&file))
        .unwrap();
    let writer = Writer::start(store.clone(), &WriterOptions::default()).unwrap();
    for number in 1..=300 {
        // Nobody keeps the receipts.
        let write = Write::turn(id("c"), said(number, minute(0), "一"));
        drop(writer.record(write).unwrap());
    }
    writer.shut_down();
    let log = runtime.block_on(store.log(&id("c"))).unwrap().unwrap();
    assert_eq!(log.turns.len(), 300);
}

#[test]
fn a_receipt_can_be_awaited() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("s.db");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    runtime.block_on(async {
        let store = SqliteStore::open_or_create(&file).await.unwrap();
        let writer = Writer::start(store, &WriterOptions::default()).unwrap();
        let first = writer.record(turn("c")).unwrap();
        let again = writer.record(turn("c")).unwrap();
        first.await.unwrap();
        let error = again.await.unwrap_err();
        assert!(matches!(error, StoreError::Conflict { .. }), "{error}");
    });
}
