//! Puts together what belongs together in a log.

use std::collections::{BTreeMap, HashMap};

use jieda_routing::{
    Action, ActionKind, AgentId, AgentState, Basis, EventKind, Groups, Logged, Ticket, TicketId,
    Withdrawal, figures::Period,
};
use jiff::Timestamp;

use super::{Accepted, Desk, End, Hitch, Origin, Presence, SkillMatch, Stay};

/// A desk in the making.
pub(super) struct Reader<'a> {
    groups: &'a Groups,
    desk: Desk,
    /// The stay of each open ticket.
    open: HashMap<TicketId, usize>,
    /// Why each ticket was offered last.
    offered: HashMap<TicketId, Basis>,
    /// Since when each agent has been there.
    since: BTreeMap<AgentId, Timestamp>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(groups: &'a Groups) -> Self {
        Self {
            groups,
            desk: Desk::default(),
            open: HashMap::new(),
            offered: HashMap::new(),
            since: BTreeMap::new(),
        }
    }

    /// Reads the next line of the log.
    pub(super) fn read(&mut self, logged: &Logged) {
        let at = logged.event.at;
        let span = self.desk.span.get_or_insert(Period { from: at, to: at });
        span.from = span.from.min(at);
        span.to = span.to.max(at);
        for action in &logged.applied.due {
            self.action(action);
        }
        if logged.applied.verdict.is_ok() {
            self.event(at, &logged.event.kind);
        }
        for action in &logged.applied.led_to {
            self.action(action);
        }
    }

    pub(super) fn finish(mut self) -> Desk {
        if let Some(span) = self.desk.span {
            for agent in std::mem::take(&mut self.since) {
                self.left(agent.0, agent.1, span.to);
            }
        }
        self.desk
    }

    fn action(&mut self, action: &Action) {
        let at = action.at;
        match &action.kind {
            ActionKind::Offered { ticket, basis, .. } => {
                self.offered.insert(*ticket, *basis);
            }
            ActionKind::OfferWithdrawn {
                agent,
                why: Withdrawal::TimedOut,
                ..
            } => self.hitch(at, Hitch::Missed(*agent)),
            ActionKind::Overflowed { .. } => self.hitch(at, Hitch::Overflowed),
            ActionKind::Escalated { .. } => self.hitch(at, Hitch::Escalated),
            ActionKind::StateSet { agent, state } => self.state(at, *agent, *state),
            _ => {}
        }
    }

    fn event(&mut self, at: Timestamp, event: &EventKind) {
        match event {
            EventKind::AgentRegistered { agent } => {
                self.desk.agents.insert(agent.id, agent.clone());
            }
            EventKind::AgentState { agent, state } => self.state(at, *agent, *state),
            EventKind::TicketArrived { ticket } => self.stay(ticket, at),
            // Its stay goes on, unless the log begins later.
            EventKind::TicketCarried { ticket, since, .. }
                if !self.open.contains_key(&ticket.id) =>
            {
                self.stay(ticket, *since);
            }
            EventKind::OfferAccepted { ticket, agent } => self.accepted(at, *ticket, *agent),
            EventKind::OfferRefused { agent, .. } => self.hitch(at, Hitch::Refused(*agent)),
            EventKind::TransferRequested { ticket, to } => {
                let stay = self.open.get(ticket).map(|&stay| &self.desk.stays[stay]);
                if let Some((stay, group)) = stay.cloned().zip(self.groups.named(to)) {
                    self.open.insert(*ticket, self.desk.stays.len());
                    self.desk.stays.push(Stay {
                        group: self.groups.all[group].name.clone(),
                        queued: at,
                        origin: Origin::Agent,
                        end: None,
                        ..stay
                    });
                }
            }
            EventKind::ContactEnded { ticket, .. } => {
                self.open.remove(ticket);
                self.offered.remove(ticket);
            }
            EventKind::TicketAbandoned { ticket } => {
                self.offered.remove(ticket);
                if let Some(stay) = self.open.remove(ticket) {
                    self.desk.stays[stay].end = Some(End::Abandoned { at });
                }
            }
            EventKind::SelfServed { .. } => self.desk.self_served.push(at),
            _ => {}
        }
    }

    fn stay(&mut self, ticket: &Ticket, queued: Timestamp) {
        let group = self.groups.of(ticket);
        self.open.insert(ticket.id, self.desk.stays.len());
        self.desk.stays.push(Stay {
            group: self.groups.all[group].name.clone(),
            channel: ticket.channel.clone(),
            queued,
            origin: Origin::Customer,
            end: None,
        });
    }

    fn accepted(&mut self, at: Timestamp, ticket: TicketId, agent: AgentId) {
        let Some(&stay) = self.open.get(&ticket) else {
            return;
        };
        let stay = &mut self.desk.stays[stay];
        let group = self.groups.all.iter().find(|g| g.name == stay.group);
        let known = self.desk.agents.get(&agent);
        let fits = group.zip(known).is_some_and(|(group, agent)| {
            let level = agent.skills.get(&group.name);
            level.is_some_and(|level| *level >= group.level)
        });
        stay.end = Some(End::Accepted(Accepted {
            at,
            agent,
            skill: if fits {
                SkillMatch::Fits
            } else {
                SkillMatch::Lacks
            },
            basis: self.offered.get(&ticket).copied(),
        }));
    }

    fn hitch(&mut self, at: Timestamp, hitch: Hitch) {
        self.desk.hitches.push((at, hitch));
    }

    fn state(&mut self, at: Timestamp, agent: AgentId, state: AgentState) {
        let is_there = matches!(
            state,
            AgentState::Ready | AgentState::Busy | AgentState::AfterWork
        );
        if is_there {
            self.since.entry(agent).or_insert(at);
        } else if let Some(from) = self.since.remove(&agent) {
            self.left(agent, from, at);
        }
    }

    fn left(&mut self, agent: AgentId, from: Timestamp, to: Timestamp) {
        if from < to {
            self.desk.presence.push(Presence { agent, from, to });
        }
    }
}
