//! What a log says of contacts and agents, put together.

use jieda_types::Rating;
use jiff::{SignedDuration, Timestamp};

use super::{Cut, work::PassedOn};
use crate::{AgentId, AgentState, Channel, Outcome, Skill};

/// One stay of a ticket in a queue, and what followed.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Contact {
    pub(super) channel: Option<Channel>,
    pub(super) skill: Skill,
    pub(super) queued: Timestamp,
    /// Whether an agent had passed it on.
    pub(super) passed_on: PassedOn,
    pub(super) wait: Wait,
}

/// How a wait ended.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Wait {
    Open,
    Abandoned {
        at: Timestamp,
        offered: bool,
    },
    Accepted {
        at: Timestamp,
        agent: AgentId,
        talk: Talk,
    },
}

/// A contact with an agent.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Talk {
    pub(super) ended: Option<Timestamp>,
    pub(super) hold: SignedDuration,
    pub(super) after_work: Option<SignedDuration>,
    pub(super) passed_on: Option<PassedOn>,
}

impl Contact {
    pub(super) fn agent(&self) -> Option<AgentId> {
        match &self.wait {
            Wait::Accepted { agent, .. } => Some(*agent),
            _ => None,
        }
    }

    /// When all of it was over.
    pub(super) fn ended(&self) -> Option<Timestamp> {
        match &self.wait {
            Wait::Open => None,
            Wait::Abandoned { at, .. } => Some(*at),
            Wait::Accepted { talk, .. } => talk.ended,
        }
    }
}

impl Cut {
    pub(super) fn takes(&self, contact: &Contact) -> bool {
        self.takes_parts(
            contact.channel.as_ref(),
            Some(&contact.skill),
            contact.agent(),
        )
    }

    pub(super) fn takes_parts(
        &self,
        channel: Option<&Channel>,
        skill: Option<&Skill>,
        agent: Option<AgentId>,
    ) -> bool {
        (self.channel.is_none() || self.channel.as_ref() == channel)
            && (self.skill.is_none() || self.skill.as_ref() == skill)
            && (self.agent.is_none() || self.agent == agent)
    }
}

/// Something that happened once to a ticket or conversation.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Moment<T> {
    pub(super) at: Timestamp,
    pub(super) channel: Option<Channel>,
    pub(super) skill: Option<Skill>,
    pub(super) agent: Option<AgentId>,
    pub(super) what: T,
}

/// What happens once.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Once {
    HandedOver,
    FirstResponse(SignedDuration),
    Resolved(SignedDuration),
    Rated(Rating),
    SelfServed(Outcome),
}

/// A state of an agent, until the next one.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Spell {
    pub(super) agent: AgentId,
    pub(super) state: AgentState,
    pub(super) from: Timestamp,
    pub(super) to: Option<Timestamp>,
    /// The contact that he writes up in it.
    pub(super) contact: Option<usize>,
}
