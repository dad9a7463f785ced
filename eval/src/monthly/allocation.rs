//! How well contacts were given out: to those who have the skill, and evenly.

use std::collections::{BTreeMap, BTreeSet};

use jieda_routing::{
    AgentId, Basis, Group, Skill,
    figures::{Cut, Period},
    gini,
};
use jiff::SignedDuration;
use serde::Serialize;

use super::{
    desk::{Accepted, Hitch, SkillMatch},
    log::RoutingLog,
    rows::{AgentRow, Cells, GroupRow},
    units::{Gini, Percent, Seconds},
};

/// Who was there for a shorter time in a month is not compared with others.
const LEAST_THERE: SignedDuration = SignedDuration::from_hours(1);

/// How well contacts were given out in a month.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Allocation {
    /// Contacts that an agent accepted; one that is passed on and accepted again counts twice.
    pub accepted: usize,
    /// Percent of these whose agent has the skill of their group at its level: `accepted by such agents / accepted · 100`.
    pub skill_match: Option<Percent>,
    /// Percent that went to the agent of the customer's last contact.
    pub by_last_contact: Option<Percent>,
    /// Percent that agents of other groups took.
    pub by_overflow: Option<Percent>,
    /// How unevenly load is shared among all agents ([`AgentRow::load`]): the Gini coefficient
    /// ([`jieda_routing::gini`]). None for fewer than two.
    pub load_gini: Option<Gini>,
    /// Offers that agents refused.
    pub refused: usize,
    /// Offers that agents left unanswered.
    pub missed: usize,
    /// Contacts that other groups were allowed to take.
    pub overflowed: usize,
    /// Contacts that were escalated to seniors.
    pub escalated: usize,
}

impl RoutingLog<'_> {
    /// Contacts that were accepted in a period, each with its group.
    fn accepted(&self, period: Period) -> impl Iterator<Item = (&Skill, &Accepted)> {
        let stays = self.desk.stays.iter();
        let accepted = stays.filter_map(|stay| Some((&stay.group, stay.accepted()?)));
        accepted.filter(move |(_, accepted)| period.contains(accepted.at))
    }

    pub(super) fn allocation(&self, period: Period, agents: &[AgentRow]) -> Allocation {
        let all: Vec<&Accepted> = self
            .accepted(period)
            .map(|(_, accepted)| accepted)
            .collect();
        let by = |basis: Basis| all.iter().filter(|a| a.basis == Some(basis)).count();
        let hitches = |is: fn(&Hitch) -> bool| {
            let hitches = self.desk.hitches.iter();
            let of_period = hitches.filter(|(at, _)| period.contains(*at));
            of_period.filter(|(_, hitch)| is(hitch)).count()
        };
        Allocation {
            accepted: all.len(),
            skill_match: skill_match(all.iter().copied()),
            by_last_contact: Percent::of(by(Basis::LastContact), all.len()),
            by_overflow: Percent::of(by(Basis::Overflow), all.len()),
            load_gini: load_gini(agents.iter()),
            refused: hitches(|hitch| matches!(hitch, Hitch::Refused(_))),
            missed: hitches(|hitch| matches!(hitch, Hitch::Missed(_))),
            overflowed: hitches(|hitch| *hitch == Hitch::Overflowed),
            escalated: hitches(|hitch| *hitch == Hitch::Escalated),
        }
    }

    /// Every group with a contact or an agent, in the order of the rules.
    pub(super) fn groups(&self, period: Period, agents: &[AgentRow]) -> Vec<GroupRow> {
        let row = |group: &Group| {
            let cut = Cut {
                skill: Some(group.name.clone()),
                ..Cut::default()
            };
            let figures = self.history.figures(&period, &cut);
            let accepted = self.accepted(period).filter(|(of, _)| **of == group.name);
            let its_agents = || agents.iter().filter(|a| a.groups.contains(&group.name));
            let cells = Cells::of(&figures, self.within);
            GroupRow {
                group: group.name.clone(),
                contacts: cells.contacts,
                agents: its_agents().filter(|a| a.load.is_some()).count(),
                service_level: cells.service_level,
                asa: cells.asa,
                abandonment: cells.abandonment,
                att: cells.att,
                transfer: cells.transfer,
                csat: cells.csat,
                skill_match: skill_match(accepted.map(|(_, accepted)| accepted)),
                load_gini: load_gini(its_agents()),
            }
        };
        let all = self.rules.groups.all.iter().map(row);
        all.filter(|row| row.contacts > 0 || row.agents > 0)
            .collect()
    }

    /// Every agent who was there or had a contact, the one with most contacts first.
    pub(super) fn agents(&self, period: Period) -> Vec<AgentRow> {
        let mut accepted: BTreeMap<AgentId, usize> = BTreeMap::new();
        for (_, taken) in self.accepted(period) {
            *accepted.entry(taken.agent).or_default() += 1;
        }
        let all: usize = accepted.values().sum();
        let of_log: BTreeSet<AgentId> = self.history.agents();
        let mut rows: Vec<AgentRow> = of_log
            .into_iter()
            .map(|agent| {
                self.agent(
                    agent,
                    period,
                    (accepted.get(&agent).copied().unwrap_or(0), all),
                )
            })
            .filter(|row| row.accepted > 0 || row.staffed.get() > 0.0)
            .collect();
        rows.sort_by(|a, b| b.accepted.cmp(&a.accepted).then(a.agent.cmp(&b.agent)));
        rows
    }

    fn agent(&self, agent: AgentId, period: Period, (accepted, all): (usize, usize)) -> AgentRow {
        let cut = Cut {
            agent: Some(agent),
            ..Cut::default()
        };
        let figures = self.history.figures(&period, &cut);
        let known = self.desk.agents.get(&agent);
        let cells = Cells::of(&figures, self.within);
        let has = |group: &&Group| {
            let level = known.and_then(|known| known.skills.get(&group.name));
            level.is_some_and(|level| *level >= group.level)
        };
        let places = known.map_or(1, |known| known.capacity.min(self.rules.concurrent).max(1));
        let staffed = figures.work.staffed;
        let talk: SignedDuration = figures.work.contacts.iter().map(|c| c.talk).sum();
        let load = (staffed >= LEAST_THERE).then(|| {
            let places = staffed.as_secs_f64() * f64::from(places);
            Percent::new(100.0 * talk.as_secs_f64() / places)
        });
        let declined = |(at, hitch): &&(jiff::Timestamp, Hitch)| {
            let his = matches!(hitch, Hitch::Refused(who) | Hitch::Missed(who) if *who == agent);
            his && period.contains(*at)
        };
        AgentRow {
            agent,
            name: known.map_or_else(|| agent.to_string(), |known| known.name.clone()),
            groups: self
                .rules
                .groups
                .all
                .iter()
                .filter(has)
                .map(|g| g.name.clone())
                .collect(),
            accepted,
            share: Percent::of(accepted, all),
            places,
            staffed: Seconds::of(staffed),
            occupancy: figures.work.occupancy().map(Percent::new),
            load,
            att: cells.att,
            after_work: figures.work.acw().map(Seconds::of),
            transfer: cells.transfer,
            declined: self.desk.hitches.iter().filter(declined).count(),
            csat: cells.csat,
        }
    }
}

fn skill_match<'a>(accepted: impl Iterator<Item = &'a Accepted>) -> Option<Percent> {
    let (mut fit, mut all) = (0, 0);
    for taken in accepted {
        all += 1;
        fit += usize::from(taken.skill == SkillMatch::Fits);
    }
    Percent::of(fit, all)
}

/// One agent alone shares with nobody.
fn load_gini<'a>(agents: impl Iterator<Item = &'a AgentRow>) -> Option<Gini> {
    let loads: Vec<f64> = agents.filter_map(|a| a.load).map(Percent::get).collect();
    let uneven = gini(&loads).filter(|_| loads.len() > 1);
    uneven.map(Gini::new)
}
