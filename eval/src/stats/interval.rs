//! A range with its level.

use serde::{Deserialize, Serialize};

/// A range that holds a figure, ends included.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// How often such ranges hold the true figure, 0 to 1: 0.95 is usual.
    pub level: f64,
}

impl Interval {
    /// Whether it holds this value.
    #[must_use]
    pub fn contains(&self, value: f64) -> bool {
        self.low <= value && value <= self.high
    }
}
