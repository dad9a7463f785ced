//! Unsigned 8-bit activations times signed 8-bit weights, summed in 32 bits.

#![allow(
    unsafe_code,
    reason = "vector intrinsics; each use states why it is sound"
)]

use rayon::prelude::*;

use super::{MOST_COLUMNS, MOST_ROWS, Precision, Shape, row_tiles, with_rows};
use crate::cpu::{
    level::{Level, for_each_level},
    quantize::{RowScale, quantize_channel},
};

/// Inputs that one instruction multiplies and adds: a panel keeps four of an output side by side.
const GROUP: usize = 4;

/// Packed int8 weights.
pub(super) struct PackedInt8 {
    /// `[panels, groups, columns, GROUP]`; inputs and outputs beyond the last are 0.
    panels: Vec<i8>,
    /// Scale of each output, padded to whole panels.
    scales: Vec<f32>,
    /// Sum of each output's weights, scaled: what the activations' zero point is worth.
    sums: Vec<f32>,
    groups: usize,
    level: Level,
}

fn shape(level: Level) -> Shape {
    Shape::of(level, Precision::Int8)
}

impl PackedInt8 {
    pub(super) fn new(weights: &[f32], inputs: usize, level: Level) -> Self {
        let columns = shape(level).columns;
        let groups = inputs.div_ceil(GROUP);
        let outputs = weights.len() / inputs;
        let padded = outputs.next_multiple_of(columns);
        let mut panels = vec![0i8; padded * groups * GROUP];
        let (mut scales, mut sums) = (vec![0.0; padded], vec![0.0; padded]);
        // Panels are independent: loading uses the threads that encoding will use.
        panels
            .par_chunks_mut(columns * groups * GROUP)
            .zip(weights.par_chunks(columns * inputs))
            .zip(
                scales
                    .par_chunks_mut(columns)
                    .zip(sums.par_chunks_mut(columns)),
            )
            .for_each(|((panel, weights), (scales, sums))| {
                let mut channel = vec![0i8; groups * GROUP];
                for (column, row) in weights.chunks_exact(inputs).enumerate() {
                    scales[column] = quantize_channel(level, row, &mut channel);
                    let sum: i32 = channel.iter().map(|&w| i32::from(w)).sum();
                    sums[column] = sum as f32 * scales[column];
                    let (panel, _) = panel.as_chunks_mut::<GROUP>();
                    let (fours, _) = channel.as_chunks::<GROUP>();
                    for (to, four) in panel[column..].iter_mut().step_by(columns).zip(fours) {
                        *to = *four;
                    }
                }
            });
        Self {
            panels,
            scales,
            sums,
            groups,
            level,
        }
    }

    /// Bytes of a row of activations.
    pub(super) fn stride(&self) -> usize {
        self.groups * GROUP
    }

    pub(super) fn multiply(&self, x: &[u8], rows: &[RowScale], bias: &[f32], out: &mut [f32]) {
        let Shape {
            rows: most,
            columns,
        } = shape(self.level);
        let (stride, outputs) = (self.stride(), bias.len());
        let mut tile = [0; MOST_ROWS * MOST_COLUMNS];
        for (p, panel) in self.panels.chunks_exact(columns * stride).enumerate() {
            let first = p * columns;
            let width = columns.min(outputs - first);
            let outputs_of_panel = Outputs {
                scales: &self.scales[first..first + width],
                sums: &self.sums[first..first + width],
                bias: &bias[first..first + width],
            };
            for range in row_tiles(rows.len(), most) {
                let x = &x[range.start * stride..range.end * stride];
                let tile = &mut tile[..range.len() * columns];
                multiply_tile(self.level, x, panel, tile);
                let rows = &rows[range.clone()];
                let out = &mut out[range.start * outputs + first..];
                scale_back(self.level, tile, rows, outputs_of_panel, out, outputs);
            }
        }
    }
}

/// What belongs to the outputs of a panel, one for each.
#[derive(Clone, Copy)]
struct Outputs<'a> {
    scales: &'a [f32],
    sums: &'a [f32],
    bias: &'a [f32],
}

for_each_level! {
    /// Sums of whole numbers back to f32, into a matrix whose rows are `stride` apart.
    fn scale_back(
        tile: &[i32],
        rows: &[RowScale],
        outputs: Outputs<'_>,
        out: &mut [f32],
        stride: usize,
    ) {
        let products = tile.chunks_exact(tile.len() / rows.len());
        for ((row, products), out) in rows.iter().zip(products).zip(out.chunks_mut(stride)) {
            let shift = row.zero as f32 * row.scale;
            let columns = outputs.sums.iter().zip(outputs.scales).zip(outputs.bias);
            for ((out, product), ((sum, scale), bias)) in out.iter_mut().zip(products).zip(columns) {
                *out = *product as f32 * (row.scale * scale) + (bias - shift * sum);
            }
        }
    }
}

/// `tile = x·panel`: x is `[rows, groups, 4]`, panel `[groups, columns, 4]`, tile `[rows, columns]`.
fn multiply_tile(level: Level, x: &[u8], panel: &[i8], tile: &mut [i32]) {
    let Shape {
        rows: most,
        columns,
    } = shape(level);
    let rows = tile.len() / columns;
    let groups = panel.len() / (columns * GROUP);
    assert!(
        rows <= most
            && tile.len() == rows * columns
            && panel.len() == groups * columns * GROUP
            && x.len() == rows * groups * GROUP
    );
    match level {
        Level::Portable => with_rows!(rows, portable(x, panel, tile); 1 2 3 4),
        // SAFETY: `Level::available` offers the level only where its instructions are; the lengths
        // were checked above.
        #[cfg(target_arch = "x86_64")]
        Level::Avx2 => unsafe { with_rows!(rows, avx2(x, panel, tile); 1 2 3 4) },
        // SAFETY: as above.
        #[cfg(target_arch = "x86_64")]
        Level::Avx512 => unsafe {
            with_rows!(rows, avx512(x, panel, tile); 1 2 3 4 5 6 7 8 9 10 11 12);
        },
    }
}

fn portable<const ROWS: usize>(x: &[u8], panel: &[i8], tile: &mut [i32]) {
    const COLUMNS: usize = 16;
    let (panel, _) = panel.as_chunks::<{ COLUMNS * GROUP }>();
    let (x, _) = x.as_chunks::<GROUP>();
    let groups = panel.len();
    let mut sums = [[0i32; COLUMNS]; ROWS];
    for (g, weights) in panel.iter().enumerate() {
        for (r, sums) in sums.iter_mut().enumerate() {
            let x = x[r * groups + g].map(i32::from);
            for (sum, w) in sums.iter_mut().zip(weights.as_chunks::<GROUP>().0) {
                *sum += x[0] * i32::from(w[0])
                    + x[1] * i32::from(w[1])
                    + x[2] * i32::from(w[2])
                    + x[3] * i32::from(w[3]);
            }
        }
    }
    for (out, sums) in tile.chunks_exact_mut(COLUMNS).zip(&sums) {
        out.copy_from_slice(sums);
    }
}

/// # Safety
/// Lengths as checked in [`multiply_tile`], with ROWS rows and 16 columns.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
unsafe fn avx2<const ROWS: usize>(x: &[u8], panel: &[i8], tile: &mut [i32]) {
    use std::arch::x86_64::*;
    let groups = panel.len() / (16 * GROUP);
    let (x, panel, tile) = (x.as_ptr(), panel.as_ptr(), tile.as_mut_ptr());
    let ones = _mm256_set1_epi16(1);
    let mut sums = [[_mm256_setzero_si256(); 2]; ROWS];
    // SAFETY: g < groups and r < ROWS keep every offset inside the slices of the lengths above;
    // unaligned loads and stores are used throughout.
    unsafe {
        for g in 0..groups {
            let left = _mm256_loadu_si256(panel.add(g * 64).cast());
            let right = _mm256_loadu_si256(panel.add(g * 64 + 32).cast());
            for (r, sums) in sums.iter_mut().enumerate() {
                let x = x
                    .add((r * groups + g) * GROUP)
                    .cast::<i32>()
                    .read_unaligned();
                let x = _mm256_set1_epi32(x);
                // Pairs in 16 bits can't saturate: see `MOST_WEIGHT`.
                let products = _mm256_madd_epi16(_mm256_maddubs_epi16(x, left), ones);
                sums[0] = _mm256_add_epi32(sums[0], products);
                let products = _mm256_madd_epi16(_mm256_maddubs_epi16(x, right), ones);
                sums[1] = _mm256_add_epi32(sums[1], products);
            }
        }
        for (r, sums) in sums.iter().enumerate() {
            for (half, sum) in sums.iter().enumerate() {
                _mm256_storeu_si256(tile.add(r * 16 + half * 8).cast(), *sum);
            }
        }
    }
}

/// # Safety
/// Lengths as checked in [`multiply_tile`], with ROWS rows and 32 columns.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512vnni")]
unsafe fn avx512<const ROWS: usize>(x: &[u8], panel: &[i8], tile: &mut [i32]) {
    use std::arch::x86_64::*;
    let groups = panel.len() / (32 * GROUP);
    let (x, panel, tile) = (x.as_ptr(), panel.as_ptr(), tile.as_mut_ptr());
    let mut sums = [[_mm512_setzero_si512(); 2]; ROWS];
    // SAFETY: g < groups and r < ROWS keep every offset inside the slices of the lengths above;
    // unaligned loads and stores are used throughout.
    unsafe {
        for g in 0..groups {
            let left = _mm512_loadu_si512(panel.add(g * 128).cast());
            let right = _mm512_loadu_si512(panel.add(g * 128 + 64).cast());
            for (r, sums) in sums.iter_mut().enumerate() {
                let x = x
                    .add((r * groups + g) * GROUP)
                    .cast::<i32>()
                    .read_unaligned();
                let x = _mm512_set1_epi32(x);
                sums[0] = _mm512_dpbusd_epi32(sums[0], x, left);
                sums[1] = _mm512_dpbusd_epi32(sums[1], x, right);
            }
        }
        for (r, sums) in sums.iter().enumerate() {
            for (half, sum) in sums.iter().enumerate() {
                _mm512_storeu_si512(tile.add(r * 32 + half * 16).cast(), *sum);
            }
        }
    }
}
