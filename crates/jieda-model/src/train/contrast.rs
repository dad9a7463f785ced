//! The loss of contrast: each query must be nearer to its own FAQ's text than to those of the others.

use candle_core::{Result, Tensor, Var};
use candle_nn::loss::cross_entropy;

use super::sampler::Pair;

/// Takes a score out of a softmax.
const MASKED: f32 = -1e4;

/// Which pairs of a batch say the same in some of their texts: not negatives of one another, whatever
/// their labels.
pub(super) struct Alike {
    pairs: usize,
    /// `[query, positive]`, row by row: 0, or [`MASKED`]. None when no two are alike.
    mask: Option<Vec<f32>>,
}

impl Alike {
    pub(super) fn new(pairs: &[Pair<'_>]) -> Self {
        let n = pairs.len();
        let mut mask = vec![0.0; n * n];
        for (i, a) in pairs.iter().enumerate() {
            for (j, b) in pairs.iter().enumerate() {
                let texts = [
                    (a.query, b.query),
                    (a.positive, b.positive),
                    (a.query, b.positive),
                    (a.positive, b.query),
                ];
                if i != j && texts.iter().any(|(a, b)| a == b) {
                    mask[i * n + j] = MASKED;
                }
            }
        }
        Self {
            pairs: n,
            mask: mask.iter().any(|&m| m != 0.0).then_some(mask),
        }
    }

    fn apply(&self, scores: &Tensor) -> Result<Tensor> {
        match &self.mask {
            None => Ok(scores.clone()),
            Some(mask) => {
                let shape = (self.pairs, self.pairs);
                scores + Tensor::from_slice(mask, shape, scores.device())?
            }
        }
    }
}

/// InfoNCE (van den Oord et al. 2018, arXiv 1807.03748), symmetric: the mean over both directions.
/// `vectors` are the queries, then their positives in the same order; all of length 1.
pub(super) fn info_nce(vectors: &Tensor, temperature: f64, alike: &Alike) -> Result<Tensor> {
    let pairs = vectors.dim(0)? / 2;
    let queries = vectors.narrow(0, 0, pairs)?;
    let positives = vectors.narrow(0, pairs, pairs)?;
    let scores = alike.apply(&(queries.matmul(&positives.t()?)? / temperature)?)?;
    let own = Tensor::arange(0u32, pairs as u32, vectors.device())?;
    let forth = cross_entropy(&scores, &own)?;
    let back = cross_entropy(&scores.t()?.contiguous()?, &own)?;
    (forth + back)? / 2.0
}

/// Where a query is nearer to another's text than to its own: `(asked, found)`, the nearest only.
pub(super) fn mistakes(vectors: &Var, alike: &Alike) -> Result<Vec<(usize, usize)>> {
    let vectors = vectors.detach();
    let pairs = vectors.dim(0)? / 2;
    let queries = vectors.narrow(0, 0, pairs)?;
    let positives = vectors.narrow(0, pairs, pairs)?;
    let scores = alike.apply(&queries.matmul(&positives.t()?)?)?;
    let nearest = scores.argmax(1)?.to_vec1::<u32>()?;
    Ok(nearest
        .into_iter()
        .map(|found| found as usize)
        .enumerate()
        .filter(|(asked, found)| asked != found)
        .collect())
}
