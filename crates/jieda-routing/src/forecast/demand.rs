//! A load, and agents for it.

use std::num::NonZeroU32;

use jiff::SignedDuration;
use serde::Serialize;

use super::erlang::{ErlangA, erlang_c};
use crate::figures::ServiceTarget;

/// Contacts that come at random at a steady rate (a Poisson process), each handled for an exponential time.
///
/// Without patience nobody gives up: Erlang C, which needs more agents than contacts keep busy, and asks for
/// more than are needed where people do give up. With it: Erlang A. An agent who has several contacts at a
/// time counts as so many, if a contact takes as long then.
///
/// ```
/// use jieda_routing::{figures::ServiceTarget, forecast::Demand};
/// use jiff::SignedDuration;
///
/// // 100 contacts in half an hour of 3 minutes each, 80 % accepted within 20 seconds: the example of the
/// // package pyworkforce, whose results these are.
/// let demand = Demand {
///     per_hour: 200.0,
///     handling: SignedDuration::from_mins(3),
///     patience: None,
/// };
/// let need = demand.agents_for(&ServiceTarget::new(80.0, 20), 85.0).ok_or("no number will do")?;
/// assert_eq!(need.agents, 14);
/// assert!((need.performance.service_level - 88.835_001_917_946_69).abs() < 1e-6);
/// assert!((need.performance.waiting - 0.174_131_933_595_049_8).abs() < 1e-6);
/// assert!((need.performance.occupancy - 71.428_571_428_571_42).abs() < 1e-6);
/// // Of 30 % of the paid time agents are ill, on leave, in training: 14 / 0.7 are to be hired.
/// assert_eq!(need.hired(30.0), Some(20));
/// # Ok::<(), &str>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Demand {
    /// Contacts an hour.
    pub per_hour: f64,
    /// Mean time of a contact, after-contact work included; longer than nothing.
    pub handling: SignedDuration,
    /// Mean time after which a customer who waits gives up; none: nobody does.
    pub patience: Option<SignedDuration>,
}

/// How agents cope with a load, in the long run.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Performance {
    /// Percent accepted within the time that was asked for.
    pub service_level: f64,
    /// Probability that a contact waits at all.
    pub waiting: f64,
    /// Mean wait of all contacts; none where the queue grows for ever.
    pub wait: Option<SignedDuration>,
    /// Percent of the time of agents in which they have a contact.
    pub occupancy: f64,
    /// Percent of those who give up.
    pub abandonment: f64,
}

/// The agents that a target needs.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Need {
    /// At work at the time.
    pub agents: u32,
    /// How they cope.
    pub performance: Performance,
}

/// No target needs more.
const MOST_AGENTS: u32 = 1_000_000;

impl Demand {
    /// The load in erlangs: contacts an hour times hours a contact.
    #[must_use]
    pub fn load(&self) -> f64 {
        self.per_hour * self.handling.as_secs_f64() / 3600.0
    }

    /// How so many agents cope, and how many contacts are accepted within a time.
    ///
    /// Erlang C: `SL(T) = 1 − C·e^(−(n − a)·T/h)` and `E[W] = C·h/(n − a)`, with the load `a` in erlangs and the
    /// handling time `h`.
    #[must_use]
    pub fn with(&self, agents: u32, within: SignedDuration) -> Performance {
        let (load, n) = (self.load(), f64::from(agents));
        let (handling, t) = (self.handling.as_secs_f64(), within.as_secs_f64());
        if load <= 0.0 || agents == 0 {
            return idle_or_hopeless(load);
        }
        if let Some(patience) = self.patience {
            let arrival = self.per_hour / 3600.0;
            let model = ErlangA {
                arrival,
                service: 1.0 / handling,
                patience: 1.0 / patience.as_secs_f64(),
                agents,
            };
            let state = model.steady_state(t);
            return Performance {
                service_level: 100.0 * state.within,
                waiting: state.waits,
                // Little's law.
                wait: SignedDuration::try_from_secs_f64(state.queue / arrival).ok(),
                occupancy: 100.0 * load * (1.0 - state.abandons) / n,
                abandonment: 100.0 * state.abandons,
            };
        }
        let waiting = erlang_c(load, agents);
        if load >= n {
            return idle_or_hopeless(load);
        }
        Performance {
            service_level: 100.0 * (1.0 - waiting * (-(n - load) * t / handling).exp()),
            waiting,
            wait: SignedDuration::try_from_secs_f64(waiting * handling / (n - load)).ok(),
            occupancy: 100.0 * load / n,
            abandonment: 0.0,
        }
    }

    /// The fewest agents that reach a target and are not busier than so many percent of their time; none where
    /// no number will do, as for a target of 100 %.
    #[must_use]
    pub fn agents_for(&self, target: &ServiceTarget, most_occupancy: f64) -> Option<Need> {
        let reaches = |agents: u32| {
            let performance = self.with(agents, target.within);
            let enough = performance.service_level >= target.percent
                && performance.occupancy <= most_occupancy;
            enough.then_some(Need {
                agents,
                performance,
            })
        };
        // More agents never cope worse: double until they do, then halve.
        let mut high = 1;
        while reaches(high).is_none() {
            high *= 2;
            if high > MOST_AGENTS {
                return None;
            }
        }
        let mut low = high / 2;
        while high - low > 1 {
            let middle = low + (high - low) / 2;
            match reaches(middle) {
                Some(_) => high = middle,
                None => low = middle,
            }
        }
        reaches(high)
    }
}

/// Nobody comes, or nobody is there in time.
fn idle_or_hopeless(load: f64) -> Performance {
    let idle = load <= 0.0;
    Performance {
        service_level: if idle { 100.0 } else { 0.0 },
        waiting: if idle { 0.0 } else { 1.0 },
        wait: idle.then_some(SignedDuration::ZERO),
        occupancy: if idle { 0.0 } else { 100.0 },
        abandonment: 0.0,
    }
}

impl Need {
    /// How many to plan, if each has `concurrent` contacts at a time, and `shrinkage` percent of the paid time are not worked;
    /// none from 100 % on.
    #[must_use]
    pub fn planned(&self, concurrent: NonZeroU32, shrinkage: f64) -> Option<u32> {
        let agents = self.agents.div_ceil(concurrent.get());
        Self { agents, ..*self }.hired(shrinkage)
    }

    /// How many to hire, if so many percent of the paid time are not worked; none from 100 % on.
    #[must_use]
    pub fn hired(&self, shrinkage: f64) -> Option<u32> {
        let worked = 1.0 - shrinkage / 100.0;
        let hired = (f64::from(self.agents) / worked).ceil();
        (worked > 0.0 && hired <= f64::from(u32::MAX)).then_some(hired as u32)
    }
}

#[cfg(test)]
mod tests;
