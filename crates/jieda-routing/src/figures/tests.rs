//! One night, with all sums done by hand.

use std::collections::BTreeMap;

use jieda_types::{ConversationId, Rating, Urgency};
use jiff::{SignedDuration as D, Timestamp, civil::date, tz::TimeZone};

use super::*;
use crate::{
    Agent, AgentState, Event, EventKind, Level, Logged, Outcome, Router, Rules, Ticket, TicketId,
};

const ONE: AgentId = AgentId(1);

/// A time of the night from 30 November to 1 December 2026, in China.
fn at(clock: &str) -> Timestamp {
    let day = if clock.starts_with('2') {
        "2026-11-30"
    } else {
        "2026-12-01"
    };
    format!("{day}T{clock}+08:00").parse().unwrap()
}

fn skill(name: &str) -> Skill {
    Skill::new(name).unwrap()
}

fn channel(name: &str) -> Channel {
    Channel::new(name).unwrap()
}

fn arrival(id: u64, on: &str) -> EventKind {
    EventKind::TicketArrived {
        ticket: Ticket {
            id: TicketId(id),
            skill: Some(skill("售后")),
            tags: Vec::new(),
            urgency: Urgency::Normal,
            tier: None,
            channel: Some(channel(on)),
            language: None,
            last_contact: None,
        },
    }
}

fn state(state: AgentState) -> EventKind {
    EventKind::AgentState { agent: ONE, state }
}

fn accepted(id: u64) -> EventKind {
    let ticket = TicketId(id);
    EventKind::OfferAccepted { ticket, agent: ONE }
}

fn replied(id: u64) -> EventKind {
    let ticket = TicketId(id);
    EventKind::AgentReplied { ticket }
}

fn ended(id: u64) -> EventKind {
    let (ticket, outcome) = (TicketId(id), Outcome::Resolved);
    EventKind::ContactEnded { ticket, outcome }
}

fn abandoned(id: u64) -> EventKind {
    let ticket = TicketId(id);
    EventKind::TicketAbandoned { ticket }
}

fn rated(id: u64, stars: i64) -> EventKind {
    let (ticket, rating) = (TicketId(id), Rating::new(stars).unwrap());
    EventKind::Rated { ticket, rating }
}

fn self_served(outcome: Outcome, stars: Option<i64>) -> EventKind {
    EventKind::SelfServed {
        conversation: ConversationId::new("c").unwrap(),
        channel: Some(channel("app")),
        outcome,
        rating: stars.map(|stars| Rating::new(stars).unwrap()),
    }
}

fn night() -> History {
    let agent = Agent {
        id: ONE,
        name: "小王".into(),
        skills: BTreeMap::from([(skill("售后"), Level::new(3).unwrap())]),
        capacity: 2,
        languages: [].into(),
        channels: [].into(),
        shifts: Vec::new(),
    };
    let (one, five) = (TicketId(1), TicketId(5));
    let to = skill("物流");
    let events = [
        ("23:00:00", EventKind::AgentRegistered { agent }),
        ("23:00:00", state(AgentState::Ready)),
        // Waits 10 s; first words after 30 s; 10 min of talk, of which 1 min on hold; 30 s written up.
        ("23:10:00", arrival(1, "app")),
        ("23:10:10", accepted(1)),
        ("23:10:30", replied(1)),
        ("23:12:00", EventKind::HoldStarted { ticket: one }),
        ("23:13:00", EventKind::HoldEnded { ticket: one }),
        // Given up after 3 s, and after 20 s while the agent was asked.
        ("23:15:00", arrival(2, "web")),
        ("23:15:03", abandoned(2)),
        ("23:16:00", arrival(3, "app")),
        ("23:16:20", abandoned(3)),
        ("23:20:10", ended(1)),
        ("23:20:40", state(AgentState::Ready)),
        ("23:21:00", rated(1, 4)),
        ("23:30:00", self_served(Outcome::Resolved, Some(5))),
        ("23:31:00", self_served(Outcome::Unresolved, None)),
        // Across midnight: waits 20 s before it, talks until after it.
        ("23:58:00", arrival(4, "app")),
        ("23:58:20", accepted(4)),
        ("23:58:25", replied(4)),
        // Waits across midnight, is passed on after a minute, and given up a minute later.
        ("23:59:50", arrival(5, "app")),
        ("00:00:05", accepted(5)),
        (
            "00:01:05",
            EventKind::TransferRequested { ticket: five, to },
        ),
        ("00:02:05", abandoned(5)),
        ("00:08:20", ended(4)),
        // The router ends the minute of after-contact work by itself.
        ("00:10:00", rated(4, 2)),
        ("01:00:00", state(AgentState::Offline)),
    ];
    let rules = Rules::shipped().unwrap();
    let mut router = Router::new(rules.clone());
    let mut log = Vec::new();
    for (clock, kind) in events {
        let event = Event::new(at(clock), kind);
        let applied = router.apply(&event);
        assert_eq!(applied.verdict, Ok(()), "{event:?}");
        log.push(Logged { event, applied });
    }
    History::of(&rules.groups, &log)
}

fn days() -> [Period; 2] {
    let china = TimeZone::get("Asia/Shanghai").unwrap();
    [date(2026, 11, 30), date(2026, 12, 1)].map(|day| Period::day(day, &china).unwrap())
}

fn secs(seconds: f64) -> Option<D> {
    Some(D::from_secs_f64(seconds))
}

#[test]
fn the_evening() {
    let f = night().figures(&days()[0], &Cut::default());
    // Accepted: 10 and 20 s. Given up: 3 and 20 s.
    assert_eq!(f.waits.awt(), secs(15.0));
    assert_eq!(f.waits.asa(), secs((10.0 + 20.0 + 3.0 + 20.0) / 2.0));
    assert_eq!(f.waits.ata(), secs(11.5));
    assert_eq!(f.waits.service_level(D::from_secs(20)), Some(50.0));
    assert_eq!(f.waits.service_level(D::from_secs(19)), Some(25.0));
    assert_eq!(f.waits.reaches(&ServiceTarget::new(50.0, 20)), Some(true));
    let classes = AbandonClass::ALL.map(|class| f.waits.abandonment(Some(class)));
    assert_eq!(classes, [Some(25.0), Some(0.0), Some(25.0), Some(0.0)]);
    // One contact ended; one of ten minutes is under way, and one waits.
    assert_eq!(f.work.att(), secs(600.0));
    assert_eq!(f.work.hold(), secs(60.0));
    assert_eq!(f.work.acw(), secs(30.0));
    assert_eq!(f.work.transfer_rate(), Some(0.0));
    assert_eq!(f.open, 2);
    // 600 s + 30 s written up + 100 s before midnight, of the hour from 23:00.
    assert_eq!(f.work.handling, D::from_secs(730));
    assert_eq!(f.work.staffed, D::from_secs(3600));
    assert_eq!(f.work.occupancy(), Some(100.0 * 730.0 / 3600.0));
    assert_eq!(f.service.frt(), secs((30.0 + 25.0) / 2.0));
    assert_eq!(f.service.art(), secs(610.0));
    // Two served themselves, of whom one was helped; five were handed over.
    assert_eq!(f.service.automatic_resolution(), Some(100.0 / 7.0));
    assert_eq!(f.service.csat(), Some(4.5));
}

#[test]
fn the_morning_after() {
    let f = night().figures(&days()[1], &Cut::default());
    // Accepted after midnight: 15 s. Given up after it had been passed on: 60 s.
    assert_eq!(f.waits.awt(), secs(15.0));
    assert_eq!(f.waits.ata(), secs(60.0));
    assert_eq!(
        f.waits.abandonment(Some(AbandonClass::PassedOn)),
        Some(50.0)
    );
    // 600 s and 60 s; each written up for a minute.
    assert_eq!(f.work.att(), secs(330.0));
    assert_eq!(f.work.acw(), secs(60.0));
    assert_eq!(f.work.transfer_rate(), Some(50.0));
    // From midnight to 00:08:20 at least one contact, then a minute of after-contact work: 560 s in one.
    assert_eq!(f.work.handling, D::from_secs(560));
    assert_eq!(f.work.staffed, D::from_secs(3600));
    assert_eq!(f.service.frt(), None);
    assert_eq!(f.service.art(), secs(620.0));
    assert_eq!(f.service.csat(), Some(2.0));
    assert_eq!(f.service.automatic_resolution(), None);
    assert_eq!(f.open, 0);
}

#[test]
fn cuts_by_channel_group_and_agent() {
    let history = night();
    let [evening, morning] = days();
    let web = Cut {
        channel: Some(channel("web")),
        ..Cut::default()
    };
    let f = history.figures(&evening, &web);
    assert_eq!(f.waits.contacts(), 1);
    assert_eq!(f.waits.abandonment(None), Some(100.0));
    assert_eq!(f.service.conversations, 1);
    let logistics = Cut {
        skill: Some(skill("物流")),
        ..Cut::default()
    };
    let f = history.figures(&morning, &logistics);
    assert_eq!((f.waits.contacts(), f.work.contacts.len()), (1, 0));
    let agent = Cut {
        agent: Some(ONE),
        ..Cut::default()
    };
    let f = history.figures(&evening, &agent);
    assert_eq!(f.waits.accepted.len(), 2);
    assert_eq!(f.waits.abandoned, []);
    assert_eq!(f.work.handling, D::from_secs(730));
    let names: Vec<String> = history.skills().iter().map(ToString::to_string).collect();
    assert_eq!(names, ["售后", "物流"]);
    assert_eq!(history.agents(), [ONE].into());
    assert_eq!(history.channels(), ["app", "web"].map(channel).into());
}

#[test]
fn hours_add_up_to_their_day() {
    let history = night();
    for day in days() {
        let whole = history.figures(&day, &Cut::default());
        let hours: Vec<Figures> = day
            .hours()
            .map(|hour| history.figures(&hour, &Cut::default()))
            .collect();
        let sum = |f: fn(&Figures) -> usize| hours.iter().map(f).sum::<usize>();
        assert_eq!(sum(|f| f.waits.accepted.len()), whole.waits.accepted.len());
        assert_eq!(
            sum(|f| f.waits.abandoned.len()),
            whole.waits.abandoned.len()
        );
        assert_eq!(sum(|f| f.work.contacts.len()), whole.work.contacts.len());
        assert_eq!(
            sum(|f| f.service.ratings.len()),
            whole.service.ratings.len()
        );
        let handling: D = hours.iter().map(|f| f.work.handling).sum();
        assert_eq!(handling, whole.work.handling);
        let arrivals = history.arrivals(&day, &Cut::default());
        assert_eq!(arrivals.len(), 24);
    }
    let evening = history.arrivals(&days()[0], &Cut::default());
    assert_eq!(evening[23], 5.0);
}
