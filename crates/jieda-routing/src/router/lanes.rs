//! Tickets that wait.

use std::collections::{BTreeMap, HashMap};

use super::case::Order;
use crate::{Channel, Language, TicketId};

/// A lane, by number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Lane(pub(super) usize);

/// All that decides which agents may take a ticket.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct LaneKey {
    pub(super) group: usize,
    pub(super) channel: Option<Channel>,
    pub(super) language: Option<Language>,
    pub(super) overflowed: bool,
    pub(super) escalated: bool,
    /// 特急.
    pub(super) critical: bool,
}

impl LaneKey {
    /// Whether reserved places may be used.
    pub(super) fn may_use_reserve(&self) -> bool {
        self.critical || self.escalated
    }
}

/// All lanes: one for all tickets that the same agents could take, so that the first of each lane is all
/// that an agent has to look at. There are as many as kinds of tickets, not as tickets.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Lanes {
    numbers: HashMap<LaneKey, Lane>,
    keys: Vec<LaneKey>,
    queues: Vec<BTreeMap<Order, TicketId>>,
    /// How many wait in each group.
    lengths: Vec<usize>,
}

impl Lanes {
    /// The lane of a key, if there is one.
    pub(super) fn find(&self, key: &LaneKey) -> Option<Lane> {
        self.numbers.get(key).copied()
    }

    /// A new lane.
    pub(super) fn add(&mut self, key: LaneKey) -> Lane {
        let lane = Lane(self.keys.len());
        self.lengths
            .resize(self.lengths.len().max(key.group + 1), 0);
        self.keys.push(key.clone());
        self.queues.push(BTreeMap::new());
        self.numbers.insert(key, lane);
        lane
    }

    pub(super) fn all(&self) -> impl Iterator<Item = (Lane, &LaneKey)> {
        self.keys.iter().enumerate().map(|(i, key)| (Lane(i), key))
    }

    pub(super) fn key(&self, lane: Lane) -> &LaneKey {
        &self.keys[lane.0]
    }

    /// Those who wait, the first first.
    pub(super) fn waiting(&self, lane: Lane) -> impl Iterator<Item = (Order, TicketId)> {
        self.queues[lane.0].iter().map(|(order, id)| (*order, *id))
    }

    pub(super) fn insert(&mut self, lane: Lane, order: Order, ticket: TicketId) {
        if self.queues[lane.0].insert(order, ticket).is_none() {
            self.lengths[self.keys[lane.0].group] += 1;
        }
    }

    pub(super) fn remove(&mut self, lane: Lane, order: Order) {
        if self.queues[lane.0].remove(&order).is_some() {
            self.lengths[self.keys[lane.0].group] -= 1;
        }
    }

    /// How many wait in a group.
    pub(super) fn length(&self, group: usize) -> usize {
        self.lengths.get(group).copied().unwrap_or(0)
    }
}
