//! Logistic regression with a ridge, by Newton's method.

use super::examples::{Examples, outcome, sigmoid};

const STEPS: usize = 50;
/// A step that moves no coefficient by more than this is the last.
const SETTLED: f64 = 1e-10;
/// Longest move of a coefficient in one step: keeps separable data from running away before the ridge holds it.
const LONGEST: f64 = 5.0;

/// A fitted logistic regression.
#[derive(Debug, Clone, PartialEq)]
pub struct Logistic {
    bias: f64,
    features: Vec<Coefficient>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Coefficient {
    /// Position of the feature.
    feature: usize,
    weight: Weight,
}

/// One feature's part in the log-odds: weight · (x − mean) / deviation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Weight {
    /// Log-odds for each standard deviation.
    pub weight: f64,
    /// The feature's mean in the sample.
    pub mean: f64,
    /// Its standard deviation there; 1 for a constant one.
    pub deviation: f64,
}

/// A feature that says nothing.
impl Default for Weight {
    fn default() -> Self {
        Self {
            weight: 0.0,
            mean: 0.0,
            deviation: 1.0,
        }
    }
}

impl Logistic {
    /// Fits by penalised maximum likelihood: iteratively reweighted least squares on standardised features, with
    /// `ridge` / 2 times the squared weights as penalty; the bias is free. Uses only the features
    /// at these positions; those that don't exist are left out.
    #[must_use]
    pub fn fit(examples: &Examples, features: &[usize], ridge: f64) -> Self {
        let mut coefficients: Vec<Coefficient> = features
            .iter()
            .filter(|&&feature| feature < examples.width())
            .map(|&feature| standardised(examples, feature))
            .collect();
        let rows: Vec<Vec<f64>> = examples
            .all()
            .iter()
            .map(|e| {
                let standard = coefficients.iter().map(|c| c.standardise(&e.features));
                std::iter::once(1.0).chain(standard).collect()
            })
            .collect();
        let mut beta = vec![0.0; coefficients.len() + 1];
        for _ in 0..STEPS {
            let step = newton_step(&rows, examples, &beta, ridge);
            for (b, s) in beta.iter_mut().zip(&step) {
                *b += s.clamp(-LONGEST, LONGEST);
            }
            if step.iter().all(|s| s.abs() < SETTLED) {
                break;
            }
        }
        let mut beta = beta.into_iter();
        let bias = beta.next().unwrap_or(0.0);
        for (coefficient, weight) in coefficients.iter_mut().zip(beta) {
            coefficient.weight.weight = weight;
        }
        Self {
            bias,
            features: coefficients,
        }
    }

    /// Log-odds at the sample's mean.
    #[must_use]
    pub fn bias(&self) -> f64 {
        self.bias
    }

    /// What the feature at this position adds; none where it was not learned from.
    #[must_use]
    pub fn weight(&self, feature: usize) -> Option<Weight> {
        let found = self.features.iter().find(|c| c.feature == feature);
        found.map(|c| c.weight)
    }

    /// The log-odds that a candidate with these features is right.
    #[must_use]
    pub fn log_odds(&self, features: &[f64]) -> f64 {
        let sum: f64 = self
            .features
            .iter()
            .map(|c| c.weight.weight * c.standardise(features))
            .sum();
        self.bias + sum
    }

    /// The chance that it is right.
    #[must_use]
    pub fn probability(&self, features: &[f64]) -> f64 {
        sigmoid(self.log_odds(features))
    }
}

impl Coefficient {
    /// A missing feature counts as an average one.
    fn standardise(&self, features: &[f64]) -> f64 {
        features
            .get(self.feature)
            .map_or(0.0, |x| (x - self.weight.mean) / self.weight.deviation)
    }
}

fn standardised(examples: &Examples, feature: usize) -> Coefficient {
    let mean = examples.column(feature).sum::<f64>() / examples.count();
    let squares = examples.column(feature).map(|x| (x - mean).powi(2));
    let variance = squares.sum::<f64>() / examples.count();
    Coefficient {
        feature,
        weight: Weight {
            weight: 0.0,
            mean,
            // A constant feature gets weight 0 from the ridge.
            deviation: if variance > 1e-12 {
                variance.sqrt()
            } else {
                1.0
            },
        },
    }
}

fn newton_step(rows: &[Vec<f64>], examples: &Examples, beta: &[f64], ridge: f64) -> Vec<f64> {
    let width = beta.len();
    let mut gradient: Vec<f64> = beta.iter().map(|b| -ridge * b).collect();
    let mut hessian = vec![vec![0.0; width]; width];
    for (i, row) in hessian.iter_mut().enumerate() {
        row[i] = ridge.max(1e-9);
    }
    // The bias, which is always there, is free; a trace of a ridge keeps the system solvable when all labels are alike.
    gradient[0] = 0.0;
    hessian[0][0] = 1e-9;
    for (row, example) in rows.iter().zip(examples.all()) {
        let log_odds: f64 = row.iter().zip(beta).map(|(x, b)| x * b).sum();
        let p = sigmoid(log_odds);
        let (error, weight) = (outcome(example) - p, p * (1.0 - p));
        for ((x, g), line) in row.iter().zip(&mut gradient).zip(&mut hessian) {
            *g += error * x;
            for (cell, y) in line.iter_mut().zip(row) {
                *cell += weight * x * y;
            }
        }
    }
    solve(&hessian, &gradient)
}

/// Solves a positive definite system by Cholesky's decomposition. Invariant: the matrix is square, with as
/// many rows as the vector has entries.
fn solve(matrix: &[Vec<f64>], vector: &[f64]) -> Vec<f64> {
    let n = vector.len();
    let mut lower = vec![vec![0.0; n]; n];
    for i in 0..n {
        for j in 0..=i {
            let done: f64 = (0..j).map(|k| lower[i][k] * lower[j][k]).sum();
            let rest = matrix[i][j] - done;
            lower[i][j] = if i == j {
                // Positive but for rounding.
                rest.max(1e-12).sqrt()
            } else {
                rest / lower[j][j]
            };
        }
    }
    let mut x = vector.to_vec();
    for i in 0..n {
        let done: f64 = (0..i).map(|k| lower[i][k] * x[k]).sum();
        x[i] = (x[i] - done) / lower[i][i];
    }
    for i in (0..n).rev() {
        let done: f64 = (i + 1..n).map(|k| lower[k][i] * x[k]).sum();
        x[i] = (x[i] - done) / lower[i][i];
    }
    x
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calibrators::Example;

    fn examples(rows: impl IntoIterator<Item = (Vec<f64>, bool)>) -> Examples {
        let rows = rows
            .into_iter()
            .map(|(features, right)| Example { features, right });
        Examples::new(rows.collect()).unwrap()
    }

    #[test]
    fn solves_by_hand() {
        let x = solve(&[vec![4.0, 2.0], vec![2.0, 3.0]], &[10.0, 9.0]);
        assert!((x[0] - 1.5).abs() < 1e-12 && (x[1] - 2.0).abs() < 1e-12);
    }

    #[test]
    fn shares_are_the_fit_of_one_binary_feature() {
        // 20 of 100 at 0, 80 of 100 at 1; the second feature is constant.
        let rows = (0..200).map(|i| {
            let high = i % 2 == 1;
            let right = (i / 2 % 10 < 2) != high;
            (vec![f64::from(u8::from(high)), 7.0], right)
        });
        let fit = Logistic::fit(&examples(rows), &[0, 1, 9], 0.0);
        assert!((fit.probability(&[0.0, 7.0]) - 0.2).abs() < 1e-9);
        assert!((fit.probability(&[1.0, 7.0]) - 0.8).abs() < 1e-9);
        // A missing feature is an average one.
        assert!((fit.probability(&[]) - 0.5).abs() < 1e-9);
    }

    #[test]
    fn the_ridge_holds_separable_data() {
        let rows = || (0..50).map(|i| (vec![f64::from(i)], i >= 25));
        let weight = |ridge| {
            let fit = Logistic::fit(&examples(rows()), &[0], ridge);
            fit.log_odds(&[49.0]) - fit.log_odds(&[0.0])
        };
        assert!(weight(10.0) < weight(1.0) && weight(1.0) < weight(0.1));
        let one_class = Logistic::fit(
            &examples((0..50).map(|i| (vec![f64::from(i)], true))),
            &[0],
            1.0,
        );
        let p = one_class.probability(&[3.0]);
        assert!(p > 0.99 && p <= 1.0);
    }
}
