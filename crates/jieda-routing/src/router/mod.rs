//! Who takes what: a state machine. Events go in, actions come out, and nothing else changes it.
//!
//! | part | knows |
//! |---|---|
//! | `lanes` | tickets that wait, in order; one lane for all that the same agents could take |
//! | `desk` | agents, in order of who is next; one team for all that could take the same tickets |
//! | `timers` | what is due when |
//! | `assign` | which agent for a ticket, which ticket for an agent |
//! | `flow` | what each event does |
//! | `alarms` | who must know |

mod action;
mod alarms;
mod assign;
mod audit;
mod case;
mod desk;
mod event;
mod flow;
mod lanes;
mod timers;
mod view;

use std::{collections::HashMap, sync::Arc};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Rules, TicketId};

pub use action::{Action, ActionKind, Alarm, Basis, Queueing, Withdrawal};
pub use event::{Carried, Event, EventKind, Line, Mode, Outcome, Refused, Spoken};
pub use view::{AgentView, GroupView, OnShift, Stage, TicketView};

use alarms::GroupAlarms;
use case::Case;
use desk::{Desk, Stamp};
use lanes::Lanes;
use timers::Timers;

/// The state of all queues and agents.
///
/// It has no clock and draws nothing at random: time comes in with the events, and the same events lead to
/// the same state and the same actions. So the log of events is all that has to be kept.
///
/// **What always holds** ([`Router::audit`] checks it): a ticket is at exactly one place: waiting, offered
/// to one agent, or with one agent. No agent has more contacts and offers than his capacity allowed when he
/// got them. Nobody waits whom an agent with a free place could take, but for those whom he has just
/// refused. Of the tickets that an agent could take, he gets the one that is first in order
/// ([`Priority`](crate::Priority)).
#[derive(Debug, Clone, PartialEq)]
pub struct Router {
    rules: Arc<Rules>,
    /// Milliseconds since the epoch.
    now: i64,
    mode: Mode,
    lanes: Lanes,
    desk: Desk,
    cases: HashMap<TicketId, Case>,
    timers: Timers,
    alarms: Vec<GroupAlarms>,
    /// Numbers arrivals and offers, so that what comes first is told apart at the same millisecond.
    counter: u64,
    /// What has come out since it was looked at last.
    actions: Vec<Action>,
}

/// What an event led to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[must_use]
pub struct Applied {
    /// What fell due since the last event, in order: before this one, and whatever it is.
    pub due: Vec<Action>,
    /// What the event led to, in order.
    pub led_to: Vec<Action>,
    /// Whether the event itself fits the state. One that does not, changes nothing but the time.
    pub verdict: Result<(), Refused>,
}

impl Applied {
    /// All that is to be done, in order.
    pub fn actions(&self) -> impl Iterator<Item = &Action> {
        self.due.iter().chain(&self.led_to)
    }
}

/// An event and what it led to: one line of the log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Logged {
    /// What happened.
    pub event: Event,
    /// What it led to.
    pub applied: Applied,
}

impl Router {
    /// No agents and no tickets.
    #[must_use]
    pub fn new(rules: Rules) -> Self {
        let groups = rules.groups.all.len();
        Self {
            desk: Desk::new(rules.choice.by),
            rules: Arc::new(rules),
            now: i64::MIN,
            mode: Mode::Normal,
            lanes: Lanes::default(),
            cases: HashMap::new(),
            timers: Timers::default(),
            alarms: vec![GroupAlarms::default(); groups],
            counter: 0,
            actions: Vec::new(),
        }
    }

    /// The rules.
    #[must_use]
    pub fn rules(&self) -> &Rules {
        &self.rules
    }

    /// Lets time pass up to the event, doing what falls due on the way, and then takes the event. Times
    /// count in milliseconds; an event of an earlier time than the last is refused and changes nothing.
    pub fn apply(&mut self, event: &Event) -> Applied {
        let at = event.at.as_millisecond();
        if at < self.now {
            return Applied {
                due: Vec::new(),
                led_to: Vec::new(),
                verdict: Err(Refused::BackInTime),
            };
        }
        self.pass_time(at);
        let due = std::mem::take(&mut self.actions);
        let verdict = self.take(&event.kind);
        Applied {
            due,
            led_to: std::mem::take(&mut self.actions),
            verdict,
        }
    }

    /// When something falls due next: the host sends a [`EventKind::Tick`] then. A little early or late
    /// does no harm; what is due is done with the next event anyway.
    #[must_use]
    pub fn next_due(&self) -> Option<Timestamp> {
        let due = self.timers.next()?;
        Timestamp::from_millisecond(due).ok()
    }

    /// The state after a log, which is that of the router that wrote it.
    #[must_use]
    pub fn replay<'a>(rules: Rules, events: impl IntoIterator<Item = &'a Event>) -> Self {
        let mut router = Self::new(rules);
        for event in events {
            let _ = router.apply(event);
        }
        router
    }

    fn act(&mut self, kind: ActionKind) {
        // Only times of events and of what they made due get here.
        let at = Timestamp::from_millisecond(self.now).unwrap_or(Timestamp::MIN);
        self.actions.push(Action { at, kind });
    }

    fn stamp(&mut self) -> Stamp {
        Stamp {
            time: self.now,
            number: self.next_number(),
        }
    }

    fn next_number(&mut self) -> u64 {
        self.counter += 1;
        self.counter
    }
}
