//! Logistic regression over many features, few of them seen at a time.

/// Columns and values of a row that are not 0, by rising column.
pub type SparseRow = Vec<(usize, f64)>;

/// Steps of Newton's method.
const STEPS: usize = 50;
/// Steps of conjugate gradients in each.
const INNER_STEPS: usize = 100;
/// Halvings of a step that goes too far.
const HALVINGS: usize = 30;
/// It ends when the gradient is this small against what it was.
const SETTLED: f64 = 1e-6;

/// A logistic regression with a ridge.
#[derive(Debug, Clone, PartialEq)]
pub struct SparseLogistic {
    bias: f64,
    weights: Vec<f64>,
}

impl SparseLogistic {
    /// Minimises Σ ln(1 + e^(−y f)) + `ridge` / 2 · ‖w‖², the bias being free, by Newton's method with conjugate gradients
    /// (Lin, Weng & Keerthi 2008, JMLR 9, 627–650, with halved steps in place of their trust region). `rows` have columns
    /// below `width`; there is an outcome for each.
    ///
    /// ```
    /// use jieda_eval::public::handoff::SparseLogistic;
    /// let rows = vec![vec![(0, 1.0)], vec![(0, 1.0)], vec![(1, 1.0)], vec![]];
    /// let fitted = SparseLogistic::fit(&rows, &[true, true, false, false], 2, 0.1);
    /// assert!(fitted.probability(&rows[0]) > 0.8 && fitted.probability(&rows[2]) < 0.3);
    /// ```
    #[must_use]
    pub fn fit(rows: &[SparseRow], outcomes: &[bool], width: usize, ridge: f64) -> Self {
        let problem = Problem {
            rows,
            outcomes,
            ridge,
        };
        // The bias is the last coefficient.
        let mut beta = vec![0.0; width + 1];
        let mut loss = problem.loss(&beta);
        let mut first = None;
        for _ in 0..STEPS {
            let (gradient, curvature) = problem.derivatives(&beta);
            let size = dot(&gradient, &gradient).sqrt();
            if size <= SETTLED * *first.get_or_insert(size) {
                break;
            }
            let step = problem.newton_step(&gradient, &curvature);
            let slope = dot(&gradient, &step);
            let mut length = 1.0;
            let mut moved = false;
            for _ in 0..HALVINGS {
                let next: Vec<f64> = beta
                    .iter()
                    .zip(&step)
                    .map(|(b, s)| b + length * s)
                    .collect();
                let next_loss = problem.loss(&next);
                if next_loss <= loss + 1e-4 * length * slope {
                    (beta, loss, moved) = (next, next_loss, true);
                    break;
                }
                length /= 2.0;
            }
            if !moved {
                break;
            }
        }
        let bias = beta.pop().unwrap_or(0.0);
        Self {
            bias,
            weights: beta,
        }
    }

    /// The chance that a row's outcome is true. Columns that were not learned from say nothing.
    #[must_use]
    pub fn probability(&self, row: &SparseRow) -> f64 {
        let weight = |column: usize| self.weights.get(column).copied().unwrap_or(0.0);
        let sum: f64 = row
            .iter()
            .map(|&(column, value)| weight(column) * value)
            .sum();
        sigmoid(self.bias + sum)
    }
}

struct Problem<'a> {
    rows: &'a [SparseRow],
    outcomes: &'a [bool],
    ridge: f64,
}

impl Problem<'_> {
    fn log_odds(&self, beta: &[f64], row: &SparseRow) -> f64 {
        let sum: f64 = row
            .iter()
            .map(|&(column, value)| beta[column] * value)
            .sum();
        sum + beta.last().copied().unwrap_or(0.0)
    }

    fn penalised<'b>(&self, beta: &'b [f64]) -> &'b [f64] {
        beta.split_last().map_or(&[], |(_, weights)| weights)
    }

    fn loss(&self, beta: &[f64]) -> f64 {
        let rows = self.rows.iter().zip(self.outcomes);
        let losses: f64 = rows
            .map(|(row, &outcome)| {
                let f = self.log_odds(beta, row);
                // ln(1 + e^x), which doesn't overflow.
                let x = if outcome { -f } else { f };
                x.max(0.0) + (-x.abs()).exp().ln_1p()
            })
            .sum();
        let weights = self.penalised(beta);
        losses + self.ridge / 2.0 * dot(weights, weights)
    }

    /// The gradient, and the second derivative of the loss by each row's log-odds.
    fn derivatives(&self, beta: &[f64]) -> (Vec<f64>, Vec<f64>) {
        let mut gradient: Vec<f64> = beta.iter().map(|b| self.ridge * b).collect();
        if let Some(bias) = gradient.last_mut() {
            *bias = 0.0;
        }
        let mut curvature = Vec::with_capacity(self.rows.len());
        for (row, &outcome) in self.rows.iter().zip(self.outcomes) {
            let p = sigmoid(self.log_odds(beta, row));
            self.add(&mut gradient, row, p - f64::from(u8::from(outcome)));
            curvature.push(p * (1.0 - p));
        }
        (gradient, curvature)
    }

    /// Adds a multiple of a row, with its 1 for the bias.
    fn add(&self, to: &mut [f64], row: &SparseRow, times: f64) {
        for &(column, value) in row {
            to[column] += times * value;
        }
        if let Some(bias) = to.last_mut() {
            *bias += times;
        }
    }

    /// The matrix of second derivatives times a vector.
    fn curved(&self, curvature: &[f64], vector: &[f64]) -> Vec<f64> {
        let mut product: Vec<f64> = vector.iter().map(|v| self.ridge * v).collect();
        if let Some(bias) = product.last_mut() {
            *bias = 0.0;
        }
        for (row, c) in self.rows.iter().zip(curvature) {
            let along = self.log_odds(vector, row);
            self.add(&mut product, row, c * along);
        }
        product
    }

    /// Solves H s = −g by conjugate gradients (Hestenes & Stiefel 1952).
    fn newton_step(&self, gradient: &[f64], curvature: &[f64]) -> Vec<f64> {
        let mut step = vec![0.0; gradient.len()];
        let mut rest: Vec<f64> = gradient.iter().map(|g| -g).collect();
        let mut direction = rest.clone();
        let mut left = dot(&rest, &rest);
        let enough = 0.01 * left;
        for _ in 0..INNER_STEPS {
            if left <= enough * 0.01 {
                break;
            }
            let curved = self.curved(curvature, &direction);
            let along = dot(&direction, &curved);
            if along <= 0.0 {
                break;
            }
            let length = left / along;
            for i in 0..step.len() {
                step[i] += length * direction[i];
                rest[i] -= length * curved[i];
            }
            let next = dot(&rest, &rest);
            for (d, r) in direction.iter_mut().zip(&rest) {
                *d = r + next / left * *d;
            }
            left = next;
        }
        step
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_bias_alone_is_the_share() {
        let rows = vec![Vec::new(); 10];
        let outcomes: Vec<bool> = (0..10).map(|i| i < 3).collect();
        let fitted = SparseLogistic::fit(&rows, &outcomes, 0, 1.0);
        assert!((fitted.probability(&Vec::new()) - 0.3).abs() < 1e-6);
    }

    #[test]
    fn it_is_the_regression_over_dense_features() {
        use crate::calibrators::{Example, Examples, Logistic};
        // Columns of mean 0 and deviation 1, so that both have the same penalty.
        let rows: Vec<SparseRow> = (0..40)
            .map(|i| {
                let sign = |bit: i32| if i >> bit & 1 == 1 { 1.0 } else { -1.0 };
                vec![(0, sign(0)), (1, sign(2))]
            })
            .collect();
        let outcomes: Vec<bool> = (0..40).map(|i| i % 3 == 0 || i % 5 == 1).collect();
        let dense = rows.iter().zip(&outcomes).map(|(row, &right)| Example {
            features: row.iter().map(|(_, value)| *value).collect(),
            right,
        });
        let dense = Examples::new(dense.collect()).unwrap();
        let other = Logistic::fit(&dense, &[0, 1], 2.0);
        let fitted = SparseLogistic::fit(&rows, &outcomes, 2, 2.0);
        for (row, example) in rows.iter().zip(dense.all()) {
            let difference = fitted.probability(row) - other.probability(&example.features);
            assert!(difference.abs() < 1e-5, "{difference}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        /// At the minimum the gradient vanishes, and no neighbour is lower.
        #[test]
        fn it_is_a_minimum(seed in any::<u64>(), ridge in 0.05..10.0_f64) {
            let mut random = fastrand::Rng::with_seed(seed);
            let rows: Vec<SparseRow> = (0..30)
                .map(|_| (0..6).filter(|_| random.bool()).map(|c| (c, 1.0)).collect::<Vec<_>>())
                .collect();
            let outcomes: Vec<bool> = (0..30).map(|_| random.bool()).collect();
            let fitted = SparseLogistic::fit(&rows, &outcomes, 6, ridge);
            let problem = Problem { rows: &rows, outcomes: &outcomes, ridge };
            let mut beta = fitted.weights.clone();
            beta.push(fitted.bias);
            let (gradient, _) = problem.derivatives(&beta);
            prop_assert!(gradient.iter().all(|g| g.abs() < 1e-3), "{gradient:?}");
            let loss = problem.loss(&beta);
            for i in 0..beta.len() {
                let mut other = beta.clone();
                other[i] += 0.1;
                prop_assert!(problem.loss(&other) >= loss);
            }
        }
    }
}
