//! Fusion weights by listwise learning.
//!
//! For a query with right FAQ r, P(r) = softmax(Σₛ aₛ·zₛ)ᵣ over the FAQs of its knowledge base, with
//! aₛ ≥ 0 (the listwise loss of ListNet with one relevant document, Cao et al. 2007). Maximising the
//! mean log P over train queries is a convex problem; projected gradient ascent solves it. The
//! weights are a / Σa, and 1 / Σa is the temperature at which softmax(score / T) is the likelihood of
//! an FAQ.

use jieda::FusionWeights;
use jieda_types::Signal;
use serde::Serialize;

use super::{Prepared, industry::TrainQuery};

const SIGNALS: usize = Signal::ALL.len();
const STEPS: usize = 1500;
const RATE: f64 = 0.05;
/// Pull towards 0, so that a signal which adds nothing gets nothing.
const LASSO: f64 = 0.002;

/// Learned weights.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FusionFit {
    /// Weights, adding up to 1.
    pub weights: FusionWeights,
    /// Temperature of the softmax that turns scores into likelihoods.
    pub temperature: f64,
    /// Mean log-likelihood of the right FAQ on the data it was learned on.
    pub log_likelihood: f64,
    /// Queries it was learned on.
    pub samples: usize,
}

/// Learns weights from the answerable train queries of these industries, each industry counting the
/// same. `None` when they have no query.
#[must_use]
pub fn fit(industries: &[&Prepared]) -> Option<FusionFit> {
    let cases: Vec<Case> = industries
        .iter()
        .flat_map(|i| i.queries.iter().filter_map(Case::of))
        .collect();
    if cases.is_empty() {
        return None;
    }
    let mut a = [0.5; SIGNALS];
    let mut last = 0.0;
    for step in 0..STEPS {
        let (log_likelihood, gradient) = gradient(&cases, &a);
        last = log_likelihood;
        let rate = RATE / (1.0 + step as f64 / 300.0);
        for (a, g) in a.iter_mut().zip(gradient) {
            *a = (*a + rate * (g - LASSO)).max(0.0);
        }
    }
    let sum: f64 = a.iter().sum();
    Some(FusionFit {
        weights: FusionWeights::new(a.map(|a| a as f32)).ok()?,
        temperature: 1.0 / sum,
        log_likelihood: last,
        samples: cases.len(),
    })
}

/// recall@1 of weights on the answerable train queries of an industry.
#[must_use]
pub fn recall_at_1(industry: &Prepared, weights: &FusionWeights) -> f64 {
    let weights = Signal::ALL.map(|s| f64::from(weights.get(s)));
    let cases: Vec<Case> = industry.queries.iter().filter_map(Case::of).collect();
    let hits = cases
        .iter()
        .filter(|case| case.best(&weights) == Some(case.answer))
        .count();
    hits as f64 / cases.len().max(1) as f64
}

/// A query's standardised signals, and which FAQ is right.
struct Case {
    z: Vec<Vec<f32>>,
    answer: usize,
}

impl Case {
    fn of(query: &TrainQuery) -> Option<Self> {
        query.answer.map(|answer| Self {
            z: query.signals.standardized(),
            answer,
        })
    }

    fn scores(&self, a: &[f64; SIGNALS]) -> Vec<f64> {
        let faqs = self.z.first().map_or(0, Vec::len);
        (0..faqs)
            .map(|i| {
                a.iter()
                    .zip(&self.z)
                    .map(|(a, z)| a * f64::from(z[i]))
                    .sum()
            })
            .collect()
    }

    fn best(&self, a: &[f64; SIGNALS]) -> Option<usize> {
        let scores = self.scores(a);
        (0..scores.len()).max_by(|&i, &j| scores[i].total_cmp(&scores[j]).then(j.cmp(&i)))
    }
}

/// Mean log-likelihood and its gradient: z of the right FAQ minus the expected z.
fn gradient(cases: &[Case], a: &[f64; SIGNALS]) -> (f64, [f64; SIGNALS]) {
    let mut total = 0.0;
    let mut gradient = [0.0; SIGNALS];
    for case in cases {
        let scores = case.scores(a);
        let highest = scores.iter().copied().fold(f64::MIN, f64::max);
        let likelihoods: Vec<f64> = scores.iter().map(|s| (s - highest).exp()).collect();
        let sum: f64 = likelihoods.iter().sum();
        total += scores[case.answer] - highest - sum.ln();
        for (g, z) in gradient.iter_mut().zip(&case.z) {
            let expected: f64 = likelihoods
                .iter()
                .zip(z)
                .map(|(p, &z)| p * f64::from(z))
                .sum::<f64>()
                / sum;
            *g += f64::from(z[case.answer]) - expected;
        }
    }
    let n = cases.len() as f64;
    (total / n, gradient.map(|g| g / n))
}
