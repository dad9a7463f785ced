//! Adding up, conversation by conversation, in the order of the log.

use std::collections::BTreeMap;

use jieda::Engine;
use jieda_types::HandoffReason;

use super::{
    Change, Changes, Figures, Tally, TimingFigures, TimingReference,
    change::Transitions,
    costs,
    play::{Judged, Step},
};
use crate::{
    logs::{Decided, DecisionKind, Recorded, Transfer},
    risk::{Observation, Truth},
    stats::McNemar,
    transcripts::{Act, Timing},
};

/// What one side made of one of the customer's turns; none where it decided nothing.
pub(super) type Made<'a> = Option<MadeTurn<'a>>;

/// A decision of one side.
#[derive(Debug, Clone, Copy)]
pub(super) struct MadeTurn<'a> {
    pub(super) decided: &'a Decided,
    judged: Option<Judged>,
    observed: Option<(f64, Truth)>,
}

/// What an engine made of a conversation.
pub(super) fn made_now(steps: &[Step]) -> Vec<Made<'_>> {
    steps.iter().map(made).collect()
}

fn made(step: &Step) -> Made<'_> {
    match step {
        Step::Decided(played) => Some(MadeTurn {
            decided: &played.decided,
            judged: played.judged,
            observed: played.observed,
        }),
        Step::WithHuman | Step::Unreadable => None,
    }
}

/// What was made of it then.
pub(super) fn made_then(recorded: &Recorded) -> Vec<Made<'_>> {
    let made = |decided| MadeTurn {
        decided,
        judged: None,
        observed: None,
    };
    let turns = recorded.customers();
    turns.map(|turn| turn.decided.as_ref().map(made)).collect()
}

/// One side, added up.
#[derive(Debug, Default)]
pub(super) struct Side {
    /// By conversation.
    tallies: Vec<Tally>,
    decisions: BTreeMap<DecisionKind, u64>,
    reasons: BTreeMap<HandoffReason, u64>,
    observations: Vec<Observation>,
    by_labels: Timing,
    by_record: Timing,
}

impl Side {
    pub(super) fn add(&mut self, recorded: &Recorded, made: &[Made<'_>]) {
        let mut tally = Tally::of_one();
        for turn in made.iter().flatten() {
            tally.count(turn.decided, turn.judged);
            *self.decisions.entry(turn.decided.decision).or_default() += 1;
            self.observations
                .extend(turn.observed.map(|(confidence, truth)| Observation {
                    confidence,
                    truth,
                    cluster: Some(recorded.id.clone()),
                }));
        }
        self.tallies.push(tally);
        let handed_over = |turn: &Made<'_>| {
            turn.is_some_and(|turn| turn.decided.decision == DecisionKind::Handoff)
        };
        let reached = made.iter().position(handed_over);
        let reason = reached.and_then(|at| made[at]?.decided.reason);
        if let Some(reason) = reason {
            *self.reasons.entry(reason).or_default() += 1;
        }
        let mut labels = recorded.customers().map(|turn| turn.expected.as_ref());
        if recorded.customers().any(|turn| turn.expected.is_some()) {
            let should = labels.position(|label| label.is_some_and(|l| l.decision == Act::Handoff));
            self.by_labels.add(reached, should);
        }
        match recorded.transfer {
            Transfer::Unknown => {}
            Transfer::Never => self.by_record.add(reached, None),
            Transfer::At(turn) => self.by_record.add(reached, Some(turn)),
        }
    }

    pub(super) fn tallies(&self) -> &[Tally] {
        &self.tallies
    }

    /// The figures of an engine's side.
    pub(super) fn figures(self, engine: &Engine) -> Figures {
        let costs = costs::curve(&self.observations, &engine.policy().thresholds);
        let timing = match (self.by_labels.conversations, self.by_record.conversations) {
            (0, 0) => None,
            (0, _) => Some((TimingReference::Recorded, self.by_record)),
            _ => Some((TimingReference::Labels, self.by_labels)),
        };
        Figures {
            timing: timing.map(|(reference, timing)| TimingFigures::of(reference, timing)),
            costs,
            ..self.then()
        }
    }

    /// The figures of the record.
    pub(super) fn then(self) -> Figures {
        Figures::of(&Tally::sum(&self.tallies), self.decisions, self.reasons)
    }
}

/// Where two sides differ, added up.
#[derive(Debug, Default)]
pub(super) struct Differences {
    changes: Changes,
    transitions: Transitions,
    labelled: bool,
}

impl Differences {
    /// Adds a conversation; every change is given away.
    pub(super) fn add<E>(
        &mut self,
        recorded: &Recorded,
        (from, to): (&[Made<'_>], &[Made<'_>]),
        changed: &mut dyn FnMut(Change) -> Result<(), E>,
    ) -> Result<(), E> {
        let before = self.changes.turns;
        for (turn, pair) in recorded.customers().zip(from.iter().zip(to)) {
            let (Some(from), Some(to)) = pair else {
                continue;
            };
            self.changes.compared += 1;
            let rights = from.judged.zip(to.judged);
            let better = rights.and_then(|(from, to)| match (from.right, to.right) {
                (false, true) => Some(true),
                (true, false) => Some(false),
                _ => None,
            });
            self.changes.better += usize::from(better == Some(true));
            self.changes.worse += usize::from(better == Some(false));
            if from.decided.is_same(to.decided) {
                continue;
            }
            let change = Change {
                better,
                ..Change::of(recorded, turn, (from.decided, to.decided))
            };
            self.changes.turns += 1;
            self.transitions.add(&change);
            changed(change)?;
        }
        self.changes.conversations += usize::from(self.changes.turns > before);
        Ok(())
    }

    /// Adds the counts of a conversation with labels.
    pub(super) fn judge(&mut self, (from, to): (&Tally, &Tally)) {
        if from.labelled > 0 && to.labelled > 0 {
            self.labelled = true;
            let one = McNemar::of([(from.is_right(), to.is_right())]);
            self.changes.whole_conversations.won += one.won;
            self.changes.whole_conversations.lost += one.lost;
        }
    }

    pub(super) fn changes(self) -> Changes {
        Changes {
            transitions: self.transitions.most_frequent_first(),
            p: self
                .labelled
                .then(|| super::figures::rounded(self.changes.whole_conversations.mid_p())),
            ..self.changes
        }
    }
}
