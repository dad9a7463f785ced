//! What goes wrong, and when.

use std::time::{Duration, Instant};

use jieda_store::conformance::PostgresServer;
use serde::Serialize;

use crate::{Failure, options::Options, replica::Replica, trouble::Trouble};

/// How long a wire stays cut or slow.
const CUT: Duration = Duration::from_secs(2);
const SLOW: Duration = Duration::from_secs(3);
const SLOW_BY: Duration = Duration::from_millis(20);

/// What went wrong.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Faults {
    pub(crate) kills: u32,
    /// Seconds from each kill to the first readiness of the new process.
    pub(crate) restarts_s: Vec<f64>,
    pub(crate) database_restarts: u32,
    pub(crate) database_crashes: u32,
    pub(crate) cuts: u32,
    pub(crate) slow: u32,
    /// Replicas whose disk is full all the time.
    pub(crate) full_disks: usize,
    /// Replicas whose clock is a minute and a half ahead.
    pub(crate) wrong_clocks: usize,
}

/// What happens next.
#[derive(Debug, Clone, Copy)]
enum Fault {
    Kill,
    RestartDatabase,
    Cut,
    Slow,
}

/// Brings what was asked for, evenly over the time.
pub(crate) fn bring(
    options: &Options,
    mut replicas: Vec<Replica>,
    server: PostgresServer,
    began: Instant,
) -> Result<(Faults, Vec<Replica>, PostgresServer), Failure> {
    let with = |trouble| replicas.iter().filter(|r| r.trouble == trouble).count();
    let mut faults = Faults {
        full_disks: with(Trouble::FullDisk),
        wrong_clocks: with(Trouble::WrongClock),
        ..Faults::default()
    };
    let plan = plan(options);
    let step = options.time / u32::try_from(plan.len() + 1)?;
    for (i, fault) in plan.into_iter().enumerate() {
        let due = step * u32::try_from(i + 1)?;
        std::thread::sleep(due.saturating_sub(began.elapsed()));
        let number = i % replicas.len();
        match fault {
            Fault::Kill => {
                let took = replicas[number].kill()?;
                faults.kills += 1;
                faults.restarts_s.push(took.as_secs_f64());
            }
            Fault::RestartDatabase if faults.database_restarts <= faults.database_crashes => {
                server.restart();
                faults.database_restarts += 1;
            }
            Fault::RestartDatabase => {
                server.crash();
                faults.database_crashes += 1;
            }
            Fault::Cut => {
                if let Some(proxy) = &replicas[number].proxy {
                    proxy.cut();
                    std::thread::sleep(CUT);
                    proxy.mend();
                    faults.cuts += 1;
                }
            }
            Fault::Slow => {
                if let Some(proxy) = &replicas[number].proxy {
                    proxy.slow(SLOW_BY);
                    std::thread::sleep(SLOW);
                    proxy.mend();
                    faults.slow += 1;
                }
            }
        }
    }
    std::thread::sleep(options.time.saturating_sub(began.elapsed()));
    Ok((faults, replicas, server))
}

/// Kills, with restarts of the database between them, and a cut and a slow wire for every four kills.
fn plan(options: &Options) -> Vec<Fault> {
    let mut plan: Vec<Fault> = Vec::new();
    for kill in 0..options.kills {
        plan.push(Fault::Kill);
        match kill % 4 {
            1 => plan.push(Fault::Cut),
            3 => plan.push(Fault::Slow),
            _ => {}
        }
    }
    for restart in 0..options.restarts {
        let parts = usize::try_from(options.restarts).unwrap_or(1) + 1;
        let place = plan.len() * (usize::try_from(restart).unwrap_or(0) + 1) / parts;
        plan.insert(place, Fault::RestartDatabase);
    }
    plan
}
