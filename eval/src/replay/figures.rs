//! What one side does, in figures.

use std::collections::BTreeMap;

use jieda_types::HandoffReason;
use serde::Serialize;

use super::{CostPoint, Figure, Tally};
use crate::{logs::DecisionKind, transcripts::Timing};

/// What one side does.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Figures {
    /// The customer's turns that it decided.
    pub turns: u64,
    /// By what was done.
    pub decisions: BTreeMap<DecisionKind, u64>,
    /// Automatic replies / turns.
    pub coverage: f64,
    /// Clarifying questions / turns.
    pub clarify_rate: f64,
    /// Requests to say it in other words / turns.
    pub rephrase_rate: f64,
    /// Conversations that went to a human.
    pub handed_over: u64,
    /// Those / conversations.
    pub handover_rate: f64,
    /// Why they went, the first time.
    pub handovers_by_reason: BTreeMap<HandoffReason, u64>,
    /// Against the labels, where there are any.
    pub labels: Option<LabelFigures>,
    /// When conversations went to a human.
    pub timing: Option<TimingFigures>,
    /// The cost curve; empty without labels.
    pub costs: Vec<CostPoint>,
}

/// Against the labels.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct LabelFigures {
    /// Turns with a label.
    pub turns: u64,
    /// Of these, decided as expected.
    pub right: u64,
    /// Those / turns.
    pub accuracy: f64,
    /// Automatic replies to turns with a label.
    pub replies: u64,
    /// Of these, with another answer than the label's, or where no answer was due.
    pub wrong: u64,
    /// Those / replies; none without replies.
    pub wrong_reply_rate: Option<f64>,
}

/// What tells when a conversation should have gone to a human.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TimingReference {
    /// The labels.
    Labels,
    /// When it went then, right or wrong.
    Recorded,
}

/// When conversations went to a human.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct TimingFigures {
    /// Against what.
    pub reference: TimingReference,
    /// Counts.
    #[serde(flatten)]
    pub timing: Timing,
    /// Golden Transfer within Tolerance of 1, 2 and 3 turns.
    pub gt_t: [f64; 3],
}

impl Figures {
    pub(super) fn of(
        tally: &Tally,
        decisions: BTreeMap<DecisionKind, u64>,
        handovers_by_reason: BTreeMap<HandoffReason, u64>,
    ) -> Self {
        let share = |figure: Figure| rounded(figure.of(tally));
        Self {
            turns: tally.turns,
            decisions,
            coverage: share(Figure::Coverage),
            clarify_rate: share(Figure::ClarifyRate),
            rephrase_rate: share(Figure::RephraseRate),
            handed_over: tally.handed_over,
            handover_rate: share(Figure::HandoverRate),
            handovers_by_reason,
            labels: (tally.labelled > 0).then(|| LabelFigures {
                turns: tally.labelled,
                right: tally.right,
                accuracy: share(Figure::Accuracy),
                replies: tally.labelled_replies,
                wrong: tally.wrong_replies,
                wrong_reply_rate: (tally.labelled_replies > 0)
                    .then(|| share(Figure::WrongReplyRate)),
            }),
            timing: None,
            costs: Vec::new(),
        }
    }
}

impl TimingFigures {
    pub(super) fn of(reference: TimingReference, timing: Timing) -> Self {
        Self {
            reference,
            timing,
            gt_t: timing.gt_t().map(rounded),
        }
    }
}

/// Six digits after the point: what is beyond says nothing.
pub(super) fn rounded(value: f64) -> f64 {
    (value * 1e6).round() / 1e6
}
