//! pgvector keeps the promises of `VectorEngine`. Needs a PostgreSQL that has it: the folder of its programs is named
//! by `$JIEDA_PGVECTOR_BIN`, else that of the machine is tried.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may fail by panic"
)]

mod support;

use std::time::{Duration, Instant};

use jieda_retrieval::VectorEngine as _;
use jieda_store::conformance::PostgresServer;
use jieda_vectors::{PgVectors, connect};
use sqlx::{ConnectOptions as _, Connection as _, postgres::PgConnectOptions};
use support::{
    conforms,
    made_up::{MadeUp, knowledge, text, vectors},
};

/// A server that has pgvector; none with a line that says why.
fn server(dir: &tempfile::TempDir) -> Option<PostgresServer> {
    let server = match std::env::var_os("JIEDA_PGVECTOR_BIN") {
        Some(bin) => PostgresServer::start_from(bin.into(), dir.path())?,
        None => PostgresServer::start(dir.path())?,
    };
    let there: i64 = sql(
        &server.url(),
        "SELECT count(*) FROM pg_available_extensions WHERE name = 'vector'",
    );
    if there == 0 {
        eprintln!(
            "skipped: this PostgreSQL has no pgvector; JIEDA_PGVECTOR_BIN names one that has"
        );
        return None;
    }
    Some(server)
}

/// A number that a database gives.
fn sql(url: &str, query: &'static str) -> i64 {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let options: PgConnectOptions = url.parse().unwrap();
        let mut connection = options.connect().await.unwrap();
        let number = sqlx::query_scalar(query).fetch_one(&mut connection).await;
        connection.close().await.unwrap();
        number.unwrap()
    })
}

#[test]
fn it_conforms() {
    let dir = tempfile::tempdir().unwrap();
    let Some(server) = server(&dir) else { return };
    conforms(&*connect(&server.new_database()).unwrap());
}

#[test]
fn a_release_adds_what_is_new_and_forgetting_leaves_what_others_need() {
    let dir = tempfile::tempdir().unwrap();
    let Some(server) = server(&dir) else { return };
    let url = server.new_database();
    let engine = PgVectors::connect(&url).unwrap();
    let encoder = MadeUp::new(32);
    let first = vectors(&knowledge(50, 3), &encoder);
    engine.open(&first).unwrap();
    // Answers are alike but for their question, which is part of the text.
    let second = vectors(&knowledge(60, 3), &encoder);
    engine.open(&second).unwrap();
    let table = "jieda_vectors_".to_owned() + &first.key().encoder;
    let count = |of: &str| sql(&url, Box::leak(format!("SELECT count(*) FROM {of}").into()));
    assert_eq!(count("jieda_vector_row"), (50 + 60) * 4);
    assert_eq!(count(&table), 60 * 4);
    engine.forget(&first.key()).unwrap();
    assert_eq!(count(&table), 60 * 4);
    engine.open(&first).unwrap();
    engine.forget(&second.key()).unwrap();
    assert_eq!(count(&table), 50 * 4);
    engine.forget(&first.key()).unwrap();
    assert_eq!(count(&table), 0);
    assert_eq!(count("jieda_vector_row"), 0);
    assert_eq!(count("jieda_vector_set"), 0);
}

#[test]
fn it_comes_back_after_a_crash_and_is_given_up_quickly_meanwhile() {
    let dir = tempfile::tempdir().unwrap();
    let Some(server) = server(&dir) else { return };
    let engine = PgVectors::connect(&server.new_database()).unwrap();
    let encoder = MadeUp::new(32);
    let opened = engine.open(&vectors(&knowledge(50, 3), &encoder)).unwrap();
    let query = encoder.vector(&text(4, 9));
    assert_eq!(opened.nearest(query.as_slice(), 4).unwrap()[0].faq, 4);
    server.crash();
    // The connections of before are dead; the first who notices has the others leave it alone for a while.
    let since = Instant::now();
    while opened.nearest(query.as_slice(), 4).is_err() {
        assert!(since.elapsed() < Duration::from_secs(60));
        std::thread::sleep(Duration::from_millis(100));
    }
    let found = opened.cosines(query.as_slice(), &[4]).unwrap();
    assert_eq!(found.len(), 4);
}

#[test]
fn nobody_there_is_an_error_and_no_panic() {
    let engine = connect("postgres://jieda@127.0.0.1:9/none").unwrap();
    let encoder = MadeUp::new(32);
    let vectors = vectors(&knowledge(3, 2), &encoder);
    assert!(engine.open(&vectors).is_err());
    assert!(engine.forget(&vectors.key()).is_err());
    for address in [
        "",
        "mysql://a",
        "qdrant://a",
        "postgres://[",
        "qdrant+ftp://a",
    ] {
        assert!(connect(address).is_err(), "{address}");
    }
}
