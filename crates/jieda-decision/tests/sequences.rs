//! Whatever happens in whatever order, a conversation keeps its promises.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may fail by panic"
)]

mod support;

use std::sync::LazyLock;

use jieda_decision::{Decider, Verdict, handed_back};
use jieda_types::{
    Awaiting, ConversationState, Decision, HandoffReason, Rating, Situation, SmallTalk,
};
use proptest::prelude::*;
use support::{LIKELY, LOST, SURE, Turn, UNSURE, decider_with};

#[derive(Debug, Clone)]
enum Event {
    Said(String, f32, Option<(&'static str, f64)>, bool),
    Rated(i64),
    /// The answer that was decided on lacks a value.
    Lacking(String, &'static str),
    HandedBack,
}

fn events() -> impl Strategy<Value = Event> {
    let text = prop_oneof![
        Just("怎么退货".to_owned()),
        Just("1".to_owned()),
        Just("第二个".to_owned()),
        Just("都不是".to_owned()),
        Just("你好".to_owned()),
        Just("3分".to_owned()),
        Just("不满意".to_owned()),
        Just("很满意".to_owned()),
        Just("订单号20261128001".to_owned()),
        Just("！".to_owned()),
        "\\PC{0,6}",
        Just("转人工".to_owned()),
    ];
    let best = prop_oneof![
        4 => Just(SURE),
        3 => Just(LIKELY),
        4 => Just(UNSURE),
        4 => Just(LOST),
        1 => any::<f32>(),
    ];
    let intent = proptest::option::weighted(
        0.2,
        prop_oneof![
            Just(("safety", 0.99)),
            Just(("smalltalk", 0.95)),
            Just(("refund", 0.8)),
        ],
    );
    prop_oneof![
        20 => (text, best, intent, any::<bool>()).prop_map(|(t, b, i, s)| Event::Said(t, b, i, s)),
        2 => (1..=5i64).prop_map(Event::Rated),
        3 => (Just("订单到哪了".to_owned()), prop_oneof![Just("order_id"), Just("balance")])
            .prop_map(|(t, v)| Event::Lacking(t, v)),
        1 => Just(Event::HandedBack),
    ]
}

/// Policies, each read once.
static POLICIES: LazyLock<Vec<(&str, Decider)>> = LazyLock::new(|| {
    [
        "",
        "handoff.after = \"answer\"",
        "handoff.after = \"notice\"\nsatisfaction.ask_every = 1",
        "thresholds.failure_limit = 3\nvip.failure_limit = 1",
    ]
    .map(|toml| (toml, decider_with(toml)))
    .into()
});

fn apply(decider: &Decider, event: &Event, state: &ConversationState) -> Option<Verdict> {
    match event {
        Event::Said(text, best, intent, with_slot) => {
            let mut turn = Turn::new(text, *best);
            if let Some((name, p)) = intent {
                turn = turn.with_intent(name, *p);
            }
            if *with_slot {
                turn = turn.with_slot("order_id", "20261128001");
            }
            Some(turn.decided_by(decider, state))
        }
        Event::Rated(stars) => {
            Some(decider.rate(Rating::new(*stars).unwrap(), state, &Situation::default()))
        }
        Event::Lacking(text, variable) => {
            let turn = Turn::new(text, SURE);
            let verdict = turn.decided_by(decider, state);
            Some(decider.lacking(verdict, &[(*variable).to_owned()], state, &turn.situation))
        }
        Event::HandedBack => None,
    }
}

/// What must hold after every event.
fn promises(
    policy: &str,
    event: &Event,
    state: &ConversationState,
    verdict: &Verdict,
) -> Result<(), TestCaseError> {
    let next = &verdict.next;
    let with_human = state.handed_over.is_some();
    let handoff = match &verdict.decision {
        Decision::Handoff { reason } => Some(*reason),
        _ => None,
    };
    prop_assert!(!(with_human && handoff.is_some()), "handed over twice");
    if with_human {
        let may_answer = policy.contains("answer");
        let answered = matches!(verdict.decision, Decision::AutoReply { .. });
        prop_assert!(verdict.decision == Decision::Silent || may_answer && answered);
        prop_assert_eq!(next.consecutive_failures, state.consecutive_failures);
    } else {
        prop_assert_eq!(next.handed_over, handoff);
        prop_assert!(verdict.decision != Decision::Silent);
        prop_assert_eq!(verdict.availability.is_some(), handoff.is_some());
    }
    let said = !matches!(event, Event::Rated(_));
    prop_assert_eq!(next.turns, state.turns + u32::from(said));
    if !with_human {
        let asked = matches!(
            verdict.decision,
            Decision::Clarify { .. } | Decision::Rephrase
        );
        // What is likely among the options is a match, three times in a row.
        let likely = verdict.rule == "likely";
        prop_assert!(!likely || state.clarifications < 3);
        let failed = asked && !likely || handoff == Some(HandoffReason::RepeatedFailure);
        let expected = match &verdict.decision {
            Decision::AutoReply { .. } => 0,
            _ if likely => 0,
            _ if failed => state.consecutive_failures + 1,
            _ => state.consecutive_failures,
        };
        prop_assert_eq!(next.consecutive_failures, expected);
        let in_a_row = match &verdict.decision {
            Decision::Clarify { .. } => state.clarifications + 1,
            Decision::SmallTalk { .. } => state.clarifications,
            _ => 0,
        };
        prop_assert_eq!(next.clarifications, in_a_row);
        let replied = matches!(verdict.decision, Decision::AutoReply { .. });
        prop_assert_eq!(next.replies, state.replies + u32::from(replied));
        let limit = if policy.contains("failure_limit = 3") {
            3
        } else {
            2
        };
        prop_assert_eq!(
            handoff == Some(HandoffReason::RepeatedFailure),
            next.consecutive_failures >= limit,
            "two turns without a match, no earlier and no later"
        );
    }
    if let Event::Rated(stars) = event {
        prop_assert_eq!(next.rating.map(i64::from), Some(*stars));
        if !with_human {
            prop_assert_eq!(handoff == Some(HandoffReason::LowSatisfaction), *stars <= 3);
            let rated = Decision::SmallTalk {
                kind: SmallTalk::Rated,
            };
            prop_assert_eq!(verdict.decision == rated, *stars > 3);
        }
    }
    if let Decision::Clarify { options } = &verdict.decision {
        prop_assert!((1..=3).contains(&options.len()));
        prop_assert_eq!(next.awaiting.options(), options.as_slice());
    }
    if let Decision::AskValue { variable, .. } = &verdict.decision {
        prop_assert!(!state.asked_values.contains(variable), "asked for once");
        let awaited =
            matches!(&next.awaiting, Awaiting::Value { variable: v, .. } if v == variable);
        prop_assert!(awaited);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn any_conversation_is_sound(
        policy in 0..POLICIES.len(),
        events in proptest::collection::vec(events(), 1..12),
    ) {
        let (policy, decider) = &POLICIES[policy];
        let mut state = ConversationState::default();
        let mut states = vec![state.clone()];
        for event in &events {
            let Some(verdict) = apply(decider, event, &state) else {
                state = handed_back(&state);
                states.push(state.clone());
                continue;
            };
            promises(policy, event, &state, &verdict)?;
            state = verdict.next;
            states.push(state.clone());
        }
        // Once more from the start, each state through its written form.
        let mut again = ConversationState::default();
        for (event, expected) in events.iter().zip(&states[1..]) {
            let written = serde_json::to_string(&again).unwrap();
            prop_assert!(written.len() <= 4096, "{} bytes", written.len());
            let read: ConversationState = serde_json::from_str(&written).unwrap();
            again = match apply(decider, event, &read) {
                Some(verdict) => verdict.next,
                None => handed_back(&read),
            };
            prop_assert_eq!(&again, expected, "the same events lead to the same state");
        }
    }
}
