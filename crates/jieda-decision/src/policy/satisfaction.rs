//! Satisfaction: when it is asked for, how it is read, and when it leads to a human.

use jieda_types::Rating;
use serde::Deserialize;

use super::table::table;

table! {
    /// Satisfaction.
    #[derive(Debug, Clone, PartialEq, Eq)]
    Satisfaction, GivenSatisfaction {
        /// This rating and every lower one leads to a human.
        handoff_at: Rating,
        /// A rating is asked for with every so-manieth answer; 0: never.
        ask_every: u32,
        /// What words say.
        words: Vec<RatingWords>,
    }
}

/// Whole texts that stand for a rating.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RatingWords {
    /// The rating.
    pub rating: Rating,
    /// Texts that say so at any time after an answer: 不满意.
    #[serde(default)]
    pub always: Vec<String>,
    /// Texts that say so only when a rating was asked for: 没解决, 一般.
    #[serde(default)]
    pub when_asked: Vec<String>,
}
