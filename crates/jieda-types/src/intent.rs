//! What the customer wants, by name.

use serde::{Deserialize, Serialize};

use crate::{Confidence, IntentId};

/// One intent and how likely it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct IntentScore {
    /// The intent.
    pub id: IntentId,
    /// Its probability.
    pub confidence: Confidence,
}

/// Intents, likeliest first. Empty when there is nothing to go by.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct IntentPrediction {
    /// Ranked intents; confidences add up to at most 1.
    pub ranked: Vec<IntentScore>,
    /// How likely it is that the text has none of them; nothing where that is not known.
    #[serde(default)]
    pub none: Option<Confidence>,
}

impl IntentPrediction {
    /// The likeliest intent.
    #[must_use]
    pub fn top(&self) -> Option<&IntentScore> {
        self.ranked.first()
    }

    /// The probability of one intent; 0 for one that is not listed.
    #[must_use]
    pub fn confidence_of(&self, intent: &IntentId) -> Confidence {
        self.ranked
            .iter()
            .find(|s| s.id == *intent)
            .map_or(Confidence::ZERO, |s| s.confidence)
    }
}
