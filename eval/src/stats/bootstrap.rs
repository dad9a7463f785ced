//! The cluster bootstrap.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::{Clusters, Interval};

/// Draws whole clusters with replacement, as many as there are, and looks how far a figure moves (Efron & Tibshirani
/// 1993, *An Introduction to the Bootstrap*, ch. 13; clusters: Davison & Hinkley 1997, *Bootstrap Methods and their
/// Application*, § 3.8).
///
/// Intervals are percentile intervals: the ends are order statistics of the draws. A figure that no draw can move, such
/// as a share of 0 of 50, gets an interval without width; an exact interval
/// ([`Proportion`](crate::risk::Proportion)) is the better one there.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bootstrap {
    /// How often to draw. One less than a round number makes the ends fall on an order statistic.
    pub draws: usize,
    /// The same seed gives the same draws.
    pub seed: u64,
    /// Level of the intervals, 0 to 1.
    pub level: f64,
}

/// A figure of one system less that of another on the same cases.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Difference {
    /// Second minus first.
    pub difference: f64,
    /// Its interval.
    pub interval: Interval,
    /// Two-sided p-value of "there is no difference": the level at which the percentile interval just holds 0
    /// (Davison & Hinkley 1997, § 5.4: inverting an interval gives a test). At least 2 / (draws + 1).
    pub p: f64,
}

impl Default for Bootstrap {
    fn default() -> Self {
        Self {
            draws: 1999,
            seed: 1,
            level: 0.95,
        }
    }
}

impl Bootstrap {
    /// The interval of a figure. `figure` is given the indices of the cases that were drawn, some of them several
    /// times; what it makes no number of (a mean of nothing) is left out. None when no draw gave a number.
    ///
    /// ```
    /// use jieda_eval::stats::{Bootstrap, Clusters};
    /// let right = [1.0, 1.0, 0.0, 1.0, 0.0, 1.0, 1.0, 1.0];
    /// let mean = |cases: &[usize]| cases.iter().map(|&i| right[i]).sum::<f64>() / cases.len() as f64;
    /// let interval = Bootstrap::default().interval(&Clusters::singles(8), mean).unwrap();
    /// assert!(interval.contains(0.75) && interval.low >= 0.375 && interval.high <= 1.0);
    /// ```
    pub fn interval(
        &self,
        clusters: &Clusters,
        figure: impl Fn(&[usize]) -> f64 + Sync,
    ) -> Option<Interval> {
        Some(self.ends(&self.drawn(clusters, figure)?))
    }

    /// The difference of two figures on the same cases, drawn together: what is hard for both moves neither. None when
    /// there are no cases, or either figure is no number on any draw.
    pub fn difference(
        &self,
        clusters: &Clusters,
        first: impl Fn(&[usize]) -> f64 + Sync,
        second: impl Fn(&[usize]) -> f64 + Sync,
    ) -> Option<Difference> {
        let all = clusters.all();
        let difference = second(&all) - first(&all);
        let drawn = self.drawn(clusters, |cases| second(cases) - first(cases))?;
        let side = |wanted: &dyn Fn(f64) -> bool| drawn.iter().filter(|&&d| wanted(d)).count();
        let fewer = side(&|d| d <= 0.0).min(side(&|d| d >= 0.0));
        Some(Difference {
            difference,
            interval: self.ends(&drawn),
            p: (2.0 * (fewer + 1) as f64 / (drawn.len() + 1) as f64).min(1.0),
        })
    }

    /// The figure on every draw, in rising order, never empty.
    fn drawn(
        &self,
        clusters: &Clusters,
        figure: impl Fn(&[usize]) -> f64 + Sync,
    ) -> Option<Vec<f64>> {
        if clusters.is_empty() {
            return None;
        }
        // A generator for each draw: the threads that draw don't change what is drawn.
        let mut drawn: Vec<f64> = (0..self.draws)
            .into_par_iter()
            .map_init(Vec::new, |cases, draw| {
                let mut random = fastrand::Rng::with_seed(seed_of(self.seed, draw as u64));
                clusters.draw(&mut random, cases);
                figure(cases)
            })
            .filter(|value| !value.is_nan())
            .collect();
        drawn.sort_by(f64::total_cmp);
        (!drawn.is_empty()).then_some(drawn)
    }

    /// The order statistics (n + 1) α / 2 from below and from above.
    fn ends(&self, rising: &[f64]) -> Interval {
        let n = rising.len();
        let tail = ((n + 1) as f64 * (1.0 - self.level) / 2.0).round() as usize;
        let tail = tail.clamp(1, n.div_ceil(2));
        Interval {
            low: rising[tail - 1],
            high: rising[n - tail],
            level: self.level,
        }
    }
}

/// Seeds of neighbouring draws that have nothing to do with each other (the last steps of SplitMix64; Steele, Lea &
/// Flood 2014).
fn seed_of(seed: u64, draw: u64) -> u64 {
    let mixed = seed
        .wrapping_mul(0x2545_f491_4f6c_dd1d)
        .wrapping_add(draw.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn mean_of(values: &[f64]) -> impl Fn(&[usize]) -> f64 + Sync + '_ {
        |cases| cases.iter().map(|&i| values[i]).sum::<f64>() / cases.len() as f64
    }

    /// The interval of a mean is about ±1.96 standard errors.
    #[test]
    fn a_mean_has_its_standard_error() {
        let values: Vec<f64> = (0..400).map(|i| f64::from(u8::from(i % 4 == 0))).collect();
        let i = Bootstrap::default()
            .interval(&Clusters::singles(400), mean_of(&values))
            .unwrap();
        let expected = 1.96 * (0.25_f64 * 0.75 / 400.0).sqrt();
        assert!((i.low - (0.25 - expected)).abs() < 0.006, "{i:?}");
        assert!((i.high - (0.25 + expected)).abs() < 0.006, "{i:?}");
    }

    /// Four turns of a conversation that share one fate are worth one.
    #[test]
    fn turns_of_one_conversation_are_less_evidence() {
        let values: Vec<f64> = (0..400)
            .map(|i| f64::from(u8::from(i / 4 % 2 == 0)))
            .collect();
        let width = |clusters: &Clusters| {
            let i = Bootstrap::default()
                .interval(clusters, mean_of(&values))
                .unwrap();
            i.high - i.low
        };
        let together = Clusters::of((0..400).map(|i| Some(i / 4)));
        assert_eq!(together.len(), 100);
        let ratio = width(&together) / width(&Clusters::singles(400));
        // √4.
        assert!((1.8..2.2).contains(&ratio), "{ratio}");
    }

    /// The interval holds the true share about as often as it says.
    #[test]
    fn intervals_hold_what_they_promise() {
        let bootstrap = Bootstrap {
            draws: 399,
            ..Bootstrap::default()
        };
        let mut random = fastrand::Rng::with_seed(5);
        let mut held = 0;
        for _ in 0..300 {
            let values: Vec<f64> = (0..100)
                .map(|_| f64::from(u8::from(random.f64() < 0.7)))
                .collect();
            let i = bootstrap.interval(&Clusters::singles(100), mean_of(&values));
            held += u32::from(i.unwrap().contains(0.7));
        }
        assert!((270..=298).contains(&held), "{held} of 300");
    }

    #[test]
    fn pairs_tell_what_single_samples_cannot() {
        // 12 of 200 cases better, none worse.
        let before: Vec<f64> = (0..200).map(|i| f64::from(u8::from(i % 2 == 0))).collect();
        let mut after = before.clone();
        for i in 0..12 {
            after[2 * i + 1] = 1.0;
        }
        let clusters = Clusters::singles(200);
        let d = Bootstrap::default()
            .difference(&clusters, mean_of(&before), mean_of(&after))
            .unwrap();
        assert!((d.difference - 0.06).abs() < 1e-12);
        assert!(d.interval.low > 0.0 && d.p < 0.01, "{d:?}");
        let same = Bootstrap::default()
            .difference(&clusters, mean_of(&before), mean_of(&before))
            .unwrap();
        assert_eq!((same.difference, same.p), (0.0, 1.0));
    }

    #[test]
    fn without_cases_or_numbers_there_is_no_interval() {
        let nothing = Bootstrap::default().interval(&Clusters::singles(0), |_| 1.0);
        assert_eq!(nothing, None);
        let no_number = Bootstrap::default().interval(&Clusters::singles(3), |_| f64::NAN);
        assert_eq!(no_number, None);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn intervals_are_ordered_and_do_not_depend_on_threads(
            values in proptest::collection::vec(0.0..1.0_f64, 1..60),
            seed in any::<u64>(),
            together in 1_usize..5,
        ) {
            let bootstrap = Bootstrap { draws: 199, seed, level: 0.9 };
            let clusters = Clusters::of((0..values.len()).map(|i| Some(i / together)));
            let run = |threads: usize| {
                let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
                pool.install(|| bootstrap.interval(&clusters, mean_of(&values))).unwrap()
            };
            let interval = run(1);
            prop_assert_eq!(interval, run(3));
            let least = values.iter().copied().fold(f64::INFINITY, f64::min);
            let most = values.iter().copied().fold(0.0, f64::max);
            prop_assert!(least - 1e-12 <= interval.low && interval.low <= interval.high);
            prop_assert!(interval.high <= most + 1e-12);
        }
    }
}
