//! A day of contacts, played: what a set of rules does to those who wait and to those who work.
//!
//! Discrete events, no clock: arrivals are drawn from the scenario, agents accept, talk, write up, take
//! breaks and go home, and the [`Router`](crate::Router) itself decides who gets what. The same scenario,
//! seed and rules give the same report to the byte. What belongs to a contact (when it comes, how long it
//! takes, how patient the customer is) is drawn from its own seed: under another policy the same contacts
//! come, so that policies are compared on the same day (common random numbers; A. M. Law, *Simulation
//! Modeling and Analysis*, ch. 11).
//!
//! What is simpler than life: how long a contact takes does not depend on how many others the agent has,
//! and who gives up does not come again.

mod contact;
mod day;
mod draw;
mod policy;
mod raw;
mod report;
mod scenario;

pub use policy::{NoSuchPolicy, Policy};
pub use report::{AgeingBound, Report, WaitFigures};
pub use scenario::{Scenario, Stream, Team};

use crate::Rules;

/// What is played, beside the scenario.
#[derive(Debug, Clone, PartialEq)]
pub struct Setup {
    /// The rules of our own policy; the others take groups and times from it.
    pub rules: Rules,
    /// Who gets what.
    pub policy: Policy,
    /// Draws the day.
    pub seed: u64,
}

/// Plays a day.
///
/// ```
/// use jieda_routing::{Rules, simulate::{Policy, Scenario, Setup, simulate}};
///
/// # fn main() -> Result<(), jieda_routing::FileError> {
/// let rules = Rules::shipped()?;
/// let scenario = Scenario::from_toml(r#"
///     name = "小店"
///     date = "2026-11-30"
///     [[streams]]
///     name = "退款"
///     skill = "售后"
///     per_hour = [0, 0, 0, 0, 0, 0, 0, 0, 0, 20, 30, 30, 20, 20, 30, 30, 30, 20, 0, 0, 0, 0, 0, 0]
///     talk = "5m"
///     [[teams]]
///     name = "售后组"
///     agents = 3
///     skills = { "售后" = 3 }
///     capacity = 2
///     from = "09:00"
///     to = "18:00"
/// "#, &rules)?;
/// let setup = Setup { rules, policy: Policy::Ours, seed: 1 };
/// let report = simulate(&scenario, &setup);
/// assert_eq!(report.contacts, report.accepted + report.abandoned);
/// assert_eq!(report, simulate(&scenario, &setup));
/// # Ok(())
/// # }
/// ```
#[must_use]
pub fn simulate(scenario: &Scenario, setup: &Setup) -> Report {
    let contacts = contact::draw(scenario, setup.seed);
    let rules = setup.policy.rules(&setup.rules, setup.seed);
    let played = day::Day::new(scenario, &contacts, rules, setup.seed).play();
    report::report(scenario, setup, &contacts, &played)
}
