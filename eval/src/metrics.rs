//! Formulas of evaluation. Pure functions.

use std::collections::BTreeMap;

use serde::Serialize;

/// The chance that a fair coin falls `won` times or more of `won + lost`: the one-sided sign test, on cases
/// that two systems don't agree on (Dixon & Mood 1946; McNemar's test in its exact form). 1 without cases.
///
/// ```
/// use jieda_eval::metrics::sign_test;
/// assert!((sign_test(3, 1) - 5.0 / 16.0).abs() < 1e-12);
/// ```
#[must_use]
pub fn sign_test(won: usize, lost: usize) -> f64 {
    let n = won + lost;
    // ln C(n, k), from k = 0 upwards; in logarithms, so that thousands of cases don't underflow.
    let (mut ln_choose, mut tail) = (0.0_f64, 0.0);
    for k in 0..=n {
        if k >= won {
            tail += (ln_choose - n as f64 * std::f64::consts::LN_2).exp();
        }
        ln_choose += ((n - k) as f64 / (k + 1) as f64).ln();
    }
    tail.min(1.0)
}

/// Ranking quality over a set of queries.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct RankingMetrics {
    /// Number of queries.
    pub n: usize,
    /// Share of queries whose FAQ comes first.
    #[serde(rename = "recall@1")]
    pub recall_at_1: f64,
    /// Share of queries whose FAQ is among the first 3.
    #[serde(rename = "recall@3")]
    pub recall_at_3: f64,
    /// Share of queries whose FAQ is among the first 5.
    #[serde(rename = "recall@5")]
    pub recall_at_5: f64,
    /// Mean reciprocal rank; 0 for a query whose FAQ is not among the first 10.
    #[serde(rename = "mrr@10")]
    pub mrr_at_10: f64,
}

impl RankingMetrics {
    /// Computes the metrics from the ranks of the right FAQs, 1 for the best; `None` when it was not
    /// found.
    pub fn of(ranks: impl IntoIterator<Item = Option<usize>>) -> Self {
        let mut sums = Self::default();
        for rank in ranks {
            sums.n += 1;
            let within = |k: usize| f64::from(u8::from(rank.is_some_and(|r| r <= k)));
            sums.recall_at_1 += within(1);
            sums.recall_at_3 += within(3);
            sums.recall_at_5 += within(5);
            sums.mrr_at_10 += rank.filter(|&r| r <= 10).map_or(0.0, |r| 1.0 / r as f64);
        }
        let n = sums.n.max(1) as f64;
        Self {
            n: sums.n,
            recall_at_1: sums.recall_at_1 / n,
            recall_at_3: sums.recall_at_3 / n,
            recall_at_5: sums.recall_at_5 / n,
            mrr_at_10: sums.mrr_at_10 / n,
        }
    }

    /// The metrics of each group.
    pub fn by_group<'a>(
        ranks: impl IntoIterator<Item = (&'a str, Option<usize>)>,
    ) -> BTreeMap<String, Self> {
        let mut groups: BTreeMap<String, Vec<Option<usize>>> = BTreeMap::new();
        for (group, rank) in ranks {
            groups.entry(group.to_owned()).or_default().push(rank);
        }
        groups
            .into_iter()
            .map(|(group, ranks)| (group, Self::of(ranks)))
            .collect()
    }
}

/// A predicted probability and what happened.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Forecast {
    /// The probability.
    pub probability: f64,
    /// Whether it came true.
    pub outcome: bool,
}

impl Forecast {
    fn outcome(&self) -> f64 {
        f64::from(u8::from(self.outcome))
    }
}

/// Brier score: the mean squared difference of probability and outcome (Brier 1950). 0 is perfect.
#[must_use]
pub fn brier(forecasts: &[Forecast]) -> f64 {
    let sum: f64 = forecasts
        .iter()
        .map(|f| (f.probability - f.outcome()).powi(2))
        .sum();
    sum / forecasts.len().max(1) as f64
}

/// Expected calibration error with bins of equal size (adaptive ECE, Nixon et al. 2019, arXiv
/// 1904.01685): the mean over bins of |mean probability − share that came true|, each bin weighted
/// by its size.
#[must_use]
pub fn expected_calibration_error(forecasts: &[Forecast], bins: usize) -> f64 {
    let mut sorted: Vec<&Forecast> = forecasts.iter().collect();
    sorted.sort_by(|a, b| a.probability.total_cmp(&b.probability));
    let bins = bins.clamp(1, sorted.len().max(1));
    let error: f64 = (0..bins)
        .map(|i| &sorted[i * sorted.len() / bins..(i + 1) * sorted.len() / bins])
        .map(|bin| {
            bin.iter()
                .map(|f| f.probability - f.outcome())
                .sum::<f64>()
                .abs()
        })
        .sum();
    error / sorted.len().max(1) as f64
}

/// Log loss: the mean of −ln of the probability that was given to what happened, in nats. 0 is perfect; a
/// probability of 0 for what happened counts as 10⁻¹⁵, so that it costs 34.5 and not everything.
#[must_use]
pub fn log_loss(forecasts: &[Forecast]) -> f64 {
    let sum: f64 = forecasts
        .iter()
        .map(|f| {
            let given = if f.outcome {
                f.probability
            } else {
                1.0 - f.probability
            };
            -given.max(1e-15).ln()
        })
        .sum();
    sum / forecasts.len().max(1) as f64
}

/// Forecasts of like probability, and what became of them.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ReliabilityBin {
    /// How many there are, never 0.
    pub n: usize,
    /// Their mean probability.
    pub probability: f64,
    /// Share that came true.
    pub share: f64,
}

/// What a reliability diagram shows (Murphy & Winkler 1977): bins of equal width, those without forecasts left out.
#[must_use]
pub fn reliability(forecasts: &[Forecast], bins: usize) -> Vec<ReliabilityBin> {
    let last = bins.max(1) - 1;
    let of = |p: f64| ((p * (last + 1) as f64) as usize).min(last);
    let mut inside: BTreeMap<usize, Vec<&Forecast>> = BTreeMap::new();
    for forecast in forecasts {
        inside
            .entry(of(forecast.probability))
            .or_default()
            .push(forecast);
    }
    inside
        .into_values()
        .map(|bin| {
            let n = bin.len() as f64;
            ReliabilityBin {
                n: bin.len(),
                probability: bin.iter().map(|f| f.probability).sum::<f64>() / n,
                share: bin.iter().map(|f| f.outcome()).sum::<f64>() / n,
            }
        })
        .collect()
}

/// Area under the ROC curve: the probability that a random positive has the higher probability, ties
/// counting half (Mann–Whitney U). 0.5 when there is only one class.
#[must_use]
pub fn auc(forecasts: &[Forecast]) -> f64 {
    let mut sorted: Vec<&Forecast> = forecasts.iter().collect();
    sorted.sort_by(|a, b| a.probability.total_cmp(&b.probability));
    let positives = sorted.iter().filter(|f| f.outcome).count() as f64;
    let negatives = sorted.len() as f64 - positives;
    if positives == 0.0 || negatives == 0.0 {
        return 0.5;
    }
    let mut rank_sum = 0.0;
    let mut before = 0;
    for tied in sorted.chunk_by(|a, b| a.probability == b.probability) {
        // Ranks start at 1; tied ones share their mean.
        let mean_rank = before as f64 + (tied.len() as f64 + 1.0) / 2.0;
        rank_sum += mean_rank * tied.iter().filter(|f| f.outcome).count() as f64;
        before += tied.len();
    }
    (rank_sum - positives * (positives + 1.0) / 2.0) / (positives * negatives)
}

/// False-positive rate of a detector of out-of-scope texts, as usual in its literature: `outcome` is "out of scope",
/// `probability` its score. Of the in-scope texts, `tpr` are let through, those of lowest score; this is the share
/// of the out-of-scope ones that pass with them. 0 is perfect.
#[must_use]
pub fn fpr_at_tpr(forecasts: &[Forecast], tpr: f64) -> f64 {
    let mut passing: Vec<f64> = forecasts
        .iter()
        .filter(|f| !f.outcome)
        .map(|f| f.probability)
        .collect();
    passing.sort_by(f64::total_cmp);
    let wanted = (tpr * passing.len() as f64).ceil() as usize;
    let Some(&threshold) = wanted.checked_sub(1).and_then(|i| passing.get(i)) else {
        return 0.0;
    };
    let others = forecasts.iter().filter(|f| f.outcome);
    let through = others
        .clone()
        .filter(|f| f.probability <= threshold)
        .count();
    through as f64 / others.count().max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(a: f64, b: f64) {
        assert!((a - b).abs() < 1e-9, "{a} is not {b}");
    }

    fn forecasts(pairs: &[(f64, bool)]) -> Vec<Forecast> {
        pairs
            .iter()
            .map(|&(probability, outcome)| Forecast {
                probability,
                outcome,
            })
            .collect()
    }

    #[test]
    fn false_positives_by_hand() {
        // In scope 0.1, 0.2, 0.3, 0.9; three quarters pass at 0.3, and with them one of two others.
        let f = forecasts(&[
            (0.1, false),
            (0.2, false),
            (0.3, false),
            (0.9, false),
            (0.3, true),
            (0.8, true),
        ]);
        close(fpr_at_tpr(&f, 0.75), 0.5);
        close(fpr_at_tpr(&f, 1.0), 1.0);
        close(fpr_at_tpr(&[], 0.95), 0.0);
    }

    #[test]
    fn ranking_metrics_by_hand() {
        let m = RankingMetrics::of([Some(1), Some(2), Some(4), Some(11), None]);
        close(m.recall_at_1, 0.2);
        close(m.recall_at_3, 0.4);
        close(m.recall_at_5, 0.6);
        close(m.mrr_at_10, (1.0 + 0.5 + 0.25) / 5.0);
        assert_eq!(RankingMetrics::of([]).n, 0);
    }

    #[test]
    fn calibration_metrics_by_hand() {
        let f = forecasts(&[(0.9, true), (0.8, false), (0.2, false), (0.1, true)]);
        close(brier(&f), (0.01 + 0.64 + 0.04 + 0.81) / 4.0);
        close(
            log_loss(&f),
            -(0.9_f64.ln() + 0.2_f64.ln() + 0.8_f64.ln() + 0.1_f64.ln()) / 4.0,
        );
        close(log_loss(&forecasts(&[(0.0, true)])), -1e-15_f64.ln());
        close(log_loss(&[]), 0.0);
        // Bins {0.1, 0.2} and {0.8, 0.9}: |0.3 − 1| and |1.7 − 1|.
        close(expected_calibration_error(&f, 2), 1.4 / 4.0);
        close(auc(&f), 0.5);
        close(auc(&forecasts(&[(0.5, true), (0.5, false)])), 0.5);
        close(auc(&forecasts(&[(0.9, true), (0.1, false)])), 1.0);
    }

    #[test]
    fn reliability_by_hand() {
        let f = forecasts(&[(1.0, true), (0.9, false), (0.5, true), (0.1, false)]);
        let bins = reliability(&f, 2);
        let seen: Vec<_> = bins.iter().map(|b| (b.n, b.share)).collect();
        assert_eq!(seen, [(1, 0.0), (3, 2.0 / 3.0)]);
        close(bins[1].probability, 0.8);
        assert_eq!(reliability(&f, 10).len(), 3);
        assert_eq!(reliability(&f, 0).len(), 1);
        assert!(reliability(&[], 5).is_empty());
    }
}
