//! Journals: in order, all or none, one writer at a time.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may fail by panic"
)]

use jieda_store::{Journal as _, NewEntry, SqliteStore, StoreError};
use jiff::Timestamp;

fn entry(second: i64) -> NewEntry {
    NewEntry {
        at: Timestamp::from_second(second).unwrap(),
        body: format!("{{\"second\":{second}}}"),
    }
}

#[tokio::test]
async fn entries_come_back_in_order() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("s.db");
    let store = SqliteStore::open_or_create(&file).await.unwrap();
    let first: Vec<_> = (0..5).map(entry).collect();
    assert_eq!(store.append("routing", 0, &first).await.unwrap(), 5);
    assert_eq!(store.append("other", 0, &first[..1]).await.unwrap(), 1);
    assert_eq!(store.append("routing", 5, &[entry(9)]).await.unwrap(), 6);
    drop(store);

    let store = SqliteStore::open(&file).await.unwrap();
    let found = store.entries("routing", 3, 2).await.unwrap();
    let told: Vec<_> = found.iter().map(|e| (e.number, e.at.as_second())).collect();
    assert_eq!(told, [(4, 3), (5, 4)]);
    assert_eq!(found[0].body, "{\"second\":3}");
    assert!(store.entries("routing", 6, 10).await.unwrap().is_empty());
}

#[tokio::test]
async fn who_was_overtaken_writes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("s.db");
    let store = SqliteStore::open_or_create(&file).await.unwrap();
    let other = SqliteStore::open(&file).await.unwrap();
    store.append("routing", 0, &[entry(1)]).await.unwrap();
    let refused = other.append("routing", 0, &[entry(2), entry(3)]).await;
    let Err(StoreError::Overtaken { last, found, .. }) = refused else {
        panic!("{refused:?}");
    };
    assert_eq!((last, found), (0, 1));
    assert_eq!(store.entries("routing", 0, 10).await.unwrap().len(), 1);
    assert_eq!(other.append("routing", 1, &[entry(2)]).await.unwrap(), 2);
}

#[tokio::test]
async fn old_entries_are_forgotten_but_never_the_last() {
    let dir = tempfile::tempdir().unwrap();
    let store = SqliteStore::open_or_create(&dir.path().join("s.db"))
        .await
        .unwrap();
    let five: Vec<_> = (0..5).map(entry).collect();
    store.append("routing", 0, &five).await.unwrap();
    store.append("qa", 0, &five).await.unwrap();
    let second = |second| Timestamp::from_second(second).unwrap();
    // Entries 1 to 3 are of the seconds 0 to 2.
    let gone = store.forget("routing", 4, second(2)).await.unwrap();
    assert_eq!(gone, 2);
    let gone = store.forget("routing", 99, Timestamp::MAX).await.unwrap();
    assert_eq!(gone, 2);
    let left = store.entries("routing", 0, 10).await.unwrap();
    assert_eq!(left.iter().map(|e| e.number).collect::<Vec<_>>(), [5]);
    assert_eq!(store.append("routing", 5, &[entry(9)]).await.unwrap(), 6);
    assert_eq!(store.entries("qa", 0, 10).await.unwrap().len(), 5);
}
