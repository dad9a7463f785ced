//! The confidence calibrator: P(the best candidate answers the query).

use jieda::{
    Calibrator, Coefficient, EngineError, Feature, Features, FusionWeights, NearestIntents,
    Provenance, types::Retriever as _,
};

use super::Prepared;
use crate::{
    calibrators::{Example, Examples, Logistic},
    metrics::Forecast,
    risk::{self, Truth},
};

/// Ridge on standardised coefficients.
const RIDGE: f64 = 1.0;
/// As many as a decision looks at by default.
const CANDIDATES: usize = 50;

/// What became of one train query under given fusion weights.
pub struct Observation {
    features: Features,
    /// Whether an FAQ answers the query, and where that one came.
    pub truth: Truth,
}

impl Observation {
    /// Where the right FAQ came, 1 for first; none when no FAQ answers the query, or it was not
    /// found.
    #[must_use]
    pub fn rank(&self) -> Option<usize> {
        match self.truth {
            Truth::Answerable { rank } => rank,
            Truth::Unanswerable => None,
        }
    }

    /// The features of the best candidate, and whether it is right.
    #[must_use]
    pub fn example(&self) -> Example {
        Example {
            features: self.features.0.to_vec(),
            right: !self.truth.is_wrong(),
        }
    }

    /// As risk control sees it.
    #[must_use]
    pub fn seen_by(&self, calibrator: &Calibrator) -> risk::Observation {
        risk::Observation {
            confidence: calibrator.confidence(&self.features).get(),
            truth: self.truth,
            cluster: None,
        }
    }
}

/// Searches the train queries of an industry with these weights.
///
/// # Errors
/// [`EngineError`] when the index fails.
pub fn observe(
    industry: Prepared,
    weights: &FusionWeights,
    temperature: f64,
) -> Result<Vec<Observation>, EngineError> {
    let Prepared {
        searcher, queries, ..
    } = industry;
    let searcher = searcher.with_fusion(weights);
    let classifier = NearestIntents::new(temperature);
    let ids: Vec<_> = searcher.index().faq_ids().cloned().collect();
    let mut observations = Vec::with_capacity(queries.len());
    for query in &queries {
        let candidates = searcher
            .index()
            .search(&query.understood.query(), CANDIDATES)?;
        let intents = classifier.rank(&candidates);
        let features = Features::of(&query.understood.segmented, &candidates, &intents);
        let rank = query
            .answer
            .and_then(|answer| candidates.rank_of(ids.get(answer)?));
        let truth = match query.answer {
            Some(_) => Truth::Answerable { rank },
            None => Truth::Unanswerable,
        };
        observations.push(Observation { features, truth });
    }
    Ok(observations)
}

/// Fits a calibrator; its provenance is the caller's to fill in. Nothing to learn from gives one that always says
/// a half.
#[must_use]
pub fn fit<'a>(observations: impl IntoIterator<Item = &'a Observation>) -> Calibrator {
    let examples = observations.into_iter().map(Observation::example);
    of_examples(examples.collect(), RIDGE)
}

/// The same from examples whose features are those of [`Feature::ALL`].
pub(super) fn of_examples(examples: Vec<Example>, ridge: f64) -> Calibrator {
    let positions: Vec<usize> = Feature::ALL.iter().map(|&f| f as usize).collect();
    let logistic = Examples::new(examples)
        .ok()
        .map(|examples| Logistic::fit(&examples, &positions, ridge));
    Calibrator {
        bias: logistic.as_ref().map_or(0.0, Logistic::bias),
        provenance: Provenance::default(),
        coefficients: Feature::ALL
            .into_iter()
            .map(|feature| {
                let learned = logistic
                    .as_ref()
                    .and_then(|l| l.weight(feature as usize))
                    .unwrap_or_default();
                Coefficient {
                    feature,
                    weight: learned.weight,
                    mean: learned.mean,
                    deviation: learned.deviation,
                }
            })
            .collect(),
    }
}

/// Probabilities that a calibrator gives to observations, and what happened.
#[must_use]
pub fn forecasts(calibrator: &Calibrator, observations: &[Observation]) -> Vec<Forecast> {
    observations
        .iter()
        .map(|o| Forecast {
            probability: calibrator.confidence(&o.features).get(),
            outcome: !o.truth.is_wrong(),
        })
        .collect()
}
