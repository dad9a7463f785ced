//! What it costs to decide who takes what, and how fast a day is played.
//!
//! `cargo bench --workspace --bench route`. Decisions: 1,000 agents and 10,000 tickets that wait, once with 40
//! kinds of agents and once with no two alike. Days: those that ship, and the first ten times as large.

#![allow(clippy::unwrap_used, reason = "a benchmark may fail by panic")]
#![allow(missing_docs, reason = "a benchmark is a program")]

use std::{
    collections::{BTreeMap, VecDeque},
    hint::black_box,
    time::{Duration, Instant},
};

use jieda_routing::{
    ActionKind, Agent, AgentId, AgentState, Applied, Channel, Event, EventKind, Level, Outcome,
    Router, Rules, Skill, Ticket, TicketId,
    simulate::{Policy, Scenario, Setup, simulate},
};
use jieda_types::Urgency;
use jiff::{SignedDuration, Timestamp};

const AGENTS: u32 = 1_000;
const CAPACITY: u16 = 3;
const WAITING: u64 = 10_000;
const DECISIONS: u64 = 20_000;
const GROUPS: [&str; 6] = ["综合", "售前", "售后", "物流", "账户", "投诉"];
const CHANNELS: [&str; 3] = ["app", "web", "phone"];

fn main() {
    println!(
        "| decision, {AGENTS} agents, {WAITING} tickets wait | kinds of agents | µs p50 | µs p99 | µs max |"
    );
    println!("|---|---|---|---|---|");
    for kinds in [40, AGENTS] {
        row("an agent is free: which ticket?", kinds, freed(kinds));
        row(
            "a ticket comes, nobody is free: where in line?",
            kinds,
            queued(kinds),
        );
        row("a ticket comes: which agent?", kinds, arrived(kinds));
    }
    println!("\n| day | agents | contacts | events | million events/s |");
    println!("|---|---|---|---|---|");
    let rules = Rules::shipped().unwrap();
    let shipped = |text| Scenario::from_toml(text, &rules).unwrap();
    let campaign = shipped(Scenario::CAMPAIGN);
    for scenario in [
        &campaign,
        &shipped(Scenario::BANK),
        &tenfold(campaign.clone()),
    ] {
        day(scenario);
    }
}

fn row(name: &str, kinds: u32, mut times: Vec<Duration>) {
    times.sort();
    let at = |q: f64| 1e6 * times[(q * (times.len() - 1) as f64).round() as usize].as_secs_f64();
    println!(
        "| {name} | {kinds} | {:.2} | {:.2} | {:.1} |",
        at(0.5),
        at(0.99),
        at(1.0)
    );
}

/// A router on its way through time.
struct Host {
    router: Router,
    now: Timestamp,
    next: u64,
    /// Tickets that agents have, the oldest first.
    taken: VecDeque<TicketId>,
}

impl Host {
    fn new(kinds: u32) -> Self {
        let rules = Rules::from_toml("after_work.most = \"0s\"").unwrap();
        let mut host = Self {
            router: Router::new(rules),
            now: "2026-11-30T09:00:00+08:00".parse().unwrap(),
            next: 0,
            taken: VecDeque::new(),
        };
        for id in 0..AGENTS {
            let agent = agent(id, kinds);
            host.apply(EventKind::AgentRegistered { agent });
            let (agent, state) = (AgentId(id), AgentState::Ready);
            host.apply(EventKind::AgentState { agent, state });
        }
        host
    }

    /// Applies an event a hundredth of a second later, lets agents accept what they are offered, and tells how
    /// long the event itself took.
    fn apply(&mut self, kind: EventKind) -> Duration {
        self.now += SignedDuration::from_millis(10);
        let event = Event::new(self.now, kind);
        let start = Instant::now();
        let applied = black_box(self.router.apply(black_box(&event)));
        let took = start.elapsed();
        self.accept(&applied);
        took
    }

    fn accept(&mut self, applied: &Applied) {
        assert!(applied.verdict.is_ok(), "{:?}", applied.verdict);
        for action in applied.actions() {
            if let ActionKind::Offered { ticket, agent, .. } = action.kind {
                self.taken.push_back(ticket);
                let accepted = EventKind::OfferAccepted { ticket, agent };
                let again = self.router.apply(&Event::new(self.now, accepted));
                assert!(again.verdict.is_ok(), "{:?}", again.verdict);
            }
        }
    }

    fn arrive(&mut self, group: &str) -> Duration {
        self.next += 1;
        let ticket = ticket(self.next, group);
        self.apply(EventKind::TicketArrived { ticket })
    }

    /// The oldest contact ends.
    fn end(&mut self) -> Duration {
        let ticket = self.taken.pop_front().unwrap();
        let outcome = Outcome::Resolved;
        self.apply(EventKind::ContactEnded { ticket, outcome })
    }

    fn waiting(&self) -> usize {
        self.router.groups().iter().map(|group| group.waiting).sum()
    }
}

/// All agents are busy, and tickets of all groups wait.
fn overloaded(kinds: u32) -> Host {
    let mut host = Host::new(kinds);
    while (host.waiting() as u64) < WAITING {
        for i in 0..1_000 {
            host.arrive(GROUPS[i % GROUPS.len()]);
        }
    }
    host
}

fn freed(kinds: u32) -> Vec<Duration> {
    let mut host = overloaded(kinds);
    let mut times = Vec::new();
    for i in 0..DECISIONS {
        times.push(host.end());
        host.arrive(GROUPS[i as usize % GROUPS.len()]);
    }
    times
}

fn queued(kinds: u32) -> Vec<Duration> {
    let mut host = overloaded(kinds);
    let mut times = Vec::new();
    for i in 0..DECISIONS {
        times.push(host.arrive(GROUPS[i as usize % GROUPS.len()]));
        host.end();
    }
    times
}

/// Nobody has the skill of those who wait, and agents of the others are free.
fn arrived(kinds: u32) -> Vec<Duration> {
    let mut host = Host::new(kinds);
    for _ in 0..WAITING {
        host.arrive("应急");
    }
    for i in 0..u64::from(AGENTS) {
        host.arrive(GROUPS[i as usize % GROUPS.len()]);
    }
    let mut times = Vec::new();
    for i in 0..DECISIONS {
        times.push(host.arrive(GROUPS[i as usize % GROUPS.len()]));
        host.end();
    }
    times
}

/// One of so many kinds: kinds differ in skills, levels or channels.
fn agent(id: u32, kinds: u32) -> Agent {
    let kind = id % kinds;
    let first = kind as usize % GROUPS.len();
    let second = (first + 1 + kind as usize / 30 % (GROUPS.len() - 1)) % GROUPS.len();
    let level = |part: u32| Level::new(i64::from(2 + part % 4)).unwrap();
    let skills = BTreeMap::from([
        (Skill::new(GROUPS[first]).unwrap(), level(kind / 7)),
        (Skill::new(GROUPS[second]).unwrap(), level(kind / 150)),
        // A skill that no ticket wants tells the rest apart.
        (Skill::new(&format!("其他{kind}")).unwrap(), level(0)),
    ]);
    Agent {
        id: AgentId(id),
        name: format!("坐席{id}"),
        skills,
        capacity: CAPACITY,
        languages: [].into(),
        channels: [].into(),
        shifts: Vec::new(),
    }
}

fn ticket(id: u64, group: &str) -> Ticket {
    let urgency = match id % 10 {
        0 => Urgency::Critical,
        1 | 2 => Urgency::Urgent,
        _ => Urgency::Normal,
    };
    Ticket {
        id: TicketId(id),
        skill: Some(Skill::new(group).unwrap()),
        tags: Vec::new(),
        urgency,
        tier: None,
        channel: Some(Channel::new(CHANNELS[id as usize % 3]).unwrap()),
        language: None,
        last_contact: None,
    }
}

/// Ten times the agents for ten times the contacts.
fn tenfold(mut scenario: Scenario) -> Scenario {
    scenario.name += "十倍";
    for stream in &mut scenario.streams {
        stream.per_hour = stream.per_hour.map(|rate| 10.0 * rate);
    }
    for team in &mut scenario.teams {
        team.agents *= 10;
    }
    scenario
}

fn day(scenario: &Scenario) {
    let rules = Rules::shipped().unwrap();
    let setup = Setup {
        rules,
        policy: Policy::Ours,
        seed: 1,
    };
    let mut best = Duration::MAX;
    for _ in 0..3 {
        let start = Instant::now();
        black_box(simulate(scenario, &setup));
        best = best.min(start.elapsed());
    }
    let report = simulate(scenario, &setup);
    println!(
        "| {} | {} | {} | {} | {:.2} |",
        report.scenario,
        report.agents,
        report.contacts,
        report.events,
        report.events as f64 / 1e6 / best.as_secs_f64()
    );
}
