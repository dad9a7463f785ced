//! What is told of it.

use std::{collections::BTreeMap, time::Duration};

use serde::Serialize;

use crate::{
    check::Found,
    faults::Faults,
    load::{Asked, Failed},
    options::Options,
    trouble::SKEW_SECONDS,
};

/// Everything that was measured.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    seconds: f64,
    clients: usize,
    faults: Faults,
    /// Requests, and those that nobody answered within a minute of asking again.
    requests: usize,
    unanswered: usize,
    /// Requests that were answered, but not yet stored.
    degraded: usize,
    /// Attempts, and those that failed by what came back.
    attempts: usize,
    failed: BTreeMap<String, usize>,
    /// Failed attempts by all.
    error_rate: f64,
    answers_per_second: f64,
    /// Milliseconds of attempts that worked.
    p50_ms: f64,
    p99_ms: f64,
    /// Longest time in which nobody was answered, in seconds.
    longest_silence_s: f64,
    found: Found,
}

impl Report {
    pub(crate) fn of(options: &Options, asked: &[Asked], faults: Faults, found: Found) -> Self {
        let mut failed: BTreeMap<String, usize> = BTreeMap::new();
        for failure in asked.iter().flat_map(|one| &one.failures) {
            let name = match failure {
                Failed::Connection => "connection".to_owned(),
                Failed::Status(status) => status.to_string(),
            };
            *failed.entry(name).or_default() += 1;
        }
        let answered = || {
            asked
                .iter()
                .filter_map(|one| one.answered.map(|(end, _)| (one, end)))
        };
        let failures: usize = failed.values().sum();
        let attempts = failures + answered().count();
        let mut latencies: Vec<Duration> = answered().map(|(one, _)| one.latency).collect();
        latencies.sort();
        let mut ends: Vec<_> = answered().map(|(_, end)| end).collect();
        ends.sort();
        let silence = ends.windows(2).map(|pair| pair[1] - pair[0]).max();
        Self {
            seconds: options.time.as_secs_f64(),
            clients: options.clients,
            faults,
            requests: asked.len(),
            unanswered: asked.len() - answered().count(),
            degraded: asked.iter().filter(|one| one.was_degraded).count(),
            attempts,
            failed,
            error_rate: failures as f64 / attempts.max(1) as f64,
            answers_per_second: answered().count() as f64 / options.time.as_secs_f64(),
            p50_ms: percentile(&latencies, 0.5),
            p99_ms: percentile(&latencies, 0.99),
            longest_silence_s: silence.unwrap_or_default().as_secs_f64(),
            found,
        }
    }

    /// Nothing lost, nothing twice, and everybody was answered in the end.
    pub(crate) fn is_sound(&self) -> bool {
        self.found.is_sound() && self.unanswered == 0
    }

    pub(crate) fn print(&self) {
        let f = &self.faults;
        println!(
            "{} kills (back after {:.1} s at most), database: {} restarts, {} crashes, {} cuts, {} slow; \
             all the time: {} with a full disk, {} with a clock {SKEW_SECONDS} s ahead",
            f.kills,
            f.restarts_s.iter().copied().fold(0.0, f64::max),
            f.database_restarts,
            f.database_crashes,
            f.cuts,
            f.slow,
            f.full_disks,
            f.wrong_clocks
        );
        println!(
            "{} requests in {:.0} s ({:.0}/s, p50 {:.1} ms, p99 {:.1} ms), {} unanswered, {} degraded",
            self.requests,
            self.seconds,
            self.answers_per_second,
            self.p50_ms,
            self.p99_ms,
            self.unanswered,
            self.degraded
        );
        println!(
            "{} attempts, failed {:?}: {:.3} %; longest silence {:.2} s",
            self.attempts,
            self.failed,
            100.0 * self.error_rate,
            self.longest_silence_s
        );
        let found = &self.found;
        println!(
            "{} turns of {} conversations",
            found.turns, found.conversations
        );
        let lists = [
            ("lost", &found.lost),
            ("doubled", &found.doubled),
            ("gaps", &found.gaps),
            ("disorder", &found.disorder),
            ("wrong state", &found.wrong_state),
        ];
        for (name, list) in lists {
            println!("{name}: {}", list.len());
            list.iter().take(10).for_each(|line| println!("    {line}"));
        }
    }
}

/// Milliseconds, of sorted times.
pub(crate) fn percentile(sorted: &[Duration], share: f64) -> f64 {
    let last = sorted.len().saturating_sub(1);
    let place = (share * last as f64).round() as usize;
    sorted
        .get(place)
        .map_or(0.0, |time| time.as_secs_f64() * 1e3)
}
