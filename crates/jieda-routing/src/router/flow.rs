//! What each event does, and what time does by itself.

use jiff::Timestamp;

use super::{
    ActionKind, Alarm, Carried, EventKind, Line, Queueing, Refused, Router, Spoken, Withdrawal,
    assign::WhoMay,
    case::{Case, Phase, Talk, millis},
    desk::Seat,
    timers::Timer,
};
use crate::{Agent, AgentId, AgentState, Shift, Skill, Ticket, TicketId};

impl Router {
    /// Does what falls due up to a time, each at its own.
    pub(super) fn pass_time(&mut self, to: i64) {
        while let Some((due, timer)) = self.timers.pop(to) {
            self.now = self.now.max(due);
            self.fire(timer);
        }
        self.now = to;
    }

    /// A timer whose number is no longer that of its offer, wait or state means nothing any more.
    fn fire(&mut self, timer: Timer) {
        match timer {
            Timer::Shift(seat, number) => {
                if self.desk.at(seat).registration == number {
                    self.look_at_shifts(seat);
                    self.fill(seat);
                }
            }
            Timer::AfterWork(seat, number) => {
                if self.desk.at(seat).number == number {
                    self.set_state(seat, AgentState::Ready);
                    self.fill(seat);
                }
            }
            Timer::Offer(id, number) => self.offer_runs_out(id, number),
            Timer::Wait(id, number) => {
                if self.waits(id, number) {
                    let who_may = self.catch_up(id);
                    self.set_wait_timer(id);
                    if who_may == WhoMay::Changed {
                        self.retry(id);
                    }
                }
            }
            Timer::Pause(id, number) => {
                if self.waits(id, number) {
                    self.retry(id);
                }
            }
            Timer::Silence(id, number) => self.silence(id, number),
            Timer::Overdue(id, number) => self.ticket_overdue(id, number),
        }
    }

    fn waits(&self, id: TicketId, number: u64) -> bool {
        self.cases
            .get(&id)
            .is_some_and(|case| matches!(case.phase, Phase::Waiting { .. }) && case.wait == number)
    }

    /// Takes an event that fits the state.
    pub(super) fn take(&mut self, event: &EventKind) -> Result<(), Refused> {
        match event {
            EventKind::AgentRegistered { agent } => self.register(agent),
            EventKind::AgentState { agent, state } => self.declare(*agent, *state)?,
            EventKind::TicketArrived { ticket } => self.arrive(ticket)?,
            EventKind::TicketCarried {
                ticket,
                arrived,
                since,
                with,
                paused,
            } => self.take_over(ticket, (*arrived, *since), (with.as_ref(), paused))?,
            EventKind::OfferAccepted { ticket, agent } => self.accept(*ticket, *agent)?,
            EventKind::OfferRefused {
                ticket,
                agent,
                reason,
            } => self.refuse(*ticket, *agent, reason)?,
            EventKind::AgentReplied { ticket } => self.reply(*ticket)?,
            EventKind::HoldStarted { ticket } => self.hold(*ticket, true)?,
            EventKind::HoldEnded { ticket } => self.hold(*ticket, false)?,
            EventKind::TransferRequested { ticket, to } => self.transfer(*ticket, to)?,
            EventKind::ContactEnded { ticket, .. } => self.end(*ticket)?,
            EventKind::TicketAbandoned { ticket } => self.abandon(*ticket)?,
            EventKind::ModeChanged { mode } => self.mode = *mode,
            EventKind::Rated { .. } | EventKind::SelfServed { .. } | EventKind::Tick => {}
        }
        Ok(())
    }

    fn register(&mut self, agent: &Agent) {
        let rules = self.rules.clone();
        let seat = self.desk.register(agent, &rules, &self.lanes);
        let number = self.next_number();
        self.desk
            .change(seat, |desker| desker.registration = number);
        self.look_at_shifts(seat);
        self.fill(seat);
    }

    /// Sets whether an agent is on shift, and the timer for when that changes.
    fn look_at_shifts(&mut self, seat: Seat) {
        let desker = self.desk.at(seat);
        let (shifts, zone) = (&desker.agent.shifts, &self.rules.timezone);
        let Ok(now) = Timestamp::from_millisecond(self.now) else {
            return;
        };
        let on_shift = shifts.is_empty() || Shift::any_at(shifts, zone, now);
        if let Some(change) = Shift::next_change(shifts, zone, now) {
            let timer = Timer::Shift(seat, desker.registration);
            self.timers.set(change.as_millisecond(), timer);
        }
        if on_shift && !self.desk.at(seat).on_shift {
            self.desk.begin(seat);
        }
        self.desk.change(seat, |desker| desker.on_shift = on_shift);
    }

    fn declare(&mut self, agent: AgentId, state: AgentState) -> Result<(), Refused> {
        let seat = self.desk.find(agent).ok_or(Refused::UnknownAgent)?;
        let number = self.next_number();
        if self.desk.at(seat).state == AgentState::Offline {
            self.desk.begin(seat);
        }
        self.desk.change(seat, |desker| {
            desker.state = state;
            desker.number = number;
            desker.misses = 0;
        });
        if state == AgentState::AfterWork {
            let until = self.now + millis(self.rules.after_work);
            self.timers.set(until, Timer::AfterWork(seat, number));
        }
        match state {
            AgentState::Ready => self.fill(seat),
            AgentState::AfterWork => {}
            AgentState::Offline | AgentState::Busy | AgentState::Break => self.take_back(seat),
        }
        Ok(())
    }

    /// Takes back all offers of an agent who takes nothing new.
    fn take_back(&mut self, seat: Seat) {
        let agent = self.desk.at(seat).agent.id;
        let tickets: Vec<TicketId> = self.desk.at(seat).tickets.keys().copied().collect();
        for ticket in tickets {
            let offered = self
                .cases
                .get(&ticket)
                .is_some_and(|case| matches!(case.phase, Phase::Offered { .. }));
            if offered {
                self.withdraw(ticket, seat, Withdrawal::AgentAway);
                self.place(ticket, Queueing::AgentAway { agent });
            }
        }
    }

    fn withdraw(&mut self, ticket: TicketId, seat: Seat, why: Withdrawal) {
        let stamp = self.stamp();
        self.desk.take_off(seat, ticket, stamp);
        let agent = self.desk.at(seat).agent.id;
        self.act(ActionKind::OfferWithdrawn { ticket, agent, why });
    }

    fn arrive(&mut self, ticket: &Ticket) -> Result<(), Refused> {
        self.open_case(ticket, (self.now, self.now))?;
        self.place(ticket.id, Queueing::NobodyFree);
        Ok(())
    }

    /// A ticket that another router had. An agent who is not known here has not got it either.
    fn take_over(
        &mut self,
        ticket: &Ticket,
        (arrived, since): (Timestamp, Timestamp),
        (with, paused): (Option<&Carried>, &[(AgentId, Timestamp)]),
    ) -> Result<(), Refused> {
        let past = |time: Timestamp| time.as_millisecond().min(self.now);
        self.open_case(ticket, (past(arrived), past(since)))?;
        let seats = paused
            .iter()
            .filter_map(|(agent, until)| Some((self.desk.find(*agent)?, until.as_millisecond())));
        let paused = seats.collect();
        if let Some(case) = self.cases.get_mut(&ticket.id) {
            case.paused = paused;
        }
        let known = with.and_then(|with| Some((self.desk.find(with.agent)?, with)));
        match known {
            Some((seat, with)) => self.go_on(ticket.id, seat, with),
            None => self.place(ticket.id, Queueing::Carried),
        }
        Ok(())
    }

    /// A contact goes on with its agent, also when he has more of them than the rules would give him now.
    fn go_on(&mut self, id: TicketId, seat: Seat, with: &Carried) {
        let stamp = self.stamp();
        let number = stamp.number;
        self.desk.give(seat, id, stamp);
        self.desk.change(seat, |desker| {
            desker.most = desker.most.max(desker.tickets.len());
        });
        let alarms = &self.rules.alarms;
        let (talk, patience) = match with.spoken {
            Spoken::Awaited => (Talk::Awaited { number }, alarms.silent),
            Spoken::Begun => (Talk::Begun { number }, alarms.follow_up),
        };
        self.timers
            .set(self.now + millis(patience), Timer::Silence(id, number));
        if let Some(case) = self.cases.get_mut(&id) {
            let held = with.line == Line::Held;
            case.phase = Phase::Taken { seat, talk, held };
        }
    }

    /// A ticket that is nowhere yet: when it arrived, and since when it waits, in milliseconds.
    fn open_case(&mut self, ticket: &Ticket, (arrived, since): (i64, i64)) -> Result<(), Refused> {
        if self.cases.contains_key(&ticket.id) {
            return Err(Refused::DuplicateTicket);
        }
        let rules = self.rules.clone();
        let head_start = rules
            .priority
            .head_start(ticket.urgency, ticket.tier.as_ref());
        let number = self.next_number();
        let case = Case {
            group: rules.groups.of(ticket),
            order: (arrived.saturating_sub(millis(head_start)), number),
            arrived: since,
            phase: Phase::Nowhere,
            paused: Vec::new(),
            refusals: 0,
            overflowed: false,
            escalated: false,
            overdue: false,
            late: false,
            wait: number,
            ticket: ticket.clone(),
        };
        self.cases.insert(ticket.id, case);
        let due = arrived.saturating_add(millis(*rules.alarms.overdue.get(ticket.urgency)));
        self.timers.set(due, Timer::Overdue(ticket.id, number));
        Ok(())
    }

    fn accept(&mut self, id: TicketId, agent: AgentId) -> Result<(), Refused> {
        let seat = self.offered_to(id, agent)?;
        let number = self.next_number();
        if let Some(case) = self.cases.get_mut(&id) {
            case.phase = Phase::Taken {
                seat,
                talk: Talk::Awaited { number },
                held: false,
            };
        }
        self.desk.change(seat, |desker| desker.misses = 0);
        let due = self.now + millis(self.rules.alarms.silent);
        self.timers.set(due, Timer::Silence(id, number));
        Ok(())
    }

    fn offered_to(&self, id: TicketId, agent: AgentId) -> Result<Seat, Refused> {
        let case = self.cases.get(&id).ok_or(Refused::UnknownTicket)?;
        let expected = self.desk.find(agent).ok_or(Refused::UnknownAgent)?;
        match case.phase {
            Phase::Offered { seat, .. } if seat == expected => Ok(seat),
            _ => Err(Refused::NotOffered),
        }
    }

    fn refuse(&mut self, id: TicketId, agent: AgentId, reason: &str) -> Result<(), Refused> {
        let seat = self.offered_to(id, agent)?;
        let stamp = self.stamp();
        self.desk.take_off(seat, id, stamp);
        self.pause(id, seat);
        if let Some(case) = self.cases.get_mut(&id) {
            case.refusals += 1;
        }
        let reason = reason.to_owned();
        self.place(id, Queueing::Refused { agent, reason });
        self.fill(seat);
        Ok(())
    }

    /// Not again to the same agent for a while.
    fn pause(&mut self, id: TicketId, seat: Seat) {
        let now = self.now;
        let until = now + millis(self.rules.offer.pause);
        if let Some(case) = self.cases.get_mut(&id) {
            case.phase = Phase::Nowhere;
            case.paused
                .retain(|&(paused, until)| paused != seat && now < until);
            case.paused.push((seat, until));
        }
    }

    fn offer_runs_out(&mut self, id: TicketId, number: u64) {
        let phase = self.cases.get(&id).map(|case| case.phase);
        let Some(Phase::Offered {
            seat, number: of, ..
        }) = phase
        else {
            return;
        };
        if of != number {
            return;
        }
        self.withdraw(id, seat, Withdrawal::TimedOut);
        self.pause(id, seat);
        self.desk.change(seat, |desker| desker.misses += 1);
        let desker = self.desk.at(seat);
        let agent = desker.agent.id;
        let away = desker.misses >= self.rules.offer.misses
            && matches!(desker.state, AgentState::Ready | AgentState::AfterWork);
        if away {
            self.set_state(seat, AgentState::Break);
            self.take_back(seat);
        }
        self.place(id, Queueing::Missed { agent });
        self.fill(seat);
    }

    fn reply(&mut self, id: TicketId) -> Result<(), Refused> {
        let (seat, talk, held) = self.taken(id)?;
        self.clear_silence(id, seat, talk);
        let number = self.next_number();
        if let Some(case) = self.cases.get_mut(&id) {
            let talk = Talk::Begun { number };
            case.phase = Phase::Taken { seat, talk, held };
        }
        let due = self.now + millis(self.rules.alarms.follow_up);
        self.timers.set(due, Timer::Silence(id, number));
        Ok(())
    }

    fn silence(&mut self, id: TicketId, number: u64) {
        let phase = self.cases.get(&id).map(|case| case.phase);
        let Some(Phase::Taken { seat, talk, held }) = phase else {
            return;
        };
        let talk = match talk {
            Talk::Awaited { number: of } if of == number => Talk::Overdue,
            Talk::Begun { number: of } if of == number => Talk::Quiet,
            _ => return,
        };
        if let Some(case) = self.cases.get_mut(&id) {
            case.phase = Phase::Taken { seat, talk, held };
        }
        if let Some(alarm) = self.alarm_of(id, seat, talk) {
            self.act(ActionKind::AlarmRaised { alarm });
        }
    }

    fn clear_silence(&mut self, id: TicketId, seat: Seat, talk: Talk) {
        if let Some(alarm) = self.alarm_of(id, seat, talk) {
            self.act(ActionKind::AlarmCleared { alarm });
        }
    }

    /// The alarm that there is while an agent says nothing.
    fn alarm_of(&self, ticket: TicketId, seat: Seat, talk: Talk) -> Option<Alarm> {
        let agent = self.desk.at(seat).agent.id;
        match talk {
            Talk::Overdue => Some(Alarm::SilentAgent { agent, ticket }),
            Talk::Quiet => Some(Alarm::NotFollowedUp { agent, ticket }),
            Talk::Awaited { .. } | Talk::Begun { .. } => None,
        }
    }

    fn ticket_overdue(&mut self, id: TicketId, number: u64) {
        let case = self.cases.get_mut(&id);
        // Another ticket may have the number of one that has ended.
        if let Some(case) = case.filter(|case| case.order.1 == number) {
            case.late = true;
            let alarm = Alarm::TicketOverdue { ticket: id };
            self.act(ActionKind::AlarmRaised { alarm });
        }
    }

    /// It has ended, or was given up.
    fn forget(&mut self, id: TicketId) {
        if self.cases.remove(&id).is_some_and(|case| case.late) {
            let alarm = Alarm::TicketOverdue { ticket: id };
            self.act(ActionKind::AlarmCleared { alarm });
        }
    }

    fn taken(&self, id: TicketId) -> Result<(Seat, Talk, bool), Refused> {
        let case = self.cases.get(&id).ok_or(Refused::UnknownTicket)?;
        match case.phase {
            Phase::Taken { seat, talk, held } => Ok((seat, talk, held)),
            _ => Err(Refused::NotTaken),
        }
    }

    fn hold(&mut self, id: TicketId, hold: bool) -> Result<(), Refused> {
        let (seat, talk, held) = self.taken(id)?;
        if held == hold {
            return Err(Refused::Hold);
        }
        if let Some(case) = self.cases.get_mut(&id) {
            let held = hold;
            case.phase = Phase::Taken { seat, talk, held };
        }
        Ok(())
    }

    fn transfer(&mut self, id: TicketId, to: &Skill) -> Result<(), Refused> {
        let (seat, talk, _) = self.taken(id)?;
        let group = self.rules.groups.named(to).ok_or(Refused::UnknownGroup)?;
        self.clear_silence(id, seat, talk);
        self.pause(id, seat);
        // Another wait begins; the place in line stays that of the first.
        if let Some(case) = self.cases.get_mut(&id) {
            case.group = group;
            case.arrived = self.now;
            case.overflowed = false;
            case.escalated = false;
            case.overdue = false;
            case.refusals = 0;
        }
        let agent = self.desk.at(seat).agent.id;
        self.leave(id, seat);
        self.place(id, Queueing::Transferred { agent });
        self.fill(seat);
        Ok(())
    }

    fn end(&mut self, id: TicketId) -> Result<(), Refused> {
        let (seat, talk, _) = self.taken(id)?;
        self.clear_silence(id, seat, talk);
        self.forget(id);
        self.leave(id, seat);
        self.fill(seat);
        Ok(())
    }

    /// A contact of an agent is over: he writes it up, if the rules give him time.
    fn leave(&mut self, id: TicketId, seat: Seat) {
        let stamp = self.stamp();
        self.desk.take_off(seat, id, stamp);
        let works = matches!(
            self.desk.at(seat).state,
            AgentState::Ready | AgentState::AfterWork
        );
        if works && !self.rules.after_work.is_zero() {
            self.set_state(seat, AgentState::AfterWork);
        }
    }

    fn abandon(&mut self, id: TicketId) -> Result<(), Refused> {
        let case = self.cases.get(&id).ok_or(Refused::UnknownTicket)?;
        match case.phase {
            Phase::Taken { .. } => return Err(Refused::AlreadyTaken),
            Phase::Waiting { .. } | Phase::Nowhere => {
                self.dequeue(id);
                self.forget(id);
            }
            Phase::Offered { seat, .. } => {
                self.withdraw(id, seat, Withdrawal::CustomerGone);
                self.forget(id);
                self.fill(seat);
            }
        }
        Ok(())
    }
}
