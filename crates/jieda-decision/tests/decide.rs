//! Decisions turn by turn: which rule fires, and what is remembered.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may fail by panic"
)]

use jieda_decision::{Calibrator, Decider, Evidence, Policy, Verdict};
use jieda_types::{
    ByteSpan, Candidate, Candidates, Confidence, ConversationState, Decision, FaqId, IntentId,
    IntentPrediction, IntentScore, Score, Segmented, Token, TokenKind,
};
use proptest::prelude::*;

/// A calibrator for which the fused score *is* the log-odds, so that tests set the confidence.
fn decider() -> Decider {
    let mut calibrator = Calibrator::shipped().unwrap();
    calibrator.bias = 0.0;
    for (i, c) in calibrator.coefficients.iter_mut().enumerate() {
        (c.weight, c.mean, c.deviation) = (if i == 0 { 1.0 } else { 0.0 }, 0.0, 1.0);
    }
    Decider::new(Policy::shipped().unwrap(), calibrator)
}

const SURE: f32 = 5.0;
const UNSURE: f32 = 0.0;
const LOST: f32 = -5.0;

fn segmented(text: &str) -> Segmented {
    let token = Token {
        text: text.into(),
        span: ByteSpan {
            start: 0,
            end: text.len(),
        },
        kind: TokenKind::Word,
    };
    let tokens = if text.chars().any(char::is_alphanumeric) {
        vec![token]
    } else {
        Vec::new()
    };
    Segmented {
        original: text.into(),
        normalized: text.into(),
        tokens,
    }
}

fn candidates(best: f32) -> Candidates {
    let candidate = |i: u8| Candidate {
        faq: FaqId::new(format!("f{i}")).unwrap(),
        intent: IntentId::new("i").unwrap(),
        question: format!("问题{i}"),
        matched: format!("问题{i}"),
        score: Score(best - f32::from(i) * 0.4),
        parts: Vec::new(),
    };
    Candidates {
        ranked: (0..6).map(candidate).collect(),
        ..Candidates::default()
    }
}

fn turn(text: &str, best: f32, state: &ConversationState) -> Verdict {
    let segmented = segmented(text);
    let candidates = candidates(best);
    let evidence = Evidence {
        segmented: &segmented,
        candidates: &candidates,
        by_faqs: &IntentPrediction::default(),
        intents: &IntentPrediction::default(),
    };
    decider().decide(&evidence, state)
}

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
    assert_eq!(verdict.next.pending, options);
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
        let segmented = segmented("今天天气怎么样");
        let mut candidates = candidates(0.0);
        candidates.ranked.truncate(count);
        let evidence = Evidence {
            segmented: &segmented,
            candidates: &candidates,
            by_faqs: &IntentPrediction::default(),
            intents: &IntentPrediction::default(),
        };
        let decider = Decider::new(Policy::shipped().unwrap(), Calibrator::shipped().unwrap());
        let verdict = decider.decide(&evidence, &ConversationState::default());
        assert_ne!(verdict.decision.name(), "auto_reply", "{count} candidates");
    }
}

#[test]
fn a_conversation_is_handed_over_once() {
    let state = check(&[
        ("转人工", SURE, "human_request"),
        ("怎么退货", SURE, "already_handed_over"),
        ("我要投诉", SURE, "already_handed_over"),
    ]);
    assert_eq!(state.handed_over.unwrap().to_string(), "human_request");
}

#[test]
fn without_candidates_the_confidence_is_zero() {
    let segmented = segmented("怎么退货");
    let evidence = Evidence {
        segmented: &segmented,
        candidates: &Candidates::default(),
        by_faqs: &IntentPrediction::default(),
        intents: &IntentPrediction::default(),
    };
    let verdict = decider().decide(&evidence, &ConversationState::default());
    assert_eq!(
        (verdict.confidence.get(), verdict.rule.as_str()),
        (0.0, "no_words")
    );
}

proptest! {
    /// Whatever is said, a conversation keeps its promises.
    #[test]
    fn any_conversation_is_sound(
        turns in proptest::collection::vec(
            (
                prop_oneof![
                    Just("怎么退货".to_owned()), Just("1".to_owned()), Just("都不是".to_owned()),
                    Just("你好".to_owned()), Just("转人工".to_owned()), Just("！".to_owned()),
                    "\\PC{0,6}",
                ],
                prop_oneof![Just(SURE), Just(UNSURE), Just(LOST), any::<f32>()],
            ),
            1..12,
        ),
    ) {
        let mut state = ConversationState::default();
        for (text, best) in &turns {
            let verdict = turn(text, *best, &state);
            prop_assert_eq!(&verdict, &turn(text, *best, &state), "the same turn decides the same");
            let handoff = matches!(verdict.decision, Decision::Handoff { .. });
            prop_assert!(state.handed_over.is_none() || handoff, "no word after a handover");
            prop_assert_eq!(verdict.next.handed_over.is_some(), handoff);
            prop_assert!(verdict.next.consecutive_failures < 2 || handoff);
            if let Decision::Clarify { options } = &verdict.decision {
                prop_assert!((1..=3).contains(&options.len()));
            }
            state = verdict.next;
        }
        prop_assert_eq!(state.turns as usize, turns.len());
    }
}

/// What a classifier says decides where no FAQ is sure, and nowhere else.
#[test]
fn rules_on_intents_come_after_a_sure_answer() {
    let decider = decider();
    let check = |best: f32, intent: &str, p: f64, expected: (&str, &str)| {
        let segmented = segmented("没有规则认得的话");
        let candidates = candidates(best);
        let intents = IntentPrediction {
            ranked: vec![IntentScore {
                id: IntentId::new(intent).unwrap(),
                confidence: Confidence::new(p).unwrap(),
            }],
            none: None,
        };
        let evidence = Evidence {
            segmented: &segmented,
            candidates: &candidates,
            by_faqs: &IntentPrediction::default(),
            intents: &intents,
        };
        let verdict = decider.decide(&evidence, &ConversationState::default());
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
    check(SURE, "complaint", 0.95, ("auto_reply", "confident"));
    check(LOST, "complaint", 0.5, ("rephrase", "failed_match"));
    check(LOST, "smalltalk", 0.95, ("smalltalk", "smalltalk_intent"));
    check(UNSURE, "refund", 0.99, ("clarify", "ambiguous"));
}
