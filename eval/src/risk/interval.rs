//! Exact bounds of a share (Clopper & Pearson 1934, Biometrika 26(4), 404–413).

use serde::Serialize;

use super::{Promise, beta};
use crate::stats::Interval;

/// So many hits among so many trials. Whole numbers, or the fewer that dependent trials are worth
/// (Korn & Graubard 1998, Survey Methodology 24(2), 193–201).
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Proportion {
    /// Trials that hit; for us: replies that are wrong.
    pub hits: f64,
    /// All trials.
    pub of: f64,
}

impl Proportion {
    /// Whole numbers of hits and trials.
    #[must_use]
    pub fn new(hits: usize, of: usize) -> Self {
        Self {
            hits: hits as f64,
            of: of as f64,
        }
    }

    /// The share itself; 0 without trials.
    #[must_use]
    pub fn share(self) -> f64 {
        if self.of > 0.0 {
            self.hits / self.of
        } else {
            0.0
        }
    }

    /// The chance of so few hits or fewer when each trial hits with chance `rate`: the p-value of
    /// "the true share is `rate` or more".
    ///
    /// ```
    /// use jieda_eval::risk::Proportion;
    /// assert!((Proportion::new(0, 2).chance_of_so_few(0.5) - 0.25).abs() < 1e-12);
    /// ```
    #[must_use]
    pub fn chance_of_so_few(self, rate: f64) -> f64 {
        if self.hits >= self.of {
            return 1.0;
        }
        beta::incomplete(1.0 - rate, self.of - self.hits, self.hits + 1.0)
    }

    /// The chance of so many hits or more.
    fn chance_of_so_many(self, rate: f64) -> f64 {
        if self.hits <= 0.0 {
            return 1.0;
        }
        beta::incomplete(rate, self.hits, self.of - self.hits + 1.0)
    }

    /// The one-sided upper bound of the true share at this confidence; 1 without trials.
    #[must_use]
    pub fn upper_bound(self, confidence: f64) -> f64 {
        if self.hits >= self.of {
            return 1.0;
        }
        // The tail falls as the rate grows.
        bisect(|rate| self.chance_of_so_few(rate) <= 1.0 - confidence)
    }

    /// The two-sided interval of the true share at this confidence; everything without trials.
    #[must_use]
    pub fn interval(self, confidence: f64) -> Interval {
        let side = (1.0 - confidence) / 2.0;
        let low = if self.hits > 0.0 {
            bisect(|rate| self.chance_of_so_many(rate) >= side)
        } else {
            0.0
        };
        Interval {
            low,
            high: self.upper_bound(1.0 - side),
            level: confidence,
        }
    }
}

impl Promise {
    /// The fewest replies that can carry the promise when `errors` of them are wrong. 149 for no
    /// error at 2 % and 95 %.
    #[must_use]
    pub fn samples_needed(self, errors: usize) -> usize {
        let enough = |n: usize| self.is_carried_by(Proportion::new(errors, n));
        let mut above = errors + 1;
        while !enough(above) {
            above *= 2;
        }
        let mut below = above / 2;
        while above - below > 1 {
            let middle = below + (above - below) / 2;
            if enough(middle) {
                above = middle;
            } else {
                below = middle;
            }
        }
        above
    }

    /// Whether "the true wrong rate is above the promised one" is rejected by these replies.
    pub(super) fn is_carried_by(self, wrong: Proportion) -> bool {
        wrong.chance_of_so_few(self.max_wrong_rate()) <= self.doubt()
    }
}

/// The least rate in 0..=1 at which `holds`, which stays true once it is; 1 when it never is.
fn bisect(holds: impl Fn(f64) -> bool) -> f64 {
    let (mut low, mut high) = (0.0, 1.0);
    // Halves the distance until it is that of neighbouring numbers.
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        if holds(middle) {
            high = middle;
        } else {
            low = middle;
        }
    }
    high
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn close(a: f64, b: f64) {
        assert!((a - b).abs() < 1e-9, "{a} is not {b}");
    }

    #[test]
    fn intervals_in_closed_form() {
        // No hit in n: 1 − side^(1/n). One hit in one: from side.
        close(
            Proportion::new(0, 10).upper_bound(0.95),
            1.0 - 0.05_f64.powf(0.1),
        );
        let none = Proportion::new(0, 20).interval(0.95);
        close(none.low, 0.0);
        close(none.high, 1.0 - 0.025_f64.powf(1.0 / 20.0));
        let all = Proportion::new(20, 20).interval(0.95);
        close(all.low, 0.025_f64.powf(1.0 / 20.0));
        close(all.high, 1.0);
        let nothing = Proportion::new(0, 0).interval(0.95);
        assert_eq!((nothing.low, nothing.high), (0.0, 1.0));
    }

    #[test]
    fn intervals_of_the_literature() {
        // Exact 95 % intervals as tables of them have it.
        for (hits, of, low, high) in [
            (1, 10, 0.002_528_6, 0.445_016_1),
            (5, 10, 0.187_086_0, 0.812_914_0),
            (10, 100, 0.049_004_7, 0.176_222_6),
        ] {
            let i = Proportion::new(hits, of).interval(0.95);
            assert!((i.low - low).abs() < 1e-6, "{i:?}");
            assert!((i.high - high).abs() < 1e-6, "{i:?}");
        }
    }

    #[test]
    fn samples_needed_by_hand() {
        let check = |rate: f64, confidence: f64, errors: usize, n: usize| {
            let promise = Promise::new(rate, confidence).unwrap();
            assert_eq!(promise.samples_needed(errors), n, "{rate} {errors}");
        };
        // ln 0.05 / ln 0.98 = 148.3; ln 0.05 / ln 0.95 = 58.4; ln 0.1 / ln 0.9 = 21.9.
        check(0.02, 0.95, 0, 149);
        check(0.05, 0.95, 0, 59);
        check(0.1, 0.9, 0, 22);
        // 59, 93, 124: Wilks' sample sizes of 95 %/95 % tolerance limits.
        check(0.05, 0.95, 1, 93);
        check(0.05, 0.95, 2, 124);
        check(0.5, 0.5, 0, 1);
    }

    proptest! {
        #[test]
        fn the_bound_is_where_the_tail_is(of in 1_usize..2000, part in 0.0..1.0_f64, confidence in 0.5..0.999_f64) {
            let hits = (of as f64 * part) as usize;
            let p = Proportion::new(hits, of);
            let bound = p.upper_bound(confidence);
            prop_assert!(bound > p.share());
            prop_assert!((p.chance_of_so_few(bound) - (1.0 - confidence)).abs() < 1e-6);
            let Interval { low, high, .. } = p.interval(confidence);
            prop_assert!(low <= p.share() && p.share() <= high && bound <= high);
        }

        #[test]
        fn one_sample_fewer_is_too_few(rate in 0.005..0.5_f64, confidence in 0.5..0.999_f64, errors in 0_usize..30) {
            let promise = Promise::new(rate, confidence).unwrap();
            let n = promise.samples_needed(errors);
            prop_assert!(promise.is_carried_by(Proportion::new(errors, n)));
            prop_assert!(n == errors + 1 || !promise.is_carried_by(Proportion::new(errors, n - 1)));
        }
    }
}
