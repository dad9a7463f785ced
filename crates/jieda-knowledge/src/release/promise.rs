//! What is known of a release's promise: "at most this share of automatic replies is wrong".

use serde::{Deserialize, Serialize};

/// The promise of a release's policy, checked on labelled queries before the release was published. How the bound is
/// computed is the business of whoever checks; here it is kept with the release.
///
/// ```
/// use jieda_knowledge::release::{PromiseCheck, PromiseOutcome};
/// let check = PromiseCheck {
///     outcome: PromiseOutcome::Kept,
///     max_wrong_rate: 0.02,
///     confidence: 0.95,
///     reply_threshold: 0.86,
///     queries: 1000,
///     unanswerable: 200,
///     replies: 500,
///     wrong: 4,
///     wrong_rate: 0.008,
///     wrong_rate_bound: 0.0182,
/// };
/// assert!(check.outcome.may_publish());
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PromiseCheck {
    /// What came of it.
    pub outcome: PromiseOutcome,
    /// The promise: at most this share of automatic replies is wrong …
    pub max_wrong_rate: f64,
    /// … with this confidence, on traffic like the sample.
    pub confidence: f64,
    /// The confidence from which on the release's policy sends a reply.
    pub reply_threshold: f64,
    /// Labelled queries that were asked.
    pub queries: usize,
    /// Of these, queries that no FAQ answers.
    pub unanswerable: usize,
    /// Queries that got a reply.
    pub replies: usize,
    /// Replies that were wrong.
    pub wrong: usize,
    /// Share of the replies that was wrong; 0 without replies.
    pub wrong_rate: f64,
    /// Upper bound of that share at the confidence; 1 without replies.
    pub wrong_rate_bound: f64,
}

/// What came of the check of a promise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PromiseOutcome {
    /// The bound is within the promise.
    Kept,
    /// The bound is above the promise: the release is not to be published.
    Broken,
    /// The bound is above the promise, and somebody published all the same.
    Overridden,
}

impl PromiseOutcome {
    /// Whether nothing stands against publishing.
    #[must_use]
    pub fn may_publish(self) -> bool {
        self != Self::Broken
    }
}
