//! Kernel ridge regression (Saunders et al. 1998) on vectors and n-grams: each labelled text pulls what is like it
//! towards its intent.
//!
//! k(x, y) = exp(4 (cos(x, y) − 1)) + ⟨grams(x), grams(y)⟩ + 1. The first part is local, so that an intent may be
//! several clusters, as intents made of FAQs are; the others are linear, and are kept as weights.

use rayon::prelude::*;

use super::{rows::Rows, softmax::Row};
use crate::dot::dot;

/// How fast a text's pull falls off with distance.
const WIDTH: f32 = 4.0;
/// Texts that may pull: the time to fit grows with their cube. Of more, so many are drawn; where all of them count,
/// cross-validation takes the linear head.
const MOST: usize = 3200;

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Kernel {
    pub(super) classes: usize,
    /// The texts that pull.
    pub(super) vectors: Rows,
    /// `[texts, classes]`: how hard each pulls.
    pub(super) pull: Vec<f32>,
    /// `[n-grams, classes]`.
    pub(super) grams: Vec<f32>,
    pub(super) bias: Vec<f32>,
}

/// What is fitted to.
pub(super) struct Sample<'a> {
    pub(super) rows: &'a [&'a Row<'a>],
    /// A class for each row.
    pub(super) labels: &'a [usize],
    pub(super) classes: usize,
    pub(super) dimensions: usize,
    /// n-grams that there are.
    pub(super) grams: usize,
}

impl Kernel {
    /// Least squares to 1 for the class of a text and −1 for others, with a ridge.
    pub(super) fn fit(sample: &Sample<'_>, ridge: f32) -> Self {
        let (supports, labels) = drawn(sample);
        let pull = pulls(&supports, &labels, sample.classes, ridge);
        let mut grams = vec![0.0; sample.grams * sample.classes];
        let mut bias = vec![0.0; sample.classes];
        for (support, pull) in supports.iter().zip(pull.chunks_exact(sample.classes)) {
            add(&mut bias, 1.0, pull);
            for &(gram, x) in &support.sparse {
                let at = gram as usize * sample.classes;
                if let Some(slot) = grams.get_mut(at..at + sample.classes) {
                    add(slot, x, pull);
                }
            }
        }
        let vectors: Vec<f32> = supports.iter().flat_map(|row| row.dense).copied().collect();
        Self {
            classes: sample.classes,
            vectors: Rows::of(&vectors, sample.dimensions),
            pull,
            grams,
            bias,
        }
    }

    pub(super) fn logits(&self, row: &Row<'_>) -> Vec<f32> {
        let mut out = self.bias.clone();
        let near = self.vectors.cosines(row.dense);
        for (cosine, pull) in near.into_iter().zip(self.pull.chunks_exact(self.classes)) {
            add(&mut out, (WIDTH * (cosine - 1.0)).exp(), pull);
        }
        for &(gram, x) in &row.sparse {
            let at = gram as usize * self.classes;
            if let Some(weights) = self.grams.get(at..at + self.classes) {
                add(&mut out, x, weights);
            }
        }
        out
    }
}

/// The texts that may pull and their classes: all, or so many by chance, the same ones each time.
fn drawn<'a>(sample: &Sample<'a>) -> (Vec<&'a Row<'a>>, Vec<usize>) {
    let mut all: Vec<(&Row<'_>, usize)> = sample
        .rows
        .iter()
        .copied()
        .zip(sample.labels.iter().copied())
        .collect();
    if all.len() > MOST {
        fastrand::Rng::with_seed(1).shuffle(&mut all);
        all.truncate(MOST);
    }
    all.into_iter().unzip()
}

fn add(to: &mut [f32], factor: f32, other: &[f32]) {
    for (x, o) in to.iter_mut().zip(other) {
        *x += factor * o;
    }
}

fn kernel(a: &Row<'_>, b: &Row<'_>) -> f32 {
    (WIDTH * (dot(a.dense, b.dense) - 1.0)).exp() + overlap(&a.sparse, &b.sparse) + 1.0
}

/// ⟨a, b⟩ of lists ordered by number.
fn overlap(a: &[(u32, f32)], b: &[(u32, f32)]) -> f32 {
    let (mut a, mut b) = (a.iter().peekable(), b.iter().peekable());
    let mut sum = 0.0;
    while let (Some(&&(i, x)), Some(&&(j, y))) = (a.peek(), b.peek()) {
        if i == j {
            sum += x * y;
        }
        if i <= j {
            a.next();
        }
        if j <= i {
            b.next();
        }
    }
    sum
}

/// (K + ridge I)⁻¹ Y, with 1 for the class of a text and −1 for others in Y.
fn pulls(rows: &[&Row<'_>], labels: &[usize], classes: usize, ridge: f32) -> Vec<f32> {
    let n = rows.len();
    let mut matrix = vec![0.0; n * n];
    matrix
        .par_chunks_mut(n.max(1))
        .zip(rows)
        .enumerate()
        .for_each(|(i, (line, row))| {
            // The lower half is all that is read.
            for (x, other) in line.iter_mut().zip(rows).take(i + 1) {
                *x = kernel(row, other);
            }
            if let Some(x) = line.get_mut(i) {
                *x += ridge;
            }
        });
    let targets = labels
        .iter()
        .flat_map(|&label| (0..classes).map(move |c| if c == label { 1.0 } else { -1.0 }))
        .collect();
    solve(matrix, n, targets, classes)
}

/// Solves A X = B for a symmetric positive definite A of which the lower half is given, by Cholesky's decomposition;
/// B and X are `[n, columns]`. Every number is computed by itself: threads don't change it.
fn solve(mut a: Vec<f32>, n: usize, mut b: Vec<f32>, columns: usize) -> Vec<f32> {
    for j in 0..n {
        let (above, below) = a.split_at_mut((j + 1) * n);
        let pivot_line = &mut above[j * n..];
        let rest = dot(&pivot_line[..j], &pivot_line[..j]);
        // Rounding must not make it negative.
        let pivot = (pivot_line[j] - rest).max(1e-6).sqrt();
        pivot_line[j] = pivot;
        let pivot_line = &*pivot_line;
        below
            .par_chunks_mut(n)
            .with_min_len(64)
            .for_each(|line| line[j] = (line[j] - dot(&line[..j], &pivot_line[..j])) / pivot);
    }
    // L Z = B, downwards.
    for i in 0..n {
        let (done, rest) = b.split_at_mut(i * columns);
        let line = &a[i * n..(i + 1) * n];
        let out = &mut rest[..columns];
        for (k, factor) in line[..i].iter().enumerate() {
            add(out, -factor, &done[k * columns..(k + 1) * columns]);
        }
        out.iter_mut().for_each(|x| *x /= line[i]);
    }
    // Lᵀ X = Z, upwards: what is solved is taken from all lines above.
    for i in (0..n).rev() {
        let (above, rest) = b.split_at_mut(i * columns);
        let line = &a[i * n..(i + 1) * n];
        let out = &mut rest[..columns];
        out.iter_mut().for_each(|x| *x /= line[i]);
        for (k, factor) in line[..i].iter().enumerate() {
            add(&mut above[k * columns..(k + 1) * columns], -factor, out);
        }
    }
    b
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn systems_are_solved() {
        // A = LLᵀ with L = [[2,0,0],[1,3,0],[−1,2,1]]; X is known.
        let a = vec![4.0, 0.0, 0.0, 2.0, 10.0, 0.0, -2.0, 5.0, 6.0];
        let x = [[1.0, 0.0], [2.0, -1.0], [3.0, 4.0]];
        let b = vec![2.0, -10.0, 37.0, 10.0, 26.0, 19.0];
        for (found, expected) in solve(a, 3, b, 2).iter().zip(x.concat()) {
            assert!((found - expected).abs() < 1e-4, "{found} is not {expected}");
        }
    }

    #[test]
    fn overlap_by_hand() {
        let a = [(1, 0.5), (3, 2.0), (7, 1.0)];
        let b = [(0, 9.0), (3, 0.5), (7, 3.0), (8, 1.0)];
        assert_eq!(overlap(&a, &b), 1.0 + 3.0);
        assert_eq!(overlap(&a, &[]), 0.0);
    }

    /// An intent of two clusters on either side of another: no linear head can tell.
    #[test]
    fn an_intent_may_be_several_clusters() {
        let texts = 60;
        let vectors: Vec<[f32; 2]> = (0..texts)
            .map(|i| {
                let angle = [0.0_f32, 1.0, 2.0][i % 3] + 0.2 * (i as f32).sin();
                [angle.cos(), angle.sin()]
            })
            .collect();
        let rows: Vec<Row<'_>> = vectors
            .iter()
            .map(|v| Row {
                dense: v,
                sparse: Vec::new(),
            })
            .collect();
        let sample = Sample {
            rows: &rows.iter().collect::<Vec<_>>(),
            labels: &(0..texts).map(|i| i % 3 % 2).collect::<Vec<_>>(),
            classes: 2,
            dimensions: 2,
            grams: 0,
        };
        let kernel = Kernel::fit(&sample, 0.1);
        let right = rows.iter().zip(sample.labels).filter(|(row, label)| {
            let logits = kernel.logits(row);
            (logits[1] > logits[0]) == (**label == 1)
        });
        let right = right.count();
        assert!(right * 20 >= texts * 19, "{right} of {texts}");
    }

    #[test]
    fn of_very_many_texts_some_are_drawn() {
        let rows = vec![Row::default(); MOST + 30];
        let rows: Vec<&Row<'_>> = rows.iter().collect();
        let sample = Sample {
            labels: &(0..rows.len()).collect::<Vec<_>>(),
            rows: &rows,
            classes: 2,
            dimensions: 2,
            grams: 0,
        };
        let (supports, labels) = drawn(&sample);
        assert_eq!((supports.len(), labels.len()), (MOST, MOST));
        assert!(
            labels.iter().any(|&l| l >= MOST),
            "not the first ones alone"
        );
        assert_eq!(drawn(&sample).1, labels);
    }
}
