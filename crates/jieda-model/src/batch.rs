//! Texts of like length, padded to one rectangle.

use candle_core::{Device, Result, Tensor};

use crate::tokenize::TokenizedText;

/// Most padded tokens in one batch: enough to fill two cores, little enough to stay in cache.
const TOKENS_PER_BATCH: usize = 2048;
/// Most texts in one batch.
const TEXTS_PER_BATCH: usize = 64;

/// Added to the score of padding, negated: e^-10000 is 0, and f16 can hold it.
const MASKED: f32 = 1e4;

/// A rectangle of token ids.
pub(crate) struct Batch {
    /// `[texts, tokens]`, padded at the end; on the processor, where the word embeddings are.
    pub(crate) ids: Tensor,
    /// Real tokens of each text.
    lengths: Vec<usize>,
}

impl Batch {
    pub(crate) fn new(texts: &[&TokenizedText], pad: u32) -> Result<Self> {
        let width = texts.iter().map(|t| t.ids.len()).max().unwrap_or(0);
        let mut ids = Vec::with_capacity(texts.len() * width);
        for text in texts {
            ids.extend_from_slice(&text.ids);
            ids.resize(ids.len() + width - text.ids.len(), pad);
        }
        Ok(Self {
            ids: Tensor::from_vec(ids, (texts.len(), width), &Device::Cpu)?,
            lengths: texts.iter().map(|t| t.ids.len()).collect(),
        })
    }

    /// Tokens of the longest text.
    pub(crate) fn width(&self) -> usize {
        self.lengths.iter().copied().max().unwrap_or(0)
    }

    /// 1 for a real token, 0 for padding, row by row.
    fn real_tokens(&self) -> impl Iterator<Item = f32> + '_ {
        let width = self.width();
        self.lengths
            .iter()
            .flat_map(move |&n| (0..width).map(move |i| if i < n { 1.0 } else { 0.0 }))
    }

    /// What is added to attention scores, `[texts, 1, 1, tokens]`: 0 for real tokens, a very
    /// negative number for padding. None when there is no padding.
    pub(crate) fn attention_mask(&self, like: &Tensor) -> Result<Option<Tensor>> {
        if self.lengths.iter().all(|&n| n == self.width()) {
            return Ok(None);
        }
        let mask: Vec<f32> = self
            .real_tokens()
            .map(|real| (real - 1.0) * MASKED)
            .collect();
        Tensor::from_vec(
            mask,
            (self.lengths.len(), 1, 1, self.width()),
            like.device(),
        )?
        .to_dtype(like.dtype())
        .map(Some)
    }

    /// The mean of each text's hidden states over its real tokens, `[texts, hidden]`.
    pub(crate) fn mean_pool(&self, hidden: &Tensor) -> Result<Tensor> {
        let (texts, width) = (self.lengths.len(), self.width());
        let weights: Vec<f32> = self
            .real_tokens()
            .zip((0..texts * width).map(|i| self.lengths[i / width]))
            .map(|(real, n)| real / n.max(1) as f32)
            .collect();
        let weights = Tensor::from_vec(weights, (texts, 1, width), hidden.device())?;
        weights.matmul(hidden)?.squeeze(1)
    }
}

/// Splits texts into batches of like length; gives positions in `texts`.
pub(crate) fn plan(texts: &[TokenizedText]) -> Vec<Vec<usize>> {
    let mut order: Vec<usize> = (0..texts.len()).collect();
    order.sort_by_key(|&i| texts[i].ids.len());
    let mut batches: Vec<Vec<usize>> = Vec::new();
    for i in order {
        // Sorted by length: the newcomer is the longest, and sets the width of the batch.
        let width = texts[i].ids.len();
        match batches.last_mut() {
            Some(batch)
                if batch.len() < TEXTS_PER_BATCH
                    && (batch.len() + 1) * width <= TOKENS_PER_BATCH =>
            {
                batch.push(i);
            }
            _ => batches.push(vec![i]),
        }
    }
    batches
}
