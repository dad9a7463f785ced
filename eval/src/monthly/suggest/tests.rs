//! Each rule speaks where it should, and keeps quiet where it should not.

use jieda_routing::{AgentId, Skill};
use jieda_types::HandoffReason;

use super::*;
use crate::monthly::{
    AgentRow, Allocation, Bot, FaqUse, GapList, GapRow, Gini, GroupRow, Hour, OfferedFaq,
    OfferedPair, Percent, ReasonCount, Seconds, Stars, sample::faq,
};

/// Checks the rule and a part of the text; nothing expected: that no such rule speaks.
fn check(
    name: &str,
    suggestions: impl IntoIterator<Item = Suggestion>,
    rule: Rule,
    expected: &[&str],
) {
    let texts: Vec<String> = suggestions
        .into_iter()
        .filter(|suggestion| suggestion.rule == rule)
        .map(|suggestion| suggestion.text)
        .collect();
    assert_eq!(texts.len(), expected.len(), "{name}: {texts:?}");
    for (text, part) in texts.iter().zip(expected) {
        assert!(text.contains(part), "{name}: {text}");
    }
}

fn hour(hour: i8, arrivals: f64, level: f64, agents: f64) -> Hour {
    Hour {
        hour,
        arrivals,
        contacts: (arrivals * 20.0) as usize,
        service_level: Some(Percent::new(level)),
        agents,
    }
}

#[test]
fn more_agents_where_the_service_level_is_low() {
    let wanted = staffing::Wanted {
        level: Percent::new(80.0),
        within: Seconds::new(20.0),
        handling: Some(Seconds::new(180.0)),
    };
    let speak = |name, hours: &[Hour], expected: &[&str]| {
        let agents = [agent(1, 10.0)];
        check(
            name,
            staffing::more_agents(hours, &agents, &wanted),
            Rule::MoreAgents,
            expected,
        );
    };
    // 200 an hour of three minutes each need 14 lines (as in the example of `Demand`), at one place each.
    let hours = [
        hour(9, 50.0, 95.0, 5.0),
        hour(10, 150.0, 60.0, 8.0),
        hour(11, 200.0, 40.0, 8.0),
        hour(12, 50.0, 95.0, 5.0),
        hour(15, 200.0, 70.0, 20.0),
    ];
    let expected = [
        "10–12 点的接起率只有 48.6%（目标 80.0%，20 秒内接起）。最缺人的是 11 点：约 200.0 个会话，平均在岗 8.0 人；按 Erlang C（平均处理 3 分 00 秒，忙时不超过 85%）需要 14 个接待位，每人 1.0 个，约 14 人，再排 6 人。",
        "15–16 点的接起率只有 70.0%（目标 80.0%，20 秒内接起）。按 Erlang C 各小时的总人数都够",
    ];
    speak("two stretches", &hours, &expected);
    speak("reached", &[hour(9, 50.0, 80.0, 5.0)], &[]);
    speak("few", &[hour(9, 0.9, 10.0, 5.0)], &[]);
}

fn group(name: &str, contacts: usize, asa: f64) -> GroupRow {
    GroupRow {
        group: Skill::new(name).unwrap(),
        contacts,
        agents: 5,
        service_level: None,
        asa: Some(Seconds::new(asa)),
        abandonment: None,
        att: None,
        transfer: Some(Percent::new(5.0)),
        csat: None,
        skill_match: Some(Percent::new(98.0)),
        load_gini: Some(Gini::new(0.1)),
    }
}

#[test]
fn groups_that_stand_out() {
    let speak = |name, rule, groups: &[GroupRow], expected: &[&str]| {
        check(name, desk::of_groups(groups), rule, expected);
    };
    let alike = [group("售后", 100, 30.0), group("综合", 100, 20.0)];
    for rule in [
        Rule::SlowGroup,
        Rule::SkillMatch,
        Rule::UnevenGroup,
        Rule::Transfers,
    ] {
        speak("nothing stands out", rule, &alike, &[]);
    }
    let slow = [
        group("售后", 100, 40.0),
        group("综合", 100, 20.0),
        group("售前", 300, 16.0),
    ];
    let expected = "“售后”的平均应答速度 40 秒，是其他组（17 秒）的 2.4 倍";
    speak("slow", Rule::SlowGroup, &slow, &[expected]);
    let quick = [group("售后", 100, 6.0), group("综合", 100, 1.0)];
    speak("slower, but quick", Rule::SlowGroup, &quick, &[]);
    speak(
        "few",
        Rule::SlowGroup,
        &[group("售后", 19, 90.0), group("综合", 100, 20.0)],
        &[],
    );
    speak("alone", Rule::SlowGroup, &[group("售后", 100, 90.0)], &[]);
    let with = |change: fn(&mut GroupRow)| {
        let mut changed = group("售后", 100, 20.0);
        change(&mut changed);
        [changed]
    };
    let unskilled = with(|g| g.skill_match = Some(Percent::new(80.0)));
    speak("unskilled", Rule::SkillMatch, &unskilled, &["只有 80.0%"]);
    let uneven = with(|g| g.load_gini = Some(Gini::new(0.3)));
    speak("uneven", Rule::UnevenGroup, &uneven, &["基尼系数 0.300"]);
    let two = with(|g| {
        g.load_gini = Some(Gini::new(0.3));
        g.agents = 2;
    });
    speak("of two", Rule::UnevenGroup, &two, &[]);
    let passing = with(|g| g.transfer = Some(Percent::new(20.0)));
    speak(
        "transfers",
        Rule::Transfers,
        &passing,
        &["把 20.0% 的会话转给了别的组"],
    );
}

fn agent(id: u32, load: f64) -> AgentRow {
    AgentRow {
        agent: AgentId(id),
        name: format!("坐席{id}"),
        groups: Vec::new(),
        accepted: 10,
        share: None,
        places: 1,
        staffed: Seconds::new(3600.0),
        occupancy: None,
        load: Some(Percent::new(load)),
        att: None,
        after_work: None,
        transfer: None,
        declined: 0,
        csat: None,
    }
}

#[test]
fn agents_with_far_more_to_do() {
    let speak = |name, loads: &[f64], expected: &[&str]| {
        let agents: Vec<AgentRow> = (1..)
            .zip(loads)
            .map(|(id, load)| agent(id, *load))
            .collect();
        check(name, desk::of_agents(&agents), Rule::BusyAgent, expected);
    };
    speak(
        "one",
        &[60.0, 30.0, 30.0],
        &["坐席1的负荷 60.0%，其他人平均 30.0%"],
    );
    speak("about the same", &[40.0, 30.0, 30.0], &[]);
    speak("twice as much of little", &[8.0, 4.0, 4.0], &[]);
    speak("two alone", &[60.0, 30.0], &[]);
}

#[test]
fn offers_left_unanswered() {
    let allocation = |accepted, missed| Allocation {
        accepted,
        skill_match: None,
        by_last_contact: None,
        by_overflow: None,
        load_gini: None,
        refused: 0,
        missed,
        overflowed: 0,
        escalated: 0,
    };
    let rule = Rule::MissedOffers;
    check(
        "often",
        desk::missed_offers(&allocation(100, 5)),
        rule,
        &["有 5 次没有应答"],
    );
    check(
        "seldom",
        desk::missed_offers(&allocation(100, 4)),
        rule,
        &[],
    );
    check("few", desk::missed_offers(&allocation(19, 10)), rule, &[]);
}

#[test]
fn answers_that_are_rated_low() {
    let used = |ratings, low, mean| FaqUse {
        faq: faq("a1"),
        question: Some("怎么退货".into()),
        answers: 50,
        before: None,
        ratings,
        low,
        satisfaction: Some(Stars::new(mean)),
    };
    let rule = Rule::LowRatedFaq;
    let expected = "“怎么退货”的答案评分低：6 次评分平均 2.50，其中 3 次是 1、2 分";
    check(
        "low",
        knowledge::low_rated(&[used(6, 3, 2.5)]),
        rule,
        &[expected],
    );
    check("fair", knowledge::low_rated(&[used(6, 2, 3.0)]), rule, &[]);
    check("few", knowledge::low_rated(&[used(4, 4, 1.0)]), rule, &[]);
}

#[test]
fn pairs_that_are_confused_often() {
    let pair = |first, second, neither| {
        let side = |id: &str, chosen| OfferedFaq {
            faq: faq(id),
            question: id.to_owned(),
            chosen,
        };
        OfferedPair {
            offered: first + second + neither,
            first: side("a1", first),
            second: side("a2", second),
            neither,
        }
    };
    let rule = Rule::ConfusedPair;
    let speak =
        |name, pair, expected: &[&str]| check(name, knowledge::confused(&[pair]), rule, expected);
    speak(
        "both",
        pair(6, 4, 2),
        &["选前一条 6 次、后一条 4 次、都没选 2 次。两条都有人选"],
    );
    speak("the first", pair(9, 1, 0), &["多半是问前一条"]);
    speak("neither", pair(2, 1, 9), &["多半哪条都不是"]);
    speak("seldom", pair(5, 4, 0), &[]);
}

#[test]
fn reasons_of_handovers() {
    let bot = |reason, count, handed_over| Bot {
        conversations: 100,
        questions: 100,
        coverage: None,
        handed_over,
        handoff_rate: None,
        reasons: vec![ReasonCount {
            reason,
            count,
            rate: None,
        }],
        ratings: [0; 5],
        satisfaction: None,
        satisfied: None,
    };
    let speak = |name, reason, (count, all), rule, expected: &[&str]| {
        check(
            name,
            knowledge::handoffs(&bot(reason, count, all)),
            rule,
            expected,
        );
    };
    let missing = HandoffReason::MissingVariable;
    let rule = Rule::MissingVariable;
    speak(
        "often",
        missing,
        (5, 50),
        rule,
        &["因缺少信息转人工 5 次，占转人工的 10.0%"],
    );
    speak("a small share", missing, (5, 51), rule, &[]);
    speak("few", missing, (4, 10), rule, &[]);
    let failure = HandoffReason::RepeatedFailure;
    let rule = Rule::RepeatedFailure;
    speak(
        "often",
        failure,
        (10, 40),
        rule,
        &["因连续答不上转人工 10 次，占转人工的 25.0%"],
    );
    speak("a small share", failure, (10, 41), rule, &[]);
    speak(
        "another reason",
        HandoffReason::Complaint,
        (40, 40),
        rule,
        &[],
    );
}

#[test]
fn gaps_that_are_asked_often() {
    let list = |size| GapList {
        gaps: vec![GapRow {
            title: "能用比特币付款吗".into(),
            size,
            proposal: "new_faq",
            advice: "新增一条常见问题，写好答案",
            about: Vec::new(),
            texts: Vec::new(),
        }],
        found: 1,
        misses: size,
    };
    let expected = "“能用比特币付款吗”这类问题问了 10 次没有答好：新增一条常见问题";
    check("often", knowledge::gaps(&list(10)), Rule::Gap, &[expected]);
    check("seldom", knowledge::gaps(&list(9)), Rule::Gap, &[]);
}

#[test]
fn a_plan_is_owed_after_two_months_in_a_row() {
    let sample = crate::monthly::sample::Sample::new();
    let expected = "“20 秒接起率”连续 2 个月没有达到目标 80.0%（2026-10 50.0%，2026-11 33.3%）";
    check(
        "two months",
        sample.november().suggestions,
        Rule::ImprovementPlan,
        &[expected],
    );
    let october = Monthly::of(&sample.material(), "2026-10".parse().unwrap()).unwrap();
    check("one month", october.suggestions, Rule::ImprovementPlan, &[]);
}
