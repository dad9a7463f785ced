//! f32 → int8: activations row by row when they come, weights channel by channel at load.

use crate::cpu::{
    level::for_each_level,
    math::{self, LANES},
};

/// Weights are −63 … 63: a sum of two products with unsigned 8 bits then fits into 16 signed ones
/// (2·255·63 < 2¹⁵), which is what AVX2's `vpmaddubsw` needs to be exact, and so every level gives
/// the same whole numbers.
pub(crate) const MOST_WEIGHT: f32 = 63.0;

/// 1.5·2²³: adding it rounds to whole, and leaves the number in the low bits of the mantissa.
const ROUND: f32 = 12_582_912.0;

/// How a row of activations was quantised: x = scale · (q − zero).
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct RowScale {
    pub(crate) scale: f32,
    pub(crate) zero: i32,
}

for_each_level! {
    /// Quantises rows of `width` numbers to rows of `stride` bytes; the bytes beyond `width` are 0.
    /// A row's result depends on that row alone.
    pub(crate) fn quantize_rows(x: &[f32], width: usize, stride: usize, out: &mut [u8], scales: &mut [RowScale]) {
        let rows = x.chunks_exact(width).zip(out.chunks_exact_mut(stride)).zip(scales);
        for ((row, out), scale) in rows {
            let (low, high) = range(row);
            let step = (high - low) / 255.0;
            // A row of zeros, or one that is not finite: nothing to be told apart.
            let step = if step > 0.0 && step.is_finite() { step } else { 1.0 };
            let inverse = 1.0 / step;
            let zero = (-low * inverse).round();
            let offset = zero + ROUND;
            let (inside, padding) = out.split_at_mut(width);
            for (q, &x) in inside.iter_mut().zip(row) {
                *q = (math::clamp(x * inverse, -zero, 255.0 - zero) + offset).to_bits() as u8;
            }
            padding.fill(0);
            *scale = RowScale { scale: step, zero: zero as i32 };
        }
    }
}

/// Lowest and highest value of a row, 0 among them.
#[inline(always)]
fn range(row: &[f32]) -> (f32, f32) {
    let (chunks, rest) = row.as_chunks::<LANES>();
    let (mut low, mut high) = ([0.0f32; LANES], [0.0f32; LANES]);
    for chunk in chunks {
        for i in 0..LANES {
            low[i] = if chunk[i] < low[i] { chunk[i] } else { low[i] };
            high[i] = if chunk[i] > high[i] {
                chunk[i]
            } else {
                high[i]
            };
        }
    }
    for (i, &x) in rest.iter().enumerate() {
        low[i] = if x < low[i] { x } else { low[i] };
        high[i] = if x > high[i] { x } else { high[i] };
    }
    (-math::max(low.map(|x| -x)), math::max(high))
}

for_each_level! {
    /// Quantises one output's weights; gives the scale.
    pub(crate) fn quantize_channel(weights: &[f32], out: &mut [i8]) -> f32 {
        let (low, high) = range(weights);
        let most = if high > -low { high } else { -low };
        let scale = if most > 0.0 && most.is_finite() { most / MOST_WEIGHT } else { 1.0 };
        let inverse = 1.0 / scale;
        for (q, w) in out.iter_mut().zip(weights) {
            let clamped = math::clamp(w * inverse, -MOST_WEIGHT, MOST_WEIGHT);
            *q = (clamped + ROUND).to_bits() as i8;
        }
        scale
    }
}
