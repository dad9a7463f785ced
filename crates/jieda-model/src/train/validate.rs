//! How good vectors are at their job: recall@1 of held-out queries.

use candle_core::{Result, Tensor};

use super::{data::Tokens, network::Trainee, workers::Workers};

/// Most queries that are asked: enough for a standard error of 1 %, a few seconds of work.
const MOST_QUERIES: usize = 2400;

/// What held-out queries found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Recall {
    /// Share of queries whose nearest phrasing is of the right FAQ.
    pub(super) at_1: f64,
    /// Queries asked.
    pub(super) queries: usize,
}

/// Asks the queries of held-out FAQs; candidates are all FAQs of their set, by their best phrasing.
pub(super) fn recall(
    trainee: &Trainee,
    workers: &Workers,
    sets: &[Tokens],
    is_held_out: &dyn Fn(usize, usize) -> bool,
) -> Result<Recall> {
    let held_out = |s: usize| (0..sets[s].faqs.len()).filter(move |&f| is_held_out(s, f));
    let all: usize = (0..sets.len())
        .map(|s| {
            held_out(s)
                .map(|f| sets[s].faqs[f].queries.len())
                .sum::<usize>()
        })
        .sum();
    let stride = all.div_ceil(MOST_QUERIES).max(1);
    let (mut right, mut asked, mut seen) = (0, 0, 0);
    for (s, set) in sets.iter().enumerate() {
        let mut queries: Vec<(usize, &[u32])> = Vec::new();
        for f in held_out(s) {
            for query in &set.faqs[f].queries {
                if seen % stride == 0 {
                    queries.push((f, query));
                }
                seen += 1;
            }
        }
        if queries.is_empty() {
            continue;
        }
        let (owners, phrasings): (Vec<usize>, Vec<&[u32]>) = set
            .faqs
            .iter()
            .enumerate()
            .flat_map(|(f, faq)| faq.phrasings.iter().map(move |p| (f, p.as_slice())))
            .unzip();
        let texts: Vec<&[u32]> = queries.iter().map(|(_, q)| *q).collect();
        let nearest = nearest(
            &trainee.encode(&texts, workers)?,
            &trainee.encode(&phrasings, workers)?,
        )?;
        asked += queries.len();
        right += nearest
            .iter()
            .zip(&queries)
            .filter(|(found, (faq, _))| owners[**found as usize] == *faq)
            .count();
    }
    Ok(Recall {
        at_1: right as f64 / asked.max(1) as f64,
        queries: asked,
    })
}

fn nearest(queries: &Tensor, phrasings: &Tensor) -> Result<Vec<u32>> {
    queries.matmul(&phrasings.t()?)?.argmax(1)?.to_vec1()
}
