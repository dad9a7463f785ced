//! Qdrant keeps the promises of `VectorEngine`, as far as a server of the tests' own that speaks its protocol can tell.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may fail by panic"
)]

#[path = "support/qdrant.rs"]
mod server;
mod support;

use std::{
    sync::atomic::Ordering,
    time::{Duration, Instant},
};

use jieda_vectors::connect;
use server::{Memory, QdrantServer};
use support::{
    conforms,
    made_up::{MadeUp, knowledge, text, vectors},
};

#[test]
fn it_conforms() {
    let server = QdrantServer::start(Memory::default());
    conforms(&*connect(&format!("qdrant+http://{}", server.address)).unwrap());
}

#[test]
fn what_is_there_is_not_sent_again_and_what_is_missing_is() {
    let server = QdrantServer::start(Memory::default());
    let engine = connect(&format!("qdrant+http://{}", server.address)).unwrap();
    let vectors = vectors(&knowledge(120, 3), &MadeUp::new(32));
    let rows = vectors.row_count();
    for _ in 0..2 {
        engine.open(&vectors).unwrap();
        assert_eq!(server.memory.upserted.load(Ordering::Relaxed), rows);
    }
    assert_eq!(server.points(), rows);
    engine.forget(&vectors.key()).unwrap();
    assert_eq!(server.points(), 0);
    engine.open(&vectors).unwrap();
    assert_eq!(server.points(), rows);
}

#[test]
fn a_key_opens_it() {
    let server = QdrantServer::start(Memory::locked("sesame"));
    let vectors = vectors(&knowledge(3, 2), &MadeUp::new(32));
    let open = |user: &str| {
        let engine = connect(&format!("qdrant+http://{user}{}", server.address)).unwrap();
        assert!(!format!("{engine:?}").contains("sesame"));
        engine.open(&vectors).map(drop)
    };
    assert!(open(":sesame@").is_ok());
    assert!(open(":other@").is_err());
    assert!(open("").is_err());
}

#[test]
fn it_is_given_up_quickly_and_asked_again() {
    let server = QdrantServer::start(Memory::default());
    let engine = connect(&format!("qdrant+http://{}", server.address)).unwrap();
    let encoder = MadeUp::new(32);
    let opened = engine.open(&vectors(&knowledge(20, 2), &encoder)).unwrap();
    let query = encoder.vector(&text(4, 9));
    assert!(opened.nearest(query.as_slice(), 3).is_ok());
    server.memory.fails.store(true, Ordering::Relaxed);
    for _ in 0..50 {
        assert!(opened.nearest(query.as_slice(), 3).is_err());
    }
    server.memory.fails.store(false, Ordering::Relaxed);
    let since = Instant::now();
    while opened.nearest(query.as_slice(), 3).is_err() {
        assert!(since.elapsed() < Duration::from_secs(60));
        std::thread::sleep(Duration::from_millis(100));
    }
}
