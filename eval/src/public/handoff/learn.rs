//! Learning the head, and asking it.

use std::collections::BTreeMap;

use super::{
    Dialogue, HandoffCase, SparseLogistic, SparseRow,
    features::{Feature, features},
};
use crate::{
    metrics::{Forecast, log_loss},
    suite::rounded,
};

/// Strengths of the ridge that are tried.
const RIDGES: [f64; 6] = [0.3, 1.0, 3.0, 10.0, 30.0, 100.0];
/// Parts of the cross-validation.
const FOLDS: usize = 5;

/// A head, and from which probability on it calls a human.
pub(super) struct Head {
    columns: BTreeMap<Feature, usize>,
    regression: SparseLogistic,
    threshold: f64,
}

/// Utterances, ready to be learned.
struct Sample {
    rows: Vec<SparseRow>,
    outcomes: Vec<bool>,
    /// The dialogue of each.
    dialogues: Vec<usize>,
}

impl Head {
    /// Fits a head. The ridge is that of the lowest log loss, and the threshold that of the highest F1, on dialogues that
    /// were left out. `progress` is told (done, all).
    pub(super) fn fit(train: &[Dialogue], progress: &mut dyn FnMut(usize, usize)) -> Self {
        let seen: Vec<Vec<BTreeMap<Feature, f64>>> = train.iter().map(features).collect();
        let mut columns = BTreeMap::new();
        for feature in seen.iter().flatten().flat_map(BTreeMap::keys) {
            let next = columns.len();
            columns.entry(*feature).or_insert(next);
        }
        let mut sample = Sample {
            rows: Vec::new(),
            outcomes: Vec::new(),
            dialogues: Vec::new(),
        };
        for (number, (dialogue, seen)) in train.iter().zip(&seen).enumerate() {
            for (turn, seen) in dialogue.turns.iter().zip(seen) {
                sample.rows.push(row(&columns, seen));
                sample.outcomes.push(turn.is_handoff());
                sample.dialogues.push(number);
            }
        }
        let all = RIDGES.len() + 1;
        let mut best: Option<(f64, f64, Vec<Forecast>)> = None;
        for (done, ridge) in RIDGES.into_iter().enumerate() {
            progress(done, all);
            let held_out = sample.held_out(columns.len(), ridge);
            let loss = log_loss(&held_out);
            if best.as_ref().is_none_or(|(least, ..)| loss < *least) {
                best = Some((loss, ridge, held_out));
            }
        }
        let (_, ridge, held_out) = best.unwrap_or((0.0, 1.0, Vec::new()));
        let width = columns.len();
        let regression = SparseLogistic::fit(&sample.rows, &sample.outcomes, width, ridge);
        progress(all, all);
        Self {
            columns,
            regression,
            threshold: threshold(held_out),
        }
    }

    /// Asks about every utterance.
    pub(super) fn ask(&self, dialogues: &[Dialogue]) -> Vec<HandoffCase> {
        let mut cases = Vec::new();
        for (dialogue, number) in dialogues.iter().zip(1..) {
            let number: usize = number;
            for ((turn, seen), at) in dialogue.turns.iter().zip(features(dialogue)).zip(1..) {
                let probability = self.regression.probability(&row(&self.columns, &seen));
                cases.push(HandoffCase {
                    dialogue: number.to_string(),
                    turn: at,
                    expected: turn.is_handoff(),
                    probability: rounded(probability),
                    handed_over: probability >= self.threshold,
                });
            }
        }
        cases
    }
}

impl Sample {
    /// What each utterance gets from a head that has not learned its dialogue.
    fn held_out(&self, width: usize, ridge: f64) -> Vec<Forecast> {
        let mut forecasts = Vec::with_capacity(self.rows.len());
        for fold in 0..FOLDS {
            let is_out = |i: &usize| self.dialogues[*i] % FOLDS == fold;
            let (out, learned): (Vec<usize>, Vec<usize>) = (0..self.rows.len()).partition(is_out);
            let rows: Vec<SparseRow> = learned.iter().map(|&i| self.rows[i].clone()).collect();
            let outcomes: Vec<bool> = learned.iter().map(|&i| self.outcomes[i]).collect();
            let regression = SparseLogistic::fit(&rows, &outcomes, width, ridge);
            forecasts.extend(out.into_iter().map(|i| Forecast {
                probability: regression.probability(&self.rows[i]),
                outcome: self.outcomes[i],
            }));
        }
        forecasts
    }
}

/// A row of the columns that are known.
fn row(columns: &BTreeMap<Feature, usize>, seen: &BTreeMap<Feature, f64>) -> SparseRow {
    let known = seen
        .iter()
        .filter_map(|(feature, value)| Some((*columns.get(feature)?, *value)));
    let mut row: SparseRow = known.collect();
    row.sort_by_key(|(column, _)| *column);
    row
}

/// The probability from which on F1 is highest; one half without any.
fn threshold(mut forecasts: Vec<Forecast>) -> f64 {
    forecasts.sort_by(|a, b| b.probability.total_cmp(&a.probability));
    let there = forecasts.iter().filter(|f| f.outcome).count();
    let mut best = (0.0, 0.5);
    let (mut taken, mut right) = (0, 0);
    for tied in forecasts.chunk_by(|a, b| a.probability == b.probability) {
        taken += tied.len();
        right += tied.iter().filter(|f| f.outcome).count();
        let f1 = 2.0 * right as f64 / (taken + there) as f64;
        if f1 > best.0 {
            best = (f1, tied[0].probability);
        }
    }
    best.1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_threshold_by_hand() {
        let forecast = |probability, outcome| Forecast {
            probability,
            outcome,
        };
        // Taking 0.8 and 0.6: 2 right of 2, of 3 there; all four: 3 of 4.
        let forecasts = vec![
            forecast(0.6, true),
            forecast(0.8, true),
            forecast(0.1, true),
            forecast(0.2, false),
        ];
        assert_eq!(threshold(forecasts), 0.1);
        assert_eq!(threshold(Vec::new()), 0.5);
    }

    /// Word 7 calls for a human, whoever says it; word 9 does when it was said before.
    #[test]
    fn words_and_their_past_are_learned() {
        let mut random = fastrand::Rng::with_seed(2);
        let mut dialogues = |n: usize| -> Vec<Dialogue> {
            (0..n)
                .map(|_| {
                    let mut before = 0;
                    let turns: Vec<serde_json::Value> = (0..8)
                        .map(|i| {
                            let word = random.u32(1..12);
                            let label = u8::from(word == 7 || before == 9);
                            before = word;
                            let filler = random.u32(20..30);
                            serde_json::json!({"role": i % 2, "tokens": [word, filler], "senti": 0, "label": label})
                        })
                        .collect();
                    serde_json::from_value(serde_json::json!({ "turns": turns })).unwrap()
                })
                .collect()
        };
        let (train, test) = (dialogues(120), dialogues(40));
        let cases = Head::fit(&train, &mut |_, _| {}).ask(&test);
        let right = cases.iter().filter(|c| c.expected == c.handed_over).count();
        assert!(
            right as f64 >= 0.97 * cases.len() as f64,
            "{right} of {}",
            cases.len()
        );
    }
}
