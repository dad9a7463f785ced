//! A ticket under way.

use jiff::SignedDuration;

use super::{desk::Seat, lanes::Lane};
use crate::{Rules, Ticket};

/// A ticket under way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Case {
    pub(super) ticket: Ticket,
    /// Its group, by place.
    pub(super) group: usize,
    /// Its place in any queue: never changes.
    pub(super) order: Order,
    /// When it began to wait, in milliseconds.
    pub(super) arrived: i64,
    pub(super) phase: Phase,
    /// Who isn't offered it again before when.
    pub(super) paused: Vec<(Seat, i64)>,
    pub(super) refusals: u32,
    pub(super) overflowed: bool,
    pub(super) escalated: bool,
    /// It waits for too long: there is an alarm.
    pub(super) overdue: bool,
    /// It is open for too long: there is an alarm.
    pub(super) late: bool,
    /// Tells timers of this wait from those of an earlier one.
    pub(super) wait: u64,
}

/// A place in a queue: arrival less head start in milliseconds, then number of arrival.
pub(super) type Order = (i64, u64);

/// Where a ticket is: at one place only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// On the way from one place to the next, within one event.
    Nowhere,
    /// In a lane.
    Waiting { lane: Lane },
    /// Before an agent, until when in milliseconds; `number` tells this offer from others.
    Offered { seat: Seat, number: u64, until: i64 },
    /// With an agent.
    Taken { seat: Seat, talk: Talk, held: bool },
}

/// Whether the agent has said anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Talk {
    /// Not yet; `number` tells this contact from others.
    Awaited { number: u64 },
    /// Not for too long: there is an alarm.
    Overdue,
    /// He has; `number` tells what he said last from what he said before.
    Begun { number: u64 },
    /// He has, but not for too long: there is an alarm.
    Quiet,
}

impl Case {
    /// Whether an agent isn't offered it now.
    pub(super) fn is_paused(&self, seat: Seat, now: i64) -> bool {
        self.paused
            .iter()
            .any(|&(paused, until)| paused == seat && now < until)
    }

    /// When it overflows, escalates and is overdue.
    pub(super) fn due(&self, rules: &Rules) -> [(Due, i64); 3] {
        let urgency = self.ticket.urgency;
        let after = |wait: &SignedDuration| self.arrived.saturating_add(millis(*wait));
        [
            (Due::Overflow, after(rules.overflow.get(urgency))),
            (Due::Escalation, after(rules.escalation.after.get(urgency))),
            (Due::Alarm, after(rules.alarms.wait.get(urgency))),
        ]
    }

    /// Whether something of it has been done.
    pub(super) fn is_done(&self, due: Due) -> bool {
        match due {
            Due::Overflow => self.overflowed,
            Due::Escalation => self.escalated,
            Due::Alarm => self.overdue,
        }
    }
}

/// What a long wait leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Due {
    Overflow,
    Escalation,
    Alarm,
}

/// Rules hold at most a year.
pub(super) fn millis(duration: SignedDuration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
