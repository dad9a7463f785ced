//! What the journal leads to.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jieda::{Timestamp, types::ConversationId};
use jieda_routing::{
    ActionKind, Agent, AgentId, Alarm, Applied, Event, EventKind, FileError, Logged, Router, Rules,
    Ticket, TicketId,
};

use super::{Numbered, RoutingEntry};

/// A ticket that has not ended.
#[derive(Debug)]
pub(super) struct OpenTicket {
    pub(super) ticket: Ticket,
    pub(super) arrived: Timestamp,
    pub(super) conversation: Option<ConversationId>,
}

/// The router, and what it does not know of itself.
#[derive(Debug)]
pub(super) struct State {
    pub(super) router: Router,
    /// The rules as they stand in the journal.
    pub(super) rules: String,
    /// The last entry of the journal.
    pub(super) last: u64,
    /// The time of the last event.
    pub(super) at: Timestamp,
    pub(super) agents: BTreeMap<AgentId, Agent>,
    pub(super) tickets: BTreeMap<TicketId, OpenTicket>,
    by_conversation: HashMap<ConversationId, TicketId>,
    pub(super) alarms: BTreeSet<Alarm>,
}

impl State {
    /// Nobody and nothing.
    pub(super) fn new(rules: String) -> Result<Self, FileError> {
        Ok(Self {
            router: Router::new(Rules::from_toml(&rules)?),
            rules,
            last: 0,
            at: Timestamp::MIN,
            agents: BTreeMap::new(),
            tickets: BTreeMap::new(),
            by_conversation: HashMap::new(),
            alarms: BTreeSet::new(),
        })
    }

    /// Takes an entry that was written before. What it led to then, it leads to now.
    pub(super) fn replay(&mut self, numbered: &Numbered) -> Result<(), FileError> {
        match &numbered.entry {
            RoutingEntry::Rules { toml } => {
                *self = Self {
                    at: self.at,
                    ..Self::new(toml.clone())?
                };
            }
            RoutingEntry::Event {
                logged,
                conversation,
            } => {
                // What it led to is in the entry.
                let _ = self.apply(&logged.event, conversation.as_ref());
            }
        }
        self.last = numbered.number;
        Ok(())
    }

    /// Lets something happen.
    pub(super) fn apply(
        &mut self,
        event: &Event,
        conversation: Option<&ConversationId>,
    ) -> Applied {
        let applied = self.router.apply(event);
        self.at = self.at.max(event.at);
        for action in applied.actions() {
            match &action.kind {
                ActionKind::AlarmRaised { alarm } => {
                    self.alarms.insert(alarm.clone());
                }
                ActionKind::AlarmCleared { alarm } => {
                    self.alarms.remove(alarm);
                }
                _ => {}
            }
        }
        if applied.verdict.is_ok() {
            self.note(event, conversation);
        }
        applied
    }

    /// The open ticket of a conversation.
    pub(super) fn ticket_of(&self, conversation: &ConversationId) -> Option<TicketId> {
        self.by_conversation.get(conversation).copied()
    }

    /// Events that bring back the agents as they are, for a router with other rules.
    pub(super) fn agents_again(&self) -> Vec<EventKind> {
        let agents = self.agents.values().flat_map(|agent| {
            let registered = EventKind::AgentRegistered {
                agent: agent.clone(),
            };
            let seen = self.router.agent(agent.id);
            let state = seen.map(|seen| EventKind::AgentState {
                agent: agent.id,
                state: seen.state,
            });
            std::iter::once(registered).chain(state)
        });
        agents.collect()
    }

    fn note(&mut self, event: &Event, conversation: Option<&ConversationId>) {
        match &event.kind {
            EventKind::AgentRegistered { agent } => {
                self.agents.insert(agent.id, agent.clone());
            }
            EventKind::TicketArrived { ticket } => {
                if let Some(id) = conversation {
                    self.by_conversation.insert(id.clone(), ticket.id);
                }
                let open = OpenTicket {
                    ticket: ticket.clone(),
                    arrived: event.at,
                    conversation: conversation.cloned(),
                };
                self.tickets.insert(ticket.id, open);
            }
            EventKind::ContactEnded { ticket, .. } | EventKind::TicketAbandoned { ticket } => {
                let ended = self.tickets.remove(ticket);
                if let Some(id) = ended.and_then(|ended| ended.conversation) {
                    self.by_conversation.remove(&id);
                }
            }
            _ => {}
        }
    }
}

/// Whether an entry says anything that the next one does not bring about by itself.
pub(super) fn is_worth_keeping(logged: &Logged) -> bool {
    let Logged { event, applied } = logged;
    let happened = applied.verdict.is_ok() && event.kind != EventKind::Tick;
    happened || applied.actions().next().is_some()
}
