//! What happens.

use jieda_types::{ConversationId, Rating};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Agent, AgentId, AgentState, Channel, Skill, Ticket, TicketId};

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// When.
    pub at: Timestamp,
    /// What.
    #[serde(flatten)]
    pub kind: EventKind,
}

impl Event {
    /// An event.
    #[must_use]
    pub fn new(at: Timestamp, kind: EventKind) -> Self {
        Self { at, kind }
    }
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum EventKind {
    /// An agent is new, or his skills, capacity or shifts have changed. A new one is offline.
    AgentRegistered {
        /// All that is known of him.
        agent: Agent,
    },
    /// An agent, or the system for him, says what he does.
    AgentState {
        /// Who.
        agent: AgentId,
        /// What he does now.
        state: AgentState,
    },
    /// A conversation was handed over.
    TicketArrived {
        /// Its ticket.
        ticket: Ticket,
    },
    /// A router begins anew while a ticket is open, such as under other rules: it goes on where it was. Its group is the
    /// one that it had, its skill says so. What was offered is offered anew.
    TicketCarried {
        /// The ticket.
        ticket: Ticket,
        /// When it arrived: its place in the queue counts from there.
        arrived: Timestamp,
        /// When it began to wait last: overflow, escalation and alarms count from there.
        since: Timestamp,
        /// Who has taken it; none where it waits.
        with: Option<Carried>,
        /// Who has just refused it, and is not asked again until when.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        paused: Vec<(AgentId, Timestamp)>,
    },
    /// The agent takes what he was offered: the contact begins.
    OfferAccepted {
        /// What.
        ticket: TicketId,
        /// Who.
        agent: AgentId,
    },
    /// The agent does not take what he was offered.
    OfferRefused {
        /// What.
        ticket: TicketId,
        /// Who.
        agent: AgentId,
        /// Why, in his words.
        reason: String,
    },
    /// The agent said something to the customer.
    AgentReplied {
        /// In which contact.
        ticket: TicketId,
    },
    /// The customer is put on hold.
    HoldStarted {
        /// In which contact.
        ticket: TicketId,
    },
    /// The hold is over.
    HoldEnded {
        /// In which contact.
        ticket: TicketId,
    },
    /// The agent passes the contact on to another group.
    TransferRequested {
        /// Which.
        ticket: TicketId,
        /// To whom.
        to: Skill,
    },
    /// The contact is over.
    ContactEnded {
        /// Which.
        ticket: TicketId,
        /// How it ended.
        outcome: Outcome,
    },
    /// The customer went away before anybody took his case.
    TicketAbandoned {
        /// Which.
        ticket: TicketId,
    },
    /// The customer rated the service, during the contact or after it.
    Rated {
        /// Which contact.
        ticket: TicketId,
        /// Of 5.
        rating: Rating,
    },
    /// A conversation ended without a human. The router has nothing to do with it, the figures have.
    SelfServed {
        /// Which.
        conversation: ConversationId,
        /// Where it took place.
        channel: Option<Channel>,
        /// How it ended.
        outcome: Outcome,
        /// What the customer said of it.
        rating: Option<Rating>,
    },
    /// The service is degraded, or whole again.
    ModeChanged {
        /// From now on.
        mode: Mode,
    },
    /// Time has passed.
    Tick,
}

/// A contact that goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Carried {
    /// With whom.
    pub agent: AgentId,
    /// Whether the customer is on hold.
    pub line: Line,
    /// Whether the agent has said anything.
    pub spoken: Spoken,
}

/// Whether a customer is on hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Line {
    /// He is not.
    Open,
    /// He is.
    Held,
}

/// Whether an agent has said anything in a contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Spoken {
    /// Not yet.
    Awaited,
    /// He has.
    Begun,
}

/// How a contact ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The customer got what he wanted.
    Resolved,
    /// He did not, or it is not known.
    Unresolved,
}

/// Whether the service is whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// It is.
    Normal,
    /// A fault or maintenance: key channels go first.
    Degraded,
}

/// Why an event doesn't fit the state. A late answer to an offer that ran out is an everyday case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refused {
    /// Earlier than the event before.
    #[error("the event is earlier than the one before it")]
    BackInTime,
    /// No agent of this number.
    #[error("there is no agent of this number")]
    UnknownAgent,
    /// No open ticket of this number.
    #[error("there is no open ticket of this number")]
    UnknownTicket,
    /// An open ticket has this number.
    #[error("there is an open ticket of this number already")]
    DuplicateTicket,
    /// The ticket is not offered to this agent, or no longer.
    #[error("the ticket is not offered to this agent, or no longer")]
    NotOffered,
    /// Nobody has taken the ticket.
    #[error("nobody has taken the ticket")]
    NotTaken,
    /// Somebody has taken the ticket.
    #[error("somebody has taken the ticket already")]
    AlreadyTaken,
    /// The contact is on hold, or is not.
    #[error("the contact is on hold already, or is not on hold")]
    Hold,
    /// No group of this name.
    #[error("there is no group of this name")]
    UnknownGroup,
}
