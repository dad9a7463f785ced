//! Agents, tickets and events in few words.

#![allow(clippy::unwrap_used, dead_code, reason = "what tests share")]

use std::collections::BTreeMap;

use jieda_routing::{
    ActionKind, Agent, AgentId, AgentState, Applied, Channel, Event, EventKind, Language, Level,
    Outcome, Router, Skill, Ticket, TicketId, Tier,
};
use jieda_types::Urgency;
use jiff::{SignedDuration, Timestamp};

/// Monday, 30 November 2026, nine o'clock in China.
pub(crate) fn nine() -> Timestamp {
    "2026-11-30T09:00:00+08:00".parse().unwrap()
}

/// So many seconds after nine.
pub(crate) fn at(seconds: i64) -> Timestamp {
    nine() + SignedDuration::from_secs(seconds)
}

pub(crate) fn skill(name: &str) -> Skill {
    Skill::new(name).unwrap()
}

/// An agent with skills written 售后3 (level 3).
pub(crate) fn agent(id: u32, capacity: u16, skills: &[&str]) -> Agent {
    let skills: BTreeMap<Skill, Level> = skills
        .iter()
        .map(|text| {
            let (at, digit) = text.char_indices().last().unwrap();
            let level = digit.to_digit(10).unwrap();
            (skill(&text[..at]), Level::new(level.into()).unwrap())
        })
        .collect();
    Agent {
        id: AgentId(id),
        name: format!("坐席{id}"),
        skills,
        capacity,
        languages: [].into(),
        channels: [].into(),
        shifts: Vec::new(),
    }
}

pub(crate) fn ticket(id: u64, group: &str) -> Ticket {
    Ticket {
        id: TicketId(id),
        skill: Some(skill(group)),
        tags: Vec::new(),
        urgency: Urgency::Normal,
        tier: None,
        channel: None,
        language: None,
        last_contact: None,
    }
}

pub(crate) fn urgent(ticket: Ticket, urgency: Urgency) -> Ticket {
    Ticket { urgency, ..ticket }
}

pub(crate) fn vip(ticket: Ticket) -> Ticket {
    let tier = Some(Tier::new("VIP").unwrap());
    Ticket { tier, ..ticket }
}

pub(crate) fn on(ticket: Ticket, channel: &str) -> Ticket {
    let channel = Some(Channel::new(channel).unwrap());
    Ticket { channel, ..ticket }
}

pub(crate) fn speaking(ticket: Ticket, language: &str) -> Ticket {
    let language = Some(Language::new(language).unwrap());
    Ticket { language, ..ticket }
}

/// A router that is driven by seconds after nine, and audited after each event.
pub(crate) struct Driven {
    pub(crate) router: Router,
    pub(crate) events: Vec<Event>,
}

impl Driven {
    pub(crate) fn new(rules: jieda_routing::Rules) -> Self {
        Self {
            router: Router::new(rules),
            events: Vec::new(),
        }
    }

    pub(crate) fn apply(&mut self, seconds: i64, kind: EventKind) -> Applied {
        let event = Event::new(at(seconds), kind);
        let applied = self.router.apply(&event);
        self.events.push(event);
        assert_eq!(self.router.audit(), Vec::<String>::new());
        applied
    }

    /// Applies an event that must fit, and gives what came out in words.
    pub(crate) fn told(&mut self, seconds: i64, kind: EventKind) -> String {
        let applied = self.apply(seconds, kind);
        assert_eq!(applied.verdict, Ok(()));
        applied.actions().map(|a| words(&a.kind) + "\n").collect()
    }

    pub(crate) fn join(&mut self, seconds: i64, agent: Agent) -> String {
        let id = agent.id;
        let registered = self.told(seconds, EventKind::AgentRegistered { agent });
        registered + &self.state(seconds, id.0, AgentState::Ready)
    }

    pub(crate) fn state(&mut self, seconds: i64, agent: u32, state: AgentState) -> String {
        let agent = AgentId(agent);
        self.told(seconds, EventKind::AgentState { agent, state })
    }

    pub(crate) fn arrive(&mut self, seconds: i64, ticket: Ticket) -> String {
        self.told(seconds, EventKind::TicketArrived { ticket })
    }

    pub(crate) fn accept(&mut self, seconds: i64, ticket: u64, agent: u32) -> String {
        let (ticket, agent) = (TicketId(ticket), AgentId(agent));
        self.told(seconds, EventKind::OfferAccepted { ticket, agent })
    }

    pub(crate) fn refuse(&mut self, seconds: i64, ticket: u64, agent: u32) -> String {
        let (ticket, agent) = (TicketId(ticket), AgentId(agent));
        let reason = "不熟悉".to_owned();
        let event = EventKind::OfferRefused {
            ticket,
            agent,
            reason,
        };
        self.told(seconds, event)
    }

    pub(crate) fn end(&mut self, seconds: i64, ticket: u64) -> String {
        let (ticket, outcome) = (TicketId(ticket), Outcome::Resolved);
        self.told(seconds, EventKind::ContactEnded { ticket, outcome })
    }

    pub(crate) fn tick(&mut self, seconds: i64) -> String {
        self.told(seconds, EventKind::Tick)
    }
}

/// An action in words.
pub(crate) fn words(action: &ActionKind) -> String {
    match action {
        ActionKind::Offered {
            ticket,
            agent,
            basis,
        } => format!("offer {ticket} to {agent} {basis:?}"),
        ActionKind::OfferWithdrawn { ticket, agent, why } => {
            format!("withdraw {ticket} from {agent} {why:?}")
        }
        ActionKind::Queued { ticket, group, why } => format!("queue {ticket} in {group} {why:?}"),
        ActionKind::Overflowed { ticket, .. } => format!("overflow {ticket}"),
        ActionKind::Escalated { ticket, .. } => format!("escalate {ticket}"),
        ActionKind::StateSet { agent, state } => format!("set {agent} {state:?}"),
        ActionKind::AlarmRaised { alarm } => format!("raise {alarm:?}"),
        ActionKind::AlarmCleared { alarm } => format!("clear {alarm:?}"),
    }
}
