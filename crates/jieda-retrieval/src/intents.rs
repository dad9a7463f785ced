//! Intents by the FAQs that they belong to, until a head is trained.

use std::collections::BTreeMap;

use jieda_types::{
    Candidates, Confidence, IntentClassifier, IntentId, IntentPrediction, IntentScore, Query,
    StageError,
};

/// Names the intent by its FAQs: P(intent) = Σ softmax(score / T) over the candidates that belong
/// to it.
#[derive(Debug, Clone, Copy)]
pub struct NearestIntents {
    temperature: f64,
}

impl NearestIntents {
    /// With the temperature of a [`Fusion`](crate::Fusion); it must be above 0, else 1 is taken.
    #[must_use]
    pub fn new(temperature: f64) -> Self {
        Self {
            temperature: if temperature > 0.0 { temperature } else { 1.0 },
        }
    }

    /// Ranks the intents of the candidates.
    #[must_use]
    pub fn rank(&self, candidates: &Candidates) -> IntentPrediction {
        let Some(top) = candidates.top() else {
            return IntentPrediction::default();
        };
        let best = f64::from(top.score.0);
        let mut mass: BTreeMap<&IntentId, f64> = BTreeMap::new();
        for candidate in &candidates.ranked {
            let weight = ((f64::from(candidate.score.0) - best) / self.temperature).exp();
            *mass.entry(&candidate.intent).or_default() += weight;
        }
        let total: f64 = mass.values().sum();
        let mut ranked: Vec<IntentScore> = mass
            .into_iter()
            .map(|(id, weight)| IntentScore {
                id: id.clone(),
                confidence: Confidence::saturating(weight / total),
            })
            .collect();
        ranked.sort_by(|a, b| b.confidence.get().total_cmp(&a.confidence.get()));
        IntentPrediction { ranked, none: None }
    }
}

impl IntentClassifier for NearestIntents {
    fn classify(
        &self,
        _query: &Query<'_>,
        candidates: &Candidates,
    ) -> Result<IntentPrediction, StageError> {
        Ok(self.rank(candidates))
    }
}
