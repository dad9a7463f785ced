//! What is to be done.

use jieda_types::Urgency;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{AgentId, AgentState, Skill, TicketId};

/// Something to be done, or to be known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Action {
    /// When it fell due; never later than the event that brought it out.
    pub at: Timestamp,
    /// What.
    #[serde(flatten)]
    pub kind: ActionKind,
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "action", rename_all = "snake_case")]
pub enum ActionKind {
    /// Offer the ticket to the agent; a place of his is taken from now on.
    Offered {
        /// What.
        ticket: TicketId,
        /// To whom.
        agent: AgentId,
        /// Why him.
        basis: Basis,
    },
    /// Take the offer back.
    OfferWithdrawn {
        /// What.
        ticket: TicketId,
        /// From whom.
        agent: AgentId,
        /// Why.
        why: Withdrawal,
    },
    /// The ticket waits.
    Queued {
        /// Which.
        ticket: TicketId,
        /// In which group.
        group: Skill,
        /// Why.
        why: Queueing,
    },
    /// From now on agents of other groups may take it.
    Overflowed {
        /// Which.
        ticket: TicketId,
        /// Of which group.
        group: Skill,
    },
    /// From now on seniors go first, and their reserved places may be used.
    Escalated {
        /// Which.
        ticket: TicketId,
        /// Of which group.
        group: Skill,
    },
    /// The rules put the agent into another state.
    StateSet {
        /// Whom.
        agent: AgentId,
        /// Into which.
        state: AgentState,
    },
    /// Somebody must know.
    AlarmRaised {
        /// What.
        alarm: Alarm,
    },
    /// It is over.
    AlarmCleared {
        /// What.
        alarm: Alarm,
    },
}

/// Why this agent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// He served the customer last.
    LastContact,
    /// He has the skill of the group.
    Skill,
    /// He is of a group that helps out.
    Overflow,
}

/// Why an offer is taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Withdrawal {
    /// He did not answer in time.
    TimedOut,
    /// He takes nothing new any more.
    AgentAway,
    /// The customer went away.
    CustomerGone,
}

/// Why a ticket waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "because", rename_all = "snake_case")]
pub enum Queueing {
    /// No fitting agent was free when it arrived.
    NobodyFree,
    /// An agent refused it.
    Refused {
        /// Who.
        agent: AgentId,
        /// Why, in his words.
        reason: String,
    },
    /// An agent did not answer.
    Missed {
        /// Who.
        agent: AgentId,
    },
    /// An agent went away.
    AgentAway {
        /// Who.
        agent: AgentId,
    },
    /// An agent passed it on.
    Transferred {
        /// Who.
        agent: AgentId,
    },
    /// It waited before the router began anew.
    Carried,
}

/// What somebody must know.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "alarm", rename_all = "snake_case")]
pub enum Alarm {
    /// Too many wait.
    LongQueue {
        /// In which group.
        group: Skill,
    },
    /// Somebody waits too long.
    LongWait {
        /// In which group.
        group: Skill,
        /// The urgency that it began with.
        urgency: Urgency,
    },
    /// An agent accepted, and says nothing.
    SilentAgent {
        /// Who.
        agent: AgentId,
        /// In which contact.
        ticket: TicketId,
    },
    /// An agent spoke, and has not followed it up.
    NotFollowedUp {
        /// Who.
        agent: AgentId,
        /// In which contact.
        ticket: TicketId,
    },
    /// A ticket is open for too long, wherever it is.
    TicketOverdue {
        /// Which.
        ticket: TicketId,
    },
}

impl Alarm {
    /// The names of all alarms.
    pub const NAMES: [&str; 5] = [
        "long_queue",
        "long_wait",
        "silent_agent",
        "not_followed_up",
        "ticket_overdue",
    ];

    /// Its name, as JSON has it.
    #[must_use]
    pub fn name(&self) -> &'static str {
        let [queue, wait, silent, follow_up, overdue] = Self::NAMES;
        match self {
            Self::LongQueue { .. } => queue,
            Self::LongWait { .. } => wait,
            Self::SilentAgent { .. } => silent,
            Self::NotFollowedUp { .. } => follow_up,
            Self::TicketOverdue { .. } => overdue,
        }
    }
}
