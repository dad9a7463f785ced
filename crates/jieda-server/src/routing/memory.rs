//! What is remembered of tickets that may have ended.

use std::collections::HashMap;

use jieda::{SignedDuration, Timestamp, types::ConversationId};
use jieda_routing::{AgentId, LastContact, TicketId};

/// For how long.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(48);
const TIDY_EVERY: SignedDuration = SignedDuration::from_hours(1);

/// Tickets of late, by whom they were of. It outlives a new beginning of the router.
#[derive(Debug, Clone)]
pub(super) struct Memory {
    /// From when on it is known.
    pub(super) since: Timestamp,
    arrived: HashMap<ConversationId, Timestamp>,
    ended: HashMap<Who, Ended>,
    /// When conversations were counted that ended without a human.
    settled: HashMap<ConversationId, Timestamp>,
    /// When what is too old was looked for.
    tidied: Timestamp,
}

/// Whom a ticket was of.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Who {
    Conversation(ConversationId),
    Customer(String),
}

/// A contact that has ended.
#[derive(Debug, Clone, Copy)]
struct Ended {
    ticket: TicketId,
    agent: AgentId,
    at: Timestamp,
}

impl Memory {
    /// Nothing is known of what was before the first entry.
    pub(super) fn new() -> Self {
        Self {
            since: Timestamp::MAX,
            arrived: HashMap::new(),
            ended: HashMap::new(),
            settled: HashMap::new(),
            tidied: Timestamp::MIN,
        }
    }

    /// Time has come so far.
    pub(super) fn note_time(&mut self, at: Timestamp) {
        self.since = self.since.min(at);
        if at.duration_since(self.tidied) <= TIDY_EVERY {
            return;
        }
        let is_late = |then: Timestamp| at.duration_since(then) <= REMEMBERED;
        self.arrived.retain(|_, arrived| is_late(*arrived));
        self.ended.retain(|_, ended| is_late(ended.at));
        self.settled.retain(|_, counted| is_late(*counted));
        self.tidied = at;
        let known = at.checked_sub(REMEMBERED).unwrap_or(self.since);
        self.since = self.since.max(known);
    }

    pub(super) fn note_arrival(&mut self, conversation: &ConversationId, at: Timestamp) {
        self.arrived.insert(conversation.clone(), at);
    }

    pub(super) fn note_end(
        &mut self,
        who: Who,
        (ticket, agent): (TicketId, AgentId),
        at: Timestamp,
    ) {
        self.ended.insert(who, Ended { ticket, agent, at });
    }

    pub(super) fn note_settled(&mut self, conversation: &ConversationId, at: Timestamp) {
        self.settled.insert(conversation.clone(), at);
    }

    /// Whether a conversation was counted since a time as one that ended without a human.
    pub(super) fn is_settled(&self, conversation: &ConversationId, since: Timestamp) -> bool {
        let counted = self.settled.get(conversation);
        counted.is_some_and(|counted| *counted >= since)
    }

    /// Whether a conversation has had a ticket since a time.
    pub(super) fn had_ticket(&self, conversation: &ConversationId, since: Timestamp) -> bool {
        let arrived = self.arrived.get(conversation);
        arrived.is_some_and(|arrived| *arrived >= since)
    }

    /// The ticket of a conversation that ended last.
    pub(super) fn last_ticket(&self, conversation: &ConversationId) -> Option<TicketId> {
        let who = Who::Conversation(conversation.clone());
        self.ended.get(&who).map(|ended| ended.ticket)
    }

    /// Who served a customer last: in this conversation or in any.
    pub(super) fn last_contact(&self, who: &[Who]) -> Option<LastContact> {
        let ended = who.iter().filter_map(|who| self.ended.get(who));
        let last = ended.max_by_key(|ended| ended.at)?;
        Some(LastContact {
            agent: last.agent,
            at: last.at,
        })
    }
}
