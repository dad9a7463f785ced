//! The risk–coverage curve.

use serde::Serialize;

use super::{Observation, Proportion};

/// One threshold.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct CurvePoint {
    /// Confidence from which on a reply is sent.
    pub threshold: f64,
    /// Queries that get a reply.
    pub accepted: usize,
    /// Replies that are wrong.
    pub wrong: usize,
    /// Replies / all queries.
    pub answered: f64,
    /// Replies / answerable queries.
    pub coverage: f64,
    /// Wrong replies / replies.
    pub wrong_rate: f64,
}

/// What every threshold would have done, from the one that sends fewest replies to the one that sends all
/// (El-Yaniv & Wiener 2010, JMLR 11, 1605–1641). Equal confidences are one point.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RiskCoverage {
    /// By falling threshold.
    pub points: Vec<CurvePoint>,
}

impl RiskCoverage {
    /// The curve of a sample.
    #[must_use]
    pub fn of(observations: &[Observation]) -> Self {
        let answerable = observations
            .iter()
            .filter(|o| o.truth.is_answerable())
            .count();
        let mut falling: Vec<&Observation> = observations
            .iter()
            .filter(|o| !o.confidence.is_nan())
            .collect();
        falling.sort_by(|a, b| b.confidence.total_cmp(&a.confidence));
        let (mut accepted, mut wrong) = (0, 0);
        let points = falling
            .chunk_by(|a, b| a.confidence == b.confidence)
            .filter_map(|tied| {
                accepted += tied.len();
                wrong += tied.iter().filter(|o| o.truth.is_wrong()).count();
                Some(CurvePoint {
                    threshold: tied.first()?.confidence,
                    accepted,
                    wrong,
                    answered: Proportion::new(accepted, observations.len()).share(),
                    coverage: Proportion::new(accepted, answerable).share(),
                    wrong_rate: Proportion::new(wrong, accepted).share(),
                })
            })
            .collect();
        Self { points }
    }

    /// Area under the curve: the mean wrong rate over all numbers of answered queries (AURC; Geifman et al. 2019,
    /// arXiv 1805.08206). 0 is perfect.
    #[must_use]
    pub fn area(&self) -> f64 {
        let mut before = 0.0;
        let mut area = 0.0;
        for point in &self.points {
            area += (point.answered - before) * point.wrong_rate;
            before = point.answered;
        }
        area
    }

    /// The last point whose threshold is at least this one: what a reply threshold does. None when it sends no reply.
    #[must_use]
    pub fn at(&self, threshold: f64) -> Option<&CurvePoint> {
        let sent = self.points.partition_point(|p| p.threshold >= threshold);
        self.points.get(sent.checked_sub(1)?)
    }

    /// The wrong rate from few answered queries on the left to all on the right, in so many characters. The highest
    /// rate fills a character, none is its lowest step.
    #[must_use]
    pub fn sparkline(&self, width: usize) -> String {
        const STEPS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
        let Some(all) = self.points.last() else {
            return String::new();
        };
        let rates: Vec<f64> = (1..=width)
            .filter_map(|column| {
                let answered = all.answered * column as f64 / width as f64;
                // Within rounding, so that the last column is the last point.
                let i = self
                    .points
                    .partition_point(|p| p.answered < answered - 1e-12);
                self.points.get(i).map(|p| p.wrong_rate)
            })
            .collect();
        let highest = rates.iter().copied().fold(0.0, f64::max);
        let step = |rate: f64| {
            let step = if highest > 0.0 {
                (rate / highest * 7.0).round() as usize
            } else {
                0
            };
            STEPS.get(step).copied().unwrap_or('█')
        };
        rates.into_iter().map(step).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::risk::Truth;

    fn sample(turns: &[(f64, bool)]) -> Vec<Observation> {
        turns
            .iter()
            .map(|&(confidence, right)| Observation {
                confidence,
                truth: if right {
                    Truth::Answerable { rank: Some(1) }
                } else {
                    Truth::Unanswerable
                },
                cluster: None,
            })
            .collect()
    }

    #[test]
    fn curve_by_hand() {
        let curve = RiskCoverage::of(&sample(&[
            (0.7, false),
            (0.9, true),
            (0.8, true),
            (0.8, false),
        ]));
        let points: Vec<_> = curve
            .points
            .iter()
            .map(|p| (p.threshold, p.accepted, p.wrong, p.answered, p.coverage))
            .collect();
        assert_eq!(
            points,
            [
                (0.9, 1, 0, 0.25, 0.5),
                (0.8, 3, 1, 0.75, 1.5),
                (0.7, 4, 2, 1.0, 2.0)
            ]
        );
        // ¼ · 0 + ½ · ⅓ + ¼ · ½.
        assert!((curve.area() - 7.0 / 24.0).abs() < 1e-12);
        assert_eq!(curve.at(0.75).map(|p| p.accepted), Some(3));
        assert_eq!(curve.at(0.7).map(|p| p.accepted), Some(4));
        assert_eq!(curve.at(0.95), None);
        assert_eq!(curve.sparkline(4), "▁▆▆█");
        assert_eq!(curve.sparkline(0), "");
    }

    #[test]
    fn without_errors_or_queries() {
        assert_eq!(
            RiskCoverage::of(&sample(&[(0.9, true), (0.8, true)])).sparkline(3),
            "▁▁▁"
        );
        let nothing = RiskCoverage::of(&[]);
        assert_eq!((nothing.area(), nothing.sparkline(9)), (0.0, String::new()));
    }

    proptest! {
        #[test]
        fn the_order_of_the_sample_does_not_matter(mut turns in prop::collection::vec((0..20_u8, any::<bool>()), 1..60)) {
            let of = |turns: &[(u8, bool)]| {
                let turns: Vec<_> = turns.iter().map(|&(c, r)| (f64::from(c) / 20.0, r)).collect();
                RiskCoverage::of(&sample(&turns))
            };
            let curve = of(&turns);
            prop_assert_eq!(curve.points.last().map(|p| p.accepted), Some(turns.len()));
            prop_assert!(curve.points.is_sorted_by(|a, b| a.threshold > b.threshold && a.accepted < b.accepted));
            prop_assert!((0.0..=1.0).contains(&curve.area()));
            prop_assert_eq!(curve.sparkline(30).chars().count(), 30);
            turns.reverse();
            prop_assert_eq!(of(&turns), curve);
        }
    }
}
