//! Figures: functions of cases, with intervals.

use serde::{Deserialize, Serialize};

use crate::{
    risk::Proportion,
    stats::{Bootstrap, Clusters, Interval},
};

/// Digits after the point that figures and confidences are rounded to.
const DIGITS: i32 = 4;

/// Which way a figure should go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Better {
    /// More is better.
    Higher,
    /// Less is better.
    Lower,
}

impl Better {
    /// How much better `now` is than `before`; negative when it is worse.
    #[must_use]
    pub fn gain(self, before: f64, now: f64) -> f64 {
        match self {
            Self::Higher => now - before,
            Self::Lower => before - now,
        }
    }
}

/// A figure of cases of one kind.
#[derive(Debug)]
pub struct FigureOf<C: 'static> {
    /// Its name in files.
    pub name: &'static str,
    /// Which way it should go.
    pub better: Better,
    /// How it is counted.
    pub of: Measure<C>,
}

/// How a figure is counted.
#[derive(Debug)]
pub enum Measure<C: 'static> {
    /// The share of hits among the cases that their labels choose: `Some(hit)` for these, nothing for others. Two systems
    /// are asked the same ones, so that McNemar's test applies.
    Share(fn(&C) -> Option<bool>),
    /// The share of hits among the cases that the system chose by what it did, such as wrong replies among replies.
    ShareOfDone(fn(&C) -> Option<bool>),
    /// The mean of a value over the cases that have one.
    Mean(fn(&C) -> Option<f64>),
    /// Anything else. No number where it is not defined.
    Statistic(fn(&[&C]) -> f64),
}

/// A figure that was measured.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Figure {
    /// Its value.
    pub value: f64,
    /// Its interval; of the level that the results name. None where no draw gave a number.
    #[serde(flatten)]
    pub interval: Option<Ends>,
    /// What it is a share or mean of, where it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub n: Option<usize>,
}

/// Ends of an interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Ends {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

impl<C> Measure<C> {
    /// The value; no number where it is not defined.
    #[must_use]
    pub fn value(&self, cases: &[&C]) -> f64 {
        match self {
            Self::Share(hit) | Self::ShareOfDone(hit) => {
                let (hits, of) = tally(*hit, cases);
                hits as f64 / of as f64
            }
            Self::Mean(value) => {
                let (sum, of) = total(*value, cases);
                sum / of as f64
            }
            Self::Statistic(value) => value(cases),
        }
    }

    /// What it is a share or a mean of; none for anything else.
    fn counted(&self, cases: &[&C]) -> Option<usize> {
        match self {
            Self::Share(hit) | Self::ShareOfDone(hit) => Some(tally(*hit, cases).1),
            Self::Mean(value) => Some(total(*value, cases).1),
            Self::Statistic(_) => None,
        }
    }

    /// Whether it makes sense for a few cases of a kind: each adds its own part.
    pub(super) fn is_additive(&self) -> bool {
        !matches!(self, Self::Statistic(_))
    }
}

impl<C: Sync> FigureOf<C> {
    /// The figure of cases; none where it is not defined.
    pub(super) fn measure(
        &self,
        cases: &[C],
        clusters: &Clusters,
        bootstrap: &Bootstrap,
    ) -> Option<Figure> {
        let all: Vec<&C> = cases.iter().collect();
        let value = self.of.value(&all);
        if value.is_nan() {
            return None;
        }
        let interval = self.interval(cases, clusters, bootstrap);
        Some(Figure {
            value: rounded(value),
            interval: interval.map(|i| Ends {
                low: rounded(i.low),
                high: rounded(i.high),
            }),
            n: self.of.counted(&all),
        })
    }

    fn interval(
        &self,
        cases: &[C],
        clusters: &Clusters,
        bootstrap: &Bootstrap,
    ) -> Option<Interval> {
        if let Measure::Share(hit) | Measure::ShareOfDone(hit) = self.of {
            let counted = |members: &[usize]| members.iter().any(|&i| hit(&cases[i]).is_some());
            let (hits, of) = tally(hit, &cases.iter().collect::<Vec<_>>());
            if hits == 0 || hits == of {
                // No draw can move it. The exact interval, a cluster counting as one trial.
                let trials = clusters.iter().filter(|members| counted(members)).count();
                let hits = if hits == 0 { 0 } else { trials };
                return Some(Proportion::new(hits, trials).interval(bootstrap.level));
            }
        }
        bootstrap.interval(clusters, |drawn| {
            let drawn: Vec<&C> = drawn.iter().map(|&i| &cases[i]).collect();
            self.of.value(&drawn)
        })
    }
}

/// Hits, and what they are hits of.
fn tally<C>(hit: fn(&C) -> Option<bool>, cases: &[&C]) -> (usize, usize) {
    let counted = cases.iter().filter_map(|case| hit(case));
    counted.fold((0, 0), |(hits, of), is_hit| {
        (hits + usize::from(is_hit), of + 1)
    })
}

/// The sum of values, and of how many.
fn total<C>(value: fn(&C) -> Option<f64>, cases: &[&C]) -> (f64, usize) {
    let counted = cases.iter().filter_map(|case| value(case));
    counted.fold((0.0, 0), |(sum, of), value| (sum + value, of + 1))
}

/// As figures and confidences are written.
#[must_use]
pub(crate) fn rounded(value: f64) -> f64 {
    let scale = 10_f64.powi(DIGITS);
    let rounded = (value * scale).round() / scale;
    // Not -0.
    rounded + 0.0
}
