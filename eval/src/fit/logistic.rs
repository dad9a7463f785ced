//! Logistic regression by Newton's method, with a small ridge.

use jieda::{Calibrator, Coefficient, Feature, Features, Provenance};

const WIDTH: usize = Feature::ALL.len() + 1;
/// Ridge on standardised coefficients; the bias is free.
const RIDGE: f64 = 1.0;
const STEPS: usize = 30;

/// A labelled example.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Example {
    pub(crate) features: Features,
    pub(crate) right: bool,
}

/// Fits a calibrator by maximum likelihood; its provenance is the caller's to fill in.
pub(crate) fn fit(examples: &[Example]) -> Calibrator {
    let (means, deviations) = moments(examples);
    let rows: Vec<[f64; WIDTH]> = examples
        .iter()
        .map(|e| {
            let mut row = [1.0; WIDTH];
            for (i, slot) in row.iter_mut().skip(1).enumerate() {
                *slot = (e.features.0[i] - means[i]) / deviations[i];
            }
            row
        })
        .collect();
    let mut beta = [0.0; WIDTH];
    for _ in 0..STEPS {
        newton_step(&rows, examples, &mut beta);
    }
    let coefficients = Feature::ALL
        .into_iter()
        .enumerate()
        .map(|(i, feature)| Coefficient {
            feature,
            weight: beta[i + 1],
            mean: means[i],
            deviation: deviations[i],
        })
        .collect();
    Calibrator {
        bias: beta[0],
        provenance: Provenance::default(),
        coefficients,
    }
}

fn moments(examples: &[Example]) -> ([f64; WIDTH - 1], [f64; WIDTH - 1]) {
    let n = examples.len().max(1) as f64;
    let mut means = [0.0; WIDTH - 1];
    let mut deviations = [0.0; WIDTH - 1];
    for (i, mean) in means.iter_mut().enumerate() {
        *mean = examples.iter().map(|e| e.features.0[i]).sum::<f64>() / n;
        let variance = examples
            .iter()
            .map(|e| (e.features.0[i] - *mean).powi(2))
            .sum::<f64>()
            / n;
        // A constant feature keeps deviation 1, and gets weight 0 from the ridge.
        deviations[i] = if variance > 1e-12 {
            variance.sqrt()
        } else {
            1.0
        };
    }
    (means, deviations)
}

fn newton_step(rows: &[[f64; WIDTH]], examples: &[Example], beta: &mut [f64; WIDTH]) {
    let mut gradient = [0.0; WIDTH];
    let mut hessian = [[0.0; WIDTH]; WIDTH];
    for i in 1..WIDTH {
        gradient[i] = -RIDGE * beta[i];
        hessian[i][i] = RIDGE;
    }
    // Keeps the system solvable when all labels are alike.
    hessian[0][0] = 1e-9;
    for (row, example) in rows.iter().zip(examples) {
        let log_odds: f64 = row.iter().zip(beta.iter()).map(|(x, b)| x * b).sum();
        let p = 1.0 / (1.0 + (-log_odds).exp());
        let error = f64::from(u8::from(example.right)) - p;
        for i in 0..WIDTH {
            gradient[i] += error * row[i];
            for j in 0..WIDTH {
                hessian[i][j] += p * (1.0 - p) * row[i] * row[j];
            }
        }
    }
    for (b, step) in beta.iter_mut().zip(solve(hessian, gradient)) {
        *b += step.clamp(-5.0, 5.0);
    }
}

/// Gaussian elimination with partial pivoting; the matrix is positive definite.
fn solve(mut a: [[f64; WIDTH]; WIDTH], mut b: [f64; WIDTH]) -> [f64; WIDTH] {
    for column in 0..WIDTH {
        let pivot = (column..WIDTH)
            .max_by(|&i, &j| a[i][column].abs().total_cmp(&a[j][column].abs()))
            .unwrap_or(column);
        a.swap(column, pivot);
        b.swap(column, pivot);
        for row in column + 1..WIDTH {
            let factor = a[row][column] / a[column][column];
            let pivot_row = a[column];
            for (cell, above) in a[row].iter_mut().zip(pivot_row).skip(column) {
                *cell -= factor * above;
            }
            b[row] -= factor * b[column];
        }
    }
    let mut x = [0.0; WIDTH];
    for row in (0..WIDTH).rev() {
        let known: f64 = (row + 1..WIDTH).map(|k| a[row][k] * x[k]).sum();
        x[row] = (b[row] - known) / a[row][row];
    }
    x
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example(value: f64, right: bool) -> Example {
        let mut features = Features::default();
        features.0[0] = value;
        Example { features, right }
    }

    #[test]
    fn probabilities_follow_the_data() {
        // Of 100 at 0, 20 are right; of 100 at 1, 80 are.
        let examples: Vec<Example> = (0..200)
            .map(|i| {
                let high = i % 2 == 1;
                example(
                    f64::from(u8::from(high)),
                    if high {
                        i % 10 != 1 && i % 10 != 0
                    } else {
                        i % 10 == 0
                    },
                )
            })
            .collect();
        let calibrator = fit(&examples);
        let low = calibrator.confidence(&examples[0].features).get();
        let high = calibrator.confidence(&examples[1].features).get();
        assert!((low - 0.2).abs() < 0.03, "{low}");
        assert!((high - 0.8).abs() < 0.03, "{high}");
    }

    #[test]
    fn one_class_does_not_blow_up() {
        let examples: Vec<Example> = (0..50).map(|i| example(f64::from(i), true)).collect();
        let p = fit(&examples).confidence(&examples[0].features).get();
        assert!(p > 0.9 && p.is_finite());
    }
}
