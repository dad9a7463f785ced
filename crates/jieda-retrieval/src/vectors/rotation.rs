//! The directions in which vectors differ most: a principal component analysis of a sample.
//!
//! Only the subspace counts, not the single components, and it need not be the best one to the last
//! digit: a few rounds of subspace iteration are enough. They are sums in a fixed order, so that the
//! same vectors give the same rotation on every machine, which a linear algebra library that picks
//! its kernels by machine would not promise.

use super::kernels::{CODE, add_scaled, best_instructions, dot};

/// Vectors that are looked at, evenly spread.
const SAMPLE: usize = 8192;
/// Rounds of subspace iteration.
const ROUNDS: usize = 12;
/// A direction shorter than that is none: the vectors lie in fewer dimensions.
const NOTHING: f32 = 1e-6;

/// A centre, and orthonormal directions from it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Rotation {
    pub(super) mean: Vec<f32>,
    /// [`CODE`] rows; the last are zeros when there are fewer directions.
    pub(super) directions: Vec<f32>,
    /// How far the sample spreads in each direction: a standard deviation.
    pub(super) spread: Vec<f32>,
}

impl Rotation {
    /// Of vectors that lie one behind the other.
    pub(super) fn learn(vectors: &[f32], dimensions: usize) -> Self {
        let rows = vectors.len() / dimensions;
        let sample: Vec<&[f32]> = vectors
            .chunks_exact(dimensions)
            .step_by(rows.div_ceil(SAMPLE).max(1))
            .collect();
        best_instructions(
            #[inline(always)]
            || {
                let mean = mean(&sample, dimensions);
                let covariance = covariance(&sample, &mean);
                let mut directions = start(dimensions);
                orthonormalize(&mut directions, dimensions);
                for _ in 0..ROUNDS {
                    directions = product(&directions, &covariance, dimensions);
                    orthonormalize(&mut directions, dimensions);
                }
                let spread = product(&directions, &covariance, dimensions)
                    .chunks_exact(dimensions)
                    .zip(directions.chunks_exact(dimensions))
                    .map(|(moved, direction)| dot(moved, direction).max(0.0).sqrt())
                    .collect();
                Self {
                    mean,
                    directions,
                    spread,
                }
            },
        )
    }
}

#[inline(always)]
fn mean(sample: &[&[f32]], dimensions: usize) -> Vec<f32> {
    let mut mean = vec![0.0; dimensions];
    for row in sample {
        add_scaled(&mut mean, 1.0 / sample.len() as f32, row);
    }
    mean
}

#[inline(always)]
fn covariance(sample: &[&[f32]], mean: &[f32]) -> Vec<f32> {
    let dimensions = mean.len();
    let mut covariance = vec![0.0; dimensions * dimensions];
    let share = 1.0 / sample.len() as f32;
    for row in sample {
        let centred: Vec<f32> = row.iter().zip(mean).map(|(x, m)| x - m).collect();
        for (sums, x) in covariance.chunks_exact_mut(dimensions).zip(&centred) {
            add_scaled(sums, x * share, &centred);
        }
    }
    covariance
}

/// Directions without a meaning, always the same ones.
fn start(dimensions: usize) -> Vec<f32> {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut next = || {
        // xorshift64: what matters is only that no direction of the data is orthogonal to all.
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 40) as f32 / (1u64 << 24) as f32 - 0.5
    };
    let mut directions = vec![0.0; CODE * dimensions];
    for direction in directions.chunks_exact_mut(dimensions).take(dimensions) {
        direction.iter_mut().for_each(|x| *x = next());
    }
    directions
}

/// `directions · matrix`, of a symmetric matrix.
#[inline(always)]
fn product(directions: &[f32], matrix: &[f32], dimensions: usize) -> Vec<f32> {
    let mut out = vec![0.0; directions.len()];
    for (sums, direction) in out
        .chunks_exact_mut(dimensions)
        .zip(directions.chunks_exact(dimensions))
    {
        for (&x, row) in direction.iter().zip(matrix.chunks_exact(dimensions)) {
            add_scaled(sums, x, row);
        }
    }
    out
}

/// Gram–Schmidt, each direction twice: once is not enough where little is left of it.
#[inline(always)]
fn orthonormalize(directions: &mut [f32], dimensions: usize) {
    for i in 0..directions.len() / dimensions {
        let (before, rest) = directions.split_at_mut(i * dimensions);
        let direction = &mut rest[..dimensions];
        let length_before = dot(direction, direction).sqrt();
        for _ in 0..2 {
            for earlier in before.chunks_exact(dimensions) {
                let share = dot(direction, earlier);
                add_scaled(direction, -share, earlier);
            }
        }
        let length = dot(direction, direction).sqrt();
        let scale = if length > NOTHING * length_before && length > f32::MIN_POSITIVE {
            1.0 / length
        } else {
            0.0
        };
        direction.iter_mut().for_each(|x| *x *= scale);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Points that spread by 4, 2 and 1 along three axes of a rotated system, and nowhere else.
    fn points(dimensions: usize) -> Vec<f32> {
        let mut random = fastrand::Rng::with_seed(7);
        let mut axes = vec![0.0; CODE * dimensions];
        axes[..3 * dimensions]
            .iter_mut()
            .for_each(|x| *x = random.f32() - 0.5);
        orthonormalize(&mut axes, dimensions);
        let mut points = Vec::new();
        for _ in 0..2000 {
            let mut point = vec![0.25; dimensions];
            for (axis, spread) in axes.chunks_exact(dimensions).zip([4.0, 2.0, 1.0]) {
                add_scaled(&mut point, (random.f32() - 0.5) * spread, axis);
            }
            points.extend(point);
        }
        points
    }

    #[test]
    fn directions_are_orthonormal_and_hold_all_that_varies() {
        let dimensions = 40;
        let points = points(dimensions);
        let rotation = Rotation::learn(&points, dimensions);
        let directions: Vec<&[f32]> = rotation.directions.chunks_exact(dimensions).collect();
        for (i, a) in directions.iter().enumerate() {
            for (j, b) in directions.iter().enumerate() {
                let expected = if i == j && dot(a, a) > 0.5 { 1.0 } else { 0.0 };
                assert!((dot(a, b) - expected).abs() < 1e-4, "{i} {j}");
            }
        }
        for point in points.chunks_exact(dimensions) {
            let centred: Vec<f32> = point
                .iter()
                .zip(&rotation.mean)
                .map(|(x, m)| x - m)
                .collect();
            let kept: f32 = directions.iter().map(|d| dot(d, &centred).powi(2)).sum();
            assert!((kept - dot(&centred, &centred)).abs() < 1e-3);
        }
    }

    #[test]
    fn the_widest_directions_are_kept_when_not_all_fit() {
        // 256 axes, the first half spread ten times as far.
        let dimensions = 2 * CODE;
        let mut random = fastrand::Rng::with_seed(3);
        let points: Vec<f32> = (0..2000 * dimensions)
            .map(|i| {
                let wide = i % dimensions < CODE;
                (random.f32() - 0.5) * if wide { 1.0 } else { 0.1 }
            })
            .collect();
        let rotation = Rotation::learn(&points, dimensions);
        for direction in rotation.directions.chunks_exact(dimensions) {
            let outside = dot(&direction[CODE..], &direction[CODE..]);
            assert!(outside < 0.01, "{outside}");
        }
    }

    #[test]
    fn vectors_that_are_all_alike_have_no_direction() {
        let rotation = Rotation::learn(&[0.5; 8 * 100], 8);
        assert!(rotation.spread.iter().all(|&s| s < 1e-6));
        assert!(rotation.directions.iter().all(|x| x.is_finite()));
    }
}
