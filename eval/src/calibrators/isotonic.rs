//! Isotonic regression on one score.

/// A fitted monotone function: constant outside of the scores that were seen, straight lines between the blocks.
#[derive(Debug, Clone, PartialEq)]
pub struct Isotonic {
    /// Mean score and probability of each block, both rising.
    blocks: Vec<(f64, f64)>,
}

#[derive(Debug, Clone, Copy)]
struct Block {
    count: f64,
    scores: f64,
    right: f64,
}

impl Block {
    fn share(&self) -> f64 {
        self.right / self.count
    }
}

impl Isotonic {
    /// Fits by least squares under the condition that the probability never falls as the score rises: pool
    /// adjacent violators (Ayer et al. 1955; Zadrozny & Elkan 2002). A probability is at least 1 / (n + 2) away from 0
    /// and 1, since n examples prove no certainty.
    #[must_use]
    pub fn fit(scored: &[(f64, bool)]) -> Self {
        let mut rising: Vec<(f64, bool)> = scored.to_vec();
        rising.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut pool: Vec<Block> = Vec::new();
        for tied in rising.chunk_by(|a, b| a.0 == b.0) {
            let mut block = Block {
                count: tied.len() as f64,
                scores: tied.iter().map(|(score, _)| score).sum(),
                right: tied.iter().filter(|(_, right)| *right).count() as f64,
            };
            while let Some(before) = pool.pop_if(|before| before.share() >= block.share()) {
                block.count += before.count;
                block.scores += before.scores;
                block.right += before.right;
            }
            pool.push(block);
        }
        let edge = 1.0 / (scored.len() as f64 + 2.0);
        let blocks = pool
            .iter()
            .map(|b| (b.scores / b.count, b.share().clamp(edge, 1.0 - edge)))
            .collect();
        Self { blocks }
    }

    /// The probability at a score; one half when nothing was fitted.
    #[must_use]
    pub fn probability(&self, score: f64) -> f64 {
        let above = self.blocks.partition_point(|(at, _)| *at <= score);
        let before = above.checked_sub(1).and_then(|i| self.blocks.get(i));
        match (before, self.blocks.get(above)) {
            (Some((x0, p0)), Some((x1, p1))) => p0 + (p1 - p0) * (score - x0) / (x1 - x0),
            (Some((_, p)), None) | (None, Some((_, p))) => *p,
            (None, None) => 0.5,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn pools_violators() {
        let fit = Isotonic::fit(&[
            (1.0, false),
            (2.0, true),
            (3.0, false),
            (4.0, true),
            (5.0, true),
        ]);
        // {1}: 0; {2, 3}: ½ at 2.5; {4, 5}: 1 at 4.5; 1/7 away from certainty.
        let check = |score, p: f64| {
            let found = fit.probability(score);
            assert!((found - p).abs() < 1e-12, "{score}: {found}");
        };
        check(0.0, 1.0 / 7.0);
        check(1.0, 1.0 / 7.0);
        check(2.5, 0.5);
        check(3.5, (0.5 + 6.0 / 7.0) / 2.0);
        check(9.0, 6.0 / 7.0);
        assert_eq!(Isotonic::fit(&[]).probability(0.3), 0.5);
    }

    proptest! {
        #[test]
        fn never_falls(scored in prop::collection::vec((-50..50_i32, any::<bool>()), 1..80)) {
            let scored: Vec<_> = scored.iter().map(|&(s, r)| (f64::from(s) / 7.0, r)).collect();
            let fit = Isotonic::fit(&scored);
            let line: Vec<f64> = (-100..=100).map(|s| fit.probability(f64::from(s) / 10.0)).collect();
            prop_assert!(line.is_sorted());
            prop_assert!(line.iter().all(|p| *p > 0.0 && *p < 1.0));
        }
    }
}
