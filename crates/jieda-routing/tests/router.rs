//! What the router does, event by event. Times are seconds.

#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use expect_test::{Expect, expect};
use jieda_routing::{
    AgentId, AgentState, EventKind, LastContact, Mode, Refused, Rules, Shift, TicketId,
};
use jieda_types::Urgency;
use support::{Driven, agent, at, on, skill, speaking, ticket, urgent, vip};

fn driven(rules: &str) -> Driven {
    Driven::new(Rules::from_toml(rules).unwrap())
}

#[track_caller]
fn check(told: &str, expected: &Expect) {
    expected.assert_eq(told);
}

#[test]
fn the_least_loaded_fitting_agent_gets_it() {
    let mut r = driven("");
    r.join(0, agent(1, 2, &["售后3"]));
    r.join(0, agent(2, 4, &["售后3"]));
    r.join(0, agent(3, 9, &["物流3"]));
    // Nobody has anything: who came first. Then the share of places that are taken counts: 1/2 and 0/4,
    // 1/2 and 1/4, 1/2 and 2/4 …
    let mut told = String::new();
    for id in 1..=7 {
        told += &r.arrive(1, ticket(id, "售后"));
    }
    check(
        &told,
        &expect![[r#"
            offer 1 to 1 Skill
            offer 2 to 2 Skill
            offer 3 to 2 Skill
            offer 4 to 1 Skill
            offer 5 to 2 Skill
            offer 6 to 2 Skill
            queue 7 in 售后 NobodyFree
        "#]],
    );
}

#[test]
fn urgency_goes_ahead_of_tier_ahead_of_waiting() {
    let mut r = driven("after_work.most = \"0s\"");
    r.arrive(0, ticket(1, "售后"));
    r.arrive(1, vip(ticket(2, "售后")));
    r.arrive(2, urgent(ticket(3, "售后"), Urgency::Urgent));
    r.arrive(3, urgent(ticket(4, "售后"), Urgency::Critical));
    r.arrive(4, vip(urgent(ticket(5, "售后"), Urgency::Urgent)));
    let mut told = r.join(5, agent(1, 1, &["售后3"]));
    for id in [4, 5, 3, 2] {
        r.accept(6, id, 1);
        told += &r.end(6, id);
    }
    check(
        &told,
        &expect![[r#"
            offer 4 to 1 Skill
            offer 5 to 1 Skill
            offer 3 to 1 Skill
            offer 2 to 1 Skill
            offer 1 to 1 Skill
        "#]],
    );
}

#[test]
fn who_waited_for_ageing_is_overtaken_by_nobody() {
    // 12 minutes head start of 特急: one that comes 12 minutes later is behind, a second earlier ahead.
    fn check(after: i64, first: u64) {
        let mut r = driven("");
        r.arrive(0, ticket(1, "售后"));
        r.arrive(after, urgent(ticket(2, "售后"), Urgency::Critical));
        let told = r.join(after, agent(1, 1, &["售后3"]));
        assert!(
            told.contains(&format!("offer {first} to 1")),
            "{after}: {told}"
        );
    }
    check(12 * 60 - 1, 2);
    check(12 * 60, 1);
    check(12 * 60 + 1, 1);
}

#[test]
fn the_agent_of_the_last_contact_goes_first() {
    let mut r = driven("");
    r.join(0, agent(1, 4, &["售后3"]));
    r.join(0, agent(2, 4, &["售后3"]));
    let again = |id, agent, hours: i64| {
        let mut ticket = ticket(id, "售后");
        ticket.last_contact = Some(LastContact {
            agent: AgentId(agent),
            at: at(-3600 * hours),
        });
        ticket
    };
    let mut told = String::new();
    told += &r.arrive(1, again(1, 2, 2));
    told += &r.arrive(1, again(2, 2, 2));
    // Too long ago; not of this group.
    told += &r.arrive(1, again(3, 2, 24));
    r.join(1, agent(3, 4, &["物流3"]));
    told += &r.arrive(1, again(4, 3, 2));
    check(
        &told,
        &expect![[r#"
            offer 1 to 2 LastContact
            offer 2 to 2 LastContact
            offer 3 to 1 Skill
            offer 4 to 1 Skill
        "#]],
    );
}

#[test]
fn language_and_channel_must_fit() {
    let mut r = driven("");
    let mut cantonese = agent(1, 4, &["售后3"]);
    cantonese.languages = [jieda_routing::Language::new("粤语").unwrap()].into();
    cantonese.channels = [jieda_routing::Channel::new("phone").unwrap()].into();
    r.join(0, cantonese);
    let mut told = String::new();
    told += &r.arrive(1, on(speaking(ticket(1, "售后"), "英语"), "phone"));
    told += &r.arrive(1, on(speaking(ticket(2, "售后"), "粤语"), "app"));
    told += &r.arrive(1, on(speaking(ticket(3, "售后"), "粤语"), "phone"));
    told += &r.arrive(1, ticket(4, "售后"));
    check(
        &told,
        &expect![[r#"
            queue 1 in 售后 NobodyFree
            queue 2 in 售后 NobodyFree
            offer 3 to 1 Skill
            offer 4 to 1 Skill
        "#]],
    );
}

#[test]
fn a_refusal_queues_again_with_its_reason() {
    let mut r = driven("");
    r.join(0, agent(1, 1, &["售后3"]));
    let mut told = r.arrive(1, ticket(1, "售后"));
    told += &r.refuse(2, 1, 1);
    // Not to him again before two minutes have passed, though he is free.
    told += &r.tick(121);
    told += &r.tick(122);
    // The second refusal escalates.
    told += &r.refuse(123, 1, 1);
    told += &r.join(124, agent(2, 1, &["售后4"]));
    check(
        &told,
        &expect![[r#"
            offer 1 to 1 Skill
            queue 1 in 售后 Refused { agent: AgentId(1), reason: "不熟悉" }
            offer 1 to 1 Skill
            escalate 1
            queue 1 in 售后 Refused { agent: AgentId(1), reason: "不熟悉" }
            offer 1 to 2 Skill
        "#]],
    );
}

#[test]
fn offers_run_out_and_who_misses_them_is_put_on_a_break() {
    let mut r = driven("");
    r.join(0, agent(1, 2, &["售后3"]));
    let mut told = r.arrive(1, ticket(1, "售后"));
    told += &r.tick(31);
    told += &r.arrive(32, ticket(2, "售后"));
    told += &r.tick(62);
    // Back again: both wait, the pause of neither is over before its two minutes.
    told += &r.state(70, 1, AgentState::Ready);
    told += &r.tick(200);
    check(
        &told,
        &expect![[r#"
            offer 1 to 1 Skill
            withdraw 1 from 1 TimedOut
            queue 1 in 售后 Missed { agent: AgentId(1) }
            offer 2 to 1 Skill
            withdraw 2 from 1 TimedOut
            set 1 Break
            queue 2 in 售后 Missed { agent: AgentId(1) }
            offer 1 to 1 Skill
            withdraw 1 from 1 TimedOut
            queue 1 in 售后 Missed { agent: AgentId(1) }
            offer 2 to 1 Skill
        "#]],
    );
    let late = r.apply(
        240,
        EventKind::OfferAccepted {
            ticket: TicketId(1),
            agent: AgentId(1),
        },
    );
    assert_eq!(late.verdict, Err(Refused::NotOffered));
}

#[test]
fn long_waits_overflow_then_escalate_then_raise_an_alarm() {
    let mut r = driven("");
    let mut told = r.arrive(0, ticket(1, "物流"));
    // Helps out, but has no place before the ticket overflows.
    told += &r.join(1, agent(1, 1, &["综合3"]));
    told += &r.tick(299);
    told += &r.tick(300);
    told += &r.refuse(301, 1, 1);
    told += &r.state(301, 1, AgentState::Break);
    told += &r.tick(600);
    told += &r.tick(900);
    told += &r.join(1000, agent(2, 1, &["物流5"]));
    check(
        &told,
        &expect![[r#"
            queue 1 in 物流 NobodyFree
            overflow 1
            offer 1 to 1 Overflow
            queue 1 in 物流 Refused { agent: AgentId(1), reason: "不熟悉" }
            escalate 1
            raise LongWait { group: Skill("物流"), urgency: Normal }
            clear LongWait { group: Skill("物流"), urgency: Normal }
            offer 1 to 2 Skill
        "#]],
    );
}

#[test]
fn seniors_keep_a_place_for_what_presses() {
    let mut r = driven("");
    r.join(0, agent(1, 2, &["售后4"]));
    let mut told = r.arrive(1, ticket(1, "售后"));
    told += &r.arrive(1, ticket(2, "售后"));
    told += &r.arrive(1, urgent(ticket(3, "售后"), Urgency::Critical));
    told += &r.arrive(1, urgent(ticket(4, "售后"), Urgency::Critical));
    check(
        &told,
        &expect![[r#"
            offer 1 to 1 Skill
            queue 2 in 售后 NobodyFree
            offer 3 to 1 Skill
            queue 4 in 售后 NobodyFree
        "#]],
    );
}

#[test]
fn key_channels_go_first_while_degraded() {
    let mut r = driven("");
    r.arrive(0, on(urgent(ticket(1, "售后"), Urgency::Critical), "web"));
    r.arrive(1, on(ticket(2, "售后"), "phone"));
    let mode = Mode::Degraded;
    r.told(2, EventKind::ModeChanged { mode });
    let told = r.join(3, agent(1, 2, &["售后3"]));
    check(
        &told,
        &expect![[r#"
            offer 2 to 1 Skill
            offer 1 to 1 Skill
        "#]],
    );
}

#[test]
fn after_contact_work_holds_new_contacts_off() {
    let mut r = driven("");
    r.join(0, agent(1, 1, &["售后3"]));
    let mut told = r.arrive(1, ticket(1, "售后"));
    r.accept(2, 1, 1);
    told += &r.arrive(3, ticket(2, "售后"));
    told += &r.end(100, 1);
    told += &r.tick(159);
    told += &r.tick(160);
    check(
        &told,
        &expect![[r#"
            offer 1 to 1 Skill
            queue 2 in 售后 NobodyFree
            set 1 AfterWork
            set 1 Ready
            offer 2 to 1 Skill
        "#]],
    );
}

#[test]
fn an_agent_who_leaves_loses_his_offers_and_keeps_his_contacts() {
    let mut r = driven("");
    r.join(0, agent(1, 2, &["售后3"]));
    r.arrive(1, ticket(1, "售后"));
    r.accept(2, 1, 1);
    let mut told = r.arrive(3, ticket(2, "售后"));
    told += &r.state(4, 1, AgentState::Offline);
    told += &r.join(5, agent(2, 1, &["售后3"]));
    told += &r.end(6, 1);
    check(
        &told,
        &expect![[r#"
            offer 2 to 1 Skill
            withdraw 2 from 1 AgentAway
            queue 2 in 售后 AgentAway { agent: AgentId(1) }
            offer 2 to 2 Skill
        "#]],
    );
}

#[test]
fn a_transfer_keeps_its_place_in_line() {
    let mut r = driven("after_work.most = \"0s\"");
    r.join(0, agent(1, 1, &["售后3"]));
    r.arrive(1, ticket(1, "售后"));
    r.accept(2, 1, 1);
    r.arrive(50, ticket(2, "物流"));
    // He goes on with what he has, and helps out no longer.
    r.state(60, 1, AgentState::Busy);
    let to = skill("物流组");
    let ticket = TicketId(1);
    let mut told = r.told(600, EventKind::TransferRequested { ticket, to });
    told += &r.join(601, agent(2, 1, &["物流3"]));
    check(
        &told,
        &expect![[r#"
            raise SilentAgent { agent: AgentId(1), ticket: TicketId(1) }
            overflow 2
            clear SilentAgent { agent: AgentId(1), ticket: TicketId(1) }
            queue 1 in 物流 Transferred { agent: AgentId(1) }
            offer 1 to 2 Skill
        "#]],
    );
}

#[test]
fn shifts_begin_and_end_by_themselves() {
    let mut r = driven("");
    let mut early = agent(1, 5, &["售后3"]);
    early.shifts =
        vec![toml::from_str::<Shift>("days = ['周一']\nfrom = '09:10'\nto = '09:20'").unwrap()];
    r.join(0, early);
    let mut told = r.arrive(1, ticket(1, "售后"));
    told += &r.tick(599);
    told += &r.tick(600);
    r.accept(601, 1, 1);
    told += &r.arrive(1199, ticket(2, "售后"));
    told += &r.arrive(1200, ticket(3, "售后"));
    check(
        &told,
        &expect![[r#"
            queue 1 in 售后 NobodyFree
            overflow 1
            offer 1 to 1 Skill
            raise SilentAgent { agent: AgentId(1), ticket: TicketId(1) }
            offer 2 to 1 Skill
            queue 3 in 售后 NobodyFree
        "#]],
    );
}

#[test]
fn what_nobody_follows_up_is_remembered() {
    let mut r = driven(
        "after_work.most = \"0s\"\nalarms.follow_up = \"10m\"\nalarms.overdue = { \"普通\" = \"30m\" }",
    );
    r.join(0, agent(1, 1, &["售后3"]));
    r.arrive(1, ticket(1, "售后"));
    r.accept(2, 1, 1);
    let ticket = TicketId(1);
    let replied = || EventKind::AgentReplied { ticket };
    let mut told = r.told(10, replied());
    // What he said last counts.
    told += &r.told(500, replied());
    told += &r.tick(1099);
    told += "ten minutes later\n";
    told += &r.tick(1100);
    told += &r.told(1200, replied());
    told += "half an hour after it arrived\n";
    told += &r.tick(1801);
    told += &r.end(1900, 1);
    check(
        &told,
        &expect![[r#"
            ten minutes later
            raise NotFollowedUp { agent: AgentId(1), ticket: TicketId(1) }
            clear NotFollowedUp { agent: AgentId(1), ticket: TicketId(1) }
            half an hour after it arrived
            raise NotFollowedUp { agent: AgentId(1), ticket: TicketId(1) }
            raise TicketOverdue { ticket: TicketId(1) }
            clear NotFollowedUp { agent: AgentId(1), ticket: TicketId(1) }
            clear TicketOverdue { ticket: TicketId(1) }
        "#]],
    );
}

#[test]
fn alarms_have_a_margin_before_they_clear() {
    let mut r = driven("alarms.queue = 2\nalarms.queue_clear = 1\nafter_work.most = \"0s\"");
    let mut told = String::new();
    for id in 1..=4 {
        told += &r.arrive(0, ticket(id, "售后"));
    }
    told += &r.join(1, agent(1, 2, &["售后3"]));
    r.accept(2, 1, 1);
    // The agent says nothing for two minutes, then he does.
    told += &r.tick(122);
    let ticket = TicketId(1);
    told += &r.told(123, EventKind::AgentReplied { ticket });
    check(
        &told,
        &expect![[r#"
            queue 1 in 售后 NobodyFree
            queue 2 in 售后 NobodyFree
            queue 3 in 售后 NobodyFree
            raise LongQueue { group: Skill("售后") }
            queue 4 in 售后 NobodyFree
            offer 1 to 1 Skill
            offer 2 to 1 Skill
            withdraw 2 from 1 TimedOut
            queue 2 in 售后 Missed { agent: AgentId(1) }
            offer 3 to 1 Skill
            withdraw 3 from 1 TimedOut
            set 1 Break
            queue 3 in 售后 Missed { agent: AgentId(1) }
            raise SilentAgent { agent: AgentId(1), ticket: TicketId(1) }
            clear SilentAgent { agent: AgentId(1), ticket: TicketId(1) }
        "#]],
    );
}

#[test]
fn events_that_do_not_fit_change_nothing() {
    fn check(kind: &EventKind, expected: Refused) {
        let mut r = driven("");
        r.join(0, agent(1, 1, &["售后3"]));
        r.arrive(1, ticket(1, "售后"));
        let mut ticked = r.router.clone();
        let _ = ticked.apply(&jieda_routing::Event::new(at(2), EventKind::Tick));
        let applied = r.apply(2, kind.clone());
        assert_eq!(applied.verdict, Err(expected), "{kind:?}");
        assert!(r.router == ticked, "{kind:?}");
    }
    let (one, other) = (TicketId(1), TicketId(9));
    let nobody = AgentId(9);
    let state = AgentState::Ready;
    check(
        &EventKind::AgentState {
            agent: nobody,
            state,
        },
        Refused::UnknownAgent,
    );
    check(
        &EventKind::TicketArrived {
            ticket: ticket(1, "物流"),
        },
        Refused::DuplicateTicket,
    );
    check(
        &EventKind::OfferAccepted {
            ticket: one,
            agent: nobody,
        },
        Refused::UnknownAgent,
    );
    check(
        &EventKind::AgentReplied { ticket: other },
        Refused::UnknownTicket,
    );
    check(&EventKind::AgentReplied { ticket: one }, Refused::NotTaken);
    check(&EventKind::HoldEnded { ticket: one }, Refused::NotTaken);
    let mut r = driven("");
    r.tick(10);
    let early = r.apply(9, EventKind::Tick);
    assert_eq!(early.verdict, Err(Refused::BackInTime));
}
