//! Ranks, times and throughput, by the rules that the rivals' scripts keep as well (`shared/measure.py`).

use std::{
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
    thread,
    time::{Duration, Instant},
};

use serde::Serialize;

use crate::{Result, memory::Memory};

/// Queries before the clock counts.
const WARM_UP: usize = 50;
/// Every query is asked so many times, unless [`PATIENCE`] runs out.
const ROUNDS: usize = 3;
const PATIENCE: Duration = Duration::from_secs(60);

/// How well the right FAQs were found.
#[derive(Debug, Serialize)]
pub(crate) struct Quality {
    n: usize,
    recall_at_1: f64,
    recall_at_10: f64,
    mrr_at_10: f64,
    /// Query by query; 0 for a right FAQ that is not among the first ten.
    ranks: Vec<usize>,
}

impl Quality {
    pub(crate) fn of(ranks: Vec<usize>) -> Self {
        let n = ranks.len();
        let mean = |value: fn(usize) -> f64| {
            ranks.iter().map(|&r| value(r)).sum::<f64>() / n.max(1) as f64
        };
        Self {
            n,
            recall_at_1: mean(|r| f64::from(u8::from(r == 1))),
            recall_at_10: mean(|r| f64::from(u8::from(r > 0))),
            mrr_at_10: mean(|r| if r == 0 { 0.0 } else { 1.0 / r as f64 }),
            ranks,
        }
    }
}

/// How long one caller waits.
#[derive(Debug, Serialize)]
pub(crate) struct Latency {
    timed: usize,
    p50_ms: f64,
    p99_ms: f64,
}

impl Latency {
    /// Asks every item in turn.
    pub(crate) fn of<T>(items: &[T], mut ask: impl FnMut(&T) -> Result<()>) -> Result<Self> {
        for item in items.iter().take(WARM_UP) {
            ask(item)?;
        }
        let begun = Instant::now();
        let mut times = Vec::new();
        for item in (0..ROUNDS).flat_map(|_| items) {
            let start = Instant::now();
            ask(item)?;
            times.push(start.elapsed().as_secs_f64() * 1e3);
            if begun.elapsed() > PATIENCE {
                break;
            }
        }
        times.sort_by(f64::total_cmp);
        let at = |share: f64| {
            let last = times.len().saturating_sub(1) as f64;
            times[(last * share).round() as usize]
        };
        Ok(Self {
            timed: times.len(),
            p50_ms: at(0.50),
            p99_ms: at(0.99),
        })
    }
}

impl Latency {
    /// The one with the lower median.
    pub(crate) fn better_of(self, other: Self) -> Self {
        if other.p50_ms < self.p50_ms {
            other
        } else {
            self
        }
    }
}

/// What goes through when several callers ask as fast as they get answers.
#[derive(Debug, Serialize)]
pub(crate) struct Load {
    callers: String,
    qps: f64,
    memory: Memory,
}

/// Who asks at the same time.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Callers {
    pub(crate) threads: usize,
    /// What else is to be said of them.
    pub(crate) how: &'static str,
}

impl Load {
    /// For so long.
    pub(crate) fn of<T: Sync>(
        callers: Callers,
        time: Duration,
        items: &[T],
        ask: impl Fn(&T) -> Result<()> + Sync,
    ) -> Result<Self> {
        let over = AtomicBool::new(false);
        let answered = AtomicUsize::new(0);
        let failed = AtomicUsize::new(0);
        let (seconds, memory) = thread::scope(|scope| {
            let start = Instant::now();
            for caller in 0..callers.threads {
                let (over, answered, failed, ask) = (&over, &answered, &failed, &ask);
                scope.spawn(move || {
                    let from = caller * items.len() / callers.threads;
                    for item in items.iter().cycle().skip(from) {
                        if over.load(Ordering::Relaxed) {
                            break;
                        }
                        let counter = if ask(item).is_ok() { answered } else { failed };
                        counter.fetch_add(1, Ordering::Relaxed);
                    }
                });
            }
            thread::sleep(time);
            let memory = Memory::now();
            over.store(true, Ordering::Relaxed);
            (start.elapsed().as_secs_f64(), memory)
        });
        if failed.into_inner() > 0 {
            return Err("questions failed under load".into());
        }
        Ok(Self {
            callers: format!("{} threads{}", callers.threads, callers.how),
            qps: answered.into_inner() as f64 / seconds,
            memory,
        })
    }
}
