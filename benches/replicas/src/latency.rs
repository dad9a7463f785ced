//! What state on PostgreSQL costs an answer: the same questions to one replica with a file, and to one with a database,
//! in turns, so that whatever else the machine does falls on both.

use std::{path::Path, time::Duration};

use jieda_store::conformance::PostgresServer;

use crate::{Failure, load::Client, options::Options, replica::Replica, report::percentile};

const WARM_UP: usize = 200;
const QUESTIONS: usize = 2000;
/// Turns of one conversation.
const TURNS: usize = 5;

pub(crate) fn measure(
    options: &Options,
    server: &PostgresServer,
    dir: &Path,
) -> Result<(), Failure> {
    let file = dir.join("conversations.db").display().to_string();
    let replicas = [
        (
            "SQLite",
            Replica::start(options, &file, &dir.join("sqlite"))?,
        ),
        (
            "PostgreSQL",
            Replica::start(options, &server.new_database(), &dir.join("postgres"))?,
        ),
    ];
    let mut clients = replicas
        .iter()
        .map(|(name, replica)| {
            (
                *name,
                Client::new(vec![replica.address()], 0),
                Vec::<Duration>::new(),
            )
        })
        .collect::<Vec<_>>();
    for i in 0..WARM_UP + QUESTIONS {
        for (_, client, times) in &mut clients {
            let asked = client.ask(format!("c-{}", i / TURNS), format!("q{i}z"));
            if i >= WARM_UP && asked.answered.is_some() {
                times.push(asked.latency);
            }
        }
    }
    println!("{QUESTIONS} questions one after the other, {TURNS} in a conversation; milliseconds");
    for (name, _, times) in &mut clients {
        times.sort();
        println!(
            "{name:<10} p50 {:.2}  p95 {:.2}  p99 {:.2}  ({} answered)",
            percentile(times, 0.5),
            percentile(times, 0.95),
            percentile(times, 0.99),
            times.len()
        );
    }
    Ok(())
}
