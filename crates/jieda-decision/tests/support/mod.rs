//! Turns whose confidence a test sets.

#![allow(dead_code, reason = "not every test uses all of it")]

use std::collections::BTreeMap;

use jieda_decision::{Calibrator, Decider, Evidence, Policy, Reading, Verdict};
use jieda_types::{
    ByteSpan, Candidate, Candidates, Confidence, ConversationState, FaqId, IntentId,
    IntentPrediction, IntentScore, Score, Segmented, Situation, Token, TokenKind,
};

/// A calibrator for which the fused score *is* the log-odds, so that tests set the confidence.
pub(crate) fn calibrator() -> Calibrator {
    let mut calibrator = Calibrator::shipped().unwrap();
    calibrator.bias = 0.0;
    for (i, c) in calibrator.coefficients.iter_mut().enumerate() {
        (c.weight, c.mean, c.deviation) = (if i == 0 { 1.0 } else { 0.0 }, 0.0, 1.0);
    }
    calibrator
}

/// The shipped policy.
pub(crate) fn decider() -> Decider {
    Decider::new(Policy::shipped().unwrap(), calibrator())
}

/// A policy that differs from the shipped one.
pub(crate) fn decider_with(toml: &str) -> Decider {
    Decider::new(Policy::from_toml(toml).unwrap(), calibrator())
}

pub(crate) const SURE: f32 = 5.0;
/// A clarifying question whose options likely hold the answer.
pub(crate) const LIKELY: f32 = 1.0;
pub(crate) const UNSURE: f32 = -0.5;
pub(crate) const LOST: f32 = -5.0;

/// One turn as the engine sees it.
#[derive(Debug, Clone)]
pub(crate) struct Turn {
    pub(crate) segmented: Segmented,
    pub(crate) candidates: Candidates,
    pub(crate) intents: IntentPrediction,
    pub(crate) slots: BTreeMap<String, String>,
    pub(crate) situation: Situation,
}

impl Turn {
    pub(crate) fn new(text: &str, best: f32) -> Self {
        Self {
            segmented: segmented(text),
            candidates: candidates(best),
            intents: IntentPrediction::default(),
            slots: BTreeMap::new(),
            situation: Situation::default(),
        }
    }

    pub(crate) fn with_intent(mut self, intent: &str, p: f64) -> Self {
        self.intents.ranked.push(IntentScore {
            id: IntentId::new(intent).unwrap(),
            confidence: Confidence::new(p).unwrap(),
        });
        self
    }

    pub(crate) fn with_slot(mut self, name: &str, value: &str) -> Self {
        self.slots.insert(name.into(), value.into());
        self
    }

    pub(crate) fn decided_by(&self, decider: &Decider, state: &ConversationState) -> Verdict {
        let evidence = Evidence {
            segmented: &self.segmented,
            candidates: &self.candidates,
            by_faqs: &IntentPrediction::default(),
            intents: &self.intents,
            reading: Reading::Alone,
            slots: &self.slots,
        };
        decider.decide(&evidence, state, &self.situation)
    }
}

/// One turn by the shipped policy.
pub(crate) fn turn(text: &str, best: f32, state: &ConversationState) -> Verdict {
    Turn::new(text, best).decided_by(&decider(), state)
}

pub(crate) fn segmented(text: &str) -> Segmented {
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

pub(crate) fn candidates(best: f32) -> Candidates {
    let candidate = |i: u8| Candidate {
        faq: FaqId::new(format!("f{i}")).unwrap(),
        intent: IntentId::new("i").unwrap(),
        question: format!("问题{i}"),
        matched: format!("问题{i}"),
        score: Score(best - f32::from(i) * 0.4),
        context: 0.0,
        parts: Vec::new(),
    };
    Candidates {
        ranked: (0..6).map(candidate).collect(),
        ..Candidates::default()
    }
}
