//! How good vectors are at their job: recall@1 of held-out queries.

use candle_core::Result;
use serde::{Deserialize, Serialize};

use super::{data::Tokens, network::Trainee, workers::Workers};

/// Most queries that are asked: enough for a standard error of 1 %, a few seconds of work.
const MOST_QUERIES: usize = 2400;
/// Phrasings that are compared at once: a large set must not become one large matrix.
const BLOCK: usize = 4096;

/// What held-out queries found. Whole numbers: a checkpoint gives back exactly what it got.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Recall {
    /// Queries whose nearest phrasing is of the right FAQ.
    pub(super) right: usize,
    pub(super) asked: usize,
}

impl Recall {
    pub(super) fn share(self) -> f64 {
        self.right as f64 / self.asked.max(1) as f64
    }
}

struct Query<'a> {
    faq: usize,
    ids: &'a [u32],
}

/// Asks what is held out; candidates are all FAQs of the set, by their best phrasing. Where phrasings are
/// asked, each must find another of its FAQ.
pub(super) fn recall(trainee: &Trainee, workers: &Workers, sets: &[Tokens]) -> Result<Recall> {
    let queries: Vec<Vec<Query<'_>>> = sets.iter().map(queries).collect();
    let all: usize = queries.iter().map(Vec::len).sum();
    let stride = all.div_ceil(MOST_QUERIES).max(1);
    let (mut right, mut asked, mut seen) = (0, 0, 0);
    for (set, queries) in sets.iter().zip(queries) {
        let mut chosen = Vec::new();
        for query in queries {
            if seen % stride == 0 {
                chosen.push(query);
            }
            seen += 1;
        }
        asked += chosen.len();
        right += answered(trainee, workers, set, &chosen)?;
    }
    Ok(Recall { right, asked })
}

fn queries(set: &Tokens) -> Vec<Query<'_>> {
    let faqs = set.faqs.iter().enumerate();
    faqs.flat_map(|(faq, tokens)| tokens.asked.iter().map(move |ids| Query { faq, ids }))
        .collect()
}

/// How many queries find their FAQ.
fn answered(
    trainee: &Trainee,
    workers: &Workers,
    set: &Tokens,
    queries: &[Query<'_>],
) -> Result<usize> {
    if queries.is_empty() {
        return Ok(0);
    }
    let phrasings: Vec<(usize, &[u32])> = set
        .faqs
        .iter()
        .enumerate()
        .flat_map(|(f, faq)| faq.phrasings.iter().map(move |ids| (f, ids.as_slice())))
        .collect();
    let texts: Vec<&[u32]> = queries.iter().map(|q| q.ids).collect();
    let asked = trainee.encode(&texts, workers)?;
    let mut best = vec![(f32::NEG_INFINITY, 0); queries.len()];
    for block in phrasings.chunks(BLOCK) {
        let texts: Vec<&[u32]> = block.iter().map(|(_, ids)| *ids).collect();
        let scores = asked.matmul(&trainee.encode(&texts, workers)?.t()?)?;
        let scores = scores.to_vec2::<f32>()?;
        for ((query, scores), best) in queries.iter().zip(&scores).zip(&mut best) {
            for (&(faq, ids), &score) in block.iter().zip(scores) {
                // A phrasing must not find itself.
                if score > best.0 && ids != query.ids {
                    *best = (score, faq);
                }
            }
        }
    }
    Ok(queries
        .iter()
        .zip(best)
        .filter(|(query, (_, found))| query.faq == *found)
        .count())
}
