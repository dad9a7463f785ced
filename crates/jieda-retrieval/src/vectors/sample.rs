//! The vectors of a few FAQs, in memory.

use jieda_types::Embedding;

use super::{
    VectorIndex, VectorScores,
    kernels::{best_instructions, dot},
};

/// A copy of the vectors of some FAQs.
#[derive(Clone)]
pub(crate) struct VectorSample {
    dimensions: usize,
    /// How many rows each FAQ has.
    counts: Vec<usize>,
    vectors: Vec<f32>,
}

impl VectorSample {
    pub(crate) fn dimensions(&self) -> usize {
        self.dimensions
    }

    /// Cosines with every FAQ of the sample, in order.
    pub(crate) fn score(&self, query: &Embedding) -> Vec<VectorScores> {
        best_instructions(
            #[inline(always)]
            || {
                let mut rows = self.vectors.as_slice();
                let mut scores = Vec::with_capacity(self.counts.len());
                for &count in &self.counts {
                    let (of_faq, rest) = rows.split_at(count * self.dimensions);
                    rows = rest;
                    scores.push(score_rows(query.as_slice(), of_faq, self.dimensions));
                }
                scores
            },
        )
    }
}

impl std::fmt::Debug for VectorSample {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("VectorSample")
            .field("faqs", &self.counts.len())
            .finish_non_exhaustive()
    }
}

impl VectorIndex {
    /// The vectors of some FAQs, by position.
    pub(crate) fn sample(&self, faqs: &[usize]) -> VectorSample {
        let rows = |faq: usize| self.starts[faq] as usize..self.starts[faq + 1] as usize;
        let mut vectors = Vec::new();
        for &faq in faqs {
            let rows = rows(faq);
            vectors.extend_from_slice(
                &self.vectors()[rows.start * self.dimensions..rows.end * self.dimensions],
            );
        }
        VectorSample {
            dimensions: self.dimensions,
            counts: faqs.iter().map(|&faq| rows(faq).len()).collect(),
            vectors,
        }
    }
}

impl VectorScores {
    /// Of the cosines with the rows of an FAQ: its phrasings, then question + answer. None when there are none.
    pub(crate) fn of_cosines(cosines: &[f32]) -> Option<Self> {
        let (&answer, phrasings) = cosines.split_last()?;
        let count = phrasings.len().max(1) as f32;
        let mut scores = Self::nothing(answer);
        for (i, &cosine) in phrasings.iter().enumerate() {
            scores.add(i, cosine, count);
        }
        Some(scores)
    }

    fn nothing(answer: f32) -> Self {
        Self {
            best: f32::MIN,
            best_phrasing: 0,
            mean: 0.0,
            answer,
        }
    }

    #[inline(always)]
    fn add(&mut self, phrasing: usize, cosine: f32, count: f32) {
        self.mean += cosine / count;
        if cosine > self.best {
            (self.best, self.best_phrasing) = (cosine, phrasing);
        }
    }
}

/// The signals of an FAQ whose rows lie one behind the other.
#[inline(always)]
pub(super) fn score_rows(query: &[f32], rows: &[f32], dimensions: usize) -> VectorScores {
    let mut rows = rows.chunks_exact(dimensions);
    let answer = rows.next_back().map_or(0.0, |row| dot(query, row));
    let count = rows.len().max(1) as f32;
    let mut scores = VectorScores::nothing(answer);
    for (i, row) in rows.enumerate() {
        scores.add(i, dot(query, row), count);
    }
    scores
}
