//! How conversations went, in figures.

use std::collections::BTreeMap;

use jieda::model::macro_f1;
use jieda_types::HandoffReason;
use serde::Serialize;

use super::{Act, ExpectedReason, Played, PlayedTurn, Timing};

/// Reasons that follow from counters alone, and so must be exactly right.
const COUNTED: [HandoffReason; 2] = [
    HandoffReason::RepeatedFailure,
    HandoffReason::LowSatisfaction,
];

/// How conversations went.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TranscriptReport {
    /// Conversations.
    pub conversations: usize,
    /// Turns of the customer's.
    pub turns: usize,
    /// Share of turns whose decision is right, and whose answer is where one is expected.
    pub turn_accuracy: f64,
    /// By what was expected or done.
    pub decision: BTreeMap<Act, TurnClass>,
    /// Mean F1 of what is expected anywhere.
    pub decision_macro_f1: f64,
    /// Turns that can't be understood without those before: share whose FAQ comes first.
    #[serde(rename = "context_recall@1")]
    pub context_recall: f64,
    /// The same, with its count and what the words alone find.
    pub context: Retrieved,
    /// All other turns that an FAQ answers.
    pub others: Retrieved,
    /// Who goes to a human, and when.
    pub handoff: HandoffReport,
    /// Share of conversations that no human is needed for, that none was called to, and whose every question got
    /// its answer at once, of all conversations.
    pub solved_without_human: f64,
    /// Share of conversations that never came to a human.
    pub contained: f64,
}

/// How one class of turns was told.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct TurnClass {
    /// Turns where it is expected.
    pub n: usize,
    /// Share of the turns where it was done that expect it.
    pub precision: f64,
    /// Share of the turns that expect it where it was done.
    pub recall: f64,
    /// Their harmonic mean.
    pub f1: f64,
}

/// Whether the right FAQ comes first.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct Retrieved {
    /// Turns that an FAQ answers.
    pub n: usize,
    /// Share where it comes first in the conversation.
    #[serde(rename = "recall@1")]
    pub recall: f64,
    /// Share where it comes first for the words alone.
    #[serde(rename = "alone_recall@1")]
    pub alone: f64,
}

/// Who goes to a human, and when.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HandoffReport {
    /// Conversations that should go to a human.
    pub expected: usize,
    /// Share of the conversations handed over that went at the right turn.
    pub precision: f64,
    /// Share of those that should go which went at the right turn.
    pub recall: f64,
    /// Went, but before the right turn (or should not have gone at all).
    pub early: usize,
    /// Went after it.
    pub late: usize,
    /// Should have gone, and never did.
    pub missed: usize,
    /// Golden Transfer within Tolerance, for 1, 2 and 3 turns: see [`golden_transfer`](super::golden_transfer).
    pub gt_t: [f64; 3],
    /// Reasons that follow from counters.
    pub exact: BTreeMap<HandoffReason, Exactness>,
    /// Share of the handovers at the right turn whose reason is right too.
    pub reason_accuracy: f64,
}

/// How a reason was told, conversation by conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Exactness {
    /// Conversations where it is expected.
    pub expected: usize,
    /// Of these, went over for it at that very turn.
    pub right: usize,
    /// Went over for it where it is not expected.
    pub wrong: usize,
}

impl TranscriptReport {
    /// The figures of conversations that were played.
    #[must_use]
    pub fn of(played: &[Played]) -> Self {
        let turns: Vec<&PlayedTurn> = played.iter().flat_map(|p| &p.turns).collect();
        let guesses: Vec<(Option<Act>, Act)> = turns
            .iter()
            .map(|t| (Some(t.reached.act), t.expected.decision))
            .collect();
        let there = |act: &Act| guesses.iter().any(|(_, is)| is == act);
        let seen = |act: &Act| there(act) || guesses.iter().any(|(g, _)| *g == Some(*act));
        let context = retrieved(turns.iter().filter(|t| t.context));
        let solved = |p: &&Played| p.is_solved();
        let contained = |p: &&Played| handed_over_at(p).is_none();
        Self {
            conversations: played.len(),
            turns: turns.len(),
            turn_accuracy: share(turns.iter().filter(|t| t.is_right()).count(), turns.len()),
            decision: Act::ALL
                .into_iter()
                .filter(seen)
                .map(|act| (act, class(&guesses, act)))
                .collect(),
            decision_macro_f1: macro_f1(&guesses, Act::ALL.into_iter().filter(there)),
            context_recall: context.recall,
            context,
            others: retrieved(turns.iter().filter(|t| !t.context)),
            handoff: HandoffReport::of(played),
            solved_without_human: share(played.iter().filter(solved).count(), played.len()),
            contained: share(played.iter().filter(contained).count(), played.len()),
        }
    }
}

impl HandoffReport {
    fn of(played: &[Played]) -> Self {
        let mut timing = Timing::default();
        let mut right_reason = 0;
        for conversation in played {
            let reached = handed_over_at(conversation);
            let turns = &conversation.turns;
            let expected = turns
                .iter()
                .position(|t| t.expected.decision == Act::Handoff);
            timing.add(reached, expected);
            if let Some(reached) = reached.filter(|_| reached == expected) {
                right_reason += usize::from(turns[reached].is_right_handoff());
            }
        }
        Self {
            expected: timing.expected,
            precision: share(timing.right, timing.reached),
            recall: share(timing.right, timing.expected),
            early: timing.early,
            late: timing.late,
            missed: timing.missed,
            gt_t: timing.gt_t(),
            exact: COUNTED
                .into_iter()
                .map(|reason| (reason, exactness(played, reason)))
                .collect(),
            reason_accuracy: share(right_reason, timing.right),
        }
    }
}

impl Played {
    /// Whether no human is needed, none was called, and every question got its answer at once.
    #[must_use]
    pub fn is_solved(&self) -> bool {
        self.turns.iter().all(is_solved)
    }
}

fn handed_over_at(conversation: &Played) -> Option<usize> {
    let mut turns = conversation.turns.iter();
    turns.position(|t| t.reached.act == Act::Handoff)
}

/// Nobody is needed, and a question has its answer.
fn is_solved(turn: &PlayedTurn) -> bool {
    let calm = turn.expected.decision != Act::Handoff && turn.reached.act != Act::Handoff;
    calm && (turn.expected.decision != Act::Reply || turn.is_right())
}

fn class(guesses: &[(Option<Act>, Act)], act: Act) -> TurnClass {
    let there = guesses.iter().filter(|(_, is)| *is == act).count();
    let done = guesses.iter().filter(|(g, _)| *g == Some(act)).count();
    let right = guesses
        .iter()
        .filter(|(g, is)| *g == Some(act) && *is == act);
    let right = right.count();
    TurnClass {
        n: there,
        precision: share(right, done),
        recall: share(right, there),
        f1: share(2 * right, there + done),
    }
}

fn retrieved<'a>(turns: impl Iterator<Item = &'a &'a PlayedTurn>) -> Retrieved {
    let turns: Vec<_> = turns.filter(|t| t.expected.faq.is_some()).collect();
    let found = turns.iter().filter(|t| t.reached.found == t.expected.faq);
    let alone = turns.iter().filter(|t| t.found_alone == t.expected.faq);
    Retrieved {
        n: turns.len(),
        recall: share(found.count(), turns.len()),
        alone: share(alone.count(), turns.len()),
    }
}

fn exactness(played: &[Played], reason: HandoffReason) -> Exactness {
    let mut exactness = Exactness::default();
    for turn in played.iter().flat_map(|p| &p.turns) {
        let expected = turn.expected.reason == Some(ExpectedReason::Handoff(reason));
        let reached = turn.reached.reason == Some(reason);
        exactness.expected += usize::from(expected);
        exactness.right += usize::from(expected && reached);
        exactness.wrong += usize::from(!expected && reached);
    }
    exactness
}

fn share(part: usize, of: usize) -> f64 {
    part as f64 / of.max(1) as f64
}
