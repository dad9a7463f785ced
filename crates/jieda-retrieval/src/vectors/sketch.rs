//! The first stage: every vector in 128 bytes.
//!
//! A vector is turned into the directions in which vectors of this knowledge base differ most (see
//! [`rotation`](super::rotation)), the first 128 are kept, each with 8 bits: a code. A query keeps 16
//! bits, so that only the codes are rough. With c = code, s = scale of each direction, q' = the turned
//! query,
//!
//! > cosine(q, x) ≈ q·mean + Σ q'ᵢ·sᵢ·cᵢ,
//!
//! which is a whole-number sum over one stretch of memory. Real vectors lose next to nothing by it
//! before the best few hundred are scored exactly.

use jieda_types::Embedding;

use super::{
    kernels::{CODE, Code, CodeQuery, best_instructions, code_dot, dot},
    rotation::Rotation,
};

/// How many standard deviations a code reaches: beyond, it is clipped.
const REACH: f32 = 5.0;

/// The first stage of an index, as it stands in its file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sketch<'a> {
    pub(super) mean: &'a [f32],
    /// [`CODE`] rows.
    pub(super) rotation: &'a [f32],
    pub(super) scales: &'a [f32],
    pub(super) codes: &'a [Code],
    /// Where each FAQ's rows start; one more entry closes the last.
    pub(super) starts: &'a [u32],
}

/// Approximate vector signals: one entry an FAQ that was asked for.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Approximations {
    /// Cosine with the phrasing that seems best.
    pub(crate) best: Vec<f32>,
    /// Mean cosine over the phrasings.
    pub(crate) mean: Vec<f32>,
    /// Cosine with question + answer.
    pub(crate) answer: Vec<f32>,
}

impl Sketch<'_> {
    /// Scores some FAQs, by position.
    pub(super) fn approximate(&self, query: &Embedding, faqs: &[u32]) -> Approximations {
        best_instructions(
            #[inline(always)]
            || {
                let (query, affine) = self.query(query.as_slice());
                let mut out = Approximations {
                    best: Vec::with_capacity(faqs.len()),
                    mean: Vec::with_capacity(faqs.len()),
                    answer: Vec::with_capacity(faqs.len()),
                };
                for &faq in faqs {
                    let faq = faq as usize;
                    let rows =
                        &self.codes[self.starts[faq] as usize..self.starts[faq + 1] as usize];
                    let Some((answer, phrasings)) = rows.split_last() else {
                        continue;
                    };
                    let (mut best, mut sum) = (i32::MIN, 0i64);
                    for row in phrasings {
                        let product = code_dot(row, &query);
                        best = best.max(product);
                        sum += i64::from(product);
                    }
                    let mean = sum as f32 / phrasings.len().max(1) as f32;
                    out.best.push(affine.cosine(best as f32));
                    out.mean.push(affine.cosine(mean));
                    out.answer
                        .push(affine.cosine(code_dot(answer, &query) as f32));
                }
                out
            },
        )
    }

    #[inline(always)]
    fn query(&self, query: &[f32]) -> (CodeQuery, Affine) {
        let mut turned = [0.0f32; CODE];
        let rows = self.rotation.chunks_exact(self.mean.len());
        for ((slot, row), scale) in turned.iter_mut().zip(rows).zip(self.scales) {
            *slot = dot(row, query) * scale;
        }
        let longest = turned.iter().fold(0.0f32, |a, x| a.max(x.abs()));
        let unit = if longest > 0.0 && longest.is_finite() {
            longest / f32::from(i16::MAX)
        } else {
            1.0
        };
        let affine = Affine {
            offset: dot(query, self.mean),
            unit,
        };
        (turned.map(|x| (x / unit).round() as i16), affine)
    }
}

/// How a sum of whole numbers becomes a cosine.
#[derive(Debug, Clone, Copy)]
struct Affine {
    offset: f32,
    unit: f32,
}

impl Affine {
    #[inline(always)]
    fn cosine(self, product: f32) -> f32 {
        self.offset + self.unit * product
    }
}

/// What one step of a code stands for, in each direction.
pub(super) fn scales(rotation: &Rotation) -> Vec<f32> {
    rotation
        .spread
        .iter()
        .map(|spread| REACH * spread / f32::from(i8::MAX))
        .collect()
}

/// Writes the code of every vector.
pub(super) fn encode(rotation: &Rotation, scales: &[f32], vectors: &[f32], codes: &mut [Code]) {
    let dimensions = rotation.mean.len();
    best_instructions(
        #[inline(always)]
        || {
            let mut centred = vec![0.0; dimensions];
            for (code, vector) in codes.iter_mut().zip(vectors.chunks_exact(dimensions)) {
                for (slot, (x, m)) in centred.iter_mut().zip(vector.iter().zip(&rotation.mean)) {
                    *slot = x - m;
                }
                let directions = rotation.directions.chunks_exact(dimensions);
                for ((slot, direction), &scale) in code.iter_mut().zip(directions).zip(scales) {
                    let steps = if scale > 0.0 {
                        dot(direction, &centred) / scale
                    } else {
                        0.0
                    };
                    *slot = steps.round().clamp(-127.0, 127.0) as i8;
                }
            }
        },
    );
}
