use expect_test::expect;
use jieda_types::{Confidence, ConversationId, HandoffReason, MaskedText, Rating};
use jiff::tz::TimeZone;

use super::*;
use crate::AgentId;

fn candidate(name: &str, opened: &str) -> Candidate {
    Candidate {
        conversation: ConversationId::new(name).unwrap(),
        opened: opened.parse().unwrap(),
        confidence: Some(Confidence::saturating(0.9)),
        rating: None,
        handed_over: None,
    }
}

fn day_of(number: usize) -> Vec<Candidate> {
    let many = (0..number).map(|i| candidate(&format!("c-{i}"), "2026-11-29T03:00:00Z"));
    many.collect()
}

fn one_plan(plan: &str) -> Qa {
    Qa::from_toml(&format!("[[plans]]\nname = \"方案\"\n{plan}")).unwrap()
}

fn in_china(at: Timestamp) -> Date {
    let china = TimeZone::get("Asia/Shanghai").unwrap();
    china.to_datetime(at).date()
}

fn points(given: [Option<u8>; 5]) -> Points {
    let ids = ["accuracy", "completeness", "transfer", "tone", "compliance"];
    ids.into_iter()
        .zip(given)
        .map(|(id, points)| (ItemId::new(id).unwrap(), points))
        .collect()
}

fn review(conversation: &str, reviewer: &str, given: [Option<u8>; 5]) -> Review {
    let scores = points(given);
    let scored = Qa::shipped().unwrap().sheet.score(&scores).unwrap();
    Review {
        conversation: ConversationId::new(conversation).unwrap(),
        reviewer: reviewer.into(),
        at: Timestamp::UNIX_EPOCH,
        agent: None,
        plans: Vec::new(),
        scores,
        comment: MaskedText::default(),
        score: scored.score,
        verdict: scored.verdict,
    }
}

#[test]
fn a_draw_is_its_share_and_the_same_again() {
    let qa = one_plan("draw = \"random\"\nshare = 0.1\nmost = 100000");
    let day = day_of(10_000);
    let drawn = qa.draw(&day, in_china);
    // Three standard errors of a share of 0.1 of 10,000.
    assert!((910..=1090).contains(&drawn.len()), "{}", drawn.len());
    let mut backwards = day.clone();
    backwards.reverse();
    let ids = |drawn: &[Drawn<'_>]| {
        let mut ids: Vec<_> = drawn
            .iter()
            .map(|d| d.candidate.conversation.clone())
            .collect();
        ids.sort();
        ids
    };
    assert_eq!(ids(&drawn), ids(&qa.draw(&backwards, in_china)));
    let double = drawn.iter().filter(|d| d.wanted == 2).count() as f64 / drawn.len() as f64;
    assert!((0.15..=0.25).contains(&double), "{double}");
}

#[test]
fn of_a_day_no_more_than_wanted_are_drawn() {
    let qa = one_plan("draw = \"random\"\nshare = 1.0\nmost = 3");
    let mut all = day_of(20);
    // 2026-11-30 in China.
    all.extend((20..25).map(|i| candidate(&format!("c-{i}"), "2026-11-29T16:00:00Z")));
    assert_eq!(qa.draw(&all, in_china).len(), 6);
}

#[test]
fn plans_draw_what_they_are_about() {
    let qa = Qa::from_toml(
        r#"
        [[plans]]
        name = "低置信度"
        draw = "low_confidence"
        share = 1.0
        most = 9
        at_most = 0.5
        [[plans]]
        name = "低评分"
        draw = "low_rating"
        share = 1.0
        most = 9
        at_most = 3
        [[plans]]
        name = "转人工"
        draw = "handover"
        share = 1.0
        most = 9
        "#,
    )
    .unwrap();
    let unsure = Candidate {
        confidence: Some(Confidence::saturating(0.5)),
        ..candidate("unsure", "2026-11-29T03:00:00Z")
    };
    let unhappy = Candidate {
        rating: Some(Rating::new(3).unwrap()),
        handed_over: Some(HandoffReason::LowSatisfaction),
        ..candidate("unhappy", "2026-11-29T03:00:00Z")
    };
    let happy = Candidate {
        rating: Some(Rating::new(4).unwrap()),
        ..candidate("happy", "2026-11-29T03:00:00Z")
    };
    let all = [unsure, unhappy, happy];
    let drawn: Vec<_> = qa
        .draw(&all, in_china)
        .into_iter()
        .map(|drawn| (drawn.candidate.conversation.to_string(), drawn.plans))
        .collect();
    assert_eq!(
        drawn,
        [
            ("unsure".to_owned(), vec!["低置信度"]),
            ("unhappy".to_owned(), vec!["低评分", "转人工"]),
        ]
    );
}

#[test]
fn a_fatal_item_at_zero_fails_the_whole() {
    let sheet = Qa::shipped().unwrap().sheet;
    let check = |given, score: f64, verdict| {
        let scored = sheet.score(&points(given)).unwrap();
        assert_eq!(
            (scored.score.round(), scored.verdict),
            (score, verdict),
            "{given:?}"
        );
    };
    check([Some(5); 5], 100.0, Verdict::Passed);
    check([Some(4); 5], 80.0, Verdict::Passed);
    check(
        [Some(0), Some(5), Some(5), Some(5), Some(5)],
        0.0,
        Verdict::Failed,
    );
    // (40 + 25) / 75: tone is not fatal.
    check(
        [Some(5), Some(5), None, Some(0), None],
        87.0,
        Verdict::Passed,
    );
}

#[test]
fn all_that_does_not_fit_a_sheet_is_told() {
    let sheet = Qa::shipped().unwrap().sheet;
    let mut given = points([Some(6), Some(5), Some(5), Some(5), None]);
    given.remove(&ItemId::new("tone").unwrap());
    given.insert(ItemId::new("tune").unwrap(), Some(5));
    let told: Vec<String> = sheet
        .score(&given)
        .unwrap_err()
        .iter()
        .map(|wrong| format!("{}：{wrong}", wrong.item().unwrap()))
        .collect();
    expect![[r#"
        [
            "tune：评分表里没有这一项",
            "accuracy：应为 0 到 5",
            "tone：没有打分；不适用请写 null",
        ]
    "#]]
    .assert_debug_eq(&told);
    assert_eq!(
        sheet.score(&points([None; 5])).unwrap_err(),
        [Misfit::Nothing]
    );
}

#[test]
fn a_faulty_file_says_what_is_wrong_and_where() {
    let faulty = r#"
[sheet]
top = 0
pas = 80
"#;
    expect!["第 4 行 sheet.pas：没有这个键，可以写：items、pass、top"]
        .assert_eq(&Qa::from_toml(faulty).unwrap_err().to_string());
    let faulty = r#"
[sheet]
top = 0
[[sheet.items]]
id = "a"
name = ""
weight = -1
[[sheet.items]]
id = "a"
name = "一"
weight = 1
[[plans]]
name = "x"
draw = "lucky"
share = 1.5
[[plans]]
name = "x"
draw = "low_rating"
share = 0.5
most = 3
at_most = 2.5
"#;
    expect![[r#"
        第 3 行 sheet.top：应为 1 到 100，不是 0
        第 6 行 sheet.items[0].name：是空的
        第 7 行 sheet.items[0].weight：应为大于 0 的数
        第 9 行 sheet.items[1].id：“a”写了两次
        第 12 行 plans[0].most：没有写每天最多抽几个
        第 14 行 plans[0].draw：没有“lucky”，可以写 random、low_confidence、low_rating、handover
        第 15 行 plans[0].share：应为 0 到 1
        第 17 行 plans[1].name：“x”写了两次
        第 21 行 plans[1].at_most：应为 1 到 5 的整数"#]]
    .assert_eq(&Qa::from_toml(faulty).unwrap_err().to_string());
}

#[test]
fn figures_take_the_last_word_of_each_reviewer() {
    let qa = Qa::shipped().unwrap();
    let good = [Some(5); 5];
    let bad = [Some(1), Some(5), Some(5), Some(5), Some(5)];
    let reviews = [
        review("c-1", "甲", good),
        review("c-1", "丙", bad),
        review("c-1", "丙", good),
        Review {
            agent: Some(AgentId(7)),
            plans: vec!["随机抽检".into()],
            ..review("c-2", "甲", bad)
        },
        review("c-1", "乙", good),
        review("c-2", "乙", bad),
    ];
    let figures = QaFigures::of(&qa, &reviews);
    assert_eq!((figures.all.reviews, figures.conversations), (5, 2));
    // 100 three times, and 68 twice: (40 · 1/5 + 60) / 100 = 68.
    assert_eq!(figures.all.mean, Some(87.2));
    assert_eq!(figures.all.pass_rate, Some(0.6));
    assert_eq!(figures.agents[&AgentId(7)].mean, Some(68.0));
    let random = figures.plans.iter().find(|(name, _)| name == "随机抽检");
    assert_eq!(random.unwrap().1.reviews, 1);
    // By what he said before he saw the others, 丙 does not agree: 1 pair of 3 on c-1, and the one on c-2.
    assert_eq!(figures.score_agreement.units, 2);
    assert_eq!(figures.verdict_agreement.exact, Some(0.5));
    assert!(figures.score_agreement.alpha.unwrap() < 0.8);
    assert_eq!(figures.items[0].mean, Some(3.4));
    // All gave 5 points: nothing can be said.
    assert_eq!(figures.items[1].agreement.alpha, None);
}

#[test]
fn nothing_has_no_figures() {
    let figures = QaFigures::of(&Qa::shipped().unwrap(), []);
    assert_eq!(
        (figures.all.mean, figures.score_agreement.exact),
        (None, None)
    );
}
