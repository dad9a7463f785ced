//! The whole fit: weights, calibrator, and how both do on an industry that was left out.

use jieda::{Calibrator, EngineError, Feature, Provenance, types::Signal};
use serde::Serialize;

use super::{
    Prepared,
    calibration::{self, Observation},
    fusion::{self, FusionFit},
    transfer::{Transfer, transfers},
};
use crate::{
    calibrators::{Comparison, Examples, Family, Group, Quality, compare},
    metrics::Forecast,
};

/// Reply thresholds that the report shows.
const THRESHOLDS: [f64; 11] = [0.5, 0.6, 0.7, 0.75, 0.8, 0.82, 0.84, 0.86, 0.88, 0.9, 0.95];
/// Bands of confidence that the report shows.
const BANDS: usize = 10;

/// What was learned, and how far it can be trusted.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FitReport {
    /// Weights learned on all industries: what ships.
    pub fusion: FusionFit,
    /// Calibrator fitted on all industries: what ships.
    pub calibrator: Calibrator,
    /// Each industry, with what was learned on the others.
    pub held_out: Vec<HeldOut>,
    /// Calibration over all left-out industries together.
    pub pooled: Quality,
    /// Kinds of calibrators, each judged on industries that it has not seen (nested cross-validation).
    pub comparison: Comparison,
    /// Thresholds that were tuned on the other industries, on the one that was left out.
    pub transfers: Vec<Transfer>,
    /// What each reply threshold buys on left-out industries.
    pub thresholds: Vec<ThresholdRow>,
    /// Where a clarifying question still helps, on left-out industries.
    pub bands: Vec<BandRow>,
}

/// An industry and what the others taught.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HeldOut {
    /// Its name.
    pub industry: String,
    /// Weights learned on the others.
    pub fusion: FusionFit,
    /// recall@1 of the best phrasing's cosine alone.
    pub vector_recall: f64,
    /// recall@1 with the weights of the others.
    pub recall: f64,
    /// recall@1 with the weights of all.
    pub recall_all: f64,
    /// Quality of the calibrator that was fitted on the others.
    pub calibration: Quality,
}

/// What a reply threshold buys.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ThresholdRow {
    /// Confidence from which on a reply is sent.
    pub threshold: f64,
    /// Share of all queries, the unanswerable included, that get a reply.
    pub answered: f64,
    /// Share of the replies that are wrong.
    pub wrong: f64,
}

/// Queries of like confidence.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct BandRow {
    /// Lowest confidence of the band; it is a tenth wide.
    pub from: f64,
    /// How many queries lie in it.
    pub n: usize,
    /// Share whose best candidate is right.
    pub first_right: f64,
    /// Share with the right FAQ among the first three.
    pub three_right: f64,
}

/// Learns from these industries. `None` when they have no train query, or are fewer than two.
///
/// # Errors
/// [`EngineError`] when an index fails.
pub fn fit(industries: Vec<Prepared>) -> Result<Option<FitReport>, EngineError> {
    let Some(all) = fusion::fit(&industries.iter().collect::<Vec<_>>()) else {
        return Ok(None);
    };
    let mut held_out = Vec::new();
    for i in 0..industries.len() {
        let Some(fit) = fusion::fit(&without(&industries, i)) else {
            return Ok(None);
        };
        held_out.push(fit);
    }
    let vector_only = all.weights.only(|signal| signal == Signal::VectorBest);
    let recalls: Vec<[f64; 3]> = industries
        .iter()
        .zip(&held_out)
        .map(|(industry, fit)| {
            [&vector_only, &fit.weights, &all.weights]
                .map(|weights| fusion::recall_at_1(industry, weights))
        })
        .collect();
    // Features of an industry come from weights that have not seen it.
    let mut names = Vec::new();
    let mut observed: Vec<Vec<Observation>> = Vec::new();
    for (industry, fit) in industries.into_iter().zip(&held_out) {
        names.push(industry.name.clone());
        observed.push(calibration::observe(
            industry,
            &fit.weights,
            fit.temperature,
        )?);
    }
    let unseen: Vec<Vec<Forecast>> = (0..observed.len())
        .map(|i| {
            let calibrator = calibration::fit(without(&observed, i).into_iter().flatten());
            calibration::forecasts(&calibrator, &observed[i])
        })
        .collect();
    let pooled = Quality::of(&unseen.concat());
    let cases: Vec<(f64, Option<usize>)> = observed
        .iter()
        .flatten()
        .zip(unseen.iter().flatten())
        .map(|(o, f)| (f.probability, o.rank()))
        .collect();
    let comparison = compared(&names, &observed);
    let transfers = transfers(&names, &observed);
    Ok(Some(FitReport {
        calibrator: Calibrator {
            provenance: provenance(&names, &pooled),
            ..calibration::fit(observed.iter().flatten())
        },
        held_out: names
            .into_iter()
            .zip(held_out)
            .zip(recalls)
            .zip(&unseen)
            .map(
                |(((industry, fusion), [vector_recall, recall, recall_all]), forecasts)| HeldOut {
                    industry,
                    fusion,
                    vector_recall,
                    recall,
                    recall_all,
                    calibration: Quality::of(forecasts),
                },
            )
            .collect(),
        fusion: all,
        pooled,
        comparison,
        transfers,
        thresholds: THRESHOLDS
            .iter()
            .map(|&t| threshold_row(&cases, t))
            .collect(),
        bands: (0..BANDS).map(|i| band_row(&cases, i)).collect(),
    }))
}

/// Platt's scaling of the fused score alone shows what the other features are worth.
fn compared(names: &[String], observed: &[Vec<Observation>]) -> Comparison {
    let groups: Vec<Group> = names
        .iter()
        .zip(observed)
        .filter_map(|(name, observed)| {
            let examples = observed.iter().map(Observation::example).collect();
            Some(Group {
                name: name.clone(),
                examples: Examples::new(examples).ok()?,
            })
        })
        .collect();
    let families = [
        Family::Platt {
            feature: Feature::Score as usize,
        },
        Family::Logistic,
        Family::Isotonic,
        Family::Boosted,
    ];
    // With fewer than two industries there is nothing to compare on, and no fit either.
    compare(&groups, &families).unwrap_or_default()
}

fn without<T>(all: &[T], left_out: usize) -> Vec<&T> {
    all.iter()
        .enumerate()
        .filter(|(i, _)| *i != left_out)
        .map(|(_, item)| item)
        .collect()
}

fn provenance(names: &[String], pooled: &Quality) -> Provenance {
    // Four digits after the point: more would be noise.
    let round = |value: f64| (value * 1e4).round() / 1e4;
    Provenance {
        data: format!(
            "train queries and train unanswerable queries of {}",
            names.join(", ")
        ),
        samples: pooled.n,
        ece: round(pooled.ece),
        brier: round(pooled.brier),
        auc: round(pooled.auc),
    }
}

fn share(part: usize, whole: usize) -> f64 {
    part as f64 / whole.max(1) as f64
}

fn threshold_row(cases: &[(f64, Option<usize>)], threshold: f64) -> ThresholdRow {
    let answered: Vec<_> = cases.iter().filter(|(p, _)| *p >= threshold).collect();
    let wrong = answered.iter().filter(|(_, rank)| *rank != Some(1)).count();
    ThresholdRow {
        threshold,
        answered: share(answered.len(), cases.len()),
        wrong: share(wrong, answered.len()),
    }
}

fn band_row(cases: &[(f64, Option<usize>)], band: usize) -> BandRow {
    let of = |p: f64| ((p * BANDS as f64) as usize).min(BANDS - 1);
    let inside: Vec<_> = cases.iter().filter(|(p, _)| of(*p) == band).collect();
    let within = |k| {
        inside
            .iter()
            .filter(|(_, rank)| rank.is_some_and(|r| r <= k))
            .count()
    };
    BandRow {
        from: band as f64 / BANDS as f64,
        n: inside.len(),
        first_right: share(within(1), inside.len()),
        three_right: share(within(3), inside.len()),
    }
}
