//! What groups and agents show.

use super::{Rule, Suggestion};
use crate::monthly::{AgentRow, Allocation, GroupRow, Percent, Seconds};

/// Fewer contacts of a group say little.
const ENOUGH: usize = 20;
/// A group is slow that lets wait so many times as long as the others.
const SLOW: f64 = 2.0;
/// Below this wait nobody is slow, in seconds.
const LEAST_WAIT: f64 = 10.0;
/// Of a group's contacts so many percent should go to agents with the skill.
const SKILLED: f64 = 90.0;
/// From this Gini coefficient on a group's load is uneven.
const UNEVEN: f64 = 0.25;
/// Fewer agents can't share evenly.
const AGENTS: usize = 3;
/// An agent is busy who has so many times the load of the others …
const BUSY: f64 = 1.5;
/// … and so many percentage points more.
const BUSY_POINTS: f64 = 10.0;
/// Percent passed on from which on a group is asked why.
const TRANSFERS: f64 = 15.0;
/// Unanswered offers for each hundred accepted contacts.
const MISSED: f64 = 5.0;

pub(super) fn of_groups(groups: &[GroupRow]) -> Vec<Suggestion> {
    let mut all = Vec::new();
    for group in groups.iter().filter(|group| group.contacts >= ENOUGH) {
        all.extend(slow(group, groups));
        all.extend(unskilled(group));
        all.extend(uneven(group));
        all.extend(transfers(group));
    }
    all
}

fn slow(group: &GroupRow, groups: &[GroupRow]) -> Option<Suggestion> {
    let asa = group.asa?;
    // Mean of the others, weighted by their contacts.
    let others = groups.iter().filter(|other| other.group != group.group);
    let others: Vec<(f64, f64)> = others
        .filter_map(|other| Some((other.asa?.get(), other.contacts as f64)))
        .collect();
    let contacts: f64 = others.iter().map(|(_, n)| n).sum();
    let wait: f64 = others.iter().map(|(asa, n)| asa * n).sum::<f64>() / contacts;
    let is_slow = contacts > 0.0 && asa.get() >= LEAST_WAIT && asa.get() >= SLOW * wait;
    is_slow.then(|| {
        let times = if wait > 0.0 {
            format!(
                "是其他组（{}）的 {:.1} 倍",
                Seconds::new(wait),
                asa.get() / wait
            )
        } else {
            "其他组不用等".to_owned()
        };
        let text = format!(
            "“{}”的平均应答速度 {asa}，{times}：给这一组加人，或让别的组代接。",
            group.group
        );
        Suggestion::new(Rule::SlowGroup, text)
    })
}

fn unskilled(group: &GroupRow) -> Option<Suggestion> {
    let matched = group
        .skill_match
        .filter(|matched| matched.get() < SKILLED)?;
    let text = format!(
        "“{}”的会话只有 {matched} 由有这项技能的坐席接起（应不低于 {SKILLED:.0}%）：培训代接的坐席，或给这一组加人。",
        group.group
    );
    Some(Suggestion::new(Rule::SkillMatch, text))
}

fn uneven(group: &GroupRow) -> Option<Suggestion> {
    let gini = group.load_gini.filter(|gini| gini.get() >= UNEVEN)?;
    (group.agents >= AGENTS).then(|| {
        let text = format!(
            "“{}”的 {} 名坐席忙闲不均，负荷基尼系数 {gini}（{UNEVEN} 以上算不均）：看班次、接待上限和技能等级的设置。",
            group.group, group.agents
        );
        Suggestion::new(Rule::UnevenGroup, text)
    })
}

fn transfers(group: &GroupRow) -> Option<Suggestion> {
    let passed_on = group.transfer.filter(|rate| rate.get() >= TRANSFERS)?;
    let text = format!(
        "“{}”把 {passed_on} 的会话转给了别的组：看转接的原因，调整常见问题的标签或这一组的技能。",
        group.group
    );
    Some(Suggestion::new(Rule::Transfers, text))
}

pub(super) fn of_agents(agents: &[AgentRow]) -> Vec<Suggestion> {
    let loads: Vec<(&AgentRow, f64)> = agents
        .iter()
        .filter_map(|agent| Some((agent, agent.load?.get())))
        .collect();
    if loads.len() < AGENTS {
        return Vec::new();
    }
    let all: f64 = loads.iter().map(|(_, load)| load).sum();
    let others = |load: f64| (all - load) / (loads.len() - 1) as f64;
    let is_busy = |load: f64| load >= BUSY * others(load) && load >= others(load) + BUSY_POINTS;
    let busy = loads.iter().filter(|(_, load)| is_busy(*load));
    busy.map(|(agent, load)| {
        let text = format!(
            "坐席{}的负荷 {}，其他人平均 {}：减少他的接待上限，或让别人也学会他的技能。",
            agent.name,
            Percent::new(*load),
            Percent::new(others(*load))
        );
        Suggestion::new(Rule::BusyAgent, text)
    })
    .collect()
}

pub(super) fn missed_offers(allocation: &Allocation) -> Option<Suggestion> {
    let Allocation {
        missed, accepted, ..
    } = *allocation;
    let often = accepted >= ENOUGH && 100.0 * missed as f64 >= MISSED * accepted as f64;
    often.then(|| {
        let text = format!(
            "坐席有 {missed} 次没有应答分配（接起 {accepted} 次）：离开时请先置为小休，并看提醒是否到位。"
        );
        Suggestion::new(Rule::MissedOffers, text)
    })
}
