//! How long answers took.

use std::time::Duration;

use jieda::Timings;
use serde::Serialize;

use super::Asked;

/// A step of an answer, in the order in which they are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Normalising and cutting.
    Segment,
    /// Encoding.
    Encode,
    /// Searching.
    Search,
    /// Naming the intent.
    Classify,
    /// Finding what is named, such as an order, and reading follow-ups with the turns before.
    Context,
    /// Deciding.
    Decide,
    /// All of it.
    Total,
}

/// How long a step took.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct StageTime {
    /// The step.
    pub stage: Stage,
    /// Median, in milliseconds.
    pub p50_ms: f64,
    /// 95 of 100 take no longer, in milliseconds.
    pub p95_ms: f64,
}

impl Stage {
    const ALL: [Self; 7] = [
        Self::Segment,
        Self::Encode,
        Self::Search,
        Self::Classify,
        Self::Context,
        Self::Decide,
        Self::Total,
    ];

    fn of(self, timings: &Timings) -> Duration {
        match self {
            Self::Segment => timings.segment,
            Self::Encode => timings.encode,
            Self::Search => timings.search,
            Self::Classify => timings.classify,
            Self::Context => timings.context,
            Self::Decide => timings.decide,
            Self::Total => timings.total,
        }
    }
}

/// The times of each step over all texts, asked one after the other; none without texts.
pub(super) fn latency(asked: &[Asked]) -> Vec<StageTime> {
    if asked.is_empty() {
        return Vec::new();
    }
    let steps = Stage::ALL.into_iter().map(|stage| {
        let mut times: Vec<Duration> = asked.iter().map(|a| stage.of(&a.timings)).collect();
        times.sort();
        StageTime {
            stage,
            p50_ms: quantile(&times, 0.5),
            p95_ms: quantile(&times, 0.95),
        }
    });
    steps.collect()
}

/// The least time that so large a share of them don't exceed, in milliseconds.
fn quantile(rising: &[Duration], share: f64) -> f64 {
    let place = (rising.len() as f64 * share).ceil() as usize;
    let time = rising.get(place.saturating_sub(1));
    time.map_or(0.0, |time| time.as_secs_f64() * 1e3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_by_hand() {
        let times: Vec<Duration> = (1..=20).map(Duration::from_millis).collect();
        assert_eq!(quantile(&times, 0.5), 10.0);
        assert_eq!(quantile(&times, 0.95), 19.0);
        assert_eq!(quantile(&times[..1], 0.95), 1.0);
        assert_eq!(quantile(&[], 0.5), 0.0);
    }
}
