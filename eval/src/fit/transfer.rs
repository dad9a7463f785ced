//! Thresholds tuned on some industries, tried on one that was never seen.
//!
//! What a new customer gets, who has no labels: calibrator and threshold of other industries. The threshold is tuned
//! on confidences that each of the others got from a calibrator that had not seen it, as the new one's will be.

use serde::Serialize;

use super::calibration::{self, Observation};
use crate::risk::{Grid, Promise, Proportion, Tallies};

/// Wrong rates that are promised.
const WRONG_RATES: [f64; 3] = [0.02, 0.05, 0.1];
const CONFIDENCE: f64 = 0.95;

/// What a threshold of the other industries does on one that it has not seen.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Transfer {
    /// The industry.
    pub industry: String,
    /// The wrong rate that the others' threshold promises, with 95 %.
    pub max_wrong_rate: f64,
    /// The threshold; none where their labels can't carry the promise.
    pub threshold: Option<f64>,
    /// Share of the industry's answerable queries that get a reply.
    pub coverage: f64,
    /// Share of these replies that is wrong.
    pub wrong_rate: f64,
}

/// Every industry, for every wrong rate.
pub(super) fn transfers(names: &[String], observed: &[Vec<Observation>]) -> Vec<Transfer> {
    let mut rows = Vec::new();
    for (left_out, name) in names.iter().enumerate() {
        let others: Vec<usize> = (0..observed.len()).filter(|&i| i != left_out).collect();
        let of = |wanted: &dyn Fn(usize) -> bool| {
            let chosen = others.iter().filter(|&&i| wanted(i));
            calibration::fit(chosen.flat_map(|&i| observed.get(i).into_iter().flatten()))
        };
        let unseen: Vec<_> = others
            .iter()
            .flat_map(|&j| {
                let calibrator = of(&|i| i != j);
                let mine = observed.get(j).into_iter().flatten();
                mine.map(move |o| o.seen_by(&calibrator))
            })
            .collect();
        let tallies = Tallies::of(&unseen, &Grid::default());
        let calibrator = of(&|_| true);
        let mine: Vec<_> = observed
            .get(left_out)
            .into_iter()
            .flatten()
            .map(|o| o.seen_by(&calibrator))
            .collect();
        let answerable = mine.iter().filter(|o| o.truth.is_answerable()).count();
        for max_wrong_rate in WRONG_RATES {
            let promise = Promise::new(max_wrong_rate, CONFIDENCE).ok();
            let threshold = promise
                .and_then(|promise| tallies.choose(promise).ok())
                .map(|choice| choice.threshold);
            let replies = mine
                .iter()
                .filter(|o| threshold.is_some_and(|t| o.confidence >= t));
            let wrong = replies.clone().filter(|o| o.truth.is_wrong()).count();
            let sent = replies.count();
            rows.push(Transfer {
                industry: name.clone(),
                max_wrong_rate,
                threshold,
                coverage: Proportion::new(sent, answerable).share(),
                wrong_rate: Proportion::new(wrong, sent).share(),
            });
        }
    }
    rows
}
