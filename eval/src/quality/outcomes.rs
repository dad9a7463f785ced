//! Where queries went.

use jieda::types::{Decision, FaqId};
use serde::Serialize;

use super::Asked;
use crate::decision::Label;

/// What became of a query.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The right answer was sent.
    RightReply,
    /// A wrong answer was sent.
    WrongReply,
    /// The customer was asked which question he means, and the right one was among the options.
    UsefulClarify,
    /// He was asked, and it was not.
    UselessClarify,
    /// He was asked to say it in other words.
    Rephrase,
    /// It went to a human.
    HandedOver,
    /// It was taken for small talk, or a value was asked for.
    Other,
}

impl Outcome {
    /// All outcomes, the best for an answerable query first.
    pub const ALL: [Self; 7] = [
        Self::RightReply,
        Self::UsefulClarify,
        Self::Rephrase,
        Self::UselessClarify,
        Self::HandedOver,
        Self::Other,
        Self::WrongReply,
    ];

    fn of(asked: &Asked) -> Self {
        let right = match &asked.turn.label {
            Label::Answerable { faq, .. } => Some(faq),
            _ => None,
        };
        let is_right = |faq: &FaqId| right == Some(faq);
        match &asked.turn.decision {
            Decision::AutoReply { faq } if is_right(faq) => Self::RightReply,
            Decision::AutoReply { .. } => Self::WrongReply,
            Decision::Clarify { options } if options.iter().any(|o| is_right(&o.faq)) => {
                Self::UsefulClarify
            }
            Decision::Clarify { .. } => Self::UselessClarify,
            Decision::Rephrase => Self::Rephrase,
            Decision::Handoff { .. } => Self::HandedOver,
            Decision::AskValue { .. } | Decision::SmallTalk { .. } | Decision::Silent => {
                Self::Other
            }
        }
    }
}

/// How many queries of one kind came to each outcome.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Outcomes {
    /// All of them.
    pub n: usize,
    /// Outcomes that there were, in the order of [`Outcome::ALL`].
    pub counts: Vec<OutcomeCount>,
}

/// One outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct OutcomeCount {
    /// Which.
    pub outcome: Outcome,
    /// How many queries came to it, never 0.
    pub n: usize,
}

impl Outcomes {
    /// Counts; none without queries.
    pub(super) fn of<'a>(asked: impl Iterator<Item = &'a Asked>) -> Option<Self> {
        let outcomes: Vec<Outcome> = asked.map(Outcome::of).collect();
        let count = |outcome| outcomes.iter().filter(|&&o| o == outcome).count();
        let counts = Outcome::ALL.into_iter().map(|outcome| OutcomeCount {
            outcome,
            n: count(outcome),
        });
        (!outcomes.is_empty()).then(|| Self {
            n: outcomes.len(),
            counts: counts.filter(|c| c.n > 0).collect(),
        })
    }
}
