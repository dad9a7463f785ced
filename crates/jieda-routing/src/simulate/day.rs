//! The day itself: events in the order of their time.

use std::{cmp::Reverse, collections::BinaryHeap};

use jiff::{SignedDuration, Timestamp};

use super::{
    contact::Contact,
    draw::{exponential, generator},
    scenario::{Scenario, Team},
};
use crate::{
    Action, ActionKind, Agent, AgentId, AgentState, Alarm, Basis, Event, EventKind, Outcome,
    Router, Rules, TicketId,
};

/// What became of the day.
#[derive(Debug)]
pub(super) struct Played {
    /// Events that the router took, but for ticks.
    pub(super) events: u64,
    /// In the order of the contacts.
    pub(super) fates: Vec<Fate>,
    pub(super) workers: Vec<Worker>,
    pub(super) counts: Counts,
}

/// What became of a contact. Times are milliseconds since midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// Not yet known.
    Open,
    /// An agent took it.
    Accepted { at: i64, agent: AgentId },
    /// The customer gave up.
    Abandoned { at: i64 },
}

/// An agent, and what he did.
#[derive(Debug)]
pub(super) struct Worker {
    pub(super) team: usize,
    /// Places times milliseconds on duty, hour by hour since midnight.
    pub(super) offered: Hours,
    /// Milliseconds of contacts, hour by hour.
    pub(super) used: Hours,
    /// Since when he has been on duty, while he is.
    since: Option<i64>,
    /// Tells what was meant for an earlier state.
    state: u64,
}

/// Time, hour by hour since midnight; what comes after two days is left out.
#[derive(Debug, Clone, Copy)]
pub(super) struct Hours(pub(super) [i64; 48]);

impl Hours {
    const HOUR: i64 = 3_600_000;

    fn none() -> Self {
        Self([0; 48])
    }

    /// Adds a span of time, so many times.
    fn add(&mut self, from: i64, to: i64, times: i64) {
        let first = usize::try_from(from / Self::HOUR).unwrap_or(0);
        for (hour, sum) in (0..).zip(&mut self.0).skip(first) {
            let (begin, end) = (hour * Self::HOUR, (hour + 1) * Self::HOUR);
            if begin >= to {
                break;
            }
            *sum += (to.min(end) - from.max(begin)) * times;
        }
    }

    pub(super) fn sum(&self) -> i64 {
        self.0.iter().sum()
    }
}

/// What happened how often.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) overflowed: usize,
    pub(super) escalated: usize,
    pub(super) helped_out: usize,
    pub(super) refused: usize,
    pub(super) missed: usize,
    pub(super) long_queues: usize,
}

/// What is going to happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Next {
    /// The agent answers the offer of this number.
    Answer(u32, AgentId, u32),
    Reply(u32),
    End(u32, AgentId),
    GiveUp(u32),
    /// After-contact work of a state is done.
    Written(AgentId, u64),
    Duty(AgentId, Duty),
    /// An agent who was put on a break for missing offers is back.
    Back(AgentId, u64),
}

/// What an agent's day brings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Duty {
    Begin,
    Rest,
    Resume,
    Home,
}

/// How long an agent stays away who was put on a break for missing offers.
const AWAY: i64 = 5 * 60_000;
/// The first words come so long after a contact has begun.
const FIRST_WORDS: f64 = 10_000.0;

pub(super) struct Day<'a> {
    scenario: &'a Scenario,
    contacts: &'a [Contact],
    seed: u64,
    midnight: i64,
    router: Router,
    queue: BinaryHeap<Reverse<(i64, u64, Next)>>,
    order: u64,
    /// Offers that each contact has had; the last one counts.
    offers: Vec<u32>,
    began: Vec<i64>,
    played: Played,
}

impl<'a> Day<'a> {
    pub(super) fn new(
        scenario: &'a Scenario,
        contacts: &'a [Contact],
        rules: Rules,
        seed: u64,
    ) -> Self {
        Self {
            scenario,
            contacts,
            seed,
            midnight: scenario.midnight.as_millisecond(),
            router: Router::new(rules),
            queue: BinaryHeap::new(),
            order: 0,
            offers: vec![0; contacts.len()],
            began: vec![0; contacts.len()],
            played: Played {
                events: 0,
                fates: vec![Fate::Open; contacts.len()],
                workers: Vec::new(),
                counts: Counts::default(),
            },
        }
    }

    /// Plays until nothing is left to happen.
    pub(super) fn play(mut self) -> Played {
        self.hire();
        let mut arriving = 0;
        loop {
            let arrival = self.contacts.get(arriving).map(|contact| contact.at);
            let planned = self.queue.peek().map(|Reverse((at, ..))| *at);
            let Some(next) = arrival.into_iter().chain(planned).min() else {
                break;
            };
            let due = self
                .router
                .next_due()
                .map(|due| due.as_millisecond() - self.midnight);
            if due.is_some_and(|due| due < next) {
                self.apply(due.unwrap_or(next), EventKind::Tick);
            } else if arrival == Some(next) {
                self.arrive(arriving);
                arriving += 1;
            } else if let Some(Reverse((at, _, next))) = self.queue.pop() {
                self.happen(at, next);
            }
        }
        self.played
    }

    fn plan(&mut self, at: i64, next: Next) {
        self.order += 1;
        self.queue.push(Reverse((at, self.order, next)));
    }

    fn apply(&mut self, at: i64, kind: EventKind) {
        self.played.events += u64::from(kind != EventKind::Tick);
        let Ok(time) = Timestamp::from_millisecond(self.midnight + at) else {
            return;
        };
        let applied = self.router.apply(&Event::new(time, kind));
        for action in applied.actions() {
            self.follow(action);
        }
    }

    /// Registers all agents, and plans their days.
    fn hire(&mut self) {
        let mut id = 0;
        for (number, team) in self.scenario.teams.iter().enumerate() {
            for _ in 0..team.agents {
                id += 1;
                let agent = agent(AgentId(id), team);
                self.played.workers.push(Worker {
                    team: number,
                    offered: Hours::none(),
                    used: Hours::none(),
                    since: None,
                    state: 0,
                });
                self.apply(0, EventKind::AgentRegistered { agent });
                self.plan_duty(AgentId(id), team);
            }
        }
    }

    /// Hours that run past midnight are worked in two pieces: the end of the night before, and the night that
    /// begins in the evening and serves those who still wait at midnight.
    fn plan_duty(&mut self, id: AgentId, team: &Team) {
        let (from, to) = (team.from.millis(), team.to.millis());
        let day = 24 * 3_600_000;
        if to <= from {
            self.plan(0, Next::Duty(id, Duty::Begin));
            self.plan(to, Next::Duty(id, Duty::Home));
            self.plan(from, Next::Duty(id, Duty::Begin));
            self.plan(day + to, Next::Duty(id, Duty::Home));
            return;
        }
        self.plan(from, Next::Duty(id, Duty::Begin));
        self.plan(to, Next::Duty(id, Duty::Home));
        let rest = millis(team.rest);
        let quarter = (to - from) / 4;
        if rest > 0 && rest < quarter {
            let mut rng = generator(self.seed, [u64::MAX, u64::from(id.0)]);
            let begins = from + quarter + rng.i64(0..=2 * quarter - rest);
            self.plan(begins, Next::Duty(id, Duty::Rest));
            self.plan(begins + rest, Next::Duty(id, Duty::Resume));
        }
    }

    fn arrive(&mut self, i: usize) {
        let contact = &self.contacts[i];
        let (at, patience) = (contact.at, contact.patience);
        let ticket = contact.ticket.clone();
        self.apply(at, EventKind::TicketArrived { ticket });
        self.plan(at + patience, Next::GiveUp(i as u32));
    }

    fn happen(&mut self, at: i64, next: Next) {
        match next {
            Next::Answer(i, agent, number) => self.answer(at, i as usize, agent, number),
            Next::Reply(i) => {
                let ticket = ticket(i as usize);
                self.apply(at, EventKind::AgentReplied { ticket });
            }
            Next::End(i, agent) => {
                let (ticket, outcome) = (ticket(i as usize), Outcome::Resolved);
                let began = self.began[i as usize];
                let worker = self.worker(agent);
                worker.used.add(began, at, 1);
                worker.state += 1;
                let state = worker.state;
                self.apply(at, EventKind::ContactEnded { ticket, outcome });
                let after_work = self.contacts[i as usize].after_work;
                self.plan(at + after_work, Next::Written(agent, state));
            }
            Next::GiveUp(i) => {
                let i = i as usize;
                if self.played.fates[i] == Fate::Open {
                    self.played.fates[i] = Fate::Abandoned { at };
                    self.offers[i] += 1;
                    let ticket = ticket(i);
                    self.apply(at, EventKind::TicketAbandoned { ticket });
                }
            }
            Next::Written(agent, state) | Next::Back(agent, state) => {
                let worker = self.worker(agent);
                if worker.state == state && worker.since.is_some() {
                    self.declare(at, agent, AgentState::Ready);
                }
            }
            Next::Duty(agent, duty) => self.duty(at, agent, duty),
        }
    }

    fn duty(&mut self, at: i64, agent: AgentId, duty: Duty) {
        let capacity = i64::from(self.team(agent).capacity);
        let worker = self.worker(agent);
        worker.state += 1;
        let state = match duty {
            Duty::Begin | Duty::Resume => {
                worker.since = Some(at);
                AgentState::Ready
            }
            Duty::Rest | Duty::Home => {
                if let Some(since) = worker.since.take() {
                    worker.offered.add(since, at, capacity);
                }
                match duty {
                    Duty::Home => AgentState::Offline,
                    _ => AgentState::Break,
                }
            }
        };
        self.declare(at, agent, state);
    }

    fn declare(&mut self, at: i64, agent: AgentId, state: AgentState) {
        self.apply(at, EventKind::AgentState { agent, state });
    }

    /// The agent answers an offer that still stands: he accepts, refuses or says nothing.
    fn answer(&mut self, at: i64, i: usize, agent: AgentId, number: u32) {
        if self.offers[i] != number {
            return;
        }
        let (refuse, miss, pace) = {
            let team = self.team(agent);
            (team.refuse, team.miss, team.pace)
        };
        let drawn = generator(self.seed, [u64::from(number) << 40, i as u64]).f64();
        let ticket = ticket(i);
        if drawn < miss {
            return;
        }
        if drawn < miss + refuse {
            self.played.counts.refused += 1;
            let reason = "不接".to_owned();
            let event = EventKind::OfferRefused {
                ticket,
                agent,
                reason,
            };
            self.apply(at, event);
            return;
        }
        self.apply(at, EventKind::OfferAccepted { ticket, agent });
        self.played.fates[i] = Fate::Accepted { at, agent };
        self.began[i] = at;
        let talk = self.contacts[i].talk * pace;
        let first_words = FIRST_WORDS.min(talk / 2.0);
        self.plan(at + first_words as i64, Next::Reply(i as u32));
        self.plan(at + talk as i64, Next::End(i as u32, agent));
    }

    /// Does what the router wants.
    fn follow(&mut self, action: &Action) {
        let at = action.at.as_millisecond() - self.midnight;
        let counts = &mut self.played.counts;
        match &action.kind {
            ActionKind::Offered {
                ticket,
                agent,
                basis,
            } => {
                counts.helped_out += usize::from(*basis == Basis::Overflow);
                let i = (ticket.0 - 1) as usize;
                self.offers[i] += 1;
                let number = self.offers[i];
                let mean = millis(self.team(*agent).accept) as f64;
                let mut rng = generator(self.seed, [u64::from(number) << 20, i as u64]);
                let takes = exponential(&mut rng, mean) as i64;
                self.plan(at + takes, Next::Answer(i as u32, *agent, number));
            }
            ActionKind::OfferWithdrawn { ticket, .. } => {
                self.offers[(ticket.0 - 1) as usize] += 1;
            }
            ActionKind::Overflowed { .. } => counts.overflowed += 1,
            ActionKind::Escalated { .. } => counts.escalated += 1,
            ActionKind::StateSet { agent, state } => {
                if *state == AgentState::Break {
                    counts.missed += 1;
                    let worker = self.worker(*agent);
                    worker.state += 1;
                    let back = Next::Back(*agent, worker.state);
                    self.plan(at + AWAY, back);
                }
            }
            ActionKind::AlarmRaised { alarm } => {
                counts.long_queues += usize::from(matches!(alarm, Alarm::LongQueue { .. }));
            }
            ActionKind::Queued { .. } | ActionKind::AlarmCleared { .. } => {}
        }
    }

    fn worker(&mut self, agent: AgentId) -> &mut Worker {
        &mut self.played.workers[agent.0 as usize - 1]
    }

    fn team(&self, agent: AgentId) -> &'a Team {
        &self.scenario.teams[self.played.workers[agent.0 as usize - 1].team]
    }
}

fn ticket(i: usize) -> TicketId {
    TicketId(i as u64 + 1)
}

fn agent(id: AgentId, team: &Team) -> Agent {
    Agent {
        id,
        name: format!("{}{}", team.name, id),
        skills: team.skills.clone(),
        capacity: team.capacity,
        languages: team.languages.clone(),
        channels: team.channels.clone(),
        shifts: Vec::new(),
    }
}

fn millis(duration: SignedDuration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
