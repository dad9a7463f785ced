//! What decisions are worth, in figures.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Label, Turn};
use crate::{
    metrics::{Forecast, auc, brier, expected_calibration_error},
    risk::{CurvePoint, Observation, Proportion, RiskCoverage},
};

const BINS: usize = 10;
/// Of the two-sided intervals.
const CONFIDENCE: f64 = 0.95;
/// Points of the curve that are shown: one at each of these coverages, and the last.
const CURVE_POINTS: usize = 40;
/// Wrong rates for which the coverage is shown.
const WRONG_RATES: [f64; 3] = [0.02, 0.05, 0.1];

/// How the engine decides, against labels.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DecisionReport {
    /// Queries that an FAQ answers.
    pub answerable: usize,
    /// Queries that none answers.
    pub unanswerable: usize,
    /// Automatic replies.
    pub replies: usize,
    /// Automatic replies / answerable queries.
    pub coverage: f64,
    /// Wrong replies / replies; one to an unanswerable query is wrong. 0 without replies.
    pub wrong_rate: f64,
    /// Its exact interval, 95 %, two-sided (Clopper & Pearson 1934).
    pub wrong_rate_ci: [f64; 2],
    /// Share of the unanswerable queries that get a reply.
    pub oos_answered_rate: f64,
    /// Share of the texts that belong to a human that are handed over at once.
    pub handoff_recall: f64,
    /// Share of the look-alikes that are handed over at once.
    pub handoff_false_rate: f64,
    /// Share of the answerable queries that are handed over at once.
    pub answerable_handed_over: f64,
    /// Share of the answerable queries that are answered by a question.
    pub clarify_rate: f64,
    /// Expected calibration error of the confidence, 10 bins of equal size, where thresholds have a say.
    pub ece: f64,
    /// Its Brier score.
    pub brier: f64,
    /// Area under its ROC curve.
    pub auc: f64,
    /// Greatest coverage at which at most this share of the replies is wrong, seen from behind: with the
    /// threshold that fits these very labels best. By wrong rate.
    pub coverage_at: BTreeMap<String, f64>,
    /// Every threshold, thinned out.
    pub risk_coverage: Vec<CurvePoint>,
    /// By way of speaking.
    pub by_style: BTreeMap<String, Group>,
    /// Unanswerable queries by how far off they are: share that gets a reply.
    pub oos_answered_by_kind: BTreeMap<String, Share>,
    /// Texts that belong to a human, by why: share that is handed over.
    pub handoff_by_reason: BTreeMap<String, Share>,
}

/// Queries of one kind.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Default)]
pub struct Group {
    /// How many.
    pub n: usize,
    /// Share that gets a reply.
    pub coverage: f64,
    /// Share of these replies that is wrong.
    pub wrong_rate: f64,
}

/// A share and what it is a share of.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Share {
    /// How many there are.
    pub n: usize,
    /// Share of them, 0 to 1.
    pub share: f64,
}

impl DecisionReport {
    /// The figures of turns.
    #[must_use]
    pub fn of(turns: &[Turn]) -> Self {
        let answerable = of_kind(turns, |label| matches!(label, Label::Answerable { .. }));
        let unanswerable = of_kind(turns, |label| matches!(label, Label::Unanswerable { .. }));
        let handoff = of_kind(turns, |label| matches!(label, Label::Handoff { .. }));
        let look_alikes = of_kind(turns, |label| *label == Label::NoHandoff);

        let replied = |t: &&&Turn| t.is_replied();
        let replies = answerable.iter().chain(&unanswerable).filter(replied);
        let wrong = Proportion::new(
            replies.clone().filter(|t| is_wrong(t)).count(),
            replies.count(),
        );
        let interval = wrong.interval(CONFIDENCE);
        let observations: Vec<Observation> = turns.iter().filter_map(Turn::observation).collect();
        let forecasts = forecasts(&observations);
        let curve = RiskCoverage::of(&observations);
        Self {
            answerable: answerable.len(),
            unanswerable: unanswerable.len(),
            replies: wrong.of as usize,
            coverage: Proportion::new(wrong.of as usize, answerable.len()).share(),
            wrong_rate: wrong.share(),
            wrong_rate_ci: [interval.low, interval.high],
            oos_answered_rate: share(&unanswerable, Turn::is_replied).share,
            handoff_recall: share(&handoff, Turn::is_handed_over).share,
            handoff_false_rate: share(&look_alikes, Turn::is_handed_over).share,
            answerable_handed_over: share(&answerable, Turn::is_handed_over).share,
            clarify_rate: share(&answerable, |t| t.decision.name() == "clarify").share,
            ece: expected_calibration_error(&forecasts, BINS),
            brier: brier(&forecasts),
            auc: auc(&forecasts),
            coverage_at: WRONG_RATES
                .iter()
                .map(|&rate| (rate.to_string(), coverage_at(&curve, rate)))
                .collect(),
            risk_coverage: thinned(&curve),
            by_style: by(&answerable, style)
                .into_iter()
                .map(|(style, turns)| (style, group(&turns)))
                .collect(),
            oos_answered_by_kind: shares(&unanswerable, kind, Turn::is_replied),
            handoff_by_reason: shares(&handoff, reason, Turn::is_handed_over),
        }
    }
}

/// Where thresholds have a say: the confidence, and whether the best candidate is right.
#[must_use]
pub fn forecasts(observations: &[Observation]) -> Vec<Forecast> {
    observations
        .iter()
        .filter(|o| !o.confidence.is_nan())
        .map(|o| Forecast {
            probability: o.confidence,
            outcome: !o.truth.is_wrong(),
        })
        .collect()
}

fn is_wrong(turn: &Turn) -> bool {
    !matches!(turn.label, Label::Answerable { .. }) || turn.rank != Some(1)
}

fn of_kind(turns: &[Turn], wanted: impl Fn(&Label) -> bool) -> Vec<&Turn> {
    turns.iter().filter(|t| wanted(&t.label)).collect()
}

fn share(turns: &[&Turn], wanted: impl Fn(&Turn) -> bool) -> Share {
    Share {
        n: turns.len(),
        share: Proportion::new(turns.iter().filter(|t| wanted(t)).count(), turns.len()).share(),
    }
}

fn shares(
    turns: &[&Turn],
    name: impl Fn(&Label) -> &str,
    wanted: impl Fn(&Turn) -> bool,
) -> BTreeMap<String, Share> {
    by(turns, name)
        .into_iter()
        .map(|(name, turns)| (name, share(&turns, &wanted)))
        .collect()
}

fn by<'a>(turns: &[&'a Turn], name: impl Fn(&Label) -> &str) -> BTreeMap<String, Vec<&'a Turn>> {
    let mut groups: BTreeMap<String, Vec<&Turn>> = BTreeMap::new();
    for &turn in turns {
        groups
            .entry(name(&turn.label).to_owned())
            .or_default()
            .push(turn);
    }
    groups
}

fn style(label: &Label) -> &str {
    match label {
        Label::Answerable { style, .. } => style,
        _ => "-",
    }
}

fn kind(label: &Label) -> &str {
    match label {
        Label::Unanswerable { kind } => kind,
        _ => "-",
    }
}

fn reason(label: &Label) -> &str {
    match label {
        Label::Handoff { reason } => reason,
        _ => "-",
    }
}

fn group(turns: &[&Turn]) -> Group {
    let replies: Vec<&Turn> = turns.iter().copied().filter(|t| t.is_replied()).collect();
    Group {
        n: turns.len(),
        coverage: share(turns, Turn::is_replied).share,
        wrong_rate: share(&replies, is_wrong).share,
    }
}

fn coverage_at(curve: &RiskCoverage, wrong_rate: f64) -> f64 {
    let kept = curve.points.iter().filter(|p| p.wrong_rate <= wrong_rate);
    kept.map(|p| p.coverage).fold(0.0, f64::max)
}

fn thinned(curve: &RiskCoverage) -> Vec<CurvePoint> {
    let Some(last) = curve.points.last() else {
        return Vec::new();
    };
    let mut next = 0.0;
    let mut points = Vec::new();
    for point in &curve.points {
        if point.coverage >= next {
            next = point.coverage + last.coverage / CURVE_POINTS as f64;
            points.push(*point);
        }
    }
    if points.last() != Some(last) {
        points.push(*last);
    }
    points
}
