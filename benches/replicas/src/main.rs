//! Replicas on one PostgreSQL under faults: nothing lost, nothing twice. What it does is in the README beside it.

mod check;
mod faults;
mod latency;
mod load;
mod options;
mod proxy;
mod replica;
mod report;
mod trouble;

use std::{
    process::ExitCode,
    sync::{Arc, atomic::AtomicBool},
    time::{Duration, Instant},
};

use jieda_store::conformance::PostgresServer;

use options::Options;
use replica::Replica;
use trouble::Trouble;

/// Any failure ends it, with its text.
type Failure = Box<dyn std::error::Error + Send + Sync>;

const REPLICAS: usize = 3;
/// What is wrong with each of them all the time.
const TROUBLES: [Trouble; REPLICAS] = [Trouble::None, Trouble::FullDisk, Trouble::WrongClock];

fn main() -> ExitCode {
    match run() {
        Ok(code) => code,
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<ExitCode, Failure> {
    let options = Options::from_args(std::env::args().skip(1))?;
    let dir = tempfile::tempdir()?;
    let Some(server) = PostgresServer::start(dir.path()) else {
        // It has said why.
        return Ok(ExitCode::SUCCESS);
    };
    if options.latency {
        latency::measure(&options, &server, dir.path())?;
        return Ok(ExitCode::SUCCESS);
    }
    let url = server.new_database();
    let replicas: Vec<Replica> = (0..REPLICAS)
        .map(|number| {
            let place = dir.path().join(format!("replica{number}"));
            Replica::start_in(&options, &url, (&place, TROUBLES[number]))
        })
        .collect::<Result<_, _>>()?;
    let stop = Arc::new(AtomicBool::new(false));
    let began = Instant::now();
    let addresses: Vec<String> = replicas.iter().map(Replica::address).collect();
    let clients = load::start(&options, &addresses, &stop);
    let faults = faults::bring(&options, replicas, server, began);
    stop.store(true, std::sync::atomic::Ordering::Relaxed);
    let (faults, replicas, server) = faults?;
    let mut asked = Vec::new();
    for client in clients {
        asked.extend(client.join().map_err(|_| "a client panicked")?);
    }
    let found = check::check(&url, &asked)?;
    let report = report::Report::of(&options, &asked, faults, found);
    report.print();
    if let Some(out) = &options.out {
        std::fs::write(out, serde_json::to_string_pretty(&report)? + "\n")?;
    }
    drop((replicas, server));
    // Whoever reads it in a log sees the end of it.
    std::thread::sleep(Duration::from_millis(10));
    Ok(if report.is_sound() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
