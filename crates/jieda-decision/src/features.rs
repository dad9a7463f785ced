//! What the confidence is computed from.

use jieda_types::{Candidate, Candidates, IntentPrediction, Segmented, Signal};
use serde::{Deserialize, Serialize};

/// A number that says something about whether the best candidate is right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Feature {
    /// Fused score of the best candidate.
    Score,
    /// Its lead over the second.
    Margin,
    /// Its lead over the mean of the third to fifth: one FAQ or many?
    Crowd,
    /// Cosine of its best phrasing.
    VectorBest,
    /// That cosine's lead over the second candidate's.
    VectorMargin,
    /// Cosine with question + answer, standardised.
    VectorAnswer,
    /// Mean cosine over its phrasings, standardised: how many of them rank high.
    VectorMean,
    /// BM25 of words over phrasings, standardised.
    Words,
    /// BM25 of grams over everything, standardised.
    Grams,
    /// Share of the query's words that it contains, rare words counting more.
    Covered,
    /// Whether vectors and BM25 would both have put it first: 0, 0.5 or 1.
    Agreement,
    /// Probability of its intent.
    Intent,
    /// Logarithm of the query's length in characters.
    Length,
}

impl Feature {
    /// All features, in the order in which they are stored.
    pub const ALL: [Self; 13] = [
        Self::Score,
        Self::Margin,
        Self::Crowd,
        Self::VectorBest,
        Self::VectorMargin,
        Self::VectorAnswer,
        Self::VectorMean,
        Self::Words,
        Self::Grams,
        Self::Covered,
        Self::Agreement,
        Self::Intent,
        Self::Length,
    ];

    /// Its name in files and traces.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Score => "score",
            Self::Margin => "margin",
            Self::Crowd => "crowd",
            Self::VectorBest => "vector_best",
            Self::VectorMargin => "vector_margin",
            Self::VectorAnswer => "vector_answer",
            Self::VectorMean => "vector_mean",
            Self::Words => "words",
            Self::Grams => "grams",
            Self::Covered => "covered",
            Self::Agreement => "agreement",
            Self::Intent => "intent",
            Self::Length => "length",
        }
    }
}

/// One value a feature, in the order of [`Feature::ALL`].
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Features(pub [f64; Feature::ALL.len()]);

impl Features {
    /// Reads the features off a turn. All zeros when there is no candidate.
    #[must_use]
    pub fn of(segmented: &Segmented, candidates: &Candidates, intents: &IntentPrediction) -> Self {
        let Some(top) = candidates.top() else {
            return Self::default();
        };
        // What a candidate leads by: over nobody it leads by nothing.
        let lead = |of: &dyn Fn(&Candidate) -> f64| {
            candidates
                .ranked
                .get(1)
                .map_or(0.0, |second| of(top) - of(second))
        };
        let score = |c: &Candidate| f64::from(c.score.0);
        let cosine = |c: &Candidate| c.raw(Signal::VectorBest).map_or(0.0, f64::from);
        let crowd: Vec<f64> = candidates
            .ranked
            .iter()
            .take(5)
            .skip(2)
            .map(score)
            .collect();
        let standardized = |signal| {
            top.parts
                .iter()
                .find(|p| p.signal == signal)
                .map_or(0.0, |p| f64::from(p.normalized))
        };
        let agrees = |other: &Option<_>| {
            if other.as_ref() == Some(&top.faq) {
                0.5
            } else {
                0.0
            }
        };
        Self(Feature::ALL.map(|feature| match feature {
            Feature::Score => score(top),
            Feature::Margin => lead(&score),
            Feature::Crowd if crowd.is_empty() => 0.0,
            Feature::Crowd => score(top) - crowd.iter().sum::<f64>() / crowd.len() as f64,
            Feature::VectorBest => cosine(top),
            Feature::VectorMargin => lead(&cosine),
            Feature::VectorAnswer => standardized(Signal::VectorAnswer),
            Feature::VectorMean => standardized(Signal::VectorMean),
            Feature::Words => standardized(Signal::WordsQuestion),
            Feature::Grams => standardized(Signal::GramsAll),
            Feature::Covered => f64::from(candidates.covered),
            Feature::Agreement => agrees(&candidates.vector_top) + agrees(&candidates.lexical_top),
            Feature::Intent => intents.confidence_of(&top.intent).get(),
            Feature::Length => (segmented.normalized.chars().count().max(1) as f64).ln(),
        }))
    }

    /// The value of a feature.
    #[must_use]
    pub fn get(&self, feature: Feature) -> f64 {
        self.0[feature as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn features_have_one_name_everywhere() {
        for feature in Feature::ALL {
            assert_eq!(serde_json::to_value(feature).unwrap(), feature.name());
        }
    }
}
