//! What the journal leads to.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jieda::{Timestamp, types::ConversationId};
use jieda_routing::{
    Action, ActionKind, Agent, AgentId, Alarm, Applied, Event, EventKind, FileError, Logged, Mode,
    Router, Rules, Ticket, TicketId,
};

use super::{
    Numbered, RoutingEntry,
    entry::Of,
    memory::{Memory, Who},
};

/// A ticket that has not ended.
#[derive(Debug)]
pub(super) struct OpenTicket {
    pub(super) ticket: Ticket,
    pub(super) arrived: Timestamp,
    /// Whose it is.
    pub(super) of: Of,
    /// Who has taken it.
    agent: Option<AgentId>,
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
    /// The entry of the rules, with which all this began anew.
    pub(super) rules_entry: u64,
    /// The entry that set the mode; 0: none did.
    pub(super) mode_entry: u64,
    /// What is remembered of tickets that may have ended.
    pub(super) memory: Memory,
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
            rules_entry: 0,
            mode_entry: 0,
            memory: Memory::new(),
        })
    }

    /// Takes an entry that was written before. What it led to then, it leads to now.
    pub(super) fn replay(&mut self, numbered: &Numbered) -> Result<(), FileError> {
        match &numbered.entry {
            RoutingEntry::Rules { at, toml } => {
                if let Some(at) = at {
                    self.at = self.at.max(*at);
                    self.memory.note_time(*at);
                }
                let anew = Self::new(toml.clone())?;
                *self = Self {
                    at: self.at,
                    rules_entry: numbered.number,
                    memory: std::mem::replace(&mut self.memory, Memory::new()),
                    ..anew
                };
            }
            RoutingEntry::Event { logged, of } => {
                // What it led to is in the entry.
                let _ = self.apply(&logged.event, of);
            }
        }
        self.last = numbered.number;
        Ok(())
    }

    /// Lets something happen.
    pub(super) fn apply(&mut self, event: &Event, of: &Of) -> Applied {
        let applied = self.router.apply(event);
        self.at = self.at.max(event.at);
        self.memory.note_time(event.at);
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
            self.note(event, of);
            if matches!(event.kind, EventKind::ModeChanged { .. }) {
                // Of the entry that is being applied: it comes after the last one.
                self.mode_entry = self.last + 1;
            }
        }
        applied
    }

    /// The open ticket of a conversation.
    pub(super) fn ticket_of(&self, conversation: &ConversationId) -> Option<TicketId> {
        self.by_conversation.get(conversation).copied()
    }

    /// Entries since everything began anew.
    pub(super) fn length(&self) -> u64 {
        self.last.saturating_sub(self.rules_entry)
    }

    /// Events that bring back mode, agents and open tickets as they are, for a router that begins anew.
    fn as_it_is(&self) -> Vec<(EventKind, Of)> {
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
        let mode = self.router.mode();
        let mode = (mode != Mode::Normal).then_some(EventKind::ModeChanged { mode });
        let all = mode.into_iter().chain(agents);
        let all = all.map(|kind| (kind, Of::default()));
        all.chain(self.open_tickets()).collect()
    }

    /// In the order in which another router takes them.
    fn open_tickets(&self) -> impl Iterator<Item = (EventKind, Of)> {
        self.router.carry().into_iter().map(|carried| {
            let of = match &carried {
                EventKind::TicketCarried { ticket, .. } => self.tickets.get(&ticket.id),
                _ => None,
            };
            (carried, of.map_or_else(Of::default, |open| open.of.clone()))
        })
    }

    /// How much [`anew`](Self::anew) would write.
    pub(super) fn entries_anew(&self) -> u64 {
        (2 * self.agents.len() + self.tickets.len()) as u64
    }

    /// The same anew under some rules: an empty router, and in it mode, agents and tickets as they are. Gives the entries
    /// that lead there, which come after the last one.
    pub(super) fn anew(
        &self,
        rules: &str,
        now: Timestamp,
    ) -> Result<(Self, Vec<Numbered>), FileError> {
        let begun = Numbered {
            number: self.last + 1,
            entry: RoutingEntry::Rules {
                at: Some(now),
                toml: rules.to_owned(),
            },
        };
        let mut fresh = Self {
            at: self.at,
            memory: self.memory.clone(),
            ..Self::new(rules.to_owned())?
        };
        fresh.replay(&begun)?;
        let mut entries = vec![begun];
        entries.extend(self.alarms_end(&mut fresh, now));
        for (kind, of) in self.as_it_is() {
            let event = Event::new(now, kind);
            let applied = fresh.apply(&event, &of);
            // An agent that the new rules refuse is registered again by hand.
            if applied.verdict.is_ok() {
                fresh.last += 1;
                let logged = Box::new(Logged { event, applied });
                entries.push(Numbered {
                    number: fresh.last,
                    entry: RoutingEntry::Event { logged, of },
                });
            }
        }
        Ok((fresh, entries))
    }

    /// The alarms that there are end with the router that raised them: the new one raises anew what is still so.
    fn alarms_end(&self, fresh: &mut Self, now: Timestamp) -> Option<Numbered> {
        if self.alarms.is_empty() {
            return None;
        }
        let event = Event::new(now, EventKind::Tick);
        let mut applied = fresh.apply(&event, &Of::default());
        let cleared = self.alarms.iter().map(|alarm| Action {
            at: now,
            kind: ActionKind::AlarmCleared {
                alarm: alarm.clone(),
            },
        });
        applied.led_to.extend(cleared);
        fresh.last += 1;
        Some(Numbered {
            number: fresh.last,
            entry: RoutingEntry::Event {
                logged: Box::new(Logged { event, applied }),
                of: Of::default(),
            },
        })
    }

    fn note(&mut self, event: &Event, of: &Of) {
        match &event.kind {
            EventKind::AgentRegistered { agent } => {
                self.agents.insert(agent.id, agent.clone());
            }
            EventKind::TicketArrived { ticket } => {
                if let Some(id) = &of.conversation {
                    self.by_conversation.insert(id.clone(), ticket.id);
                    self.memory.note_arrival(id, event.at);
                }
                let open = OpenTicket {
                    ticket: ticket.clone(),
                    arrived: event.at,
                    of: of.clone(),
                    agent: None,
                };
                self.tickets.insert(ticket.id, open);
            }
            EventKind::TicketCarried {
                ticket,
                arrived,
                with,
                ..
            } => {
                if let Some(id) = &of.conversation {
                    self.by_conversation.insert(id.clone(), ticket.id);
                    self.memory.note_arrival(id, *arrived);
                }
                let open = OpenTicket {
                    ticket: ticket.clone(),
                    arrived: *arrived,
                    of: of.clone(),
                    agent: with.map(|with| with.agent),
                };
                self.tickets.insert(ticket.id, open);
            }
            EventKind::SelfServed { conversation, .. } => {
                self.memory.note_settled(conversation, event.at);
            }
            EventKind::OfferAccepted { ticket, agent } => {
                if let Some(open) = self.tickets.get_mut(ticket) {
                    open.agent = Some(*agent);
                }
            }
            EventKind::ContactEnded { ticket, .. } | EventKind::TicketAbandoned { ticket } => {
                let Some(ended) = self.tickets.remove(ticket) else {
                    return;
                };
                if let Some(agent) = ended.agent {
                    for who in ended.of.who() {
                        self.memory.note_end(who, (*ticket, agent), event.at);
                    }
                }
                if let Some(id) = ended.of.conversation {
                    self.by_conversation.remove(&id);
                }
            }
            _ => {}
        }
    }
}

impl Of {
    /// By whom the customer is known again.
    pub(super) fn who(&self) -> Vec<Who> {
        let conversation = self.conversation.clone().map(Who::Conversation);
        let customer = self.customer.clone().map(Who::Customer);
        conversation.into_iter().chain(customer).collect()
    }
}

/// Whether an entry says anything that the next one does not bring about by itself.
pub(super) fn is_worth_keeping(logged: &Logged) -> bool {
    let Logged { event, applied } = logged;
    let happened = applied.verdict.is_ok() && event.kind != EventKind::Tick;
    happened || applied.actions().next().is_some()
}
