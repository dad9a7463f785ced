//! What holds whatever happens in whatever order.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod support;

use std::collections::{BTreeMap, BTreeSet};

use jieda_routing::{
    Action, ActionKind, AgentId, AgentState, Applied, Event, EventKind, Mode, Outcome, Router,
    Rules, Selection, Stage, TicketId, TicketView,
};
use jieda_types::Urgency;
use proptest::prelude::*;
use support::{Driven, agent, at, on, skill, ticket, urgent, vip};

const GROUPS: [&str; 3] = ["售后", "物流", "综合"];
const AGENTS: u32 = 6;

/// One step: seconds that pass, and what happens then. Tickets and agents are drawn from small ranges, so
/// that much of it does not fit.
fn step() -> impl Strategy<Value = (i64, EventKind)> {
    let id = || (1u64..40).prop_map(TicketId);
    let who = || (1..=AGENTS).prop_map(AgentId);
    let state = prop::sample::select(AgentState::ALL.to_vec());
    let arrival = (1u64..40, 0usize..3, 0u8..3, any::<bool>(), any::<bool>());
    let event = prop_oneof![
        6 => arrival.prop_map(|(id, group, urgency, is_vip, is_app)| {
            let urgency = [Urgency::Normal, Urgency::Urgent, Urgency::Critical][usize::from(urgency)];
            let ticket = urgent(ticket(id, GROUPS[group]), urgency);
            let ticket = if is_vip { vip(ticket) } else { ticket };
            let ticket = on(ticket, if is_app { "app" } else { "web" });
            EventKind::TicketArrived { ticket }
        }),
        3 => (who(), state).prop_map(|(agent, state)| EventKind::AgentState { agent, state }),
        3 => who().prop_map(|agent| {
            let state = AgentState::Ready;
            EventKind::AgentState { agent, state }
        }),
        1 => (1..=AGENTS, 1u16..4).prop_map(|(id, capacity)| EventKind::AgentRegistered {
            agent: colleague(id, capacity),
        }),
        8 => (id(), who()).prop_map(|(ticket, agent)| EventKind::OfferAccepted { ticket, agent }),
        2 => (id(), who()).prop_map(|(ticket, agent)| EventKind::OfferRefused {
            ticket,
            agent,
            reason: "忙".into(),
        }),
        2 => id().prop_map(|ticket| EventKind::AgentReplied { ticket }),
        4 => id().prop_map(|ticket| EventKind::ContactEnded {
            ticket,
            outcome: Outcome::Resolved,
        }),
        1 => id().prop_map(|ticket| EventKind::TicketAbandoned { ticket }),
        1 => (id(), 0usize..3).prop_map(|(ticket, to)| EventKind::TransferRequested {
            ticket,
            to: skill(GROUPS[to]),
        }),
        1 => any::<bool>().prop_map(|degraded| EventKind::ModeChanged {
            mode: if degraded { Mode::Degraded } else { Mode::Normal },
        }),
        1 => Just(EventKind::Tick),
    ];
    (
        prop_oneof![4 => 0i64..3, 2 => 3i64..40, 1 => 40i64..700],
        event,
    )
}

fn colleague(id: u32, capacity: u16) -> jieda_routing::Agent {
    let skills: &[&str] = match id % 4 {
        0 => &["售后3"],
        1 => &["物流2", "综合2"],
        2 => &["综合5", "售后1"],
        _ => &["售后4", "物流4", "综合4"],
    };
    agent(id, capacity, skills)
}

/// What is known from the log alone.
#[derive(Default)]
struct Model {
    open: BTreeSet<TicketId>,
    with: BTreeMap<TicketId, AgentId>,
}

impl Model {
    /// No ticket is offered while somebody has it, and none is lost.
    fn follow(&mut self, router: &Router, event: &EventKind, applied: &Applied) {
        self.act(&applied.due);
        if applied.verdict.is_ok() {
            self.happen(event);
        }
        self.act(&applied.led_to);
        assert_eq!(router.open(), self.open.len(), "a ticket was lost");
        for id in &self.open {
            let with = match router.stage(*id).expect("an open ticket is somewhere") {
                Stage::Waiting => None,
                Stage::Offered { agent } | Stage::Taken { agent } => Some(agent),
            };
            assert_eq!(with, self.with.get(id).copied(), "{id}");
        }
    }

    fn happen(&mut self, event: &EventKind) {
        match event {
            EventKind::TicketArrived { ticket } => {
                assert!(self.open.insert(ticket.id));
            }
            EventKind::ContactEnded { ticket, .. } => {
                assert!(self.open.remove(ticket) && self.with.remove(ticket).is_some());
            }
            EventKind::TicketAbandoned { ticket } => {
                assert!(self.open.remove(ticket));
            }
            EventKind::OfferRefused { ticket, .. }
            | EventKind::TransferRequested { ticket, .. } => {
                assert!(self.with.remove(ticket).is_some());
            }
            EventKind::OfferAccepted { ticket, agent } => {
                assert_eq!(self.with.get(ticket), Some(agent));
            }
            _ => {}
        }
    }

    fn act(&mut self, actions: &[Action]) {
        for action in actions {
            match &action.kind {
                ActionKind::Offered { ticket, agent, .. } => {
                    let had = self.with.insert(*ticket, *agent);
                    assert_eq!(had, None, "{ticket} is assigned twice");
                }
                ActionKind::OfferWithdrawn { ticket, agent, .. } => {
                    assert_eq!(self.with.remove(ticket), Some(*agent));
                }
                _ => {}
            }
        }
    }
}

fn rules(by: Selection) -> Rules {
    let mut rules = Rules::shipped().unwrap();
    rules.choice.by = by;
    rules
}

fn selection() -> impl Strategy<Value = Selection> {
    prop_oneof![
        3 => Just(Selection::LeastLoaded),
        1 => Just(Selection::LongestIdle),
        1 => Just(Selection::RoundRobin),
        1 => any::<u64>().prop_map(|seed| Selection::Random { seed }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_ticket_is_lost_or_assigned_twice_and_the_log_replays(
        by in selection(),
        steps in prop::collection::vec(step(), 1..160),
    ) {
        let mut driven = Driven::new(rules(by));
        for id in 1..=AGENTS {
            driven.join(0, colleague(id, 3));
        }
        let mut model = Model::default();
        let mut now = 0;
        for (seconds, kind) in steps {
            now += seconds;
            let applied = driven.apply(now, kind.clone());
            model.follow(&driven.router, &kind, &applied);
        }
        let text = serde_json::to_string(&driven.events).unwrap();
        let read: Vec<Event> = serde_json::from_str(&text).unwrap();
        let replayed = Router::replay(rules(by), &read);
        prop_assert!(replayed == driven.router);
        prop_assert_eq!(replayed.next_due(), driven.router.next_due());
    }

    /// A router that begins anew, such as under other rules, has every ticket where it was, or offers it again.
    #[test]
    fn whoever_begins_anew_loses_nobody(
        by in selection(),
        steps in prop::collection::vec(step(), 1..120),
    ) {
        let mut driven = Driven::new(rules(Selection::LeastLoaded));
        let mut agents: BTreeMap<AgentId, jieda_routing::Agent> = BTreeMap::new();
        for id in 1..=AGENTS {
            driven.join(0, colleague(id, 3));
            agents.insert(AgentId(id), colleague(id, 3));
        }
        let (mut now, mut ids) = (0, BTreeSet::new());
        for (seconds, kind) in steps {
            now += seconds;
            match &kind {
                EventKind::TicketArrived { ticket } => drop(ids.insert(ticket.id)),
                EventKind::AgentRegistered { agent } => drop(agents.insert(agent.id, agent.clone())),
                _ => {}
            }
            let _ = driven.apply(now, kind);
        }
        let before = &driven.router;
        let mut anew = Router::new(rules(by));
        let mut apply = |kind| anew.apply(&Event::new(at(now), kind)).verdict.unwrap();
        for (id, agent) in agents {
            apply(EventKind::AgentRegistered { agent });
            let state = before.agent(id).unwrap().state;
            apply(EventKind::AgentState { agent: id, state });
        }
        for carried in before.carry() {
            apply(carried);
        }
        prop_assert_eq!(anew.audit(), Vec::<String>::new());
        prop_assert_eq!(anew.open(), before.open());
        for id in ids {
            let (was, is) = (before.ticket(id), anew.ticket(id));
            let wait = |view: &Option<TicketView>| view.as_ref().map(|v| (v.group.clone(), v.waits_since));
            prop_assert_eq!(wait(&is), wait(&was), "{}", id);
            if let Some(Stage::Taken { .. }) = before.stage(id) {
                prop_assert_eq!(anew.stage(id), before.stage(id));
                prop_assert_eq!(is.unwrap().line, was.unwrap().line);
            }
        }
    }

    /// One agent, one group: the order in which tickets are offered is that of arrival less head start, and
    /// nobody who came `ageing` later goes ahead.
    #[test]
    fn nobody_is_overtaken_after_ageing(
        arrivals in prop::collection::vec((0i64..200, 0u8..3, any::<bool>()), 1..40),
    ) {
        let mut driven = Driven::new(
            Rules::from_toml("after_work.most = \"0s\"\nescalation.reserve = 0").unwrap(),
        );
        let priority = driven.router.rules().priority.clone();
        let mut arrived = BTreeMap::new();
        let mut now = 0;
        for (id, (seconds, urgency, is_vip)) in (1..).zip(arrivals) {
            now += seconds;
            let urgency = [Urgency::Normal, Urgency::Urgent, Urgency::Critical][usize::from(urgency)];
            let ticket = urgent(ticket(id, "售后"), urgency);
            let ticket = if is_vip { vip(ticket) } else { ticket };
            let head_start = priority.head_start(ticket.urgency, ticket.tier.as_ref());
            arrived.insert(id, (now, now - head_start.as_secs()));
            driven.arrive(now, ticket);
        }
        let mut told = driven.join(now, agent(1, 1, &["售后3"]));
        let mut order = Vec::new();
        while let Some(offer) = told.lines().find_map(|line| line.strip_prefix("offer ")) {
            let id: u64 = offer.split(' ').next().unwrap().parse().unwrap();
            order.push(id);
            driven.accept(now, id, 1);
            told = driven.end(now, id);
        }
        prop_assert_eq!(order.len(), arrived.len());
        let mut expected: Vec<u64> = arrived.keys().copied().collect();
        expected.sort_by_key(|id| (arrived[id].1, *id));
        prop_assert_eq!(&order, &expected);
        for (i, later) in order.iter().enumerate() {
            for earlier in &order[i..] {
                let ahead_by = arrived[later].0 - arrived[earlier].0;
                prop_assert!(ahead_by < priority.ageing.as_secs().max(1), "{later} overtook {earlier}");
            }
        }
    }
}

#[test]
fn times_in_the_log_are_kept_to_the_millisecond() {
    let event = Event::new(at(1), EventKind::Tick);
    let text = serde_json::to_string(&event).unwrap();
    assert_eq!(text, r#"{"at":"2026-11-30T01:00:01Z","kind":"tick"}"#);
}
