//! A figure and how sure it is.

use serde::Serialize;

use crate::{
    risk::Proportion,
    stats::{Bootstrap, Clusters, Interval},
};

/// Of all intervals.
const LEVEL: f64 = 0.95;

/// A figure with its 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Figure {
    /// The figure itself.
    pub value: f64,
    /// Where the true one lies, were the sample drawn from the same customers again.
    pub interval: Interval,
    /// Cases that it is taken over, never 0.
    pub n: usize,
}

/// One case that a figure is taken over.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Trial<'a> {
    /// What it adds: 1 or 0 for a share.
    pub value: f64,
    /// The conversation that it is a turn of; none for one on its own.
    pub conversation: Option<&'a str>,
}

impl<'a> Trial<'a> {
    /// A trial that hits or misses.
    pub(super) fn of(hit: bool, conversation: Option<&'a str>) -> Self {
        Self {
            value: f64::from(u8::from(hit)),
            conversation,
        }
    }
}

impl Figure {
    /// The share of trials that hit; none without trials. Where each stands alone the interval is exact (Clopper &
    /// Pearson 1934), else conversations are drawn anew ([`Bootstrap`]). Draws can't move a share of 0 or 1, so
    /// that gets the exact interval of as many trials as there are conversations.
    ///
    /// ```
    /// use jieda_eval::quality::{Figure, Trial};
    /// let hit = Trial { value: 1.0, conversation: None };
    /// let miss = Trial { value: 0.0, conversation: None };
    /// let share = Figure::share([hit, hit, hit, miss]).unwrap();
    /// assert_eq!((share.value, share.n), (0.75, 4));
    /// assert!(share.interval.contains(0.75) && share.interval.low > 0.19);
    /// ```
    pub fn share<'a>(trials: impl IntoIterator<Item = Trial<'a>>) -> Option<Self> {
        let sample = Sample::of(trials)?;
        let certain = sample.value <= 0.0 || sample.value >= 1.0;
        if certain || sample.clusters.len() == sample.values.len() {
            let trials = sample.clusters.len() as f64;
            let exact = Proportion {
                hits: sample.value * trials,
                of: trials,
            };
            let exact = exact.interval(LEVEL);
            return Some(sample.with(Interval {
                low: exact.low,
                high: exact.high,
                level: LEVEL,
            }));
        }
        sample.drawn()
    }

    /// The mean over trials, by the bootstrap; none without trials.
    pub fn mean<'a>(trials: impl IntoIterator<Item = Trial<'a>>) -> Option<Self> {
        Sample::of(trials)?.drawn()
    }

    /// How many trials hit, for a share.
    #[must_use]
    pub fn hits(&self) -> usize {
        (self.value * self.n as f64).round() as usize
    }
}

struct Sample {
    values: Vec<f64>,
    clusters: Clusters,
    value: f64,
}

impl Sample {
    fn of<'a>(trials: impl IntoIterator<Item = Trial<'a>>) -> Option<Self> {
        let trials: Vec<Trial<'a>> = trials.into_iter().collect();
        let values: Vec<f64> = trials.iter().map(|t| t.value).collect();
        (!values.is_empty()).then(|| Self {
            clusters: Clusters::of(trials.iter().map(|t| t.conversation)),
            value: values.iter().sum::<f64>() / values.len() as f64,
            values,
        })
    }

    fn drawn(&self) -> Option<Figure> {
        let bootstrap = Bootstrap {
            level: LEVEL,
            ..Bootstrap::default()
        };
        let mean = |cases: &[usize]| {
            cases.iter().map(|&i| self.values[i]).sum::<f64>() / cases.len() as f64
        };
        Some(self.with(bootstrap.interval(&self.clusters, mean)?))
    }

    fn with(&self, interval: Interval) -> Figure {
        Figure {
            value: self.value,
            interval,
            n: self.values.len(),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_share_without_misses_is_not_certain() {
        let alone = Figure::share((0..20).map(|_| Trial::of(true, None))).unwrap();
        assert!((alone.interval.low - 0.025_f64.powf(1.0 / 20.0)).abs() < 1e-9);
        // Twenty turns of two conversations are worth two.
        let names = ["a", "b"];
        let together = (0..20).map(|i| Trial::of(true, Some(names[i % 2])));
        let together = Figure::share(together).unwrap();
        assert!((together.interval.low - 0.025_f64.sqrt()).abs() < 1e-9);
        assert_eq!((together.n, together.hits()), (20, 20));
        assert_eq!(Figure::share([]), None);
        assert_eq!(Figure::mean([]), None);
    }

    proptest! {
        #[test]
        fn the_interval_holds_the_share(hits in prop::collection::vec((any::<bool>(), 0_u8..6), 1..40)) {
            let names = ["a", "b", "c", "d", "e"];
            let trials = hits.iter().map(|&(hit, c)| Trial::of(hit, names.get(usize::from(c)).copied()));
            let share = Figure::share(trials).unwrap();
            prop_assert!(share.interval.contains(share.value), "{share:?}");
            prop_assert_eq!(share.hits(), hits.iter().filter(|(hit, _)| *hit).count());
        }
    }
}
