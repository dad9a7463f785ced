//! Who takes a handover, how well it goes, and what it owes.

mod agent;
pub mod figures;
mod file;
pub mod forecast;
mod gini;
mod name;
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
    Action, ActionKind, AgentView, Alarm, Applied, Basis, Event, EventKind, GroupView, Logged, Mode,
    OnShift, Outcome, Queueing, Refused, Router, Stage, Withdrawal,
};
pub use rules::{
    Alarms, Choice, Escalation, Group, Groups, Offer, Priority, Rules, Selection,
};
pub use shift::{ClockTime, NotAClockTime, Shift};
pub use ticket::{Background, LastContact, Ticket};
pub use urgency::ByUrgency;
