//! What can be seen from outside.

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::{
    Carried, EventKind, Line, Mode, Router, Spoken,
    case::{Phase, Talk, millis},
};
use crate::{AgentId, AgentState, Skill, Ticket, TicketId};

/// Where a ticket is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "stage", rename_all = "snake_case")]
pub enum Stage {
    /// It waits.
    Waiting,
    /// An agent is asked to take it.
    Offered {
        /// Who.
        agent: AgentId,
    },
    /// An agent has taken it.
    Taken {
        /// Who.
        agent: AgentId,
    },
}

impl Stage {
    /// The names of all stages.
    pub const NAMES: [&str; 3] = ["waiting", "offered", "taken"];

    /// The name used in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        let [waiting, offered, taken] = Self::NAMES;
        match self {
            Self::Waiting => waiting,
            Self::Offered { .. } => offered,
            Self::Taken { .. } => taken,
        }
    }
}

/// An open ticket as it is now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TicketView {
    /// The group that it is in.
    pub group: Skill,
    /// When it began to wait, in this group.
    pub waits_since: Timestamp,
    /// When the offer runs out, while it is offered.
    pub offered_until: Option<Timestamp>,
    /// Whether the customer is on hold, once somebody has taken it.
    pub line: Option<Line>,
}

/// A group as it is now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GroupView {
    /// Which.
    pub group: Skill,
    /// How many wait.
    pub waiting: usize,
    /// How long the one who has waited longest has.
    pub longest: Option<SignedDuration>,
}

/// An agent as he is now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AgentView {
    /// What he does.
    pub state: AgentState,
    /// Whether it is his time to work.
    pub on_shift: OnShift,
    /// His contacts and offers.
    pub tickets: Vec<TicketId>,
    /// Most that he could have.
    pub capacity: usize,
}

/// Whether it is an agent's time to work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum OnShift {
    /// It is.
    Yes,
    /// It is not.
    No,
}

impl Router {
    /// Where a ticket is; none once it has ended.
    #[must_use]
    pub fn stage(&self, ticket: TicketId) -> Option<Stage> {
        Some(match self.cases.get(&ticket)?.phase {
            Phase::Waiting { .. } | Phase::Nowhere => Stage::Waiting,
            Phase::Offered { seat, .. } => Stage::Offered {
                agent: self.desk.at(seat).agent.id,
            },
            Phase::Taken { seat, .. } => Stage::Taken {
                agent: self.desk.at(seat).agent.id,
            },
        })
    }

    /// A ticket as it is now; none once it has ended.
    #[must_use]
    pub fn ticket(&self, ticket: TicketId) -> Option<TicketView> {
        let case = self.cases.get(&ticket)?;
        let time = |ms: i64| Timestamp::from_millisecond(ms).ok();
        Some(TicketView {
            group: self.rules.groups.all[case.group].name.clone(),
            waits_since: time(case.arrived)?,
            offered_until: match case.phase {
                Phase::Offered { until, .. } => time(until),
                Phase::Waiting { .. } | Phase::Taken { .. } | Phase::Nowhere => None,
            },
            line: match case.phase {
                Phase::Taken { held: true, .. } => Some(Line::Held),
                Phase::Taken { held: false, .. } => Some(Line::Open),
                Phase::Waiting { .. } | Phase::Offered { .. } | Phase::Nowhere => None,
            },
        })
    }

    /// The events by which another router goes on with all open tickets, in the order in which it should: contacts under
    /// way, so that nobody who waits is given the place of one who talks, then offers, then those who wait, as they stand in
    /// line.
    #[must_use]
    pub fn carry(&self) -> Vec<EventKind> {
        let mut all: Vec<_> = self
            .cases
            .iter()
            .map(|(id, case)| {
                let place = match case.phase {
                    Phase::Taken { .. } => (0, false),
                    Phase::Offered { .. } => (1, false),
                    Phase::Waiting { lane } => (2, self.is_behind(lane)),
                    Phase::Nowhere => (3, false),
                };
                (place, case.order, *id)
            })
            .collect();
        all.sort_unstable();
        all.into_iter()
            .filter_map(|(_, _, id)| self.carried(id))
            .collect()
    }

    /// The event by which another router goes on with a ticket; none once it has ended.
    #[must_use]
    pub fn carried(&self, ticket: TicketId) -> Option<EventKind> {
        let case = self.cases.get(&ticket)?;
        let urgency = case.ticket.urgency;
        let head_start = self
            .rules
            .priority
            .head_start(urgency, case.ticket.tier.as_ref());
        let arrived = case.order.0.saturating_add(millis(head_start));
        let time = |ms: i64| Timestamp::from_millisecond(ms).ok();
        let with = match case.phase {
            Phase::Taken { seat, talk, held } => Some(Carried {
                agent: self.desk.at(seat).agent.id,
                line: if held { Line::Held } else { Line::Open },
                spoken: match talk {
                    Talk::Awaited { .. } | Talk::Overdue => Spoken::Awaited,
                    Talk::Begun { .. } | Talk::Quiet => Spoken::Begun,
                },
            }),
            Phase::Waiting { .. } | Phase::Offered { .. } | Phase::Nowhere => None,
        };
        Some(EventKind::TicketCarried {
            ticket: Ticket {
                skill: Some(self.rules.groups.all[case.group].name.clone()),
                ..case.ticket.clone()
            },
            arrived: time(arrived)?,
            since: time(case.arrived)?,
            with,
            paused: case
                .paused
                .iter()
                .filter(|(_, until)| *until > self.now)
                .filter_map(|&(seat, until)| Some((self.desk.at(seat).agent.id, time(until)?)))
                .collect(),
        })
    }

    /// An agent as he is now.
    #[must_use]
    pub fn agent(&self, agent: AgentId) -> Option<AgentView> {
        let seat = self.desk.find(agent)?;
        let desker = self.desk.at(seat);
        Some(AgentView {
            state: desker.state,
            on_shift: match desker.on_shift {
                true => OnShift::Yes,
                false => OnShift::No,
            },
            tickets: desker.tickets.keys().copied().collect(),
            capacity: self.desk.capacity(seat),
        })
    }

    /// All groups as they are now, in the order of the rules.
    #[must_use]
    pub fn groups(&self) -> Vec<GroupView> {
        let groups = self.rules.groups.all.iter().enumerate();
        let view = |(i, group): (usize, &crate::Group)| {
            let lanes = self.lanes.all().filter(|(_, key)| key.group == i);
            let waiting = lanes.flat_map(|(lane, _)| self.lanes.waiting(lane));
            let arrived = waiting.filter_map(|(_, id)| Some(self.cases.get(&id)?.arrived));
            let longest = arrived.min().map(|arrived| self.now - arrived);
            GroupView {
                group: group.name.clone(),
                waiting: self.lanes.length(i),
                longest: longest.map(SignedDuration::from_millis),
            }
        };
        groups.map(view).collect()
    }

    /// Whether the service is whole.
    #[must_use]
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// How many tickets are open.
    #[must_use]
    pub fn open(&self) -> usize {
        self.cases.len()
    }
}
