//! What the confidence is worth, and what other thresholds would do.

use jieda::{Thresholds, Tuned};
use serde::Serialize;

use super::Asked;
use crate::{
    decision::{Turn, forecasts},
    metrics::{Forecast, auc, brier, expected_calibration_error},
    risk::{CurvePoint, Observation, Promise, Recheck, RiskCoverage},
};

/// As everywhere else.
const BINS: usize = 10;
/// Thresholds that are shown beside the present one.
const OTHERS: [f64; 8] = [0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.98];

/// The confidence, judged where thresholds have a say.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Calibration {
    /// Expected calibration error, 10 bins of equal size.
    pub ece: f64,
    /// Brier score.
    pub brier: f64,
    /// Area under the ROC curve.
    pub auc: f64,
    /// Area under the risk–coverage curve.
    pub aurc: f64,
    /// Automatic replies / answerable queries, as `jieda tune` and `jieda eval decision` have it.
    pub coverage: f64,
    /// What some thresholds would do, falling.
    pub thresholds: Vec<AtThreshold>,
    /// Whether this sample bears out what the thresholds promise; none where they promise nothing.
    pub recheck: Option<Recheck>,
    /// The whole curve.
    #[serde(skip)]
    pub curve: RiskCoverage,
    /// Each confidence and whether it came true.
    #[serde(skip)]
    pub forecasts: Vec<Forecast>,
}

/// What a threshold would do.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct AtThreshold {
    /// The threshold.
    pub threshold: f64,
    /// Whether it is the present one.
    pub is_present: bool,
    /// Queries that get a reply.
    pub replies: usize,
    /// Share of all queries.
    pub answered: f64,
    /// Replies that are wrong.
    pub wrong: usize,
    /// Share of the replies.
    pub wrong_rate: f64,
}

impl Calibration {
    /// None where the thresholds have a say in no query.
    pub(super) fn of(asked: &[Asked], present: &Thresholds, tuned: Option<&Tuned>) -> Option<Self> {
        let turns = asked.iter().map(|a| &a.turn);
        let observations: Vec<Observation> = turns.filter_map(Turn::observation).collect();
        let forecasts = forecasts(&observations);
        let curve = RiskCoverage::of(&observations);
        let present = present.reply.get();
        let promise = tuned.and_then(|t| Promise::new(t.max_wrong_rate, t.confidence).ok());
        (!forecasts.is_empty()).then(|| Self {
            ece: expected_calibration_error(&forecasts, BINS),
            brier: brier(&forecasts),
            auc: auc(&forecasts),
            aurc: curve.area(),
            coverage: curve.at(present).map_or(0.0, |point| point.coverage),
            thresholds: at_thresholds(&curve, present),
            recheck: promise.map(|promise| Recheck::of(&observations, present, promise)),
            curve,
            forecasts,
        })
    }
}

fn at_thresholds(curve: &RiskCoverage, present: f64) -> Vec<AtThreshold> {
    let mut thresholds: Vec<f64> = OTHERS.into_iter().filter(|&t| t != present).collect();
    thresholds.push(present);
    thresholds.sort_by(|a, b| b.total_cmp(a));
    let nothing = CurvePoint {
        threshold: 1.0,
        accepted: 0,
        wrong: 0,
        answered: 0.0,
        coverage: 0.0,
        wrong_rate: 0.0,
    };
    let rows = thresholds.into_iter().map(|threshold| {
        let point = curve.at(threshold).unwrap_or(&nothing);
        AtThreshold {
            threshold,
            is_present: threshold == present,
            replies: point.accepted,
            answered: point.answered,
            wrong: point.wrong,
            wrong_rate: point.wrong_rate,
        }
    });
    rows.collect()
}
