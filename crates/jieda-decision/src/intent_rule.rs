//! Rules on intents: what a classifier says, where words say nothing.

use jieda_types::{Confidence, IntentId, IntentPrediction};
use serde::Deserialize;

use crate::RuleAction;

/// When a rule on an intent is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ahead {
    /// Where no FAQ is confident enough for a reply.
    #[default]
    OfClarifying,
    /// Before any reply: a house on fire is no question about fire insurance.
    OfReply,
}

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
    /// What it leads to.
    pub then: RuleAction,
    /// When it is asked.
    #[serde(default)]
    pub ahead: Ahead,
}

impl IntentRule {
    /// Whether it fires.
    #[must_use]
    pub fn fires(&self, intents: &IntentPrediction) -> bool {
        let known = intents.ranked.iter().any(|s| s.id == self.intent);
        known && intents.confidence_of(&self.intent) >= self.at_least
    }
}
