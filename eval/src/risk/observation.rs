//! Labelled queries, and what the engine thought of them.

use serde::{Deserialize, Serialize};

/// What the label says of the candidates of a query.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Truth {
    /// A FAQ answers it.
    Answerable {
        /// Where that FAQ came, 1 for the best candidate; none when it was not found.
        rank: Option<usize>,
    },
    /// No FAQ answers it: every reply is wrong.
    Unanswerable,
}

impl Truth {
    /// Whether the right FAQ is among the first `k`.
    #[must_use]
    pub fn within(self, k: usize) -> bool {
        matches!(self, Self::Answerable { rank: Some(rank) } if rank <= k)
    }

    /// Whether the best candidate would be a wrong reply.
    #[must_use]
    pub fn is_wrong(self) -> bool {
        !self.within(1)
    }

    /// Whether some FAQ answers the query.
    #[must_use]
    pub fn is_answerable(self) -> bool {
        matches!(self, Self::Answerable { .. })
    }
}

/// A labelled query.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Observation {
    /// Calibrated confidence of the best candidate, 0 to 1. One that is no number is below every
    /// threshold.
    pub confidence: f64,
    /// What the label says.
    pub truth: Truth,
    /// The conversation that it is a turn of; none for one on its own.
    #[serde(default)]
    pub cluster: Option<String>,
}

/// Cuts a sample in two halves by chance, one to tune on and one to test on. Turns of one
/// conversation stay together: they are alike, and a test on them would be too kind. The same seed
/// gives the same halves.
#[must_use]
pub fn halves(observations: &[Observation], seed: u64) -> [Vec<Observation>; 2] {
    let mut halves = [Vec::new(), Vec::new()];
    for (i, observation) in observations.iter().enumerate() {
        let side = match &observation.cluster {
            Some(cluster) => coin(seed, cluster.as_bytes()),
            None => coin(seed, &i.to_le_bytes()),
        };
        let [tune, test] = &mut halves;
        if side { tune } else { test }.push(observation.clone());
    }
    halves
}

/// Half of all keys, by FNV-1a and the last steps of SplitMix64. Not the standard library's hash, which may be
/// another in its next version.
fn coin(seed: u64, key: &[u8]) -> bool {
    let bytes = seed.to_le_bytes();
    let hash = bytes
        .iter()
        .chain(key)
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
        });
    let mixed = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (mixed ^ (mixed >> 31)) & 1 == 1
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn truth_by_rank() {
        let at = |rank| Truth::Answerable { rank };
        assert!(!at(Some(1)).is_wrong());
        assert!(at(Some(2)).is_wrong() && at(Some(2)).within(3));
        assert!(at(None).is_wrong() && !at(None).within(3) && at(None).is_answerable());
        assert!(Truth::Unanswerable.is_wrong() && !Truth::Unanswerable.is_answerable());
    }

    #[test]
    fn halves_keep_conversations_together() {
        let observations: Vec<Observation> = (0..600)
            .map(|i| Observation {
                confidence: f64::from(i) / 600.0,
                truth: Truth::Unanswerable,
                cluster: (i < 300).then(|| (i / 3).to_string()),
            })
            .collect();
        let [tune, test] = halves(&observations, 7);
        assert_eq!(tune.len() + test.len(), 600);
        assert!((200..400).contains(&tune.len()), "{}", tune.len());
        let clusters = |half: &[Observation]| -> HashSet<String> {
            half.iter().filter_map(|o| o.cluster.clone()).collect()
        };
        assert!(clusters(&tune).is_disjoint(&clusters(&test)));
        assert_eq!(halves(&observations, 7)[0], tune);
        assert_ne!(halves(&observations, 8)[0], tune);
    }
}
