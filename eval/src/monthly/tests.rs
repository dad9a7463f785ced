//! A month with all sums done by hand.

use expect_test::{Expect, expect};
use jieda_routing::sla::Money;
use serde::Serialize;

use super::{sample::Sample, *};

fn check(figures: &impl Serialize, expected: &Expect) {
    expected.assert_eq(&serde_json::to_string_pretty(figures).unwrap());
}

/// A figure in short: name, now, before, target, met.
fn line(figure: &ServiceFigure) -> String {
    let number = |value: Option<Value>| value.map_or("–".to_owned(), |v| v.get().to_string());
    format!(
        "{:?} {} {} {} {:?}",
        figure.kind,
        number(figure.now),
        number(figure.before),
        number(figure.target),
        figure.met
    )
}

#[test]
fn the_service_of_november() {
    let monthly = Sample::new().november();
    let lines: Vec<String> = monthly.service.unwrap().iter().map(line).collect();
    // Accepted after 5, 25, 10, 40 and 310 s, given up after 20 s; in October after 10 and 25 s.
    // ASA = 410 / 5, AWT = 390 / 5. FRT = (15 + 30 + 20 + 320) / 4. ART = (605 + 950 + 910) / 3.
    // ATT = (600 + 600 + 300 + 600 + 600) / 5. Occupancy = 2700 / (7200 + 7200 + 620).
    // Six conversations, of which one ended without a human; October's log doesn't say.
    expect![[r#"
        ServiceLevel 33.3333 50 80 Some(No)
        Asa 82 17.5 – None
        Awt 78 17.5 – None
        Abandonment 16.6667 0 5 Some(No)
        Frt 96.25 25 60 Some(No)
        Art 821.6667 617.5 1800 Some(Yes)
        Att 540 600 – None
        AfterWork 0 0 – None
        Transfer 20 0 – None
        Occupancy 17.976 22.2222 – None
        AutomaticResolution 16.6667 – 70 Some(No)
        Csat 4 5 4.2 Some(No)"#]]
    .assert_eq(&lines.join("\n"));
}

#[test]
fn the_agreement_of_november() {
    let sample = Sample::new();
    let mut material = sample.material();
    material.due = Some(Money(1_000_000));
    let monthly = Monthly::of(&material, "2026-11".parse().unwrap()).unwrap();
    let agreement = monthly.agreement.unwrap();
    let last = agreement.months.last().unwrap();
    // (80 − 33.33) · 1 is more than 20 % of 10 000.00.
    assert_eq!(last.targets[0].credit.get(), 46.6667);
    assert_eq!(
        (last.credit.get(), last.amount),
        (20.0, Some(Money(200_000)))
    );
    let before = &agreement.months[0];
    // (80 − 50) · 1, and no amount: another one was due.
    assert_eq!((before.credit.get(), before.amount), (20.0, None));
    check(
        &agreement.plan,
        &expect![[r#"
        [
          {
            "target": "20 秒接起率",
            "at": {
              "unit": "percent",
              "value": 80.0
            },
            "months": [
              {
                "month": "2026-10",
                "reached": {
                  "unit": "percent",
                  "value": 50.0
                }
              },
              {
                "month": "2026-11",
                "reached": {
                  "unit": "percent",
                  "value": 33.3333
                }
              }
            ]
          }
        ]"#]],
    );
}

#[test]
fn who_got_what_in_november() {
    let monthly = Sample::new().november();
    // Loads: 1200 / (2 · 7200) and 900 / (2 · 7200); the third was there for ten minutes.
    // Gini = (8.3333 − 6.25) / (2 · 14.5833).
    check(
        &monthly.allocation,
        &expect![[r#"
        {
          "accepted": 5,
          "skill_match": 80.0,
          "by_last_contact": 0.0,
          "by_overflow": 20.0,
          "load_gini": 0.0714,
          "refused": 0,
          "missed": 0,
          "overflowed": 1,
          "escalated": 0
        }"#]],
    );
    check(
        &monthly.agents,
        &expect![[r#"
        [
          {
            "agent": 1,
            "name": "小王",
            "groups": [
              "售后"
            ],
            "accepted": 2,
            "share": 40.0,
            "places": 2,
            "staffed": 7200.0,
            "occupancy": 16.6667,
            "load": 8.3333,
            "att": 600.0,
            "after_work": 0.0,
            "transfer": 0.0,
            "declined": 0,
            "csat": 4.0
          },
          {
            "agent": 2,
            "name": "小李",
            "groups": [
              "售后"
            ],
            "accepted": 2,
            "share": 40.0,
            "places": 2,
            "staffed": 7200.0,
            "occupancy": 12.5,
            "load": 6.25,
            "att": 450.0,
            "after_work": 0.0,
            "transfer": 50.0,
            "declined": 0,
            "csat": null
          },
          {
            "agent": 3,
            "name": "小张",
            "groups": [
              "综合"
            ],
            "accepted": 1,
            "share": 20.0,
            "places": 1,
            "staffed": 620.0,
            "occupancy": 96.7742,
            "load": null,
            "att": 600.0,
            "after_work": 0.0,
            "transfer": 0.0,
            "declined": 0,
            "csat": null
          }
        ]"#]],
    );
    check(
        &monthly.groups,
        &expect![[r#"
        [
          {
            "group": "综合",
            "contacts": 2,
            "agents": 0,
            "service_level": 0.0,
            "asa": 175.0,
            "abandonment": 0.0,
            "att": 600.0,
            "transfer": 0.0,
            "csat": null,
            "skill_match": 50.0,
            "load_gini": null
          },
          {
            "group": "售后",
            "contacts": 4,
            "agents": 2,
            "service_level": 50.0,
            "asa": 20.0,
            "abandonment": 25.0,
            "att": 500.0,
            "transfer": 33.3333,
            "csat": 4.0,
            "skill_match": 100.0,
            "load_gini": 0.0714
          }
        ]"#]],
    );
}

#[test]
fn conversations_of_november() {
    let monthly = Sample::new().november();
    check(
        &monthly.bot,
        &expect![[r#"
        {
          "conversations": 4,
          "questions": 6,
          "coverage": 50.0,
          "handed_over": 2,
          "handoff_rate": 50.0,
          "reasons": [
            {
              "reason": "human_request",
              "count": 1,
              "rate": 25.0
            },
            {
              "reason": "missing_variable",
              "count": 1,
              "rate": 25.0
            }
          ],
          "ratings": [
            0,
            1,
            0,
            1,
            0
          ],
          "satisfaction": 3.0,
          "satisfied": 50.0
        }"#]],
    );
    check(
        &monthly.problems,
        &expect![[r#"
        {
          "intents": [
            {
              "intent": "x",
              "name": "退换货",
              "count": 2,
              "share": 50.0,
              "before": 1
            },
            {
              "intent": "y",
              "name": "发票",
              "count": 2,
              "share": 50.0,
              "before": 0
            }
          ],
          "faqs": [
            {
              "faq": "a1",
              "question": "怎么退货",
              "answers": 1,
              "before": 1,
              "ratings": 1,
              "low": 0,
              "satisfaction": 4.0
            },
            {
              "faq": "a2",
              "question": "怎么换货",
              "answers": 1,
              "before": 0,
              "ratings": 1,
              "low": 1,
              "satisfaction": 2.0
            },
            {
              "faq": "b1",
              "question": "怎么开发票",
              "answers": 1,
              "before": 0,
              "ratings": 0,
              "low": 0,
              "satisfaction": null
            }
          ],
          "tickets": [
            {
              "name": "发票",
              "count": 1,
              "share": 50.0
            },
            {
              "name": "退款",
              "count": 1,
              "share": 50.0
            }
          ],
          "urgencies": [
            {
              "name": "普通",
              "count": 1,
              "share": 50.0
            },
            {
              "name": "紧急",
              "count": 1,
              "share": 50.0
            }
          ]
        }"#]],
    );
    check(
        &monthly.pairs,
        &expect![[r#"
        [
          {
            "first": {
              "faq": "a1",
              "question": "怎么退货",
              "chosen": 1
            },
            "second": {
              "faq": "a2",
              "question": "怎么换货",
              "chosen": 1
            },
            "offered": 2,
            "neither": 0
          }
        ]"#]],
    );
    check(
        &monthly.channels,
        &expect![[r#"
        [
          {
            "channel": "app",
            "conversations": 2,
            "handoff_rate": 0.0,
            "contacts": 4,
            "service_level": 50.0,
            "asa": 91.25,
            "abandonment": 0.0,
            "csat": 4.0
          },
          {
            "channel": "web",
            "conversations": 1,
            "handoff_rate": 100.0,
            "contacts": 2,
            "service_level": 0.0,
            "asa": 45.0,
            "abandonment": 50.0,
            "csat": null
          },
          {
            "channel": null,
            "conversations": 1,
            "handoff_rate": 100.0,
            "contacts": null,
            "service_level": null,
            "asa": null,
            "abandonment": null,
            "csat": null
          }
        ]"#]],
    );
}

#[test]
fn days_and_hours_of_november() {
    let monthly = Sample::new().november();
    assert_eq!(monthly.days.len(), 30);
    check(
        &[&monthly.days[0], &monthly.days[2], &monthly.days[29]],
        &expect![[r#"
        [
          {
            "date": "2026-11-01",
            "conversations": 0,
            "handed_over": 0,
            "contacts": 0,
            "abandoned": 0,
            "service_level": null,
            "asa": null
          },
          {
            "date": "2026-11-03",
            "conversations": 0,
            "handed_over": 0,
            "contacts": 0,
            "abandoned": 0,
            "service_level": null,
            "asa": null
          },
          {
            "date": "2026-11-30",
            "conversations": 1,
            "handed_over": 1,
            "contacts": 6,
            "abandoned": 1,
            "service_level": 33.3333,
            "asa": 82.0
          }
        ]"#]],
    );
    // At 11 o'clock agent 2 was there for an hour, and agent 3 for 620 s.
    check(
        &monthly.hours,
        &expect![[r#"
        [
          {
            "hour": 10,
            "arrivals": 2.0,
            "contacts": 2,
            "service_level": 50.0,
            "agents": 1.0
          },
          {
            "hour": 11,
            "arrivals": 2.0,
            "contacts": 3,
            "service_level": 33.3333,
            "agents": 1.1722
          },
          {
            "hour": 12,
            "arrivals": 1.0,
            "contacts": 1,
            "service_level": 0.0,
            "agents": 1.0
          }
        ]"#]],
    );
}

#[test]
fn what_there_is_no_record_of_is_left_out_and_said() {
    let sample = Sample::new();
    let parts = |monthly: &Monthly| -> Vec<Part> {
        monthly.missing.iter().map(|missing| missing.part).collect()
    };
    assert_eq!(parts(&sample.november()), [Part::Gaps, Part::Due]);

    let nothing = Material {
        talks: None,
        log: None,
        kb: None,
        ..sample.material()
    };
    let monthly = Monthly::of(&nothing, "2026-11".parse().unwrap()).unwrap();
    assert_eq!(parts(&monthly), [Part::Conversations, Part::Routing]);
    assert_eq!(
        (monthly.service, monthly.bot, monthly.allocation),
        (None, None, None)
    );
    assert!(
        monthly
            .days
            .iter()
            .all(|day| day.conversations.is_none() && day.contacts.is_none())
    );

    // The log begins on 30 October; no conversation was kept before the 20th.
    let october = Monthly::of(&sample.material(), "2026-10".parse().unwrap()).unwrap();
    let expected = [
        Part::ConversationsBefore,
        Part::Satisfaction,
        Part::Gaps,
        Part::RoutingBefore,
        Part::PartOfMonth,
        Part::AutomaticResolution,
        Part::Due,
    ];
    assert_eq!(parts(&october), expected);
    assert_eq!(october.days[18].conversations, None);
    assert_eq!(october.days[20].conversations, Some(0));
    assert_eq!(october.days[28].contacts, None);
    // Not 0 of 2.
    let rate = |f: &&ServiceFigure| f.kind == FigureKind::AutomaticResolution;
    assert!(october.service.iter().flatten().find(rate).is_none());
}

#[test]
fn a_quarter_has_its_months_side_by_side() {
    let sample = Sample::new();
    let quarter = Quarterly::of(&sample.material(), "2026Q4".parse().unwrap()).unwrap();
    let months: Vec<String> = quarter.months.iter().map(|m| m.month.to_string()).collect();
    assert_eq!(months, ["2026-10", "2026-11"]);
    let november = sample.november();
    assert_eq!(
        Some(&quarter.months[1].allocation),
        november.allocation.as_ref()
    );
    assert_eq!(quarter.months[1].agents, november.agents);
    assert_eq!(quarter.agreement, november.agreement);
    let missing: Vec<&str> = quarter.missing.iter().map(|m| m.why.as_str()).collect();
    let expected = [
        "2026 年 10 月：分配日志从 10 月 30 日 09:00 开始，之前的没有数据",
        "分配日志里没有 2026 年 12 月的记录",
    ];
    assert_eq!(missing, expected);
}
