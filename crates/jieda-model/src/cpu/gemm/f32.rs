//! f32 tiles.

#![allow(
    unsafe_code,
    reason = "vector intrinsics; each use states why it is sound"
)]

use super::{MOST_COLUMNS, MOST_ROWS, Precision, Shape, row_tiles, with_rows};
use crate::cpu::level::{Level, mul_add};

/// Packed f32 weights.
pub(super) struct PackedF32 {
    /// `[panels, inputs, columns]`; outputs beyond the last are 0.
    panels: Vec<f32>,
    inputs: usize,
    level: Level,
}

pub(crate) fn shape(level: Level) -> Shape {
    Shape::of(level, Precision::F32)
}

impl PackedF32 {
    pub(super) fn new(weights: &[f32], inputs: usize, level: Level) -> Self {
        let columns = shape(level).columns;
        let outputs = weights.len() / inputs;
        let mut panels = vec![0.0; outputs.div_ceil(columns) * columns * inputs];
        let blocks = weights.chunks(columns * inputs);
        for (block, panel) in blocks.zip(panels.chunks_exact_mut(columns * inputs)) {
            for (column, row) in block.chunks_exact(inputs).enumerate() {
                for (k, &w) in row.iter().enumerate() {
                    panel[k * columns + column] = w;
                }
            }
        }
        Self {
            panels,
            inputs,
            level,
        }
    }

    pub(super) fn multiply(&self, x: &[f32], bias: &[f32], out: &mut [f32]) {
        let Shape {
            rows: most,
            columns,
        } = shape(self.level);
        let (inputs, outputs) = (self.inputs, bias.len());
        let rows = x.len() / inputs;
        let mut tile = [0.0; MOST_ROWS * MOST_COLUMNS];
        for (p, panel) in self.panels.chunks_exact(columns * inputs).enumerate() {
            let first = p * columns;
            let width = columns.min(outputs - first);
            let mut padded = [0.0; MOST_COLUMNS];
            padded[..width].copy_from_slice(&bias[first..first + width]);
            for range in row_tiles(rows, most) {
                let x = &x[range.start * inputs..range.end * inputs];
                let tile = &mut tile[..range.len() * columns];
                multiply_tile(self.level, x, panel, &padded[..columns], tile);
                for (row, sums) in range.zip(tile.chunks_exact(columns)) {
                    let at = row * outputs + first;
                    out[at..at + width].copy_from_slice(&sums[..width]);
                }
            }
        }
    }
}

/// `tile = x·panel + bias`: x is `[rows, inputs]`, panel `[inputs, columns]`, tile `[rows, columns]`.
pub(crate) fn multiply_tile(
    level: Level,
    x: &[f32],
    panel: &[f32],
    bias: &[f32],
    tile: &mut [f32],
) {
    let Shape {
        rows: most,
        columns,
    } = shape(level);
    let rows = tile.len() / columns;
    let inputs = panel.len() / columns;
    assert!(
        rows <= most
            && tile.len() == rows * columns
            && bias.len() == columns
            && panel.len() == inputs * columns
            && x.len() == rows * inputs
    );
    match level {
        Level::Portable => with_rows!(rows, portable(x, panel, bias, tile); 1 2 3 4),
        // SAFETY: `Level::available` offers the level only where its instructions are; the lengths
        // were checked above.
        #[cfg(target_arch = "x86_64")]
        Level::Avx2 => unsafe { with_rows!(rows, avx2(x, panel, bias, tile); 1 2 3 4 5 6) },
        // SAFETY: as above.
        #[cfg(target_arch = "x86_64")]
        Level::Avx512 => unsafe {
            with_rows!(rows, avx512(x, panel, bias, tile); 1 2 3 4 5 6 7 8 9 10 11 12);
        },
    }
}

fn portable<const ROWS: usize>(x: &[f32], panel: &[f32], bias: &[f32], tile: &mut [f32]) {
    const COLUMNS: usize = 16;
    let (panel, _) = panel.as_chunks::<COLUMNS>();
    let inputs = panel.len();
    let mut sums = [[0.0f32; COLUMNS]; ROWS];
    for (k, weights) in panel.iter().enumerate() {
        for (r, sums) in sums.iter_mut().enumerate() {
            let x = x[r * inputs + k];
            for (sum, w) in sums.iter_mut().zip(weights) {
                *sum = mul_add::<{ cfg!(target_arch = "aarch64") }>(x, *w, *sum);
            }
        }
    }
    for (out, sums) in tile.chunks_exact_mut(COLUMNS).zip(&sums) {
        for ((out, sum), bias) in out.iter_mut().zip(sums).zip(bias) {
            *out = sum + bias;
        }
    }
}

/// # Safety
/// Lengths as checked in [`multiply_tile`], with ROWS rows and 16 columns.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
unsafe fn avx2<const ROWS: usize>(x: &[f32], panel: &[f32], bias: &[f32], tile: &mut [f32]) {
    use std::arch::x86_64::*;
    let inputs = panel.len() / 16;
    let (x, panel, bias, tile) = (x.as_ptr(), panel.as_ptr(), bias.as_ptr(), tile.as_mut_ptr());
    let mut sums = [[_mm256_setzero_ps(); 2]; ROWS];
    // SAFETY: k < inputs and r < ROWS keep every offset inside the slices of the lengths above.
    unsafe {
        for k in 0..inputs {
            let left = _mm256_loadu_ps(panel.add(k * 16));
            let right = _mm256_loadu_ps(panel.add(k * 16 + 8));
            for (r, sums) in sums.iter_mut().enumerate() {
                let x = _mm256_set1_ps(*x.add(r * inputs + k));
                sums[0] = _mm256_fmadd_ps(x, left, sums[0]);
                sums[1] = _mm256_fmadd_ps(x, right, sums[1]);
            }
        }
        for (r, sums) in sums.iter().enumerate() {
            for (half, sum) in sums.iter().enumerate() {
                let sum = _mm256_add_ps(*sum, _mm256_loadu_ps(bias.add(half * 8)));
                _mm256_storeu_ps(tile.add(r * 16 + half * 8), sum);
            }
        }
    }
}

/// # Safety
/// Lengths as checked in [`multiply_tile`], with ROWS rows and 32 columns.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f")]
unsafe fn avx512<const ROWS: usize>(x: &[f32], panel: &[f32], bias: &[f32], tile: &mut [f32]) {
    use std::arch::x86_64::*;
    let inputs = panel.len() / 32;
    let (x, panel, bias, tile) = (x.as_ptr(), panel.as_ptr(), bias.as_ptr(), tile.as_mut_ptr());
    let mut sums = [[_mm512_setzero_ps(); 2]; ROWS];
    // SAFETY: k < inputs and r < ROWS keep every offset inside the slices of the lengths above.
    unsafe {
        for k in 0..inputs {
            let left = _mm512_loadu_ps(panel.add(k * 32));
            let right = _mm512_loadu_ps(panel.add(k * 32 + 16));
            for (r, sums) in sums.iter_mut().enumerate() {
                let x = _mm512_set1_ps(*x.add(r * inputs + k));
                sums[0] = _mm512_fmadd_ps(x, left, sums[0]);
                sums[1] = _mm512_fmadd_ps(x, right, sums[1]);
            }
        }
        for (r, sums) in sums.iter().enumerate() {
            for (half, sum) in sums.iter().enumerate() {
                let sum = _mm512_add_ps(*sum, _mm512_loadu_ps(bias.add(half * 16)));
                _mm512_storeu_ps(tile.add(r * 32 + half * 16), sum);
            }
        }
    }
}
