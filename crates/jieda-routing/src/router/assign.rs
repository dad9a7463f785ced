//! Which agent for a ticket, which ticket for an agent.

use super::{
    ActionKind, Basis, Mode, Queueing, Router,
    case::{Case, Due, Order, Phase, millis},
    desk::{Seat, Service},
    lanes::{Lane, LaneKey},
    timers::Timer,
};
use crate::{AgentState, TicketId};

impl Router {
    /// Offers a ticket that is nowhere to a fitting agent, or lets it wait.
    pub(super) fn place(&mut self, id: TicketId, why: Queueing) {
        self.catch_up(id);
        let lane = self.lane_of(id);
        match self.agent_for(id, lane) {
            Some((seat, basis)) => self.offer(id, seat, basis),
            None => self.enqueue(id, lane, why),
        }
    }

    /// Tries again for one that waits: who may take it has changed.
    pub(super) fn retry(&mut self, id: TicketId) {
        let lane = self.lane_of(id);
        if let Some((seat, basis)) = self.agent_for(id, lane) {
            self.dequeue(id);
            self.offer(id, seat, basis);
        } else if self.lane(id).is_some_and(|old| old != lane) {
            self.move_to(id, lane);
        }
    }

    /// Gives an agent with free places whatever waits for him.
    pub(super) fn fill(&mut self, seat: Seat) {
        while let Some((id, service)) = self.ticket_for(seat) {
            self.dequeue(id);
            let basis = match service.rank.helps_out {
                true => Basis::Overflow,
                false => Basis::Skill,
            };
            self.offer(id, seat, basis);
        }
    }

    /// The agent of the last contact, else the next in order.
    fn agent_for(&mut self, id: TicketId, lane: Lane) -> Option<(Seat, Basis)> {
        let case = self.cases.get(&id)?;
        if let Some(seat) = self.last_agent(case)
            && self.desk.may_serve(seat, lane).is_some()
            && !case.is_paused(seat, self.now)
        {
            return Some((seat, Basis::LastContact));
        }
        let now = self.now;
        let (seat, service) = self.desk.next_for(lane, |seat| case.is_paused(seat, now))?;
        self.desk.draws += 1;
        let basis = match service.rank.helps_out {
            true => Basis::Overflow,
            false => Basis::Skill,
        };
        Some((seat, basis))
    }

    fn last_agent(&self, case: &Case) -> Option<Seat> {
        let last = case.ticket.last_contact?;
        let within = millis(self.rules.choice.sticky_within);
        let ago = case.arrived.saturating_sub(last.at.as_millisecond());
        (ago < within).then(|| self.desk.find(last.agent)).flatten()
    }

    /// The first of all that wait for an agent.
    fn ticket_for(&self, seat: Seat) -> Option<(TicketId, Service)> {
        let mut best: Option<((bool, Order), TicketId, Service)> = None;
        for service in self.desk.lanes_of(seat) {
            let behind = self.is_behind(service.lane);
            let is_paused = |id: &TicketId| {
                let case = self.cases.get(id);
                case.is_none_or(|case| case.is_paused(seat, self.now))
            };
            let mut waiting = self.lanes.waiting(service.lane);
            let Some((order, id)) = waiting.find(|(_, id)| !is_paused(id)) else {
                continue;
            };
            if best.is_none_or(|(least, ..)| (behind, order) < least) {
                best = Some(((behind, order), id, service));
            }
        }
        best.map(|(_, id, service)| (id, service))
    }

    /// Whether a lane waits for those of key channels.
    pub(super) fn is_behind(&self, lane: Lane) -> bool {
        if self.mode == Mode::Normal {
            return false;
        }
        let channel = self.lanes.key(lane).channel.as_ref();
        channel.is_none_or(|channel| !self.rules.key_channels.contains(channel))
    }

    fn offer(&mut self, id: TicketId, seat: Seat, basis: Basis) {
        let stamp = self.stamp();
        let number = stamp.number;
        self.desk.give(seat, id, stamp);
        let until = self.now + millis(self.rules.offer.timeout);
        if let Some(case) = self.cases.get_mut(&id) {
            case.phase = Phase::Offered {
                seat,
                number,
                until,
            };
        }
        self.timers.set(until, Timer::Offer(id, number));
        self.act(ActionKind::Offered {
            ticket: id,
            agent: self.desk.at(seat).agent.id,
            basis,
        });
    }

    fn enqueue(&mut self, id: TicketId, lane: Lane, why: Queueing) {
        let wait = self.next_number();
        let Some(case) = self.cases.get_mut(&id) else {
            return;
        };
        case.phase = Phase::Waiting { lane };
        case.wait = wait;
        let group = case.group;
        self.lanes.insert(lane, case.order, id);
        for &(_, until) in &case.paused {
            self.timers.set(until, Timer::Pause(id, wait));
        }
        let overdue = case.overdue.then_some(case.ticket.urgency);
        self.set_wait_timer(id);
        self.act(ActionKind::Queued {
            ticket: id,
            group: self.rules.groups.all[group].name.clone(),
            why,
        });
        self.queue_grew(group);
        if let Some(urgency) = overdue {
            self.overdue_waits(group, urgency);
        }
    }

    /// Sets the timer for the next thing that a long wait leads to.
    pub(super) fn set_wait_timer(&mut self, id: TicketId) {
        let Some(case) = self.cases.get(&id) else {
            return;
        };
        let dues = case.due(&self.rules);
        let next = dues.iter().filter(|(due, _)| !case.is_done(*due));
        if let Some(at) = next.map(|(_, at)| *at).min() {
            self.timers.set(at, Timer::Wait(id, case.wait));
        }
    }

    /// Takes a ticket out of its queue.
    pub(super) fn dequeue(&mut self, id: TicketId) {
        let Some((case, lane)) = self.cases.get(&id).zip(self.lane(id)) else {
            return;
        };
        let (group, overdue) = (case.group, case.overdue);
        self.lanes.remove(lane, case.order);
        self.queue_shrank(group);
        if overdue {
            self.overdue_left(group);
        }
    }

    fn move_to(&mut self, id: TicketId, lane: Lane) {
        let Some(old) = self.lane(id) else { return };
        if let Some(case) = self.cases.get_mut(&id) {
            self.lanes.remove(old, case.order);
            self.lanes.insert(lane, case.order, id);
            case.phase = Phase::Waiting { lane };
        }
    }

    fn lane(&self, id: TicketId) -> Option<Lane> {
        match self.cases.get(&id)?.phase {
            Phase::Waiting { lane } => Some(lane),
            _ => None,
        }
    }

    /// The lane that a ticket belongs to, opened if it is the first of its kind.
    fn lane_of(&mut self, id: TicketId) -> Lane {
        let key = self.cases.get(&id).map(|case| LaneKey {
            group: case.group,
            channel: case.ticket.channel.clone(),
            language: case.ticket.language.clone(),
            overflowed: case.overflowed,
            escalated: case.escalated,
            critical: case.ticket.urgency == jieda_types::Urgency::Critical,
        });
        let key = key.unwrap_or_else(|| self.lanes.key(Lane(0)).clone());
        if let Some(lane) = self.lanes.find(&key) {
            return lane;
        }
        let lane = self.lanes.add(key.clone());
        self.desk.open_lane(lane, &key, &self.rules);
        lane
    }

    /// Does what a ticket has waited long enough for, and says whether other agents may take it now.
    pub(super) fn catch_up(&mut self, id: TicketId) -> WhoMay {
        let rules = self.rules.clone();
        let mut who_may = WhoMay::AsBefore;
        let Some(case) = self.cases.get_mut(&id) else {
            return who_may;
        };
        let (group, urgency) = (case.group, case.ticket.urgency);
        let refused = case.refusals >= rules.escalation.refusals;
        let dues = case.due(&rules);
        let mut told = Vec::new();
        for (due, at) in dues {
            let is_due = at <= self.now || (due == Due::Escalation && refused);
            if case.is_done(due) || !is_due {
                continue;
            }
            match due {
                Due::Overflow => case.overflowed = true,
                Due::Escalation => case.escalated = true,
                Due::Alarm => case.overdue = true,
            }
            told.push(due);
        }
        let waits = matches!(case.phase, Phase::Waiting { .. });
        let name = &rules.groups.all[group].name;
        for due in told {
            match due {
                Due::Overflow => self.act(ActionKind::Overflowed {
                    ticket: id,
                    group: name.clone(),
                }),
                Due::Escalation => self.act(ActionKind::Escalated {
                    ticket: id,
                    group: name.clone(),
                }),
                // One that does not wait is counted when it does.
                Due::Alarm if waits => self.overdue_waits(group, urgency),
                Due::Alarm => {}
            }
            if due != Due::Alarm {
                who_may = WhoMay::Changed;
            }
        }
        who_may
    }

    /// Puts an agent into a state by rule.
    pub(super) fn set_state(&mut self, seat: Seat, state: AgentState) {
        let number = self.next_number();
        self.desk.change(seat, |desker| {
            desker.state = state;
            desker.number = number;
        });
        self.act(ActionKind::StateSet {
            agent: self.desk.at(seat).agent.id,
            state,
        });
        if state == AgentState::AfterWork {
            let until = self.now + millis(self.rules.after_work);
            self.timers.set(until, Timer::AfterWork(seat, number));
        }
    }
}

/// Whether the agents who may take a ticket have changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WhoMay {
    AsBefore,
    Changed,
}
