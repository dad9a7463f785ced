//! Scaled dot-product attention of one text (Vaswani et al. 2017, arXiv 1706.03762):
//! softmax(Q·Kᵀ/√d)·V, head by head. A text is computed alone, so that it can't depend on its batch.
//!
//! Both products are tiles of [`gemm`](super::gemm): keys and values take the place of weights, and
//! are packed for each text.

use crate::cpu::{
    gemm::{
        MOST_ROWS,
        f32::{multiply_tile, shape},
        row_tiles,
    },
    level::{Level, for_each_level},
    math,
};

/// Shape of a text's attention.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Heads {
    pub(crate) heads: usize,
    /// Numbers of a head.
    pub(crate) width: usize,
}

/// Buffers that are used again and again.
#[derive(Default)]
pub(crate) struct Scratch {
    /// `[tokens, width]`, scaled by 1/√d.
    queries: Vec<f32>,
    /// Panels `[width, columns]` of tokens.
    keys: Vec<f32>,
    /// Panels `[tokens, columns]` of the head's width.
    values: Vec<f32>,
    /// Of a tile of queries, `[rows, tokens padded to panels]`.
    scores: Vec<f32>,
    /// `[rows, tokens]`: e^(score − highest).
    weights: Vec<f32>,
    tile: Vec<f32>,
    zeros: Vec<f32>,
}

/// `fused` is `[tokens, 3, heads, width]`, `mixed` `[tokens, heads, width]`.
pub(crate) fn attend(
    level: Level,
    fused: &[f32],
    heads: Heads,
    mixed: &mut [f32],
    scratch: &mut Scratch,
) {
    let tokens = mixed.len() / (heads.heads * heads.width);
    scratch.resize(level, tokens, heads.width);
    for head in 0..heads.heads {
        scratch.pack(level, fused, heads, head);
        for rows in row_tiles(tokens, shape(level).rows) {
            let mut totals = [0.0f32; MOST_ROWS];
            scratch.score(level, rows.clone(), tokens, heads.width);
            softmax(
                level,
                &scratch.scores,
                &mut scratch.weights,
                rows.len(),
                tokens,
                &mut totals,
            );
            scratch.mix(level, rows, &totals, heads, head, mixed);
        }
    }
}

impl Scratch {
    fn resize(&mut self, level: Level, tokens: usize, width: usize) {
        let shape = shape(level);
        let padded = tokens.next_multiple_of(shape.columns);
        self.queries.resize(tokens * width, 0.0);
        self.keys.clear();
        self.keys.resize(width * padded, 0.0);
        self.values.clear();
        self.values
            .resize(tokens * width.next_multiple_of(shape.columns), 0.0);
        self.scores.resize(shape.rows * padded, 0.0);
        self.weights.resize(shape.rows * tokens, 0.0);
        self.tile.resize(shape.rows * shape.columns, 0.0);
        self.zeros.resize(shape.columns, 0.0);
    }

    fn pack(&mut self, level: Level, fused: &[f32], heads: Heads, head: usize) {
        let columns = shape(level).columns;
        let Heads { heads, width } = heads;
        let hidden = heads * width;
        let tokens = fused.len() / (3 * hidden);
        let scale = 1.0 / (width as f32).sqrt();
        for (token, row) in fused.chunks_exact(3 * hidden).enumerate() {
            let part = |part: usize| &row[part * hidden + head * width..][..width];
            let queries = &mut self.queries[token * width..][..width];
            for (to, q) in queries.iter_mut().zip(part(0)) {
                *to = q * scale;
            }
            let panel = &mut self.keys[token / columns * columns * width..][..columns * width];
            for (to, k) in panel[token % columns..]
                .iter_mut()
                .step_by(columns)
                .zip(part(1))
            {
                *to = *k;
            }
            for (p, value) in part(2).chunks(columns).enumerate() {
                self.values[(p * tokens + token) * columns..][..value.len()].copy_from_slice(value);
            }
        }
    }

    fn score(&mut self, level: Level, rows: std::ops::Range<usize>, tokens: usize, width: usize) {
        let columns = shape(level).columns;
        let padded = tokens.next_multiple_of(columns);
        let queries = &self.queries[rows.start * width..rows.end * width];
        let tile = &mut self.tile[..rows.len() * columns];
        for (p, panel) in self.keys.chunks_exact(columns * width).enumerate() {
            multiply_tile(level, queries, panel, &self.zeros, tile);
            let to = self.scores.chunks_exact_mut(padded);
            for (to, sums) in to.zip(tile.chunks_exact(columns)) {
                to[p * columns..][..columns].copy_from_slice(sums);
            }
        }
    }

    fn mix(
        &mut self,
        level: Level,
        rows: std::ops::Range<usize>,
        totals: &[f32],
        heads: Heads,
        head: usize,
        mixed: &mut [f32],
    ) {
        let columns = shape(level).columns;
        let Heads { heads, width } = heads;
        let tokens = mixed.len() / (heads * width);
        let weights = &self.weights[..rows.len() * tokens];
        let tile = &mut self.tile[..rows.len() * columns];
        for (p, panel) in self.values.chunks_exact(columns * tokens).enumerate() {
            multiply_tile(level, weights, panel, &self.zeros, tile);
            let wide = columns.min(width - p * columns);
            for ((row, sums), total) in rows.clone().zip(tile.chunks_exact(columns)).zip(totals) {
                let to = &mut mixed[(row * heads + head) * width + p * columns..][..wide];
                for (to, sum) in to.iter_mut().zip(sums) {
                    *to = sum / total;
                }
            }
        }
    }
}

for_each_level! {
    /// e^(score − highest) of each row's first `tokens` scores, and their sums.
    fn softmax(scores: &[f32], weights: &mut [f32], rows: usize, tokens: usize, totals: &mut [f32]) {
        let padded = scores.len() / (weights.len() / tokens);
        let rows = scores.chunks_exact(padded).zip(weights.chunks_exact_mut(tokens)).zip(totals).take(rows);
        for ((scores, weights), total) in rows {
            let scores = &scores[..tokens];
            let highest = math::highest(scores);
            for (weight, score) in weights.iter_mut().zip(scores) {
                *weight = math::exp::<FMA>(score - highest);
            }
            *total = math::lane_sum(weights, |x| x);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cpu::level::Level;

    #[test]
    fn follows_the_definition_on_every_level() {
        for &level in Level::available() {
            for (tokens, heads, width) in
                [(1, 1, 4), (2, 3, 16), (5, 2, 20), (17, 4, 32), (40, 2, 64)]
            {
                let hidden = heads * width;
                let fused: Vec<f32> = (0..tokens * 3 * hidden)
                    .map(|i| ((i * 37 % 101) as f32 - 50.0) / 25.0)
                    .collect();
                let mut mixed = vec![0.0; tokens * hidden];
                attend(
                    level,
                    &fused,
                    Heads { heads, width },
                    &mut mixed,
                    &mut Scratch::default(),
                );
                for h in 0..heads {
                    for i in 0..tokens {
                        let at = |t: usize, part: usize, d: usize| {
                            f64::from(fused[t * 3 * hidden + part * hidden + h * width + d])
                        };
                        let weights: Vec<f64> = (0..tokens)
                            .map(|j| {
                                ((0..width).map(|d| at(i, 0, d) * at(j, 1, d)).sum::<f64>()
                                    / (width as f64).sqrt())
                                .exp()
                            })
                            .collect();
                        let total: f64 = weights.iter().sum();
                        for d in 0..width {
                            let exact =
                                (0..tokens).map(|j| weights[j] * at(j, 2, d)).sum::<f64>() / total;
                            let ours = f64::from(mixed[i * hidden + h * width + d]);
                            assert!(
                                (ours - exact).abs() < 1e-4,
                                "{level:?} {tokens} {heads} {width}: {ours} {exact}"
                            );
                        }
                    }
                }
            }
        }
    }
}
