//! A process that writes is killed at random moments, or runs out of disk: every turn that was acknowledged
//! is there, none is there by half, and the file opens.
//!
//! `JIEDA_KILLS=200 cargo test -p jieda-store --test kill` for a long run.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may fail by panic"
)]
#![cfg(unix)]

use std::{
    collections::BTreeMap,
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use jieda_store::{
    Filter, Order, SqliteStore, Turn, Write, Writer, WriterOptions,
    conformance::samples::{handed_over, id, minute, said},
    export,
};

/// Set for the child: the file that it writes to.
const FILE: &str = "JIEDA_STORE_TEST_FILE";
const CONVERSATIONS: u32 = 5;

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap()
        .block_on(future)
}

/// The turn that the child writes under a number: any other would be half a turn.
fn expected(conversation: u32, number: u32) -> Turn {
    let text = format!(
        "{conversation}/{number} {}",
        "字".repeat((number % 50) as usize * 20)
    );
    let mut turn = if number.is_multiple_of(7) {
        handed_over(number, minute(number.into()))
    } else {
        said(number, minute(number.into()), &text)
    };
    turn.state.topic = Some(jieda_types::Topic { text, faq: None });
    turn
}

/// What the child does: it goes on where the file ends, and prints each number when it is acknowledged.
/// As a test of its own it does nothing.
#[test]
fn child() {
    let Some(file) = std::env::var_os(FILE) else {
        return;
    };
    let store = block_on(SqliteStore::open_or_create(Path::new(&file))).unwrap();
    let mut last = block_on(stored(Path::new(&file)));
    let writer = Writer::start(store, &WriterOptions::default()).unwrap();
    println!("\nready");
    loop {
        let receipts: Vec<_> = (0..CONVERSATIONS)
            .map(|c| {
                let number = last.get(&c).map_or(0, |turns| *turns) + 1;
                last.insert(c, number);
                let write = Write::turn(id(&format!("c{c}")), expected(c, number));
                (c, number, writer.record(write).unwrap())
            })
            .collect();
        let mut failed = false;
        for (c, number, receipt) in receipts {
            match receipt.wait() {
                Ok(()) => println!("\nack {c} {number}"),
                Err(error) => {
                    println!("\nerror {error}");
                    failed = true;
                }
            }
        }
        if failed {
            lift_the_limit();
            last = block_on(stored(Path::new(&file)));
            println!("\nagain");
        }
    }
}

/// Files may grow again.
fn lift_the_limit() {
    let pid = std::process::id().to_string();
    let lifted = Command::new("prlimit")
        .args(["--pid", &pid, "--fsize=unlimited"])
        .status();
    assert!(lifted.is_ok_and(|status| status.success()));
}

/// The number of turns of each conversation. Panics when one is not as it was written.
async fn stored(file: &Path) -> BTreeMap<u32, u32> {
    let store = SqliteStore::open_or_create(file).await.unwrap();
    let mut all = export(&store, Filter::default(), Order::Oldest);
    let mut counts = BTreeMap::new();
    while let Some(log) = all.next().await.unwrap() {
        let c = log.conversation.id.as_str()[1..].parse().unwrap();
        for (turn, number) in log.turns.iter().zip(1..) {
            assert_eq!(*turn, expected(c, number));
        }
        let last = log.turns.len().try_into().unwrap();
        assert_eq!(log.conversation.last_turn.get(), last);
        assert_eq!(log.conversation.state, expected(c, last).state);
        counts.insert(c, last);
    }
    counts
}

fn start(file: &Path, shell: &str) -> Child {
    Command::new("sh")
        .args(["-c", &format!("{shell} exec \"$0\" \"$@\"")])
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", "child", "--nocapture", "--test-threads=1"])
        .env(FILE, file)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// What a child printed: the highest number that was acknowledged of each conversation, and its errors.
#[derive(Default)]
struct Heard {
    acknowledged: BTreeMap<u32, u32>,
    errors: Vec<String>,
}

impl Heard {
    fn line(&mut self, line: &str) {
        let mut words = line.splitn(2, ' ');
        match (words.next(), words.next()) {
            (Some("ack"), Some(rest)) => {
                // A line that the kill cut short acknowledges nothing.
                let Some((c, number)) = rest.split_once(' ') else {
                    return;
                };
                let (Ok(c), Ok(number)) = (c.parse(), number.parse()) else {
                    return;
                };
                self.acknowledged.insert(c, number);
            }
            (Some("error"), Some(rest)) => self.errors.push(rest.to_owned()),
            _ => {}
        }
    }

    /// Everything that was acknowledged is there.
    fn check(&self, file: &Path) -> u32 {
        let stored = block_on(stored(file));
        for (c, number) in &self.acknowledged {
            let there = stored.get(c).copied().unwrap_or(0);
            assert!(
                there >= *number,
                "c{c}: {number} acknowledged, {there} there"
            );
        }
        stored.values().sum()
    }
}

#[test]
fn a_killed_process_has_kept_what_it_acknowledged() {
    let kills: usize = std::env::var("JIEDA_KILLS").map_or(12, |n| n.parse().unwrap());
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("s.db");
    let mut heard = Heard::default();
    let mut turns = 0;
    for _ in 0..kills {
        let mut child = start(&file, "");
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let ready = lines
            .by_ref()
            .map_while(Result::ok)
            .any(|line| line == "ready");
        assert!(ready, "the file opens");
        std::thread::sleep(Duration::from_micros(fastrand::u64(..150_000)));
        child.kill().unwrap();
        child.wait().unwrap();
        for line in lines.map_while(Result::ok) {
            heard.line(&line);
        }
        assert!(heard.errors.is_empty(), "{:?}", heard.errors);
        let now = heard.check(&file);
        assert!(now >= turns);
        turns = now;
    }
    println!("{kills} kills, {turns} turns");
    assert!(turns > 0, "nothing was written in any round");
}

/// Where `prlimit` is, which gives the child more space while it runs.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_told_and_later_turns_are_stored() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("s.db");
    // Files of at most so many blocks of 512 bytes; a signal would end the process instead.
    let mut child = start(&file, "ulimit -S -f 800; trap '' XFSZ;");
    let mut heard = Heard::default();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    for line in lines.by_ref().map_while(Result::ok) {
        heard.line(&line);
        if line == "again" {
            break;
        }
    }
    let (before, errors) = (heard.acknowledged.clone(), heard.errors.len());
    assert!(!before.is_empty() && errors > 0);
    for line in lines.map_while(Result::ok).take(400) {
        heard.line(&line);
    }
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(heard.errors.len(), errors, "{:?}", heard.errors);
    for (c, number) in before {
        assert!(heard.acknowledged[&c] > number, "it goes on");
    }
    heard.check(&file);
}
