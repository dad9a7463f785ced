//! Callers that share batches, with an encoder that shows what it was given and waits for leave.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may fail by panic"
)]

use std::{
    sync::{
        Arc, Mutex,
        mpsc::{self, Receiver, Sender},
    },
    thread::{self, ScopedJoinHandle, ThreadId},
    time::{Duration, Instant},
};

use jieda_model::{BatchingEncoder, BatchingError, BatchingOptions, CancelToken, Patience};
use jieda_types::{Embedding, Encoded, Encoder, EncoderId, StageError, TextRole};

/// What a batch was.
#[derive(Debug)]
struct Seen {
    texts: Vec<String>,
    role: TextRole,
    thread: ThreadId,
}

/// What becomes of a batch.
enum Leave {
    Work,
    Fail,
    Panic,
    OneTooFew,
}

/// Shows each batch, then waits for leave to go on.
struct Gated {
    id: EncoderId,
    seen: Mutex<Sender<Seen>>,
    leave: Mutex<Receiver<Leave>>,
}

impl Encoder for Gated {
    fn encode(&self, texts: &[&str], role: TextRole) -> Result<Vec<Encoded>, StageError> {
        let seen = Seen {
            texts: texts.iter().map(|&t| t.to_owned()).collect(),
            role,
            thread: thread::current().id(),
        };
        self.seen.lock().unwrap().send(seen).unwrap();
        // The gate is gone: the test is over, or did not want one.
        let leave = self.leave.lock().unwrap().recv().unwrap_or(Leave::Work);
        let mut vectors: Vec<Encoded> = texts.iter().map(|t| vector(t)).collect();
        match leave {
            Leave::Work => Ok(vectors),
            Leave::Fail => Err(StageError::new("encoder", "out of order")),
            Leave::Panic => panic!("as the test asked"),
            Leave::OneTooFew => {
                vectors.pop();
                Ok(vectors)
            }
        }
    }

    fn id(&self) -> &EncoderId {
        &self.id
    }

    fn dimensions(&self) -> usize {
        2
    }
}

/// A vector by which its text is known.
fn vector(text: &str) -> Encoded {
    Encoded {
        embedding: Embedding::normalized(vec![1.0, text.len() as f32]),
        tokens: text.bytes().map(usize::from).sum(),
        truncated_tokens: text.len(),
    }
}

fn vectors(texts: &[&str]) -> Vec<Encoded> {
    texts.iter().map(|t| vector(t)).collect()
}

struct Fixture {
    service: Arc<BatchingEncoder>,
    seen: Receiver<Seen>,
    leave: Sender<Leave>,
}

impl Fixture {
    /// Room for four texts of one character in a batch; no waiting for company.
    fn new() -> Self {
        Self::with(BatchingOptions {
            max_tokens: 12,
            deadline: Duration::ZERO,
            max_waiting: 8,
        })
    }

    fn with(options: BatchingOptions) -> Self {
        let (seen_sender, seen) = mpsc::channel();
        let (leave, leave_receiver) = mpsc::channel();
        let encoder = Gated {
            id: EncoderId::new("gated").unwrap(),
            seen: Mutex::new(seen_sender),
            leave: Mutex::new(leave_receiver),
        };
        let service = Arc::new(BatchingEncoder::new(Arc::new(encoder), options).unwrap());
        Self {
            service,
            seen,
            leave,
        }
    }

    fn encode(&self, texts: &[&str], role: TextRole) -> Result<Vec<Encoded>, BatchingError> {
        self.service
            .encode_within(texts, role, &Patience::default())
    }

    /// A caller on a thread of its own; back when it waits in the queue.
    fn queued<'scope>(
        &self,
        scope: &'scope thread::Scope<'scope, '_>,
        texts: &'scope [&'scope str],
        role: TextRole,
        patience: Patience,
    ) -> ScopedJoinHandle<'scope, Result<Vec<Encoded>, BatchingError>> {
        let waiting = self.service.waiting();
        let service = Arc::clone(&self.service);
        let caller = scope.spawn(move || service.encode_within(texts, role, &patience));
        while self.service.waiting() == waiting {
            thread::yield_now();
        }
        caller
    }

    /// A caller whose batch runs until leave is given.
    fn running<'scope>(
        &self,
        scope: &'scope thread::Scope<'scope, '_>,
    ) -> ScopedJoinHandle<'scope, Result<Vec<Encoded>, BatchingError>> {
        let service = Arc::clone(&self.service);
        let caller = scope
            .spawn(move || service.encode_within(&["r"], TextRole::Query, &Patience::default()));
        assert_eq!(self.batch(), ["r"]);
        caller
    }

    /// The texts of the batch that runs.
    fn batch(&self) -> Vec<String> {
        self.seen.recv().unwrap().texts
    }

    fn leave(&self, leave: Leave) {
        self.leave.send(leave).unwrap();
    }
}

const QUERY: TextRole = TextRole::Query;

fn patient() -> Patience {
    Patience::default()
}

#[test]
fn a_lone_caller_runs_on_its_own_thread() {
    let f = Fixture::with(BatchingOptions {
        // Whoever waited for company would never come back.
        deadline: Duration::from_secs(1 << 30),
        ..BatchingOptions::default()
    });
    for text in ["退货", "换货"] {
        f.leave(Leave::Work);
        assert_eq!(f.encode(&[text], QUERY).unwrap(), vectors(&[text]));
        let seen = f.seen.recv().unwrap();
        assert_eq!((seen.texts, seen.role), (vec![text.to_owned()], QUERY));
        assert_eq!(seen.thread, thread::current().id());
    }
    assert!(f.encode(&[], QUERY).unwrap().is_empty());
    assert!(f.seen.try_recv().is_err(), "nothing to encode, no batch");
}

#[test]
fn who_comes_during_a_batch_shares_the_next() {
    let f = Fixture::new();
    thread::scope(|scope| {
        let first = f.running(scope);
        let others: Vec<_> = [&["a"], &["b"], &["c"]]
            .into_iter()
            .map(|texts| f.queued(scope, texts, QUERY, patient()))
            .collect();
        f.leave(Leave::Work);
        assert_eq!(f.batch(), ["a", "b", "c"]);
        f.leave(Leave::Work);
        first.join().unwrap().unwrap();
        for (caller, text) in others.into_iter().zip(["a", "b", "c"]) {
            assert_eq!(caller.join().unwrap().unwrap(), vectors(&[text]));
        }
    });
}

#[test]
fn after_a_shared_batch_the_worker_waits_for_company() {
    let f = Fixture::with(BatchingOptions {
        max_tokens: 12,
        // Only a full batch ends the wait.
        deadline: Duration::from_secs(1 << 30),
        max_waiting: 8,
    });
    thread::scope(|scope| {
        f.running(scope);
        f.queued(scope, &["a"], QUERY, patient());
        f.queued(scope, &["b"], QUERY, patient());
        f.leave(Leave::Work);
        assert_eq!(f.batch(), ["a", "b"]);
        f.queued(scope, &["c", "d"], QUERY, patient());
        f.leave(Leave::Work);
        f.queued(scope, &["e", "f"], QUERY, patient());
        assert_eq!(f.batch(), ["c", "d", "e", "f"]);
        f.leave(Leave::Work);
    });
}

#[test]
fn a_query_and_a_passage_never_share_a_batch() {
    let f = Fixture::new();
    thread::scope(|scope| {
        f.running(scope);
        f.queued(scope, &["p"], TextRole::Passage, patient());
        f.queued(scope, &["q"], QUERY, patient());
        f.queued(scope, &["s"], TextRole::Passage, patient());
        f.leave(Leave::Work);
        let passages = f.seen.recv().unwrap();
        assert_eq!(passages.texts, ["p", "s"]);
        assert_eq!(passages.role, TextRole::Passage);
        f.leave(Leave::Work);
        assert_eq!(f.batch(), ["q"]);
        f.leave(Leave::Work);
    });
}

#[test]
fn a_large_request_lets_others_through() {
    let f = Fixture::new();
    let large: Vec<String> = (0..10).map(|i| i.to_string()).collect();
    let large: Vec<&str> = large.iter().map(String::as_str).collect();
    thread::scope(|scope| {
        let service = Arc::clone(&f.service);
        let texts = &large;
        let caller = scope.spawn(move || service.encode_within(texts, QUERY, &patient()));
        assert_eq!(f.batch(), ["0", "1", "2", "3"]);
        let small = [&["a"], &["b"]].map(|texts| f.queued(scope, texts, QUERY, patient()));
        let late = [&["x", "y", "z"]].map(|texts| f.queued(scope, texts, QUERY, patient()));
        let mut batches = Vec::new();
        for _ in 0..4 {
            f.leave(Leave::Work);
            batches.push(f.batch().concat());
        }
        f.leave(Leave::Work);
        assert_eq!(batches, ["ab", "xyz", "4567", "89"]);
        assert_eq!(caller.join().unwrap().unwrap(), vectors(&large));
        for caller in small.into_iter().chain(late) {
            assert!(caller.join().unwrap().is_ok());
        }
    });
}

#[test]
fn texts_of_a_caller_who_is_gone_are_not_encoded() {
    let f = Fixture::new();
    let token = CancelToken::new();
    thread::scope(|scope| {
        f.running(scope);
        let cancelled = f.queued(scope, &["a"], QUERY, patient().unless(&token));
        let stays = f.queued(scope, &["b"], QUERY, patient());
        let soon = Instant::now() + Duration::from_millis(20);
        let service = Arc::clone(&f.service);
        let late =
            scope.spawn(move || service.encode_within(&["c"], QUERY, &patient().until(soon)));
        token.cancel();
        assert!(matches!(
            cancelled.join().unwrap(),
            Err(BatchingError::Cancelled)
        ));
        assert!(matches!(late.join().unwrap(), Err(BatchingError::TimedOut)));
        assert_eq!(f.service.waiting(), 1);
        f.leave(Leave::Work);
        assert_eq!(f.batch(), ["b"]);
        f.leave(Leave::Work);
        assert!(stays.join().unwrap().is_ok());
    });
    assert!(token.is_cancelled());
    let gone = [patient().unless(&token), patient().until(Instant::now())];
    for patience in gone {
        assert!(f.service.encode_within(&["d"], QUERY, &patience).is_err());
    }
    assert!(f.seen.try_recv().is_err());
}

#[test]
fn the_rest_of_a_cancelled_request_is_dropped() {
    let f = Fixture::new();
    let token = CancelToken::new();
    let service = Arc::clone(&f.service);
    thread::scope(|scope| {
        let patience = patient().unless(&token);
        let large = scope.spawn(move || service.encode_within(&["1"; 9], QUERY, &patience));
        assert_eq!(f.batch().len(), 4);
        token.cancel();
        assert!(matches!(
            large.join().unwrap(),
            Err(BatchingError::Cancelled)
        ));
        let next = f.queued(scope, &["n"], QUERY, patient());
        f.leave(Leave::Work);
        assert_eq!(f.batch(), ["n"]);
        f.leave(Leave::Work);
        assert!(next.join().unwrap().is_ok());
    });
}

#[test]
fn a_full_queue_refuses() {
    let f = Fixture::with(BatchingOptions {
        max_waiting: 1,
        ..BatchingOptions::default()
    });
    thread::scope(|scope| {
        f.running(scope);
        f.queued(scope, &["a"], QUERY, patient());
        let refused = f.encode(&["b"], QUERY);
        assert!(matches!(
            refused,
            Err(BatchingError::QueueFull { waiting: 1 })
        ));
        f.leave(Leave::Work);
        f.leave(Leave::Work);
    });
}

#[test]
fn an_error_stays_with_its_batch() {
    let f = Fixture::new();
    for leave in [Leave::Fail, Leave::Panic, Leave::OneTooFew] {
        let message = match leave {
            Leave::Fail => "could not be encoded",
            Leave::Panic => "panicked: as the test asked",
            _ => "1 vectors for 2 texts",
        };
        thread::scope(|scope| {
            let before = f.running(scope);
            let faulty = [&["a"], &["b"]].map(|texts| f.queued(scope, texts, QUERY, patient()));
            let after = f.queued(scope, &["p"], TextRole::Passage, patient());
            f.leave(Leave::Work);
            assert_eq!(f.batch(), ["a", "b"]);
            f.leave(leave);
            for caller in faulty {
                let error = caller.join().unwrap().unwrap_err();
                assert!(error.to_string().contains(message), "{error}");
            }
            assert_eq!(f.batch(), ["p"]);
            f.leave(Leave::Work);
            assert!(before.join().unwrap().is_ok());
            assert!(after.join().unwrap().is_ok());
        });
    }
    // A lone caller's too.
    f.leave(Leave::Panic);
    assert!(matches!(
        f.encode(&["a"], QUERY),
        Err(BatchingError::Panicked(_))
    ));
    f.leave(Leave::Work);
    assert!(f.encode(&["a"], QUERY).is_ok());
}

#[test]
fn a_rayon_thread_waits_for_nobody() {
    let f = Fixture::new();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build();
    let pool = pool.unwrap();
    let service = &f.service;
    thread::scope(|scope| {
        let runs = f.running(scope);
        // The encoder is busy, and the only thread of the pool gets its vectors all the same.
        let direct = scope.spawn(|| pool.install(|| service.encode(&["a"], QUERY)));
        assert_eq!(f.batch(), ["a"]);
        f.leave(Leave::Work);
        f.leave(Leave::Work);
        let direct = direct.join().unwrap().unwrap();
        assert_eq!(direct, vectors(&["a"]));
        assert!(runs.join().unwrap().is_ok());
    });
    f.service.close();
    let closed = pool.install(|| service.encode_within(&["a"], QUERY, &patient()));
    assert!(matches!(closed, Err(BatchingError::Closed)));
}

#[test]
fn closing_sends_everybody_home() {
    let f = Fixture::new();
    let token = CancelToken::new();
    thread::scope(|scope| {
        let runs = f.running(scope);
        let waits = f.queued(scope, &["a"], QUERY, patient().unless(&token));
        f.service.close();
        assert!(matches!(waits.join().unwrap(), Err(BatchingError::Closed)));
        f.leave(Leave::Work);
        assert!(runs.join().unwrap().is_ok());
    });
    assert!(matches!(
        f.encode(&["a"], QUERY),
        Err(BatchingError::Closed)
    ));
    let Fixture { service, seen, .. } = f;
    drop(service);
    // The worker is gone, and with it the encoder: a drop that did not join might still hold it.
    assert!(matches!(
        seen.try_recv(),
        Err(mpsc::TryRecvError::Disconnected)
    ));
}

#[test]
fn everybody_gets_their_own_vectors_in_order() {
    let Fixture {
        service,
        seen,
        leave,
    } = Fixture::with(BatchingOptions {
        max_tokens: 40,
        deadline: Duration::from_millis(1),
        max_waiting: 64,
    });
    // No gate: every batch runs at once.
    drop(leave);
    let sizes = |seed: u64| {
        let mut state = seed * 2 + 1;
        move |below: u64| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(seed);
            (state >> 33) % below
        }
    };
    thread::scope(|scope| {
        for caller in 0..16 {
            let service = &service;
            scope.spawn(move || {
                let mut random = sizes(caller);
                for round in 0..40 {
                    let texts: Vec<String> = (0..random(12))
                        .map(|i| {
                            format!("{caller}.{round}.{i}{}", "字".repeat(random(30) as usize))
                        })
                        .collect();
                    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
                    let role = if random(4) == 0 {
                        TextRole::Passage
                    } else {
                        QUERY
                    };
                    assert_eq!(service.encode(&texts, role).unwrap(), vectors(&texts));
                }
            });
        }
    });
    assert_eq!(service.waiting(), 0);
    drop(service);
    assert!(seen.iter().all(|batch| !batch.texts.is_empty()));
}
