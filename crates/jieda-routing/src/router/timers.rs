//! What is due when. Nothing is taken out before its time: who gets a timer sees whether it still means
//! anything.

use std::{cmp::Reverse, collections::BinaryHeap};

use super::desk::Seat;
use crate::TicketId;

/// What is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Timer {
    /// A shift begins or ends; the number is that of the registration.
    Shift(Seat, u64),
    /// After-contact work has lasted long enough; the number is that of the state.
    AfterWork(Seat, u64),
    /// An offer runs out.
    Offer(TicketId, u64),
    /// A ticket has waited long enough for something; the number is that of the wait.
    Wait(TicketId, u64),
    /// An agent may be offered a ticket again; the number is that of the wait.
    Pause(TicketId, u64),
    /// An agent should have said something; the number is that of the contact, or of what he said last.
    Silence(TicketId, u64),
    /// A ticket should have ended; the number is that of its arrival.
    Overdue(TicketId, u64),
}

/// All that is due.
#[derive(Debug, Clone, Default)]
pub(super) struct Timers(BinaryHeap<Reverse<(i64, Timer)>>);

impl Timers {
    pub(super) fn set(&mut self, due: i64, timer: Timer) {
        self.0.push(Reverse((due, timer)));
    }

    /// When something is due next.
    pub(super) fn next(&self) -> Option<i64> {
        self.0.peek().map(|Reverse((due, _))| *due)
    }

    /// What is due by now.
    pub(super) fn pop(&mut self, now: i64) -> Option<(i64, Timer)> {
        if self.next()? > now {
            return None;
        }
        self.0.pop().map(|Reverse(due)| due)
    }
}

/// A heap has many shapes, but one order.
impl PartialEq for Timers {
    fn eq(&self, other: &Self) -> bool {
        self.0.clone().into_sorted_vec() == other.0.clone().into_sorted_vec()
    }
}
