//! Counting, on answers made by hand.

use jieda::{
    KnowledgeBase, Timings,
    types::{Candidate, ClarifyOption, Decision, FaqId, HandoffReason, MaskedText, Score},
};

use super::*;
use crate::decision::{Label, Turn};

const FAQS: &str = r#"{"id":"a1","intent":"x","question":"怎么退货","answer":"见说明。"}
{"id":"a2","intent":"x","question":"怎么换货","answer":"见说明。"}
{"id":"b1","intent":"y","question":"怎么开发票","answer":"见说明。"}
"#;
const INTENTS: &str = "{\"id\":\"x\",\"name\":\"退换货\"}\n{\"id\":\"y\",\"name\":\"发票\"}\n";

pub(crate) fn kb() -> KnowledgeBase {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("faqs.jsonl"), FAQS).unwrap();
    std::fs::write(dir.path().join("intents.jsonl"), INTENTS).unwrap();
    KnowledgeBase::load(dir.path()).unwrap()
}

fn id(faq: &str) -> FaqId {
    FaqId::new(faq).unwrap()
}

#[derive(Clone, Copy)]
enum Done {
    Reply,
    Clarify,
    Handoff,
}

/// A query that `right` answers and for which `found` came first; the right one comes second then.
fn query(right: &str, found: &str, done: Done) -> Asked {
    let kb = kb();
    let label = Label::Answerable {
        faq: id(right),
        style: "口语".into(),
    };
    let rank = if right == found { 1 } else { 2 };
    let candidate = |faq: &str, score| {
        let faq = kb.faq(&id(faq)).unwrap();
        Candidate {
            faq: faq.id.clone(),
            intent: faq.intent.clone(),
            question: faq.question.clone(),
            matched: faq.question.clone(),
            score: Score(score),
            context: 0.0,
            parts: Vec::new(),
        }
    };
    let asked = text(label, found, done);
    Asked {
        right: Some(candidate(right, 1.0 / rank as f32)),
        found: Some(candidate(found, 1.0)),
        intent: Some(candidate(found, 1.0).intent),
        turn: Turn {
            rank: Some(rank),
            ..asked.turn
        },
        ..asked
    }
}

fn text(label: Label, found: &str, done: Done) -> Asked {
    Asked {
        said: MaskedText::assume_masked(match &label {
            Label::Answerable { faq, .. } => format!("{faq}怎么说"),
            _ => "别的话".to_owned(),
        }),
        turn: Turn {
            text: "客户的话".into(),
            label,
            conversation: None,
            channel: None,
            decision: match done {
                Done::Reply => Decision::AutoReply { faq: id(found) },
                Done::Clarify => Decision::Clarify {
                    options: vec![ClarifyOption {
                        faq: id(found),
                        question: String::new(),
                    }],
                },
                Done::Handoff => Decision::Handoff {
                    reason: HandoffReason::Complaint,
                },
            },
            rule: "confident".into(),
            ahead: None,
            confidence: 0.9,
            found: Some(id(found)),
            rank: None,
        },
        found: None,
        right: None,
        intent: None,
        timings: Timings::default(),
    }
}

/// Eleven texts: one of every kind and fate.
pub(crate) fn sample() -> Vec<Asked> {
    let unanswerable = || Label::Unanswerable {
        kind: "near".into(),
    };
    let handoff = || Label::Handoff {
        reason: "complaint".into(),
    };
    vec![
        query("a1", "a1", Done::Reply),
        query("a1", "a2", Done::Reply),
        query("a1", "a2", Done::Clarify),
        query("a2", "a1", Done::Clarify),
        query("b1", "b1", Done::Clarify),
        query("b1", "a1", Done::Handoff),
        text(unanswerable(), "a1", Done::Reply),
        text(unanswerable(), "a1", Done::Clarify),
        text(handoff(), "a1", Done::Handoff),
        text(handoff(), "a1", Done::Reply),
        text(Label::NoHandoff, "a1", Done::Reply),
    ]
}

#[test]
fn headline_by_hand() {
    let h = Headline::of(&sample(), &[]);
    let shares = [
        h.recall_at_1,
        h.recall_at_3,
        h.auto_reply_rate,
        // The reply to a text for a human is none of the three.
        h.wrong_rate,
        h.unanswerable_replied,
        h.handoff_recall,
        h.handoff_false_rate,
    ];
    let counts = shares.map(|figure| figure.map(|f| (f.hits(), f.n)));
    let expected = [(2, 6), (6, 6), (2, 6), (2, 3), (1, 2), (1, 2), (0, 1)];
    assert_eq!(counts, expected.map(Some));
    assert!((h.mrr_at_10.unwrap().value - 4.0 / 6.0).abs() < 1e-12);
    assert_eq!(h.solved_without_human, None);
    // Nothing is taken over nothing.
    assert_eq!(Headline::of(&[], &[]).recall_at_1, None);
}

#[test]
fn every_query_has_one_outcome() {
    let asked = sample();
    let outcomes = Outcomes::of(asked.iter().filter(|a| a.is_answerable())).unwrap();
    let counts: Vec<_> = outcomes.counts.iter().map(|c| (c.outcome, c.n)).collect();
    let expected = [
        (Outcome::RightReply, 1),
        (Outcome::UsefulClarify, 1),
        (Outcome::UselessClarify, 2),
        (Outcome::HandedOver, 1),
        (Outcome::WrongReply, 1),
    ];
    assert_eq!(counts, expected);
    assert_eq!(outcomes.n, 6);
    assert_eq!(Outcomes::of([].iter()), None);
}

#[test]
fn pairs_are_ranked_by_what_they_lost() {
    let pairs = pairs::confused_pairs(&sample(), &kb());
    let seen: Vec<_> = pairs
        .iter()
        .map(|p| {
            (
                p.first.faq.as_str(),
                p.second.faq.as_str(),
                p.lost(),
                p.advice,
            )
        })
        .collect();
    let expected = [
        ("a1", "a2", 3, Advice::JoinOrSetApart),
        ("b1", "a1", 1, Advice::AddPhrasing),
    ];
    assert_eq!(seen, expected);
    let first = &pairs[0].first;
    assert_eq!((first.asked, first.lost, first.replied), (3, 2, 1));
    assert_eq!(pairs[1].second.example, None);

    let one_way = [
        query("b1", "a1", Done::Clarify),
        query("b1", "a1", Done::Clarify),
    ];
    let pairs = pairs::confused_pairs(&one_way, &kb());
    assert_eq!(pairs[0].advice, Advice::MovePhrasings);
}

#[test]
fn confusion_by_hand() {
    let confusion = Confusion::of(&sample(), &kb()).unwrap();
    assert_eq!(confusion.counts, [[4, 0], [1, 1]]);
    assert_eq!(confusion.accuracy.hits(), 5);
    // F1 of 退换货 8/9, of 发票 2/3.
    assert!((confusion.macro_f1 - (8.0 / 9.0 + 2.0 / 3.0) / 2.0).abs() < 1e-12);
    let mistaken: Vec<_> = confusion
        .mistaken
        .iter()
        .map(|m| (m.is, m.named, m.n))
        .collect();
    assert_eq!(mistaken, [(1, 0, 1)]);
    assert_eq!(Confusion::of(&[], &kb()), None);
}

#[test]
fn groups_are_there_where_something_is_known() {
    let groups = Groups::of(&sample(), &kb());
    let names = |groups: &[Group]| -> Vec<Option<String>> {
        groups.iter().map(|g| g.name.clone()).collect()
    };
    assert_eq!(names(&groups.by_style), [Some("口语".into())]);
    assert_eq!(names(&groups.by_channel), []);
    // 1 of 4 and 1 of 2.
    let expected = [Some("退换货".into()), Some("发票".into())];
    assert_eq!(names(&groups.by_intent), expected);
    let invoices = &groups.by_intent[1];
    assert_eq!(
        (invoices.recall_at_1.hits(), invoices.wrong_rate),
        (1, None)
    );
}

#[test]
fn what_must_not_be_answered_is_listed() {
    let asked = sample();
    let handoffs = Handoffs::of(&asked).unwrap();
    assert_eq!(handoffs.by_reason[0].share.hits(), 1);
    assert_eq!((handoffs.missed.len(), handoffs.mistaken.len()), (1, 0));
    let kinds = Unanswerable::of(&asked).unwrap().by_kind;
    assert_eq!(kinds[0].name.as_deref(), Some("near"));
    assert_eq!((kinds[0].share.hits(), kinds[0].share.n), (1, 2));
    assert_eq!(Handoffs::of(&asked[..6]), None);
    assert_eq!(Unanswerable::of(&asked[..6]), None);
}

#[test]
fn the_surest_wrong_reply_is_the_worst() {
    let mut asked = sample();
    asked[1].turn.confidence = 0.95;
    let misses = Misses::of(&asked, &kb());
    let confidences: Vec<f64> = misses
        .wrong_replies
        .worst
        .iter()
        .map(|m| m.confidence)
        .collect();
    assert_eq!(confidences, [0.95, 0.9]);
    let worst = &misses.wrong_replies.worst[0];
    assert_eq!(worst.right.as_ref().unwrap().rank, Some(2));
    assert_eq!(misses.wrong_replies.worst[1].right, None);
    // All right ones are within ten.
    assert_eq!(misses.not_found.n, 0);

    asked[2].turn.rank = None;
    asked[2].right = None;
    let lost = Misses::of(&asked, &kb()).not_found;
    let right = lost.worst[0].right.as_ref().unwrap();
    assert_eq!((right.question.as_str(), right.rank), ("怎么退货", None));
}

#[test]
fn thresholds_are_told_with_the_present_one() {
    let policy = jieda::Policy::shipped().unwrap();
    let calibration = Calibration::of(&sample(), &policy.thresholds, None).unwrap();
    let present: Vec<_> = calibration
        .thresholds
        .iter()
        .filter(|t| t.is_present)
        .collect();
    assert_eq!(present.len(), 1);
    assert_eq!(present[0].threshold, policy.thresholds.reply.get());
    assert!(
        calibration
            .thresholds
            .is_sorted_by(|a, b| a.threshold > b.threshold)
    );
    assert_eq!(calibration.recheck, None);
    assert_eq!(Calibration::of(&[], &policy.thresholds, None), None);
}
