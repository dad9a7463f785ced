//! What came of a day.

use std::collections::BTreeSet;

use jieda_types::Urgency;
use serde::Serialize;

use super::{
    Policy, Scenario, Setup,
    contact::Contact,
    day::{Fate, Played, Worker},
};
use crate::{AgentId, ByUrgency, gini};

/// What came of a day under one policy. Waits are seconds; a customer who gives up has waited until then.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// Name of the scenario.
    pub scenario: String,
    /// Who gets what.
    pub policy: Policy,
    /// The seed of the day.
    pub seed: u64,
    /// Agents.
    pub agents: usize,
    /// Who came.
    pub contacts: usize,
    /// Who got an agent.
    pub accepted: usize,
    /// Who gave up.
    pub abandoned: usize,
    /// Waits by urgency.
    pub wait: ByUrgency<WaitFigures>,
    /// The longest wait of a 普通 contact, beside the bound.
    pub ageing: AgeingBound,
    /// How unevenly load is shared among those who could have shared it: for each hour and each kind of contact
    /// (skill, channel, language), the Gini coefficient, over agents who may take them and were on duty for half
    /// of the hour or more, of the share of their places that was taken; the mean, weighted by agents.
    pub load_gini: f64,
    /// The same over all agents and the whole day: mostly how many were hired for what and when.
    pub day_gini: f64,
    /// The share of all places on duty that was taken.
    pub utilization: f64,
    /// Share of accepted contacts whose agent has the skill of their group at its level.
    pub skill_match: f64,
    /// Contacts that other groups were allowed to take.
    pub overflowed: usize,
    /// Contacts that were escalated.
    pub escalated: usize,
    /// Offers to agents of other groups.
    pub helped_out: usize,
    /// Offers that were refused.
    pub refused: usize,
    /// Agents put on a break for missing offers.
    pub missed: usize,
    /// Alarms of long queues.
    pub long_queues: usize,
    /// Events that the router took, ticks not counted.
    pub events: u64,
}

/// Waits, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct WaitFigures {
    /// Who came.
    pub contacts: usize,
    /// Who gave up.
    pub abandoned: usize,
    /// Mean.
    pub mean: f64,
    /// Median.
    pub p50: f64,
    /// 95 of 100 waited no longer.
    pub p95: f64,
    /// The longest.
    pub longest: f64,
}

/// The promise of [`Priority`](crate::Priority), and the day.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct AgeingBound {
    /// After so many seconds nobody who comes later goes ahead.
    pub bound: f64,
    /// The longest wait of a 普通 contact.
    pub longest_normal: f64,
    /// How many 普通 contacts waited longer than the bound: whose queue had more ahead of them than the agents
    /// could do in that time.
    pub beyond: usize,
}

pub(super) fn report(
    scenario: &Scenario,
    setup: &Setup,
    contacts: &[Contact],
    played: &Played,
) -> Report {
    let mut waits: ByUrgency<Vec<f64>> = ByUrgency::default();
    let mut abandoned: ByUrgency<usize> = ByUrgency::default();
    let (mut accepted, mut matched) = (0, 0);
    for (contact, fate) in contacts.iter().zip(&played.fates) {
        let urgency = contact.ticket.urgency;
        let until = match *fate {
            Fate::Accepted { at, agent } => {
                accepted += 1;
                matched += usize::from(has_skill(scenario, setup, contact, played, agent));
                at
            }
            Fate::Abandoned { at } => {
                *abandoned.get_mut(urgency) += 1;
                at
            }
            Fate::Open => continue,
        };
        waits
            .get_mut(urgency)
            .push((until - contact.at) as f64 / 1000.0);
    }
    let bound = setup.rules.priority.ageing.as_secs_f64();
    let normal = waits.get(Urgency::Normal);
    let ageing = AgeingBound {
        bound,
        longest_normal: normal.iter().copied().fold(0.0, f64::max),
        beyond: normal.iter().filter(|wait| **wait > bound).count(),
    };
    let used: i64 = played.workers.iter().map(|w| w.used.sum()).sum();
    let offered: i64 = played.workers.iter().map(|w| w.offered.sum()).sum();
    let counts = played.counts;
    Report {
        scenario: scenario.name.clone(),
        policy: setup.policy,
        seed: setup.seed,
        agents: played.workers.len(),
        contacts: contacts.len(),
        accepted,
        abandoned: abandoned.normal + abandoned.urgent + abandoned.critical,
        wait: ByUrgency {
            normal: figures(waits.normal, abandoned.normal),
            urgent: figures(waits.urgent, abandoned.urgent),
            critical: figures(waits.critical, abandoned.critical),
        },
        ageing,
        load_gini: load_gini(scenario, played),
        day_gini: day_gini(played),
        utilization: share(used as f64, offered as f64),
        skill_match: share(matched as f64, accepted as f64),
        overflowed: counts.overflowed,
        escalated: counts.escalated,
        helped_out: counts.helped_out,
        refused: counts.refused,
        missed: counts.missed,
        long_queues: counts.long_queues,
        events: played.events,
    }
}

fn has_skill(
    scenario: &Scenario,
    setup: &Setup,
    contact: &Contact,
    played: &Played,
    agent: AgentId,
) -> bool {
    let groups = &setup.rules.groups;
    let group = &groups.all[groups.of(&contact.ticket)];
    let team = &scenario.teams[played.workers[agent.0 as usize - 1].team];
    let level = team.skills.get(&group.name);
    level.is_some_and(|level| *level >= group.level)
}

/// Waits in figures; quantiles by nearest rank.
fn figures(mut waits: Vec<f64>, abandoned: usize) -> WaitFigures {
    waits.sort_by(f64::total_cmp);
    let quantile = |q: f64| {
        let rank = (q * waits.len() as f64).ceil() as usize;
        waits.get(rank.saturating_sub(1)).copied().unwrap_or(0.0)
    };
    WaitFigures {
        contacts: waits.len(),
        abandoned,
        mean: share(waits.iter().sum(), waits.len() as f64),
        p50: quantile(0.5),
        p95: quantile(0.95),
        longest: quantile(1.0),
    }
}

/// Who was on duty for a shorter time in an hour isn't compared.
const LEAST_ON_DUTY: i64 = 30 * 60_000;

fn load_gini(scenario: &Scenario, played: &Played) -> f64 {
    let kinds: BTreeSet<_> = scenario
        .streams
        .iter()
        .map(|stream| {
            let teams = scenario.teams.iter().enumerate();
            let may = teams.filter(|(_, team)| team.may_serve(stream));
            may.map(|(i, _)| i).collect::<BTreeSet<usize>>()
        })
        .collect();
    let (mut sum, mut weight) = (0.0, 0.0);
    for teams in kinds {
        for hour in 0..24 {
            let of_teams = played.workers.iter().filter(|w| teams.contains(&w.team));
            let on_duty = of_teams.filter(|w| {
                let capacity = i64::from(scenario.teams[w.team].capacity);
                w.offered.0[hour] >= LEAST_ON_DUTY * capacity
            });
            let load = |w: &Worker| w.used.0[hour] as f64 / w.offered.0[hour] as f64;
            let loads: Vec<f64> = on_duty.map(load).collect();
            if let Some(gini) = gini(&loads) {
                sum += gini * loads.len() as f64;
                weight += loads.len() as f64;
            }
        }
    }
    share(sum, weight)
}

fn day_gini(played: &Played) -> f64 {
    let workers = played.workers.iter().filter(|w| w.offered.sum() > 0);
    let loads: Vec<f64> = workers
        .map(|w| w.used.sum() as f64 / w.offered.sum() as f64)
        .collect();
    gini(&loads).unwrap_or(0.0)
}

fn share(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { part / whole } else { 0.0 }
}
