//! What every threshold of the grid would have done to the sample.

use std::collections::HashMap;

use serde::Serialize;

use super::{Grid, Observation, Proportion, cluster};

/// What one threshold would have done.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Tally {
    /// Confidence from which on a reply is sent.
    pub threshold: f64,
    /// Queries that get a reply.
    pub accepted: usize,
    /// Replies that are wrong, those to unanswerable queries among them.
    pub wrong: usize,
    /// Wrong replies to be expected if the confidences were true: no label is in it.
    pub expected_wrong: f64,
    /// How many of these replies are worth one independent one; 1 without conversations.
    pub design_effect: f64,
}

/// The sample, seen from every threshold of a grid.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Tallies {
    /// From the highest threshold to the lowest.
    pub tallies: Vec<Tally>,
    /// All queries.
    pub queries: usize,
    /// Queries that some FAQ answers.
    pub answerable: usize,
}

impl Tally {
    /// Wrong replies among all, counted as independent ones, in a sample `scale` times as large.
    pub(super) fn effective(&self, scale: f64) -> Proportion {
        let worth = scale / self.design_effect;
        Proportion {
            hits: self.wrong as f64 * worth,
            of: self.accepted as f64 * worth,
        }
    }
}

impl Tallies {
    /// Counts a sample.
    #[must_use]
    pub fn of(observations: &[Observation], grid: &Grid) -> Self {
        let mut falling: Vec<&Observation> = observations
            .iter()
            .filter(|o| !o.confidence.is_nan())
            .collect();
        falling.sort_by(|a, b| b.confidence.total_cmp(&a.confidence));
        let mut rest = falling.into_iter().peekable();
        let mut so_far = SoFar::default();
        let tallies = grid
            .thresholds()
            .iter()
            .map(|&threshold| {
                while let Some(accepted) = rest.next_if(|o| o.confidence >= threshold) {
                    so_far.add(accepted);
                }
                Tally {
                    threshold,
                    accepted: so_far.accepted,
                    wrong: so_far.wrong,
                    expected_wrong: so_far.expected_wrong,
                    design_effect: so_far.design_effect(),
                }
            })
            .collect();
        Self {
            tallies,
            queries: observations.len(),
            answerable: observations
                .iter()
                .filter(|o| o.truth.is_answerable())
                .count(),
        }
    }
}

/// The accepted, as the threshold falls.
#[derive(Default)]
struct SoFar<'a> {
    accepted: usize,
    wrong: usize,
    expected_wrong: f64,
    clusters: HashMap<&'a str, f64>,
    /// Sum of the squared sizes of the clusters, turns on their own included.
    squares: f64,
}

impl<'a> SoFar<'a> {
    fn add(&mut self, observation: &'a Observation) {
        self.accepted += 1;
        self.wrong += usize::from(observation.truth.is_wrong());
        self.expected_wrong += 1.0 - observation.confidence.clamp(0.0, 1.0);
        self.squares += match observation.cluster.as_deref() {
            Some(name) => {
                let size = self.clusters.entry(name).or_default();
                *size += 1.0;
                // n² − (n − 1)².
                2.0 * *size - 1.0
            }
            None => 1.0,
        };
    }

    fn design_effect(&self) -> f64 {
        cluster::design_effect(self.squares, self.accepted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::risk::Truth;

    #[test]
    fn tallies_by_hand() {
        let at = |confidence, truth, cluster: &str| Observation {
            confidence,
            truth,
            cluster: Some(cluster.to_owned()),
        };
        let right = Truth::Answerable { rank: Some(1) };
        let missed = Truth::Answerable { rank: None };
        let observations = [
            at(0.5, right, "a"),
            at(0.9, right, "a"),
            at(0.8, missed, "b"),
            at(0.8, Truth::Unanswerable, "a"),
            at(f64::NAN, right, "c"),
        ];
        let tallies = Tallies::of(&observations, &Grid::new([0.95, 0.9, 0.8, 0.0]));
        assert_eq!((tallies.queries, tallies.answerable), (5, 4));
        let counts: Vec<_> = tallies
            .tallies
            .iter()
            .map(|t| (t.threshold, t.accepted, t.wrong))
            .collect();
        assert_eq!(
            counts,
            [(0.95, 0, 0), (0.9, 1, 0), (0.8, 3, 2), (0.0, 4, 2)]
        );
        let last = tallies.tallies.last().unwrap();
        assert!((last.expected_wrong - 1.0).abs() < 1e-12);
        // Three turns of a and one of b: (9 + 1) / 4.
        assert_eq!(last.design_effect, 2.5);
    }
}
