//! Decisions that change.

use std::collections::BTreeMap;

use jieda::Timestamp;
use jieda_types::MaskedText;
use serde::Serialize;

use crate::{
    logs::{Decided, DecisionKind, Recorded, RecordedTurn},
    stats::McNemar,
    transcripts::Expected,
};

/// A turn that is decided otherwise.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Change {
    /// The conversation, masked.
    pub conversation: String,
    /// The number of the turn in it.
    pub turn: u32,
    /// The line or row of the log, where the turn has one of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub row: Option<usize>,
    /// When it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
    /// What the customer said, masked; empty for a rating.
    pub text: MaskedText,
    /// What was decided, or is by the first engine.
    pub from: Decided,
    /// What is decided by the second.
    pub to: Decided,
    /// What should be decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected: Option<Expected>,
    /// Whether the change is for the better, by the label.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub better: Option<bool>,
}

impl Change {
    pub(super) fn of(
        recorded: &Recorded,
        turn: &RecordedTurn,
        (from, to): (&Decided, &Decided),
    ) -> Self {
        Self {
            conversation: recorded.id.clone(),
            turn: turn.number,
            row: turn.row,
            at: turn.occasion.at,
            text: turn.event.text().cloned().unwrap_or_default(),
            from: from.clone(),
            to: to.clone(),
            expected: turn.expected.clone(),
            better: None,
        }
    }
}

/// How many decisions change, and into what.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Changes {
    /// Turns that both sides decided.
    pub compared: usize,
    /// Of these, decided otherwise.
    pub turns: usize,
    /// Conversations with such a turn.
    pub conversations: usize,
    /// From what into what, the most frequent first.
    pub transitions: Vec<Transition>,
    /// Turns that only the second side decides as the label says.
    pub better: usize,
    /// Turns that only the first side decides as the label says.
    pub worse: usize,
    /// Conversations that one side alone decides as labelled from the first turn to the last.
    pub whole_conversations: McNemar,
    /// Whether that may be chance: McNemar's mid-p, two-sided. None without labels.
    pub p: Option<f64>,
}

/// From one decision into another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Transition {
    /// Of the first side.
    pub from: DecisionKind,
    /// Of the second; the same for another answer, or another reason.
    pub to: DecisionKind,
    /// How many turns.
    pub turns: usize,
}

/// Counts transitions.
#[derive(Debug, Clone, Default)]
pub(super) struct Transitions(BTreeMap<(DecisionKind, DecisionKind), usize>);

impl Transitions {
    pub(super) fn add(&mut self, change: &Change) {
        let key = (change.from.decision, change.to.decision);
        *self.0.entry(key).or_default() += 1;
    }

    pub(super) fn most_frequent_first(&self) -> Vec<Transition> {
        let counts = self.0.iter();
        let mut transitions: Vec<Transition> = counts
            .map(|(&(from, to), &turns)| Transition { from, to, turns })
            .collect();
        transitions.sort_by_key(|transition| std::cmp::Reverse(transition.turns));
        transitions
    }
}
