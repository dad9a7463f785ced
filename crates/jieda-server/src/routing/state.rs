//! What the journal leads to.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jieda::{SignedDuration, Timestamp, types::ConversationId};
use jieda_routing::{
    ActionKind, Agent, AgentId, Alarm, Applied, Event, EventKind, FileError, Logged, Mode, Router,
    Rules, Ticket, TicketId,
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
    /// The entry of the rules, with which all this began anew.
    pub(super) rules_entry: u64,
    /// The entry that set the mode; 0: none did.
    pub(super) mode_entry: u64,
    /// What of handovers is known.
    pub(super) handovers: Handovers,
}

/// Which conversations had tickets lately.
#[derive(Debug)]
pub(super) struct Handovers {
    /// From when on it is known.
    pub(super) since: Timestamp,
    arrived: HashMap<ConversationId, Timestamp>,
    /// When those that are too old were looked for.
    tidied: Timestamp,
}

/// How long it is remembered that a conversation had a ticket.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(48);
const TIDY_EVERY: SignedDuration = SignedDuration::from_hours(1);

impl Handovers {
    /// Nothing is known of what was before the first entry.
    fn new() -> Self {
        Self {
            since: Timestamp::MAX,
            arrived: HashMap::new(),
            tidied: Timestamp::MIN,
        }
    }

    fn note(&mut self, at: Timestamp, conversation: Option<&ConversationId>) {
        self.since = self.since.min(at);
        if let Some(id) = conversation {
            self.arrived.insert(id.clone(), at);
        }
        if at.duration_since(self.tidied) > TIDY_EVERY {
            self.arrived
                .retain(|_, arrived| at.duration_since(*arrived) <= REMEMBERED);
            self.tidied = at;
            self.since = self
                .since
                .max(at.checked_sub(REMEMBERED).unwrap_or(self.since));
        }
    }

    /// Whether a conversation has had a ticket since a time.
    pub(super) fn had_ticket(&self, conversation: &ConversationId, since: Timestamp) -> bool {
        self.arrived
            .get(conversation)
            .is_some_and(|arrived| *arrived >= since)
    }
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
            handovers: Handovers::new(),
        })
    }

    /// Takes an entry that was written before. What it led to then, it leads to now.
    pub(super) fn replay(&mut self, numbered: &Numbered) -> Result<(), FileError> {
        match &numbered.entry {
            RoutingEntry::Rules { at, toml } => {
                if let Some(at) = at {
                    self.at = self.at.max(*at);
                    self.handovers.note(*at, None);
                }
                let anew = Self::new(toml.clone())?;
                *self = Self {
                    at: self.at,
                    rules_entry: numbered.number,
                    handovers: std::mem::replace(&mut self.handovers, Handovers::new()),
                    ..anew
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
        self.handovers.note(event.at, conversation);
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

    /// Events that bring back mode and agents as they are, for a router that begins anew.
    pub(super) fn as_it_is(&self) -> Vec<EventKind> {
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
        mode.into_iter().chain(agents).collect()
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
