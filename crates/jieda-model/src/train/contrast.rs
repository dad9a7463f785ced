//! The loss of contrast: each query must be nearer to its own FAQ's text than to those of the others.

use candle_core::{Result, Tensor, Var};
use candle_nn::loss::cross_entropy;

/// InfoNCE (van den Oord et al. 2018, arXiv 1807.03748), symmetric: the mean over both directions.
/// `vectors` are the queries, then their positives in the same order; all of length 1.
pub(super) fn info_nce(vectors: &Tensor, temperature: f64) -> Result<Tensor> {
    let pairs = vectors.dim(0)? / 2;
    let queries = vectors.narrow(0, 0, pairs)?;
    let positives = vectors.narrow(0, pairs, pairs)?;
    let scores = (queries.matmul(&positives.t()?)? / temperature)?;
    let own = Tensor::arange(0u32, pairs as u32, vectors.device())?;
    let forth = cross_entropy(&scores, &own)?;
    let back = cross_entropy(&scores.t()?.contiguous()?, &own)?;
    (forth + back)? / 2.0
}

/// Where a query is nearer to another's text than to its own: `(asked, found)`, the nearest only.
pub(super) fn mistakes(vectors: &Var) -> Result<Vec<(usize, usize)>> {
    let vectors = vectors.detach();
    let pairs = vectors.dim(0)? / 2;
    let queries = vectors.narrow(0, 0, pairs)?;
    let positives = vectors.narrow(0, pairs, pairs)?;
    let nearest = queries
        .matmul(&positives.t()?)?
        .argmax(1)?
        .to_vec1::<u32>()?;
    Ok(nearest
        .into_iter()
        .map(|found| found as usize)
        .enumerate()
        .filter(|(asked, found)| asked != found)
        .collect())
}
