//! McNemar's test.

use serde::{Deserialize, Serialize};

use crate::metrics::sign_test;

/// Cases on which two systems were both asked, and one of them alone was right (McNemar 1947, Psychometrika 12(2),
/// 153–157). Cases that both have right, or both wrong, say nothing about which is better.
///
/// The test takes cases to be independent. Where several come from one conversation, use
/// [`Bootstrap::difference`](super::Bootstrap::difference) instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct McNemar {
    /// The second system alone is right.
    pub won: usize,
    /// The first system alone is right.
    pub lost: usize,
}

impl McNemar {
    /// Counts pairs of (right before, right now).
    pub fn of(pairs: impl IntoIterator<Item = (bool, bool)>) -> Self {
        let mut counts = Self::default();
        for pair in pairs {
            match pair {
                (false, true) => counts.won += 1,
                (true, false) => counts.lost += 1,
                _ => {}
            }
        }
        counts
    }

    /// The exact p-value, two-sided: twice the chance that a fair coin falls so often, or more often, on the side that
    /// came more often. Never too small, and often too large.
    ///
    /// ```
    /// use jieda_eval::stats::McNemar;
    /// let p = McNemar { won: 5, lost: 0 }.exact();
    /// assert!((p - 2.0 / 32.0).abs() < 1e-12);
    /// ```
    #[must_use]
    pub fn exact(self) -> f64 {
        let (more, fewer) = self.ordered();
        (2.0 * sign_test(more, fewer)).min(1.0)
    }

    /// The mid-p-value, two-sided: the exact one with only half of what was observed counted. Close to its nominal
    /// level for small counts as well, and recommended over the exact test and the χ² approximation by Fagerland,
    /// Lydersen & Laake 2013, BMC Medical Research Methodology 13:91.
    ///
    /// ```
    /// use jieda_eval::stats::McNemar;
    /// let p = McNemar { won: 5, lost: 0 }.mid_p();
    /// assert!((p - 1.0 / 32.0).abs() < 1e-12);
    /// ```
    #[must_use]
    pub fn mid_p(self) -> f64 {
        let (more, fewer) = self.ordered();
        // 2 P(X ≥ more) − P(X = more) = P(X ≥ more) + P(X ≥ more + 1).
        let beyond = match fewer.checked_sub(1) {
            Some(fewer) => sign_test(more + 1, fewer),
            None => 0.0,
        };
        (sign_test(more, fewer) + beyond).min(1.0)
    }

    fn ordered(self) -> (usize, usize) {
        (self.won.max(self.lost), self.won.min(self.lost))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn p_values_of_the_literature() {
        // Table 1 of Fagerland et al.: 1 and 7 discordant pairs; exact 0.070, mid-p 0.039.
        let test = McNemar { won: 7, lost: 1 };
        assert!((test.exact() - 18.0 / 256.0).abs() < 1e-12, "{test:?}");
        assert!((test.mid_p() - 10.0 / 256.0).abs() < 1e-12, "{test:?}");
        let none = McNemar::of([(true, true), (false, false)]);
        assert_eq!((none.exact(), none.mid_p()), (1.0, 1.0));
    }

    proptest! {
        #[test]
        fn p_values_are_ordered_and_symmetric(won in 0_usize..400, lost in 0_usize..400) {
            let test = McNemar { won, lost };
            let mirrored = McNemar { won: lost, lost: won };
            prop_assert_eq!(test.mid_p(), mirrored.mid_p());
            prop_assert!(0.0 < test.mid_p() && test.mid_p() <= test.exact() + 1e-12 && test.exact() <= 1.0);
            if won == lost {
                prop_assert!((test.mid_p() - 1.0).abs() < 1e-9);
            }
        }

        #[test]
        fn one_more_win_is_more_evidence(lost in 0_usize..50, more in 0_usize..50) {
            let test = McNemar { won: lost + more, lost };
            let next = McNemar { won: lost + more + 1, lost };
            prop_assert!(next.mid_p() <= test.mid_p() + 1e-12);
        }
    }
}
