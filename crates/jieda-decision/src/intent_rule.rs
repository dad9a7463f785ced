//! Rules on intents: what a classifier says, where words say nothing.

use jieda_types::{Confidence, IntentId, IntentPrediction};
use serde::Deserialize;

use crate::RuleAction;

/// A rule on the intent of one utterance.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IntentRule {
    /// The name that a trace shows.
    pub name: String,
    /// The intent.
    pub intent: IntentId,
    /// From this probability on it fires.
    pub at_least: Confidence,
    /// What it leads to, where no FAQ is confident enough for a reply.
    pub then: RuleAction,
}

impl IntentRule {
    /// Whether it fires.
    #[must_use]
    pub fn fires(&self, intents: &IntentPrediction) -> bool {
        let known = intents.ranked.iter().any(|s| s.id == self.intent);
        known && intents.confidence_of(&self.intent) >= self.at_least
    }
}
