//! PostgreSQL keeps the promises of `Store` and `Journal`, also while it restarts.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may fail by panic"
)]

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use jieda_store::{
    AnyStore, Filter, Journal as _, Location, NewEntry, Page, PostgresOptions, PostgresStore,
    Sharing, Store as _, StoreError, Write,
    conformance::{
        self, PostgresServer,
        samples::{everything, id, minute, said},
    },
};
use jiff::Timestamp;
use tokio::runtime::{Builder, Runtime};

fn runtime() -> Runtime {
    Builder::new_multi_thread().enable_all().build().unwrap()
}

async fn connect(url: String) -> PostgresStore {
    PostgresStore::connect(PostgresOptions::new(url))
        .await
        .unwrap()
}

#[test]
fn it_conforms() {
    let dir = tempfile::tempdir().unwrap();
    let Some(server) = PostgresServer::start(dir.path()) else {
        return;
    };
    runtime().block_on(conformance::check(async || {
        PostgresStore::connect(PostgresOptions::new(server.new_database())).await
    }));
}

#[test]
fn schemas_of_one_database_know_nothing_of_each_other() {
    let dir = tempfile::tempdir().unwrap();
    let Some(server) = PostgresServer::start(dir.path()) else {
        return;
    };
    runtime().block_on(async {
        let url = server.new_database();
        let options = |schema| PostgresOptions::new(url.clone()).in_schema(schema);
        // Both are made at once, and by two each.
        let (shop, bank, again) = tokio::join!(
            PostgresStore::connect(options("shop")),
            PostgresStore::connect(options("big-bank")),
            PostgresStore::connect(options("shop")),
        );
        let (shop, bank, again) = (shop.unwrap(), bank.unwrap(), again.unwrap());
        for write in everything(&id("c-1")) {
            shop.write(&[write]).await.unwrap();
        }
        assert!(bank.log(&id("c-1")).await.unwrap().is_none());
        assert!(again.log(&id("c-1")).await.unwrap().is_some());
    });
}

#[test]
fn journals_have_one_writer_at_a_time() {
    let dir = tempfile::tempdir().unwrap();
    let Some(server) = PostgresServer::start(dir.path()) else {
        return;
    };
    runtime().block_on(async {
        let store = connect(server.new_database()).await;
        let entry = |second| NewEntry {
            at: Timestamp::from_second(second).unwrap(),
            body: format!("{{\"second\":{second}}}"),
        };
        let five: Vec<_> = (0..5).map(entry).collect();
        assert_eq!(store.append("routing", 0, &five).await.unwrap(), 5);
        // Of many who saw the same entry last, one gets in.
        let mut tasks = Vec::new();
        for second in 10..18 {
            let store = store.clone();
            let entry = entry(second);
            tasks.push(tokio::spawn(async move {
                store.append("routing", 5, &[entry]).await
            }));
        }
        let mut first = 0;
        for task in tasks {
            match task.await.unwrap() {
                Ok(number) => {
                    assert_eq!(number, 6);
                    first += 1;
                }
                Err(StoreError::Overtaken { found: 6, .. }) => {}
                Err(other) => panic!("{other}"),
            }
        }
        assert_eq!(first, 1);
        let found = store.entries("routing", 4, 10).await.unwrap();
        assert_eq!(found.iter().map(|e| e.number).collect::<Vec<_>>(), [5, 6]);
        assert_eq!(store.forget("routing", 6, Timestamp::MAX).await.unwrap(), 5);
    });
}

#[test]
fn what_it_can_not_hold_is_left_out_and_spoils_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let Some(server) = PostgresServer::start(dir.path()) else {
        return;
    };
    runtime().block_on(async {
        let store = connect(server.new_database()).await;
        let odd = Write::turn(id("c"), said(1, minute(0), "a\0b"));
        let fine = Write::turn(id("d"), said(1, minute(0), "你好"));
        for result in store.write(&[odd, fine]).await.unwrap() {
            result.unwrap();
        }
        let log = store.log(&id("c")).await.unwrap().unwrap();
        assert_eq!(log.turns[0].event.text().unwrap().as_str(), "ab");
    });
}

#[test]
fn no_turn_is_lost_or_doubled_while_the_database_restarts() {
    let dir = tempfile::tempdir().unwrap();
    let Some(server) = PostgresServer::start(dir.path()) else {
        return;
    };
    let runtime = runtime();
    runtime.block_on(async {
        let url = server.new_database();
        let stop = std::sync::Arc::new(AtomicBool::new(false));
        let mut writers = Vec::new();
        for writer in 0..3 {
            let (store, stop) = (connect(url.clone()).await, stop.clone());
            writers.push(tokio::spawn(async move {
                let name = format!("c-{writer}");
                let mut number = 0;
                while !stop.load(Ordering::Relaxed) {
                    number += 1;
                    let turn = said(number, minute(i64::from(number)), "在吗");
                    let results = store.write(&[Write::turn(id(&name), turn)]).await.unwrap();
                    // Nobody else writes it: no conflict is another's.
                    results.into_iter().for_each(|result| result.unwrap());
                }
                (name, number, store.retries())
            }));
        }
        tokio::time::sleep(Duration::from_millis(300)).await;
        let server = tokio::task::spawn_blocking(move || {
            server.restart();
            std::thread::sleep(Duration::from_millis(500));
            server.crash();
            server
        });
        let server = server.await.unwrap();
        tokio::time::sleep(Duration::from_millis(500)).await;
        stop.store(true, Ordering::Relaxed);
        let store = connect(url).await;
        let mut retries = 0;
        for writer in writers {
            let (name, last, again) = writer.await.unwrap();
            retries += again;
            let log = store.log(&id(&name)).await.unwrap().unwrap();
            let numbers: Vec<u32> = log.turns.iter().map(|turn| turn.number.get()).collect();
            assert_eq!(numbers, (1..=last).collect::<Vec<_>>());
            assert!(last > 10, "{last}");
        }
        assert!(retries > 0);
        drop(server);
    });
}

#[test]
fn a_connection_that_leads_nowhere_is_given_up() {
    let dir = tempfile::tempdir().unwrap();
    let Some(server) = PostgresServer::start(dir.path()) else {
        return;
    };
    // Between them: what comes is passed on, until it is told to say nothing any more.
    let proxy = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = proxy.local_addr().unwrap();
    let url = server.new_database();
    let to = address_of(&url);
    let is_mute = std::sync::Arc::new(AtomicBool::new(false));
    let mute = std::sync::Arc::clone(&is_mute);
    std::thread::spawn(move || {
        use std::io::{Read as _, Write as _};
        for client in proxy.incoming().flatten() {
            let server = std::net::TcpStream::connect(&to).unwrap();
            let ends = [
                (client.try_clone().unwrap(), server.try_clone().unwrap()),
                (server, client),
            ];
            for (mut from, mut to) in ends {
                let mute = std::sync::Arc::clone(&mute);
                std::thread::spawn(move || {
                    let mut bytes = [0; 4096];
                    while let Ok(length @ 1..) = from.read(&mut bytes) {
                        if !mute.load(Ordering::Relaxed) && to.write_all(&bytes[..length]).is_err()
                        {
                            return;
                        }
                    }
                });
            }
        }
    });
    runtime().block_on(async {
        let through = PostgresOptions {
            statement_timeout: Duration::from_millis(200),
            patience: Duration::from_millis(100),
            ..PostgresOptions::new(url.replace(&address_of(&url), &address.to_string()))
        };
        let store = PostgresStore::connect(through).await.unwrap();
        let write = |number| {
            [Write::turn(
                id("c"),
                said(number, minute(i64::from(number)), "在吗"),
            )]
        };
        store.write(&write(1)).await.unwrap().remove(0).unwrap();
        is_mute.store(true, Ordering::Relaxed);
        let begun = std::time::Instant::now();
        let stuck = store.write(&write(2)).await;
        assert!(
            matches!(stuck, Err(StoreError::Unreachable { .. })),
            "{stuck:?}"
        );
        assert!(begun.elapsed() < Duration::from_secs(20));
        is_mute.store(false, Ordering::Relaxed);
        store.write(&write(2)).await.unwrap().remove(0).unwrap();
    });
}

fn address_of(url: &str) -> String {
    let part = url.split(['@', '/']).find(|part| part.starts_with("127."));
    part.unwrap().to_owned()
}

#[test]
fn an_address_is_told_without_its_password() {
    let location = Location::of("postgres://jieda:geheim@db.example.com:5433/chat");
    let told = format!("{location} {location:?}");
    assert!(
        told.contains("db.example.com:5433/chat") && !told.contains("geheim"),
        "{told}"
    );
    let nowhere = PostgresOptions {
        patience: Duration::ZERO,
        ..PostgresOptions::new("postgres://jieda@127.0.0.1:9/none")
    };
    let failed = runtime().block_on(AnyStore::open(&Location::Postgres(nowhere)));
    assert!(
        matches!(failed, Err(StoreError::Unreachable { .. })),
        "{failed:?}"
    );
}

#[test]
fn whichever_store_it_is_it_does_the_same() {
    let dir = tempfile::tempdir().unwrap();
    let Some(server) = PostgresServer::start(dir.path()) else {
        return;
    };
    runtime().block_on(async {
        let file = dir.path().join("s.db").display().to_string();
        let file = AnyStore::open_or_create(&Location::of(&file))
            .await
            .unwrap();
        let shared = AnyStore::open(&Location::of(&server.new_database()))
            .await
            .unwrap();
        assert_eq!(
            (file.sharing(), shared.sharing()),
            (Sharing::Alone, Sharing::Shared)
        );
        let mut logs = Vec::new();
        for store in [&file, &shared] {
            store.write(&everything(&id("c"))).await.unwrap();
            let turns = store
                .turns(&Filter::default(), &Page::newest(50))
                .await
                .unwrap();
            logs.push((store.log(&id("c")).await.unwrap(), turns.items));
        }
        assert_eq!(logs[0], logs[1]);
    });
}
