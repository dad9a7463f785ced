//! The days that ship, and how the rules that ship do on them beside agents in turn.

#![allow(clippy::unwrap_used, reason = "tests")]

use jieda_routing::{
    Rules,
    simulate::{Policy, Report, Scenario, Setup, simulate},
};

fn play(text: &str, policy: Policy) -> Report {
    let rules = Rules::shipped().unwrap();
    let scenario = Scenario::from_toml(text, &rules).unwrap();
    let seed = 1;
    simulate(
        &scenario,
        &Setup {
            rules,
            policy,
            seed,
        },
    )
}

fn check(text: &str) {
    let ours = play(text, Policy::Ours);
    let others = play(text, Policy::RoundRobin);
    assert_eq!(ours.contacts, others.contacts);
    for report in [&ours, &others] {
        assert_eq!(report.accepted + report.abandoned, report.contacts);
        let waits = &report.wait;
        let of_urgency = [&waits.normal, &waits.urgent, &waits.critical];
        let contacts: usize = of_urgency.iter().map(|w| w.contacts).sum();
        assert_eq!(contacts, report.contacts);
    }
    let critical = ours.wait.critical.p95 / others.wait.critical.p95;
    assert!(critical <= 0.5, "特急: {critical}");
    let gini = ours.load_gini / others.load_gini;
    assert!(gini < 0.8, "load: {gini}");
    assert!(ours.skill_match >= 0.95, "{}", ours.skill_match);
    assert_eq!(ours.ageing.beyond, 0, "{}", ours.ageing.longest_normal);
}

#[test]
fn a_campaign_day() {
    check(Scenario::CAMPAIGN);
}

#[test]
fn an_ordinary_day_of_a_bank() {
    check(Scenario::BANK);
}

#[test]
fn a_day_is_played_alike_again_and_another_one_is_not() {
    let report = |seed| {
        let rules = Rules::shipped().unwrap();
        let scenario = Scenario::from_toml(Scenario::BANK, &rules).unwrap();
        let policy = Policy::Random;
        simulate(
            &scenario,
            &Setup {
                rules,
                policy,
                seed,
            },
        )
    };
    assert_eq!(report(3), report(3));
    assert_ne!(report(3), report(4));
}

#[test]
fn all_problems_of_a_scenario_are_told_with_their_lines() {
    let text = "name = \"x\"\n\
                date = \"2026-13-01\"\n\
                [[streams]]\n\
                name = \"s\"\n\
                skill = \"没有\"\n\
                per_hour = [1.0, 2.0]\n\
                urgency = { \"普通\" = 0.5, \"紧急\" = 0.1, \"特急\" = 0.1 }\n\
                talk = \"0s\"\n\
                [[teams]]\n\
                name = \"t\"\n\
                agents = 0\n\
                skills = { \"售后\" = 9 }\n\
                capacity = 1\n\
                from = \"09:00\"\n\
                to = \"18:00\"\n\
                refuse = 2.0\n";
    let error = Scenario::from_toml(text, &Rules::shipped().unwrap()).unwrap_err();
    expect_test::expect![[r#"
        第 2 行 date：“2026-13-01”不是日期，应写成 2026-11-11
        第 5 行 streams[0].skill：规则里没有技能组“没有”
        第 6 行 streams[0].per_hour：应有 24 个数（每小时一个），不是 2 个
        第 7 行 streams[0].urgency：加起来应为 1，不是 0.7
        第 8 行 streams[0].talk：要大于 0
        第 11 行 teams[0].agents：应为 1 到 100000，不是 0
        第 12 行 teams[0].skills.售后：级别应为 1 到 5，不是 9
        第 16 行 teams[0].refuse：应为 0 到 1，不是 2
        第 16 行 teams[0].refuse：拒接和没接的加起来不能超过 0.9"#]]
    .assert_eq(&error.to_string());
}
