//! A month made by hand: a day of routing in November 2026, an hour in October, and five conversations.

use jieda::KnowledgeBase;
use jieda_routing::{
    Action, ActionKind, Agent, AgentId, AgentState, Channel, Event, EventKind, Level, Logged,
    Outcome, Router, Rules, Skill, Ticket, TicketId, sla::Sla,
};
use jieda_types::{
    ClarifyOption, ConversationId, Decision, FaqId, HandoffReason, IntentId, Rating, SmallTalk,
    Urgency,
};
use jiff::{Timestamp, tz::TimeZone};

use super::*;

/// All that a report is made from.
pub(crate) struct Sample {
    pub(crate) talks: Vec<Talk>,
    pub(crate) log: Vec<Logged>,
    pub(crate) rules: Rules,
    pub(crate) sla: Sla,
    pub(crate) kb: KnowledgeBase,
}

impl Sample {
    pub(crate) fn new() -> Self {
        let rules = Rules::from_toml("[after_work]\nmost = \"0s\"").unwrap();
        Self {
            talks: talks(),
            log: log(&rules),
            rules,
            sla: Sla::shipped().unwrap(),
            kb: crate::quality::tests::kb(),
        }
    }

    pub(crate) fn material(&self) -> Material<'_> {
        Material {
            zone: TimeZone::get("Asia/Shanghai").unwrap(),
            talks: Some(&self.talks),
            log: Some(&self.log),
            rules: &self.rules,
            sla: &self.sla,
            due: None,
            kb: Some(&self.kb),
            gaps: None,
            sources: vec![Origin {
                what: "会话".into(),
                path: "conversations.db".into(),
            }],
        }
    }

    pub(crate) fn november(&self) -> Monthly {
        Monthly::of(&self.material(), "2026-11".parse().unwrap()).unwrap()
    }
}

/// A time in China.
fn at(time: &str) -> Timestamp {
    format!("2026-{}+08:00", time.replace(' ', "T"))
        .parse()
        .unwrap()
}

fn log(rules: &Rules) -> Vec<Logged> {
    let mut script = Script {
        router: Router::new(rules.clone()),
        log: Vec::new(),
    };
    let s = &mut script;
    for (id, name, skill, capacity) in [
        (1, "小王", "售后", 2),
        (2, "小李", "售后", 2),
        (3, "小张", "综合", 1),
    ] {
        let agent = Agent {
            id: AgentId(id),
            name: name.into(),
            skills: [(Skill::new(skill).unwrap(), Level::new(3).unwrap())].into(),
            capacity,
            languages: [].into(),
            channels: [].into(),
            shifts: Vec::new(),
        };
        s.event("10-30 09:00:00", EventKind::AgentRegistered { agent });
    }
    // October: one of two in time.
    s.state("10-30 09:30:00", 1, AgentState::Ready);
    s.arrives("10-30 10:00:00", 1, "售后", "app");
    s.accepts("10-30 10:00:10", 1, 1);
    s.replies("10-30 10:00:20", 1);
    s.ends("10-30 10:10:10", 1, Outcome::Resolved);
    s.rates("10-30 10:11:00", 1, 5);
    s.arrives("10-30 10:30:00", 2, "售后", "app");
    s.accepts("10-30 10:30:25", 2, 1);
    s.replies("10-30 10:30:30", 2);
    s.ends("10-30 10:40:25", 2, Outcome::Resolved);
    s.state("10-30 11:00:00", 1, AgentState::Offline);
    // November.
    s.state("11-30 09:00:00", 1, AgentState::Ready);
    s.arrives("11-30 10:00:00", 3, "售后", "app");
    s.accepts("11-30 10:00:05", 3, 1);
    s.replies("11-30 10:00:15", 3);
    s.ends("11-30 10:10:05", 3, Outcome::Resolved);
    s.rates("11-30 10:11:00", 3, 4);
    s.arrives("11-30 10:20:00", 4, "售后", "web");
    s.accepts("11-30 10:20:25", 4, 1);
    s.replies("11-30 10:20:30", 4);
    s.ends("11-30 10:30:25", 4, Outcome::Unresolved);
    s.state("11-30 11:00:00", 1, AgentState::Offline);
    s.state("11-30 11:00:00", 2, AgentState::Ready);
    s.arrives("11-30 11:10:00", 5, "售后", "app");
    s.accepts("11-30 11:10:10", 5, 2);
    s.replies("11-30 11:10:20", 5);
    let (ticket, to) = (TicketId(5), Skill::new("综合").unwrap());
    s.event(
        "11-30 11:15:10",
        EventKind::TransferRequested { ticket, to },
    );
    s.state("11-30 11:15:40", 3, AgentState::Ready);
    s.accepts("11-30 11:15:50", 5, 3);
    s.ends("11-30 11:25:50", 5, Outcome::Resolved);
    s.state("11-30 11:26:00", 3, AgentState::Offline);
    // After five minutes, another group may take it.
    s.arrives("11-30 11:30:00", 6, "综合", "app");
    s.accepts("11-30 11:35:10", 6, 2);
    s.replies("11-30 11:35:20", 6);
    s.ends("11-30 11:45:10", 6, Outcome::Resolved);
    s.arrives("11-30 12:00:00", 7, "售后", "web");
    let ticket = TicketId(7);
    s.event("11-30 12:00:20", EventKind::TicketAbandoned { ticket });
    s.event(
        "11-30 12:30:00",
        EventKind::SelfServed {
            conversation: ConversationId::new("c").unwrap(),
            channel: Some(Channel::new("app").unwrap()),
            outcome: Outcome::Resolved,
            rating: None,
        },
    );
    s.state("11-30 13:00:00", 2, AgentState::Offline);
    script.log
}

struct Script {
    router: Router,
    log: Vec<Logged>,
}

impl Script {
    fn event(&mut self, time: &str, kind: EventKind) -> &[Action] {
        let event = Event::new(at(time), kind);
        let applied = self.router.apply(&event);
        assert_eq!(applied.verdict, Ok(()), "{event:?}");
        self.log.push(Logged { event, applied });
        &self.log.last().unwrap().applied.led_to
    }

    fn state(&mut self, time: &str, agent: u32, state: AgentState) {
        let agent = AgentId(agent);
        self.event(time, EventKind::AgentState { agent, state });
    }

    fn arrives(&mut self, time: &str, id: u64, skill: &str, channel: &str) {
        let ticket = Ticket {
            id: TicketId(id),
            skill: Some(Skill::new(skill).unwrap()),
            tags: Vec::new(),
            urgency: Urgency::Normal,
            tier: None,
            channel: Some(Channel::new(channel).unwrap()),
            language: None,
            last_contact: None,
        };
        let led_to = self.event(time, EventKind::TicketArrived { ticket });
        assert!(
            led_to
                .iter()
                .all(|a| !matches!(a.kind, ActionKind::Escalated { .. }))
        );
    }

    fn accepts(&mut self, time: &str, ticket: u64, agent: u32) {
        let (ticket, agent) = (TicketId(ticket), AgentId(agent));
        self.event(time, EventKind::OfferAccepted { ticket, agent });
    }

    fn replies(&mut self, time: &str, ticket: u64) {
        let ticket = TicketId(ticket);
        self.event(time, EventKind::AgentReplied { ticket });
    }

    fn ends(&mut self, time: &str, ticket: u64, outcome: Outcome) {
        let ticket = TicketId(ticket);
        self.event(time, EventKind::ContactEnded { ticket, outcome });
    }

    fn rates(&mut self, time: &str, ticket: u64, stars: i64) {
        let (ticket, rating) = (TicketId(ticket), Rating::new(stars).unwrap());
        self.event(time, EventKind::Rated { ticket, rating });
    }
}

pub(crate) fn faq(id: &str) -> FaqId {
    FaqId::new(id).unwrap()
}

fn reply(id: &str) -> Decision {
    Decision::AutoReply { faq: faq(id) }
}

fn clarify() -> Decision {
    let options = ["a1", "a2"].map(|id| ClarifyOption {
        faq: faq(id),
        question: String::new(),
    });
    Decision::Clarify {
        options: options.to_vec(),
    }
}

fn talk(
    time: &str,
    (channel, intent): (Option<&str>, Option<&str>),
    turns: Vec<(TalkEvent, Decision)>,
) -> Talk {
    let turn = |(number, (event, decision)): (u32, (TalkEvent, Decision))| {
        let reason = match &decision {
            Decision::Handoff { reason } => Some(*reason),
            _ => None,
        };
        let ticket = reason.map(|reason| match reason {
            HandoffReason::MissingVariable => ("发票", Urgency::Normal),
            _ => ("退款", Urgency::Urgent),
        });
        TalkTurn {
            number,
            at: at(time),
            event,
            decision: Some(decision),
            ticket: ticket.map(|(kind, urgency)| DraftedTicket {
                kind: kind.into(),
                urgency,
            }),
        }
    };
    Talk {
        channel: channel.map(str::to_owned),
        intent: intent.map(|id| IntentId::new(id).unwrap()),
        turns: (1..).zip(turns).map(turn).collect(),
        feedback: Vec::new(),
    }
}

fn talks() -> Vec<Talk> {
    use TalkEvent::Said;
    let rated = |stars| TalkEvent::Rated(Rating::new(stars).unwrap());
    let thanks = Decision::SmallTalk {
        kind: SmallTalk::Thanks,
    };
    let handoff = |reason| Decision::Handoff { reason };
    let mut picked_first = talk(
        "11-02 11:00:00",
        (Some("app"), Some("x")),
        vec![
            (Said, clarify()),
            (Said, reply("a1")),
            (Said, thanks.clone()),
        ],
    );
    picked_first.feedback.push(TalkFeedback {
        turn: Some(2),
        rating: Some(Rating::new(4).unwrap()),
    });
    vec![
        talk(
            "10-20 10:00:00",
            (Some("app"), Some("x")),
            vec![(Said, reply("a1"))],
        ),
        talk(
            "11-02 10:00:00",
            (Some("app"), Some("x")),
            vec![(Said, clarify()), (Said, reply("a2")), (rated(2), thanks)],
        ),
        picked_first,
        talk(
            "11-05 09:00:00",
            (Some("web"), Some("y")),
            vec![(Said, handoff(HandoffReason::HumanRequest))],
        ),
        talk(
            "11-30 23:59:59",
            (None, None),
            vec![
                (Said, reply("b1")),
                (Said, handoff(HandoffReason::MissingVariable)),
            ],
        ),
        // The first moment of December is no longer November.
        talk(
            "12-01 00:00:00",
            (Some("app"), Some("x")),
            vec![(Said, reply("a1"))],
        ),
    ]
}
