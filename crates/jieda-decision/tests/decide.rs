//! Decisions turn by turn: which rule fires, and what is remembered.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may fail by panic"
)]

mod support;

use jieda_decision::{Calibrator, Decider, Policy};
use jieda_types::{Candidates, ConversationState, Decision};
use support::{LIKELY, LOST, SURE, Turn, UNSURE, decider, turn};

/// Runs a conversation and checks the rule that fires in each turn.
fn check(turns: &[(&str, f32, &str)]) -> ConversationState {
    let mut state = ConversationState::default();
    for (text, best, rule) in turns {
        let verdict = turn(text, *best, &state);
        assert_eq!(verdict.rule, *rule, "{text} in {turns:?}");
        state = verdict.next;
    }
    assert_eq!(state.turns as usize, turns.len());
    state
}

#[test]
fn confidence_decides() {
    let state = check(&[("怎么退货", SURE, "confident")]);
    assert_eq!(state.last_faq.unwrap().as_str(), "f0");
    check(&[("怎么退货", UNSURE, "ambiguous")]);
    check(&[("怎么退货", LOST, "failed_match")]);
}

#[test]
fn two_turns_without_a_match_go_to_a_human() {
    check(&[
        ("啥", LOST, "failed_match"),
        ("那个啥", LOST, "repeated_failure"),
    ]);
    check(&[
        ("啥", UNSURE, "ambiguous"),
        ("那个啥", LOST, "repeated_failure"),
    ]);
    check(&[
        ("啥", LOST, "failed_match"),
        ("那个啥", UNSURE, "repeated_failure"),
    ]);
    check(&[("！", SURE, "no_words"), ("？", SURE, "repeated_failure")]);
}

#[test]
fn a_likely_option_is_a_match() {
    check(&[
        ("怎么弄", LIKELY, "likely"),
        ("那个啥", LOST, "failed_match"),
        ("就那个", LOST, "repeated_failure"),
    ]);
    let state = check(&[
        ("啥", LOST, "failed_match"),
        ("怎么弄", LIKELY, "likely"),
        ("那个啥", LOST, "failed_match"),
    ]);
    assert_eq!(state.consecutive_failures, 1);
}

#[test]
fn likely_options_are_a_match_three_times_in_a_row() {
    let three = [
        ("怎么弄", LIKELY, "likely"),
        ("那个啥", LIKELY, "likely"),
        ("就那个", LIKELY, "likely"),
    ];
    let state = check(&three);
    assert_eq!((state.clarifications, state.consecutive_failures), (3, 0));
    let and = |more: &[(&'static str, f32, &'static str)]| {
        let turns: Vec<_> = three.iter().chain(more).copied().collect();
        check(&turns)
    };
    and(&[
        ("不对", LIKELY, "ambiguous"),
        ("还是不对", LIKELY, "repeated_failure"),
    ]);
    and(&[("谢谢", LOST, "thanks"), ("不对", LIKELY, "ambiguous")]);
    let state = and(&[
        ("怎么退货", SURE, "confident"),
        ("那个啥", LIKELY, "likely"),
    ]);
    assert_eq!(state.clarifications, 1);
}

#[test]
fn an_answer_starts_the_count_anew() {
    check(&[
        ("啥", LOST, "failed_match"),
        ("怎么退货", SURE, "confident"),
        ("那个啥", LOST, "failed_match"),
    ]);
}

#[test]
fn small_talk_is_neither_match_nor_failure() {
    check(&[
        ("啥", LOST, "failed_match"),
        ("你好", LOST, "greeting"),
        ("那个啥", LOST, "repeated_failure"),
    ]);
    let state = check(&[
        ("啥", UNSURE, "ambiguous"),
        ("谢谢", LOST, "thanks"),
        ("1", LOST, "clarify_picked"),
    ]);
    assert_eq!(state.consecutive_failures, 0);
}

#[test]
fn a_clarifying_question_is_answered_by_number_or_words() {
    let state = check(&[
        ("啥", UNSURE, "ambiguous"),
        ("第二个", LOST, "clarify_picked"),
    ]);
    assert_eq!(state.last_faq.unwrap().as_str(), "f1");
    let state = check(&[
        ("啥", UNSURE, "ambiguous"),
        ("问题2", LOST, "clarify_picked"),
    ]);
    assert_eq!(state.last_faq.unwrap().as_str(), "f2");
    check(&[
        ("啥", UNSURE, "ambiguous"),
        ("都不是", LOST, "repeated_failure"),
    ]);
    check(&[("啥", UNSURE, "ambiguous"), ("怎么退货", SURE, "confident")]);
}

#[test]
fn options_are_few_and_close() {
    let verdict = turn("啥", UNSURE, &ConversationState::default());
    let Decision::Clarify { options } = verdict.decision else {
        panic!("{:?}", verdict.decision)
    };
    assert_eq!(options.len(), 3); // 0, −0.4, −0.8; the next would be 1.2 behind
    assert_eq!(verdict.next.awaiting.options(), options);
}

#[test]
fn requests_for_a_human_and_complaints_go_over_at_once() {
    for text in [
        "转人工",
        "我要人工客服",
        "找个真人来",
        "人工",
        "别让机器人糊弄我",
        "麻烦转一下客服",
        "叫你们经理过来",
    ] {
        check(&[(text, SURE, "human_request")]);
    }
    for text in ["我要投诉你们", "投诉"] {
        check(&[(text, SURE, "complaint")]);
    }
    for text in [
        "接到自称客服的电话是诈骗吗",
        "换货要找客服还是自己申请",
        "人工客服什么时候上班",
        "转账客服电话多少",
        "怎么换客户经理",
        "我要投诉商家怎么操作",
        "不用转人工",
        "人工费多少钱",
        "人工审核要多久",
        "怎么投诉商家",
        "投诉进度在哪查",
    ] {
        check(&[(text, SURE, "confident")]);
    }
}

#[test]
fn courtesies_around_a_question_do_not_hide_it() {
    for text in [
        "我要退货，谢谢",
        "没解决，谢谢",
        "就这样退不了啊",
        "你多大尺码",
        "你是真人实拍吗",
    ] {
        check(&[(text, SURE, "confident")]);
    }
    for (text, rule) in [
        ("好的谢谢", "thanks"),
        ("行，明白了，谢谢", "thanks"),
        ("谢谢你啦", "thanks"),
        ("好的再见", "goodbye"),
        ("你是机器人吗", "about_bot"),
        ("在吗", "greeting"),
    ] {
        check(&[(text, SURE, rule)]);
    }
}

#[test]
fn few_candidates_lead_by_nothing() {
    for count in 1..=2 {
        let mut said = Turn::new("今天天气怎么样", 0.0);
        said.candidates.ranked.truncate(count);
        let decider = Decider::new(Policy::shipped().unwrap(), Calibrator::shipped().unwrap());
        let verdict = said.decided_by(&decider, &ConversationState::default());
        assert_ne!(verdict.decision.name(), "auto_reply", "{count} candidates");
    }
}

#[test]
fn a_conversation_is_handed_over_once() {
    let state = check(&[
        ("转人工", SURE, "human_request"),
        ("怎么退货", SURE, "with_human"),
        ("我要投诉", SURE, "with_human"),
    ]);
    assert_eq!(state.handed_over.unwrap().to_string(), "human_request");
}

#[test]
fn without_candidates_the_confidence_is_zero() {
    let mut said = Turn::new("怎么退货", SURE);
    said.candidates = Candidates::default();
    let verdict = said.decided_by(&decider(), &ConversationState::default());
    assert_eq!(
        (verdict.confidence.get(), verdict.rule.as_str()),
        (0.0, "no_words")
    );
}

/// What a classifier says of danger and wishes decides before an answer; of small talk, where no FAQ is sure.
#[test]
fn rules_on_intents_come_before_or_after_a_sure_answer() {
    let decider = decider();
    let check = |best: f32, intent: &str, p: f64, expected: (&str, &str)| {
        let said = Turn::new("没有规则认得的话", best).with_intent(intent, p);
        let verdict = said.decided_by(&decider, &ConversationState::default());
        assert_eq!(
            (verdict.decision.name(), verdict.rule.as_str()),
            expected,
            "{intent} {p}"
        );
    };
    check(LOST, "complaint", 0.95, ("handoff", "complaint_intent"));
    check(
        UNSURE,
        "human_request",
        0.95,
        ("handoff", "human_request_intent"),
    );
    check(SURE, "complaint", 0.95, ("handoff", "complaint_intent"));
    check(SURE, "complaint", 0.5, ("auto_reply", "confident"));
    check(LOST, "complaint", 0.5, ("handoff", "complaint_likely"));
    check(LOST, "complaint", 0.3, ("rephrase", "failed_match"));
    check(SURE, "smalltalk", 0.95, ("auto_reply", "confident"));
    check(LOST, "smalltalk", 0.95, ("smalltalk", "smalltalk_intent"));
    check(UNSURE, "refund", 0.99, ("clarify", "ambiguous"));
}
