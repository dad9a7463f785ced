//! `x·Wᵀ + b` with weights packed once, at load.
//!
//! W is `[outputs, inputs]`. It is cut into *panels* of neighbouring outputs; a panel holds, input
//! after input, the weights of all its outputs side by side, so that one load fills registers with
//! neighbouring outputs. A *tile* is the product of up to [`Shape::rows`] rows with one panel, kept
//! in registers from the first input to the last.
//!
//! Why not a library: a customer's question is about 20 tokens, and the rows of the best one
//! (rten-gemm, tiles of 8 rows on AVX-512) are then 24. Here the rows are shared out evenly among
//! tiles of at most 12 (20 = 10 + 10). See `benches/results`.

pub(crate) mod f32;
mod int8;

use std::ops::Range;

use serde::Deserialize;

use f32::PackedF32;
use int8::PackedInt8;

use crate::cpu::{level::Level, quantize::RowScale};

/// How numbers are kept and multiplied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Precision {
    /// 32-bit floating point.
    F32,
    /// 8-bit whole numbers: weights with a scale for each output, activations with a scale for each
    /// token, found as they come. A quarter of the memory, and two to three times as fast.
    #[default]
    Int8,
}

impl Precision {
    /// Its name in ids and reports.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::F32 => "f32",
            Self::Int8 => "int8",
        }
    }
}

/// A linear layer.
pub(crate) struct Linear {
    weights: Packed,
    bias: Vec<f32>,
    inputs: usize,
    level: Level,
}

enum Packed {
    F32(PackedF32),
    Int8(PackedInt8),
}

/// Room for a quantised input, used again and again.
#[derive(Default)]
pub(crate) struct Scratch {
    quantized: Vec<u8>,
    scales: Vec<RowScale>,
}

impl Linear {
    /// Packs `weights`, `[outputs, inputs]`, and `bias`, `[outputs]`.
    pub(crate) fn new(weights: &[f32], bias: Vec<f32>, level: Level, precision: Precision) -> Self {
        let inputs = weights.len() / bias.len().max(1);
        assert_eq!(
            weights.len(),
            inputs * bias.len(),
            "weights and bias disagree"
        );
        Self {
            weights: match precision {
                Precision::F32 => Packed::F32(PackedF32::new(weights, inputs, level)),
                Precision::Int8 => Packed::Int8(PackedInt8::new(weights, inputs, level)),
            },
            bias,
            inputs,
            level,
        }
    }

    pub(crate) fn outputs(&self) -> usize {
        self.bias.len()
    }

    /// `out = x·Wᵀ + b`: `x` is `[rows, inputs]`, `out` is made `[rows, outputs]`.
    pub(crate) fn forward(&self, x: &[f32], out: &mut Vec<f32>, scratch: &mut Scratch) {
        let rows = x.len() / self.inputs;
        out.resize(rows * self.outputs(), 0.0);
        match &self.weights {
            Packed::F32(weights) => weights.multiply(x, &self.bias, out),
            Packed::Int8(weights) => {
                let stride = weights.stride();
                scratch.quantized.resize(rows * stride, 0);
                scratch.scales.resize(rows, RowScale::default());
                super::quantize::quantize_rows(
                    self.level,
                    x,
                    self.inputs,
                    stride,
                    &mut scratch.quantized,
                    &mut scratch.scales,
                );
                weights.multiply(&scratch.quantized, &scratch.scales, &self.bias, out);
            }
        }
    }
}

/// The shape of a tile.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shape {
    /// Most rows.
    pub(crate) rows: usize,
    /// Outputs of a panel.
    pub(crate) columns: usize,
}

/// Most rows of all shapes.
pub(crate) const MOST_ROWS: usize = 12;
/// Widest panel of all shapes.
const MOST_COLUMNS: usize = 32;

impl Shape {
    /// Chosen so that the sums of a tile, one input's weights and an activation fit into the
    /// registers: 16 of them with AVX2, 32 with AVX-512.
    fn of(level: Level, precision: Precision) -> Self {
        let (rows, columns) = match (level, precision) {
            (Level::Portable, _) => (4, 16),
            #[cfg(target_arch = "x86_64")]
            (Level::Avx2, Precision::F32) => (6, 16),
            #[cfg(target_arch = "x86_64")]
            (Level::Avx2, Precision::Int8) => (4, 16),
            #[cfg(target_arch = "x86_64")]
            (Level::Avx512, _) => (12, 32),
        };
        Self { rows, columns }
    }
}

/// Shares rows out evenly among as few tiles of at most `most` rows as possible.
pub(crate) fn row_tiles(rows: usize, most: usize) -> impl Iterator<Item = Range<usize>> {
    let tiles = rows.div_ceil(most);
    (0..tiles).map(move |i| rows * i / tiles..rows * (i + 1) / tiles)
}

/// Calls a tile function with its number of rows as a constant, so that it keeps every sum in a
/// register.
macro_rules! with_rows {
    ($rows:expr, $tile:ident $args:tt; $($n:literal)*) => {
        match $rows {
            $($n => $tile::<$n> $args,)*
            rows => unreachable!("a tile of {rows} rows"),
        }
    };
}
use with_rows;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cpu::quantize::{quantize_channel, quantize_rows};

    fn numbers(n: usize, seed: u32) -> Vec<f32> {
        let mut state = seed.wrapping_mul(2_654_435_761).wrapping_add(1);
        std::iter::repeat_with(|| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as f32 / (1 << 24) as f32 - 0.4
        })
        .take(n)
        .collect()
    }

    /// The definition, in f64.
    fn naive(x: &[f32], w: &[f32], b: &[f32], inputs: usize) -> Vec<f32> {
        x.chunks_exact(inputs)
            .flat_map(|row| {
                w.chunks_exact(inputs).zip(b).map(|(weights, bias)| {
                    let dot: f64 = row
                        .iter()
                        .zip(weights)
                        .map(|(a, b)| f64::from(*a) * f64::from(*b))
                        .sum();
                    (dot + f64::from(*bias)) as f32
                })
            })
            .collect()
    }

    const CASES: &[(usize, usize, usize)] = &[
        (1, 1, 1),
        (1, 3, 5),
        (2, 4, 16),
        (5, 7, 33),
        (11, 64, 31),
        (12, 48, 64),
        (13, 130, 48),
        (25, 384, 40),
        (64, 33, 100),
    ];

    #[test]
    fn f32_products_follow_the_definition_on_every_level() {
        for &level in Level::available() {
            for &(rows, inputs, outputs) in CASES {
                let (x, w, b) = (
                    numbers(rows * inputs, 1),
                    numbers(inputs * outputs, 2),
                    numbers(outputs, 3),
                );
                let expected = naive(&x, &w, &b, inputs);
                let mut out = Vec::new();
                Linear::new(&w, b, level, Precision::F32).forward(
                    &x,
                    &mut out,
                    &mut Scratch::default(),
                );
                assert_eq!(out.len(), expected.len());
                for (ours, exact) in out.iter().zip(&expected) {
                    assert!(
                        (ours - exact).abs() < 1e-4,
                        "{level:?} {rows}x{inputs}x{outputs}: {ours} {exact}"
                    );
                }
            }
        }
    }

    #[test]
    fn int8_products_are_those_of_the_quantised_numbers_on_every_level() {
        for &level in Level::available() {
            for &(rows, inputs, outputs) in CASES {
                let (x, w, b) = (
                    numbers(rows * inputs, 4),
                    numbers(inputs * outputs, 5),
                    numbers(outputs, 6),
                );
                let (mut q, mut scales) = (vec![0; rows * inputs], vec![RowScale::default(); rows]);
                quantize_rows(level, &x, inputs, inputs, &mut q, &mut scales);
                let back: Vec<f32> = q
                    .chunks_exact(inputs)
                    .zip(&scales)
                    .flat_map(|(row, s)| {
                        row.iter()
                            .map(move |&q| (i32::from(q) - s.zero) as f32 * s.scale)
                    })
                    .collect();
                let mut qw = vec![0i8; w.len()];
                let wback: Vec<f32> = w
                    .chunks_exact(inputs)
                    .zip(qw.chunks_exact_mut(inputs))
                    .flat_map(|(w, q)| {
                        let scale = quantize_channel(level, w, q);
                        q.iter()
                            .map(move |&q| f32::from(q) * scale)
                            .collect::<Vec<_>>()
                    })
                    .collect();
                let expected = naive(&back, &wback, &b, inputs);
                let mut out = Vec::new();
                Linear::new(&w, b, level, Precision::Int8).forward(
                    &x,
                    &mut out,
                    &mut Scratch::default(),
                );
                for (ours, exact) in out.iter().zip(&expected) {
                    assert!(
                        (ours - exact).abs() < 1e-4,
                        "{level:?} {rows}x{inputs}x{outputs}: {ours} {exact}"
                    );
                }
            }
        }
    }

    #[test]
    fn int8_sums_are_exact_at_their_largest() {
        for &level in Level::available() {
            let (inputs, outputs) = (1536, 32);
            let x = vec![2.55; inputs];
            let w = vec![-1.0; inputs * outputs];
            let mut out = Vec::new();
            Linear::new(&w, vec![0.0; outputs], level, Precision::Int8).forward(
                &x,
                &mut out,
                &mut Scratch::default(),
            );
            for y in out {
                assert!((y + 2.55 * inputs as f32).abs() < 0.01, "{level:?}: {y}");
            }
        }
    }

    #[test]
    fn a_row_does_not_depend_on_its_neighbours() {
        for &level in Level::available() {
            for precision in [Precision::F32, Precision::Int8] {
                let (x, w, b) = (numbers(29 * 96, 7), numbers(96 * 80, 8), numbers(80, 9));
                let linear = Linear::new(&w, b, level, precision);
                let (mut all, mut one) = (Vec::new(), Vec::new());
                linear.forward(&x, &mut all, &mut Scratch::default());
                for (row, together) in x.chunks_exact(96).zip(all.chunks_exact(80)) {
                    linear.forward(row, &mut one, &mut Scratch::default());
                    assert_eq!(one, together, "{level:?} {precision:?}");
                }
            }
        }
    }

    #[test]
    fn tiles_share_rows_evenly() {
        let tiles: Vec<_> = row_tiles(20, 12).collect();
        assert_eq!(tiles, [0..10, 10..20]);
        assert_eq!(row_tiles(0, 12).count(), 0);
        for rows in 1..200 {
            let lengths: Vec<usize> = row_tiles(rows, 12).map(|t| t.len()).collect();
            assert_eq!(lengths.iter().sum::<usize>(), rows);
            assert!(lengths.iter().all(|&n| (1..=12).contains(&n)));
        }
    }
}
