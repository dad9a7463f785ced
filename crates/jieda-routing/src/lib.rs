//! Who takes a handover, how well it goes, and what it owes.
//!
//! The principal type is [`Router`]: [`Event`]s go in (a ticket arrived, an agent is ready, an offer was
//! accepted, time passed), [`Action`]s come out (offer this ticket to that agent, raise an alarm). How it
//! decides is written in [`Rules`], `routing.toml`.
//!
//! Pure: no clock, no randomness of its own, no I/O, no async. Time comes in with the events, and the log of
//! events leads to the same state again, on any machine: a host keeps the log, and does what the actions say.
//!
//! | to | look at |
//! |---|---|
//! | assign tickets to agents | [`Router`], [`Agent`], [`Ticket`] |
//! | say who goes first, and that nobody starves | [`Priority`] |
//! | measure how it goes, from the log | [`figures`] |
//! | see what the service owes | [`sla`] |
//! | review what was said, and whether reviewers agree | [`qa`] |
//! | know how many will come, and who must be there | [`forecast`] |
//! | try rules before customers do | [`simulate`](mod@simulate) |
//!
//! ```
//! use jieda_routing::{ActionKind, Event, EventKind, Router, Rules};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let mut router = Router::new(Rules::shipped()?);
//! let mut log = Vec::new();
//! let events = r#"[
//!     { "at": "2026-11-30T09:00:00+08:00", "kind": "agent_registered", "agent":
//!       { "id": 7, "name": "小王", "skills": { "售后": 3 }, "capacity": 3 } },
//!     { "at": "2026-11-30T09:00:00+08:00", "kind": "agent_state", "agent": 7, "state": "ready" },
//!     { "at": "2026-11-30T09:00:05+08:00", "kind": "ticket_arrived", "ticket":
//!       { "id": 1, "skill": "售后组", "urgency": "紧急" } }
//! ]"#;
//! for event in serde_json::from_str::<Vec<Event>>(events)? {
//!     let applied = router.apply(&event);
//!     for action in applied.actions() {
//!         assert!(matches!(action.kind, ActionKind::Offered { .. }));
//!     }
//!     log.push(event);
//! }
//! assert!(Router::replay(Rules::shipped()?, &log) == router);
//! # Ok(())
//! # }
//! ```

mod agent;
pub mod figures;
mod file;
pub mod forecast;
mod gini;
mod name;
pub mod qa;
mod router;
mod rules;
mod shift;
pub mod simulate;
pub mod sla;
mod ticket;
mod urgency;

pub use agent::{Agent, AgentState, Level, NotALevel};
pub use file::{FileError, FileProblem};
pub use gini::gini;
pub use name::{AgentId, Channel, EmptyName, Language, Skill, TicketId, Tier};
pub use router::{
    Action, ActionKind, AgentView, Alarm, Applied, Basis, Carried, Event, EventKind, GroupView,
    Line, Logged, Mode, OnShift, Outcome, Queueing, Refused, Router, Spoken, Stage, TicketView,
    Withdrawal,
};
pub use rules::{Alarms, Choice, Escalation, Group, Groups, Offer, Priority, Rules, Selection};
pub use shift::{ClockTime, NotAClockTime, Shift};
pub use ticket::{Background, LastContact, Ticket};
pub use urgency::ByUrgency;
