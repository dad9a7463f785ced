//! What is asked of an answer, and what is said of it.

use std::{fmt, str::FromStr};

use serde::Serialize;

use super::Outcome;

/// What is counted of conversations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Metric {
    /// Neither handed over, nor asked again, nor rated low. More is better.
    Resolved,
    /// Went to a human. Less is better.
    HandedOver,
    /// The same FAQ was asked for once more. Less is better.
    AskedAgain,
    /// Rated at most 3 of 5, or said not to be solved; who did not rate counts as not. Less is better.
    RatedLow,
    /// Rated 4 or 5, or said to be solved; who did not rate counts as not. More is better.
    RatedHigh,
}

impl Metric {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Resolved,
        Self::HandedOver,
        Self::AskedAgain,
        Self::RatedLow,
        Self::RatedHigh,
    ];

    /// Its name in JSON and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Resolved => "resolved",
            Self::HandedOver => "handed_over",
            Self::AskedAgain => "asked_again",
            Self::RatedLow => "rated_low",
            Self::RatedHigh => "rated_high",
        }
    }

    /// Whether an outcome has it.
    #[must_use]
    pub const fn holds(self, outcome: Outcome) -> bool {
        match self {
            Self::Resolved => !(outcome.handed_over || outcome.asked_again || outcome.rated_low),
            Self::HandedOver => outcome.handed_over,
            Self::AskedAgain => outcome.asked_again,
            Self::RatedLow => outcome.rated_low,
            Self::RatedHigh => outcome.rated_high,
        }
    }

    /// Whether an outcome has what is bad: the metric itself, or the lack of it where more is better.
    #[must_use]
    pub(super) const fn harmed(self, outcome: Outcome) -> bool {
        self.holds(outcome) != self.more_is_better()
    }

    pub(super) const fn more_is_better(self) -> bool {
        matches!(self, Self::Resolved | Self::RatedHigh)
    }
}

impl fmt::Display for Metric {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Metric {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.into_iter().find(|metric| metric.name() == text);
        found.ok_or_else(|| {
            let names = Self::ALL.map(Self::name).join(", ");
            format!("expected one of {names}")
        })
    }
}

/// What decides a trial.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Goals {
    /// On what a variant must win.
    pub goal: Metric,
    /// What must not get worse.
    pub guard: Metric,
    /// The chance of a wrong word about a variant that is as good as A, however often one looks: of goal and guard each.
    pub alpha: f64,
}

impl Default for Goals {
    /// Resolved, guarded by low ratings, at 5 %.
    fn default() -> Self {
        Self {
            goal: Metric::Resolved,
            guard: Metric::RatedLow,
            alpha: 0.05,
        }
    }
}

/// What is said of a variant against A.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Conversations got lost on one side: no figure can be trusted.
    Unbalanced,
    /// The guard got worse: stop, whatever the goal says.
    Harmful,
    /// It wins on the goal.
    Better,
    /// It loses on the goal.
    Worse,
    /// Neither is shown so far.
    Undecided,
}

impl Verdict {
    /// Its name in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unbalanced => "unbalanced",
            Self::Harmful => "harmful",
            Self::Better => "better",
            Self::Worse => "worse",
            Self::Undecided => "undecided",
        }
    }
}
