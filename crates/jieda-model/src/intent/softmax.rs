//! Softmax regression over dense and sparse features at once.

use rayon::prelude::*;

use super::lbfgs::{Stop, minimize};

/// Steps of the fit; the loss hardly falls after half of them.
const STOP: Stop = Stop {
    steps: 120,
    gradient: 1e-5,
};
/// The sum over the rows is taken in so many parts, on any number of threads: same rows, same weights.
const PARTS: usize = 4;

/// One text as numbers.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Row<'a> {
    /// Feature 0 and those after it.
    pub(super) dense: &'a [f32],
    /// (number of a feature after the dense ones, its value).
    pub(super) sparse: Vec<(u32, f32)>,
}

impl Row<'_> {
    fn features(&self) -> impl Iterator<Item = (usize, f32)> {
        let after = self.dense.len();
        let dense = self.dense.iter().copied().enumerate();
        dense.chain(
            self.sparse
                .iter()
                .map(move |&(i, x)| (after + i as usize, x)),
        )
    }
}

/// P(class) = softmax(b + Wx).
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Softmax {
    pub(super) classes: usize,
    /// `[features, classes]`, row by row: a feature's weights lie together.
    pub(super) weights: Vec<f32>,
    pub(super) bias: Vec<f32>,
}

/// What the weights are fitted to.
pub(super) struct Sample<'a> {
    pub(super) rows: &'a [&'a Row<'a>],
    /// A class for each row.
    pub(super) labels: &'a [usize],
    pub(super) classes: usize,
    pub(super) features: usize,
}

impl Softmax {
    /// Maximum likelihood with a ridge: mean negative log-likelihood + ½ `ridge` ‖W‖².
    pub(super) fn fit(sample: &Sample<'_>, ridge: f32) -> Self {
        let (classes, size) = (sample.classes, sample.features * sample.classes);
        let mut parameters = vec![0.0; size + classes];
        minimize(&mut parameters, STOP, |parameters, gradient| {
            let (weights, _) = parameters.split_at(size);
            let mut value = sample.likelihood(parameters, gradient);
            for (g, w) in gradient.iter_mut().zip(weights) {
                *g += ridge * w;
            }
            value += 0.5 * f64::from(ridge) * weights.iter().map(|w| f64::from(w * w)).sum::<f64>();
            value
        });
        let bias = parameters.split_off(size);
        Self {
            classes,
            weights: parameters,
            bias,
        }
    }

    /// b + Wx.
    pub(super) fn logits(&self, row: &Row<'_>) -> Vec<f32> {
        let mut out = self.bias.clone();
        score(&self.weights, self.classes, row, &mut out);
        out
    }
}

impl Sample<'_> {
    /// Mean negative log-likelihood, and its gradient.
    fn likelihood(&self, parameters: &[f32], gradient: &mut [f32]) -> f64 {
        let size = self.rows.len().div_ceil(PARTS).max(1);
        let parts: Vec<(f64, Vec<f32>)> = self
            .rows
            .par_chunks(size)
            .zip(self.labels.par_chunks(size))
            .map(|(rows, labels)| self.part(rows, labels, parameters))
            .collect();
        gradient.fill(0.0);
        let mut value = 0.0;
        for (part, partial) in parts {
            value += part;
            for (g, p) in gradient.iter_mut().zip(partial) {
                *g += p;
            }
        }
        let share = 1.0 / self.rows.len().max(1) as f32;
        gradient.iter_mut().for_each(|g| *g *= share);
        value * f64::from(share)
    }

    fn part(&self, rows: &[&Row<'_>], labels: &[usize], parameters: &[f32]) -> (f64, Vec<f32>) {
        let size = self.features * self.classes;
        let (weights, bias) = parameters.split_at(size);
        let mut gradient = vec![0.0; parameters.len()];
        let (by_weight, by_bias) = gradient.split_at_mut(size);
        let mut value = 0.0;
        let mut p = vec![0.0; self.classes];
        for (row, &label) in rows.iter().zip(labels) {
            p.copy_from_slice(bias);
            score(weights, self.classes, row, &mut p);
            softmax(&mut p);
            let Some(right) = p.get_mut(label) else {
                continue;
            };
            value -= f64::from(right.max(f32::MIN_POSITIVE)).ln();
            *right -= 1.0;
            for (sum, error) in by_bias.iter_mut().zip(&p) {
                *sum += error;
            }
            for (i, x) in row.features() {
                let Some(slot) = by_weight.get_mut(i * self.classes..(i + 1) * self.classes) else {
                    continue;
                };
                for (sum, error) in slot.iter_mut().zip(&p) {
                    *sum += x * error;
                }
            }
        }
        (value, gradient)
    }
}

/// Adds Wx. Features that have no weight say nothing.
fn score(weights: &[f32], classes: usize, row: &Row<'_>, out: &mut [f32]) {
    for (i, x) in row.features() {
        let Some(slot) = weights.get(i * classes..(i + 1) * classes) else {
            continue;
        };
        for (sum, w) in out.iter_mut().zip(slot) {
            *sum += x * w;
        }
    }
}

/// Turns logits into probabilities.
pub(super) fn softmax(logits: &mut [f32]) {
    let highest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let mut total = 0.0;
    for x in logits.iter_mut() {
        *x = (*x - highest).exp();
        total += *x;
    }
    logits.iter_mut().for_each(|x| *x /= total);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Three classes at the corners of a triangle, one of them told by a sparse feature alone.
    #[test]
    fn corners_are_told_apart() {
        let dense = [[1.0, 0.0], [0.0, 1.0], [0.0, 0.0]];
        let rows: Vec<Row<'_>> = (0..60)
            .map(|i| Row {
                dense: &dense[i % 3],
                sparse: if i % 3 == 2 {
                    vec![(4, 1.0)]
                } else {
                    vec![(1, 0.1)]
                },
            })
            .collect();
        let labels: Vec<usize> = (0..60).map(|i| i % 3).collect();
        let all: Vec<&Row<'_>> = rows.iter().collect();
        let sample = Sample {
            rows: &all,
            labels: &labels,
            classes: 3,
            features: 2 + 5,
        };
        let model = Softmax::fit(&sample, 1e-3);
        for (row, label) in rows.iter().zip(labels) {
            let mut p = model.logits(row);
            softmax(&mut p);
            assert!(p[label] > 0.9, "{p:?}");
        }
        // A feature that was never seen changes nothing.
        let stranger = Row {
            sparse: vec![(99, 5.0)],
            ..Row::default()
        };
        assert_eq!(model.logits(&stranger), model.bias);
    }

    /// With one constant feature the fitted probabilities are the shares of the labels.
    #[test]
    fn probabilities_follow_the_shares() {
        let row = Row::default();
        let rows = vec![&row; 10];
        let labels = [0, 0, 0, 0, 0, 0, 0, 1, 1, 1];
        let sample = Sample {
            rows: &rows,
            labels: &labels,
            classes: 2,
            features: 0,
        };
        let mut p = Softmax::fit(&sample, 1.0).logits(&row);
        softmax(&mut p);
        assert!((p[0] - 0.7).abs() < 1e-3, "{p:?}");
    }
}
