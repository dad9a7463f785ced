//! The confidence calibrator: P(the best candidate answers the query).

use jieda::{Calibrator, EngineError, FusionWeights, NearestIntents, types::Retriever as _};
use serde::Serialize;

use super::{
    Prepared,
    logistic::{self, Example},
};
use crate::{
    calibrators,
    metrics::{Forecast, auc, brier, expected_calibration_error},
    risk::{self, Truth},
};

const BINS: usize = 10;
/// As many as a decision looks at by default.
const CANDIDATES: usize = 50;

/// What became of one train query under given fusion weights.
pub struct Observation {
    example: Example,
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
    pub fn example(&self) -> calibrators::Example {
        calibrators::Example {
            features: self.example.features.0.to_vec(),
            right: self.example.right,
        }
    }

    /// As risk control sees it.
    #[must_use]
    pub fn seen_by(&self, calibrator: &Calibrator) -> risk::Observation {
        risk::Observation {
            confidence: calibrator.confidence(&self.example.features).get(),
            truth: self.truth,
            cluster: None,
        }
    }
}

/// Quality of a calibrator on data that it was not fitted on.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct CalibrationQuality {
    /// Number of queries.
    pub n: usize,
    /// Share of queries whose best candidate is right.
    pub base_rate: f64,
    /// Expected calibration error, 10 bins of equal size.
    pub ece: f64,
    /// Brier score.
    pub brier: f64,
    /// Area under the ROC curve.
    pub auc: f64,
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
        let features = jieda::Features::of(&query.understood.segmented, &candidates, &intents);
        let rank = query
            .answer
            .and_then(|answer| candidates.rank_of(ids.get(answer)?));
        let example = Example {
            features,
            right: rank == Some(1),
        };
        let truth = match query.answer {
            Some(_) => Truth::Answerable { rank },
            None => Truth::Unanswerable,
        };
        observations.push(Observation { example, truth });
    }
    Ok(observations)
}

/// Fits a calibrator.
#[must_use]
pub fn fit<'a>(observations: impl IntoIterator<Item = &'a Observation>) -> Calibrator {
    let examples: Vec<Example> = observations.into_iter().map(|o| o.example).collect();
    logistic::fit(&examples)
}

/// Probabilities that a calibrator gives to observations, and what happened.
#[must_use]
pub fn forecasts(calibrator: &Calibrator, observations: &[Observation]) -> Vec<Forecast> {
    observations
        .iter()
        .map(|o| Forecast {
            probability: calibrator.confidence(&o.example.features).get(),
            outcome: o.example.right,
        })
        .collect()
}

/// How good forecasts are.
#[must_use]
pub fn quality(forecasts: &[Forecast]) -> CalibrationQuality {
    let n = forecasts.len();
    CalibrationQuality {
        n,
        base_rate: forecasts.iter().filter(|f| f.outcome).count() as f64 / n.max(1) as f64,
        ece: expected_calibration_error(forecasts, BINS),
        brier: brier(forecasts),
        auc: auc(forecasts),
    }
}
