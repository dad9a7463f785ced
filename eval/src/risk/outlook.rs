//! What more labels would buy.

use serde::Serialize;

use super::{Promise, Proportion, Tallies, sequence::Walk};

const FACTORS: [usize; 3] = [2, 4, 8];

/// What a larger sample would allow, if its queries turned out as those of the present one did.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Outlook {
    /// How many times as large the sample would be.
    pub factor: usize,
    /// How many labelled queries that would be.
    pub queries: usize,
    /// The threshold that could be chosen; none when the promise still could not be made.
    pub threshold: Option<f64>,
    /// Replies / answerable queries at it; 0 without a threshold.
    pub coverage: f64,
    /// Replies / all queries at it; 0 without a threshold.
    pub answered: f64,
}

impl Tallies {
    /// What 2, 4 and 8 times the labels would buy: the same wrong rates, with narrower bounds. An expectation,
    /// not a promise.
    #[must_use]
    pub fn outlook(&self, promise: Promise) -> Vec<Outlook> {
        FACTORS
            .into_iter()
            .map(|factor| {
                let reached = match self.walk(promise, factor as f64) {
                    Walk::Reached(tally) => Some(tally),
                    Walk::FailedAt(_) | Walk::NoStart => None,
                };
                Outlook {
                    factor,
                    queries: self.queries * factor,
                    threshold: reached.map(|t| t.threshold),
                    coverage: reached.map_or(0.0, |t| self.coverage(t)),
                    answered: reached
                        .map_or(0.0, |t| Proportion::new(t.accepted, self.queries).share()),
                }
            })
            .collect()
    }
}
