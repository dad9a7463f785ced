//! How many replicas, at what cost: a model on measured figures.
//!
//! **Assumptions.** Customers come independently of each other (a Poisson process whose rate follows the hour), the
//! balancer sends each to any replica, and a replica has `cores` places, with one line before them. Then each replica is an
//! M/G/c queue by itself, whatever their number, and one is simulated. The time of an answer is log-normal, with the ratio
//! of percentiles that was measured, and a mean of `cores / answers_per_second`, so that a full replica answers what was
//! measured. There is no term for the database: what it takes is a limit of its own (see `docs/replicas.md`).
//!
//! A replica takes the rate `r` up to which the p99 of waiting and answering is within the target, and which fills it to
//! no more than the bound. Replicas for a rate `λ`: `⌈λ / r⌉ + spare`.
//!
//! ```
//! use jieda_eval::scale::{Sizing, Scenario};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let scenario = Scenario::shipped()?;
//! let sizing = Sizing::of(&scenario, 1);
//! let (small, large) = (&sizing.loads[0], &sizing.loads[1]);
//! // Ten times as many customers need ten times as many replicas, but for the spare one.
//! assert_eq!(large.peak.replicas - 1, ((small.peak.rate * 10.0) / sizing.rate_per_replica).ceil() as usize);
//! assert!(sizing.p99_ms <= scenario.target.p99_ms);
//! # Ok(())
//! # }
//! ```

mod queue;
mod scenario;

use serde::Serialize;

pub use queue::{Queue, Responses};
pub use scenario::{Load, Replica, Scaling, Scenario, ScenarioError, Target};

/// Steps by which the rate that a replica takes is looked for, of its capacity.
const STEPS: u32 = 100;

/// What a scenario needs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Sizing {
    /// The scenario's name.
    pub name: String,
    /// Answers a second that one replica takes within the target.
    pub rate_per_replica: f64,
    /// The p99 at that rate, in milliseconds.
    pub p99_ms: f64,
    /// One for each peak.
    pub loads: Vec<LoadSizing>,
}

/// What one load needs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LoadSizing {
    /// At the peak of a usual day.
    pub peak: Need,
    /// In a campaign, if it is not to be felt.
    pub burst: Need,
    /// The share of a campaign's questions that is refused while replicas are added to those of the peak.
    pub refused_while_scaling: f64,
    /// The same of the whole campaign.
    pub refused_in_campaign: f64,
    /// Answers of a usual day.
    pub answers_per_day: f64,
    /// What a million answers cost, with as many replicas as each hour needs.
    pub cost_per_million_scaled: f64,
    /// The same with the replicas of the peak all day.
    pub cost_per_million_fixed: f64,
}

/// Replicas for a rate.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Need {
    /// Answers a second.
    pub rate: f64,
    /// Replicas, spare ones included.
    pub replicas: usize,
    /// How full each is while all of them work.
    pub utilization: f64,
    /// The p99 while all of them work, in milliseconds.
    pub p99_ms: f64,
}

impl Sizing {
    /// Sizes a scenario; the seed draws arrivals and times.
    #[must_use]
    pub fn of(scenario: &Scenario, seed: u64) -> Self {
        let queue = Queue::of(&scenario.replica);
        let (rate, p99_ms) = bearable(scenario, &queue, seed);
        let loads = scenario.load.peaks.iter();
        Self {
            name: scenario.name.clone(),
            rate_per_replica: rate,
            p99_ms,
            loads: loads
                .map(|&peak| LoadSizing::of(scenario, &queue, (peak, rate), seed))
                .collect(),
        }
    }
}

impl LoadSizing {
    fn of(scenario: &Scenario, queue: &Queue, (peak, rate): (f64, f64), seed: u64) -> Self {
        let replicas = |load: f64| replicas(load, rate, scenario.target.spare);
        let need = |load: f64| {
            let replicas = replicas(load);
            let each = load / replicas as f64;
            Need {
                rate: load,
                replicas,
                utilization: each / queue.capacity(),
                p99_ms: queue.run(each, seed).p99_ms,
            }
        };
        let load = &scenario.load;
        let burst = peak * load.burst;
        let usual = need(peak);
        // What those of the peak can't take is refused at once, until more of them answer.
        let takes = usual.replicas as f64 * queue.capacity();
        let refused = (1.0 - takes / burst).max(0.0);
        let scaling = (scenario.scaling.minutes / load.burst_minutes).min(1.0);
        let answers_per_day: f64 = load.day.iter().map(|share| share * peak * 3600.0).sum();
        let hours: usize = load.day.iter().map(|share| replicas(share * peak)).sum();
        let per_million =
            |hours: f64| hours * scenario.replica.cost_per_hour / answers_per_day * 1e6;
        Self {
            peak: usual,
            burst: need(burst),
            refused_while_scaling: refused,
            refused_in_campaign: refused * scaling,
            answers_per_day,
            cost_per_million_scaled: per_million(hours as f64),
            cost_per_million_fixed: per_million(usual.replicas as f64 * load.day.len() as f64),
        }
    }
}

fn replicas(load: f64, rate: f64, spare: u32) -> usize {
    (load / rate).ceil().max(1.0) as usize + spare as usize
}

/// The highest rate that is within the target, and its p99.
fn bearable(scenario: &Scenario, queue: &Queue, seed: u64) -> (f64, f64) {
    let target = &scenario.target;
    let most = queue.capacity() * target.utilization;
    let p99 = |rate: f64| queue.run(rate, seed).p99_ms;
    let at_most = p99(most);
    if at_most <= target.p99_ms {
        return (most, at_most);
    }
    let rates = (1..STEPS)
        .rev()
        .map(|step| most * f64::from(step) / f64::from(STEPS));
    let within = rates
        .map(|rate| (rate, p99(rate)))
        .find(|(_, p99)| *p99 <= target.p99_ms);
    // One that is over the target even when it is idle: as few as possible for each.
    within.unwrap_or((most / f64::from(STEPS), p99(most / f64::from(STEPS))))
}

#[cfg(test)]
mod tests;
