//! Records to test with.

use std::{collections::BTreeMap, time::Duration};

use jieda_types::{
    Availability, ClarifyOption, Confidence, ConversationId, ConversationState, Customer, Decision,
    FaqId, HandoffReason, Handover, HistoryTurn, IntentId, IntentScore, MaskedText, Rating,
    SimilarCase, Speaker, TicketDraft, TicketField, Urgency,
};
use jiff::Timestamp;
use serde_json::json;

use crate::{Answer, Event, Feedback, Outcome, Trace, Turn, TurnNumber, Write};

/// A conversation's id.
#[must_use]
pub fn id(text: &str) -> ConversationId {
    ConversationId::new(text).unwrap()
}

/// An FAQ's id.
#[must_use]
pub fn faq(text: &str) -> FaqId {
    FaqId::new(text).unwrap()
}

/// So many minutes after some midnight.
#[must_use]
pub fn minute(minutes: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + minutes * 60).unwrap()
}

/// A masked text.
#[must_use]
pub fn masked(text: &str) -> MaskedText {
    MaskedText::assume_masked(text)
}

/// An answer without anything special.
#[must_use]
pub fn answer(decision: Decision, confidence: f64) -> Answer {
    Answer {
        decision,
        reply: masked("您可以在订单页申请。"),
        confidence: Confidence::saturating(confidence),
        rule: "confidence".into(),
        availability: None,
        variant: None,
        release: "20261129-100000-1a2b3c".into(),
        policy: "0123456789ab".into(),
        latency: Duration::from_micros(1234),
        trace: Trace::of(&json!({"normalized": "怎么退货", "tokens": ["怎么", "退货"]})).unwrap(),
    }
}

/// A turn in which the customer said something that an FAQ answers.
#[must_use]
pub fn said(number: u32, at: Timestamp, text: &str) -> Turn {
    let mut turn = Turn::new(at, Event::said(masked(text)));
    turn.number = TurnNumber::new(number).unwrap();
    turn.answer = Some(answer(Decision::AutoReply { faq: faq("ec-001") }, 0.9));
    turn.state.turns = number;
    turn
}

/// A turn that leads to a human.
#[must_use]
pub fn handed_over(number: u32, at: Timestamp) -> Turn {
    let reason = HandoffReason::HumanRequest;
    let mut turn = said(number, at, "转人工");
    turn.answer = Some(Answer {
        availability: Some(Availability::Callback),
        ..answer(Decision::Handoff { reason }, 1.0)
    });
    turn.state.handed_over = Some(reason);
    turn.handover = Some(package());
    turn
}

/// A conversation in which everything that can be stored is there once.
#[must_use]
pub fn everything(conversation: &ConversationId) -> Vec<Write> {
    let customer = Customer {
        id: Some("u-7".into()),
        tier: Some("VIP".into()),
        channel: Some("app".into()),
        language: Some("粤语".into()),
    };
    let mut clarify = said(1, minute(0), "鞋子\u{0301}不合脚 😀 'quoted' \"%_\\");
    clarify.event = Event::Said {
        text: masked("鞋子\u{0301}不合脚 😀 'quoted' \"%_\\"),
        variables: BTreeMap::from([("order_id".into(), masked("2026****01"))]),
    };
    let options = vec![ClarifyOption {
        faq: faq("ec-002"),
        question: "怎么换货？".into(),
    }];
    clarify.answer = Some(answer(Decision::Clarify { options }, 0.1 + 0.2));
    clarify.state = ConversationState {
        turns: 1,
        last_intent: Some(IntentId::new("exchange").unwrap()),
        intents: vec![IntentScore {
            id: IntentId::new("exchange").unwrap(),
            confidence: Confidence::saturating(1.0 / 3.0),
        }],
        slots: BTreeMap::from([("order_id".into(), "20261128001".into())]),
        ..ConversationState::default()
    };
    let mut rated = said(2, minute(1), "");
    rated.event = Event::Rated {
        rating: Rating::new(2).unwrap(),
    };
    rated.answer = handed_over(2, minute(1)).answer;
    rated.state = handed_over(2, minute(1)).state;
    rated.handover = Some(package());
    let mut agent = said(3, minute(2), "");
    agent.event = Event::AgentSaid {
        text: masked("我来帮您"),
    };
    agent.answer = None;
    agent.state = rated.state.clone();
    let mut back = said(4, minute(3), "");
    back.event = Event::HandedBack;
    back.answer = None;
    let turns = [clarify, rated, agent, back].map(|mut turn| {
        turn.customer = customer.clone();
        turn.channel = Some("wechat".into());
        Write::turn(conversation.clone(), turn)
    });
    let feedback = [
        Feedback {
            at: minute(5),
            turn: TurnNumber::new(2),
            rating: Some(Rating::new(1).unwrap()),
            outcome: Some(Outcome::Unsolved),
            comment: Some(masked("太慢了")),
        },
        Feedback {
            at: minute(4),
            turn: None,
            rating: None,
            outcome: Some(Outcome::Solved),
            comment: None,
        },
    ];
    let feedback = feedback.map(|f| Write::feedback(conversation.clone(), f));
    turns.into_iter().chain(feedback).collect()
}

/// What a human gets.
#[must_use]
pub fn package() -> Handover {
    Handover {
        conversation: Some("c".into()),
        customer: Customer::default(),
        reason: HandoffReason::HumanRequest,
        rule: "human_request".into(),
        availability: Availability::Callback,
        intents: Vec::new(),
        tried: Vec::new(),
        consecutive_failures: 1,
        satisfaction: Some(Rating::new(2).unwrap()),
        skill: Some("售后".into()),
        ticket: TicketDraft {
            kind: "退款".into(),
            urgency: Urgency::Urgent,
            summary: "鞋子不合脚".into(),
            fields: vec![TicketField {
                name: "order_id".into(),
                value: "20261128001".into(),
            }],
        },
        history: vec![HistoryTurn {
            speaker: Speaker::Customer,
            text: masked("鞋子不合脚"),
            decision: Some("handoff".into()),
            faq: Some(faq("ec-001")),
        }],
        faqs: Vec::new(),
        similar: vec![SimilarCase {
            conversation: "c-9".into(),
            summary: "换尺码".into(),
            solution: "已换".into(),
            similarity: 0.87,
        }],
    }
}
