//! What a routing log says of who was there and who got what: the part that the figures of
//! [`jieda_routing::figures`] don't tell.

mod reader;

use std::collections::BTreeMap;

use jieda_routing::{Agent, AgentId, Basis, Channel, Groups, Logged, Skill, figures::Period};
use jiff::Timestamp;

use reader::Reader;

/// One stay of a ticket in a queue.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Stay {
    /// In which group.
    pub(super) group: Skill,
    pub(super) channel: Option<Channel>,
    pub(super) queued: Timestamp,
    /// Whether it came from a customer, or from an agent who passed it on.
    pub(super) origin: Origin,
    pub(super) end: Option<End>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    Customer,
    Agent,
}

/// How a stay ended.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum End {
    Abandoned { at: Timestamp },
    Accepted(Accepted),
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Accepted {
    pub(super) at: Timestamp,
    pub(super) agent: AgentId,
    /// Whether he has the skill of the group, at its level.
    pub(super) skill: SkillMatch,
    /// Why he was offered it.
    pub(super) basis: Option<Basis>,
}

/// Whether an agent has the skill of the group that a contact waited in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SkillMatch {
    Fits,
    Lacks,
}

/// Something that went otherwise than it should, at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hitch {
    Refused(AgentId),
    Missed(AgentId),
    Overflowed,
    Escalated,
}

/// An agent was there for contacts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Presence {
    pub(super) agent: AgentId,
    pub(super) from: Timestamp,
    pub(super) to: Timestamp,
}

/// All of it.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Desk {
    pub(super) agents: BTreeMap<AgentId, Agent>,
    pub(super) stays: Vec<Stay>,
    pub(super) hitches: Vec<(Timestamp, Hitch)>,
    pub(super) presence: Vec<Presence>,
    /// When conversations ended without a human.
    pub(super) self_served: Vec<Timestamp>,
    /// The first and the last moment of the log.
    pub(super) span: Option<Period>,
}

impl Desk {
    /// Reads a log in the order in which it was written.
    pub(super) fn of(groups: &Groups, log: &[Logged]) -> Self {
        let mut reader = Reader::new(groups);
        for logged in log {
            reader.read(logged);
        }
        reader.finish()
    }
}

impl Stay {
    /// When the wait ended.
    pub(super) fn ended(&self) -> Option<Timestamp> {
        match self.end.as_ref()? {
            End::Abandoned { at } => Some(*at),
            End::Accepted(accepted) => Some(accepted.at),
        }
    }

    /// Who took it.
    pub(super) fn accepted(&self) -> Option<&Accepted> {
        match self.end.as_ref()? {
            End::Accepted(accepted) => Some(accepted),
            End::Abandoned { .. } => None,
        }
    }
}
