//! SQLite keeps the promises of `Store`, and files of other kinds and versions are told apart.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may fail by panic"
)]

use std::{fs, path::Path};

use jieda_store::{
    Filter, Page, Retention, SqliteStore, Store as _, StoreError, Write,
    conformance::{
        self,
        samples::{everything, id, minute, said},
    },
};
use sqlx::{Connection as _, SqliteConnection};
use tempfile::TempDir;

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap()
        .block_on(future)
}

async fn execute(file: &Path, sql: &'static str) {
    let url = format!("sqlite://{}?mode=rwc", file.display());
    let mut connection = SqliteConnection::connect(&url).await.unwrap();
    sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

#[test]
fn it_conforms() {
    let dir = tempfile::tempdir().unwrap();
    let mut number = 0;
    block_on(conformance::check(async || {
        number += 1;
        SqliteStore::open_or_create(&dir.path().join(format!("{number}.db"))).await
    }));
}

#[test]
fn a_store_outlives_its_process() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("s.db");
    block_on(async {
        let store = SqliteStore::open_or_create(&file).await.unwrap();
        store.write(&everything(&id("c"))).await.unwrap();
        let log = store.log(&id("c")).await.unwrap();
        drop(store);
        let store = SqliteStore::open(&file).await.unwrap();
        assert_eq!(store.log(&id("c")).await.unwrap(), log);
    });
}

#[test]
fn two_stores_may_share_a_file() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("s.db");
    block_on(async {
        let stores = [
            SqliteStore::open_or_create(&file).await.unwrap(),
            SqliteStore::open_or_create(&file).await.unwrap(),
        ];
        let mut writers = tokio::task::JoinSet::new();
        for (n, store) in stores.into_iter().enumerate() {
            writers.spawn(async move {
                for number in 1..=20 {
                    let turn = said(number, minute(0), "一");
                    let write = Write::turn(id(&format!("c{n}")), turn);
                    store.write(&[write]).await.unwrap().remove(0).unwrap();
                }
            });
        }
        writers.join_all().await;
        let store = SqliteStore::open(&file).await.unwrap();
        let found = store.turns(&Filter::default(), &Page::oldest(100)).await;
        assert_eq!(found.unwrap().items.len(), 40);
    });
}

#[test]
fn many_may_open_a_new_file_at_once() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("s.db");
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                block_on(async { SqliteStore::open_or_create(&file).await.map(|_| ()) }).unwrap();
            });
        }
    });
}

fn refuses(dir: &TempDir, name: &str, expected: &str) {
    let file = dir.path().join(name);
    let before = fs::read(&file).ok();
    for create in [false, true] {
        let error = block_on(async {
            if create {
                SqliteStore::open_or_create(&file).await
            } else {
                SqliteStore::open(&file).await
            }
        });
        let error = error.unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
    assert_eq!(fs::read(&file).ok(), before, "it was left alone");
}

#[test]
fn what_is_no_store_is_refused_and_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("text"), "客服".repeat(500)).unwrap();
    refuses(&dir, "text", "no SQLite database");
    block_on(execute(&dir.path().join("other"), "CREATE TABLE t (x)"));
    refuses(&dir, "other", "another program");
    block_on(execute(&dir.path().join("id"), "PRAGMA application_id = 7"));
    refuses(&dir, "id", "another program");
    let missing = dir.path().join("missing");
    let error = block_on(SqliteStore::open(&missing)).unwrap_err();
    assert!(matches!(error, StoreError::Missing { .. }), "{error}");
    assert!(!missing.exists());
    let no_folder = dir.path().join("folder/s.db");
    assert!(block_on(SqliteStore::open_or_create(&no_folder)).is_err());
}

#[test]
fn a_newer_version_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("s.db");
    let error = block_on(async {
        let store = SqliteStore::open_or_create(&file).await.unwrap();
        store.write(&everything(&id("c"))).await.unwrap();
        drop(store);
        let newer = "INSERT INTO _sqlx_migrations \
            (version, description, success, checksum, execution_time) \
            VALUES (99, 'later', true, x'00', 0)";
        execute(&file, newer).await;
        SqliteStore::open_or_create(&file).await.unwrap_err()
    });
    assert!(
        matches!(
            error,
            StoreError::Newer {
                found: 99,
                known: 4,
                ..
            }
        ),
        "{error}"
    );
}

#[test]
fn damage_is_told_with_its_place() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("s.db");
    let error = block_on(async {
        let store = SqliteStore::open_or_create(&file).await.unwrap();
        store.write(&everything(&id("c-7"))).await.unwrap();
        execute(&file, "UPDATE turn SET state = '{' WHERE number = 2").await;
        store.log(&id("c-7")).await.unwrap_err()
    });
    assert!(matches!(error, StoreError::Damaged { .. }), "{error}");
    let error = error.to_string();
    for part in ["table turn", "c-7", "state"] {
        assert!(error.contains(part), "{error}");
    }
}

#[test]
fn a_purge_gives_space_back_and_leaves_no_trace() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("s.db");
    let secret = "一句只说过一次的话";
    let holds = |text: &str| {
        fs::read_dir(dir.path()).unwrap().any(|entry| {
            let bytes = fs::read(entry.unwrap().path()).unwrap();
            bytes.windows(text.len()).any(|w| w == text.as_bytes())
        })
    };
    block_on(async {
        let store = SqliteStore::open_or_create(&file).await.unwrap();
        for n in 0..200 {
            let turn = said(1, minute(0), &format!("{secret}{}", "长".repeat(2000)));
            store
                .write(&[Write::turn(id(&format!("c{n}")), turn)])
                .await
                .unwrap();
        }
        store.purge(&Retention::before(minute(0))).await.unwrap();
        let full = fs::metadata(&file).unwrap().len();
        assert!(full > 1_000_000 && holds(secret));
        store.purge(&Retention::before(minute(1))).await.unwrap();
        let empty = fs::metadata(&file).unwrap().len();
        assert!(empty < full / 4, "{full} {empty}");
        assert!(!holds(secret));
    });
}
