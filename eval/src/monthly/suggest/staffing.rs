//! When more agents are needed.

use jieda_routing::{figures::ServiceTarget, forecast::Demand};
use jiff::SignedDuration;

use super::{Rule, Suggestion};
use crate::monthly::{AgentRow, FigureKind, Hour, Percent, Seconds, ServiceFigure, Value};

/// Fewer contacts in an hour of the day, over the month, say little.
const ENOUGH: usize = 20;
/// Agents should not be busier than so many percent of their time.
const MOST_OCCUPANCY: f64 = 85.0;

/// What is wanted of those who are there.
pub(super) struct Wanted {
    /// The service level …
    pub(super) level: Percent,
    /// … within this time.
    pub(super) within: Seconds,
    /// Time of a contact, after-contact work included.
    pub(super) handling: Option<Seconds>,
}

/// Talk and after-contact work of a month.
pub(super) fn handling(figures: &[ServiceFigure]) -> Option<Seconds> {
    let seconds = |kind| {
        let figure = figures.iter().find(|f| f.kind == kind)?;
        match figure.now? {
            Value::Seconds(seconds) => Some(seconds.get()),
            _ => None,
        }
    };
    let talk = seconds(FigureKind::Att)?;
    Some(Seconds::new(
        talk + seconds(FigureKind::AfterWork).unwrap_or(0.0),
    ))
}

/// Stretches of the day whose service level is below the target, each with the agents that it needs by Erlang C
/// ([`Demand`]): every place of an agent is a line, and as many agents are needed as have that many places.
pub(super) fn more_agents(hours: &[Hour], agents: &[AgentRow], wanted: &Wanted) -> Vec<Suggestion> {
    let is_low = |hour: &Hour| {
        let level = hour.service_level.filter(|_| hour.contacts >= ENOUGH);
        level.is_some_and(|level| level < wanted.level)
    };
    let stretches = hours.chunk_by(|a, b| is_low(a) == is_low(b) && a.hour + 1 == b.hour);
    let low = stretches.filter(|hours| hours.first().is_some_and(is_low));
    low.map(|hours| stretch(hours, agents, wanted)).collect()
}

fn stretch(hours: &[Hour], agents: &[AgentRow], wanted: &Wanted) -> Suggestion {
    let contacts: usize = hours.iter().map(|h| h.contacts).sum();
    let in_time: f64 = hours
        .iter()
        .filter_map(|h| Some(h.service_level?.get() * h.contacts as f64))
        .sum();
    let level = Percent::new(in_time / contacts.max(1) as f64);
    let (from, to) = (
        hours.first().map_or(0, |h| h.hour),
        hours.last().map_or(0, |h| h.hour + 1),
    );
    let mut text = format!(
        "{from}–{to} 点的接起率只有 {level}（目标 {}，{}内接起）。",
        wanted.level, wanted.within
    );
    let needs = hours
        .iter()
        .filter_map(|hour| Some((hour, need(hour.arrivals, agents, wanted)?)));
    // The hour that lacks most.
    let lacks = |(hour, need): &(&Hour, Need)| f64::from(need.agents) - hour.agents;
    let worst = needs.max_by(|a, b| lacks(a).total_cmp(&lacks(b)));
    text.push_str(&match worst {
        Some((hour, need)) if f64::from(need.agents) > hour.agents => format!(
            "最缺人的是 {} 点：约 {:.1} 个会话，平均在岗 {:.1} 人；按 Erlang C（平均处理 {}，忙时不超过 {MOST_OCCUPANCY:.0}%）需要 {} 个接待位，每人 {:.1} 个，约 {} 人，再排 {:.0} 人。",
            hour.hour,
            hour.arrivals,
            hour.agents,
            need.handling,
            need.lines,
            need.places,
            need.agents,
            (f64::from(need.agents) - hour.agents).ceil()
        ),
        Some(_) => "按 Erlang C 各小时的总人数都够：请看各技能组是否有人、坐席是否及时接起。".to_owned(),
        None => "请在这段时间多排坐席。".to_owned(),
    });
    Suggestion::new(Rule::MoreAgents, text)
}

struct Need {
    handling: Seconds,
    lines: u32,
    places: f64,
    agents: u32,
}

fn need(per_hour: f64, agents: &[AgentRow], wanted: &Wanted) -> Option<Need> {
    let handling = wanted.handling?;
    let demand = Demand {
        per_hour,
        handling: SignedDuration::try_from_secs_f64(handling.get()).ok()?,
        patience: None,
    };
    let target = ServiceTarget {
        percent: wanted.level.get(),
        within: SignedDuration::try_from_secs_f64(wanted.within.get()).ok()?,
    };
    let lines = demand.agents_for(&target, MOST_OCCUPANCY)?.agents;
    let all: f64 = agents.iter().map(|agent| f64::from(agent.places)).sum();
    let places = if agents.is_empty() {
        1.0
    } else {
        all / agents.len() as f64
    };
    Some(Need {
        handling,
        lines,
        places,
        agents: (f64::from(lines) / places).ceil() as u32,
    })
}
