//! Searching, and how near the answers are to those of an exact search.

use std::{error::Error, time::Instant};

use jieda_retrieval::{Fusion, FusionWeights, HybridIndex, SearchMode, TextIndex, VectorIndex};
use jieda_types::{
    Candidates, Encoded, FaqId, Query, Retriever as _, Segmented, Segmenter as _, Signal,
};
use serde_json::{Value, json};

use crate::{
    Job,
    vectors::{Text, vector},
};

/// Candidates that are compared.
const LIMIT: usize = 10;
/// Queries that are compared with exact search, which is slow.
const COMPARED: usize = 300;
/// Queries before the clock counts.
const WARM_UP: usize = 50;

pub(crate) fn query(job: &Job) -> Result<Value, Box<dyn Error>> {
    let queries: Vec<(Segmented, Encoded)> = job
        .corpus
        .queries
        .iter()
        .enumerate()
        .map(|(i, ask)| {
            let encoded = Encoded {
                embedding: vector(ask.faq, Text::Query(i)),
                tokens: 1,
                truncated_tokens: 0,
            };
            (job.segmenter.segment(&ask.text), encoded)
        })
        .collect();
    let weights = Fusion::shipped()?.weights;
    let before = Memory::now();
    let start = Instant::now();
    let text = TextIndex::open(&job.text_file())?;
    let vectors = VectorIndex::open(&job.vector_file())?;
    let opened = milliseconds(start);
    let index = HybridIndex::new(
        &job.corpus.kb,
        text,
        Some(vectors),
        &weights,
        SearchMode::Hybrid,
    )?;
    let joined = milliseconds(start) - opened;

    let search = |(segmented, encoded): &(Segmented, Encoded)| {
        let query = Query {
            segmented,
            encoded: Some(encoded),
        };
        index.search(&query, LIMIT)
    };
    for query in queries.iter().take(WARM_UP) {
        search(query)?;
    }
    let mut times = Vec::with_capacity(queries.len());
    let mut answers = Vec::with_capacity(queries.len());
    for query in &queries {
        let start = Instant::now();
        let candidates = search(query)?;
        times.push(milliseconds(start));
        answers.push(candidates);
    }
    let after = Memory::now();
    times.sort_by(f64::total_cmp);

    let (mut recall, mut same_top, mut vector_top) = (0.0, 0, 0);
    let compared = answers.len().min(COMPARED);
    for ((segmented, encoded), found) in queries.iter().zip(&answers).take(compared) {
        let query = Query {
            segmented,
            encoded: Some(encoded),
        };
        let exact = Exact::of(&index, &query, &weights)?;
        recall += exact.recall(found);
        same_top += usize::from(found.top().map(|c| &c.faq) == exact.best.first());
        vector_top += usize::from(found.vector_top.as_ref() == exact.vector_top.as_ref());
    }
    let share = |n: usize| n as f64 / compared as f64;
    let right = job
        .corpus
        .queries
        .iter()
        .zip(&answers)
        .filter(|(ask, found)| found.rank_of(&job.corpus.kb.faqs[ask.faq].id).is_some())
        .count();
    let characters: usize = queries
        .iter()
        .map(|(s, _)| s.normalized.chars().count())
        .sum();
    Ok(json!({
        "engine": "jieda",
        "phrasings": job.phrasings,
        "queries": queries.len(),
        "characters": characters as f64 / queries.len() as f64,
        "open_ms": opened,
        "join_ms": joined,
        "own_mb": after.own - before.own,
        "mapped_mb": after.mapped - before.mapped,
        "p50_ms": percentile(&times, 0.50),
        "p99_ms": percentile(&times, 0.99),
        "recall_at_10": recall / compared as f64,
        "same_top": share(same_top),
        "same_vector_top": share(vector_top),
        "right_at_10": right as f64 / answers.len() as f64,
    }))
}

/// What an exact search finds.
struct Exact {
    best: Vec<FaqId>,
    vector_top: Option<FaqId>,
}

impl Exact {
    fn of(
        index: &HybridIndex,
        query: &Query<'_>,
        weights: &FusionWeights,
    ) -> Result<Self, Box<dyn Error>> {
        let rows = index.signals(query)?.standardized();
        let ids: Vec<&FaqId> = index.faq_ids().collect();
        let score = |i: usize, wanted: fn(Signal) -> bool| -> f32 {
            Signal::ALL
                .into_iter()
                .filter(|&s| wanted(s))
                .map(|s| weights.get(s) * rows[s.index()][i])
                .sum()
        };
        let best = |limit, wanted: fn(Signal) -> bool| -> Vec<FaqId> {
            let mut order: Vec<(f32, &FaqId)> = ids
                .iter()
                .enumerate()
                .map(|(i, id)| (score(i, wanted), *id))
                .collect();
            order.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
            order
                .into_iter()
                .take(limit)
                .map(|(_, id)| id.clone())
                .collect()
        };
        Ok(Self {
            best: best(LIMIT, |_| true),
            vector_top: best(1, Signal::is_vector).pop(),
        })
    }

    fn recall(&self, found: &Candidates) -> f64 {
        let hits = self
            .best
            .iter()
            .filter(|id| found.rank_of(id).is_some())
            .count();
        hits as f64 / self.best.len() as f64
    }
}

fn milliseconds(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1e3
}

fn percentile(sorted: &[f64], share: f64) -> f64 {
    let last = sorted.len().saturating_sub(1);
    sorted
        .get((last as f64 * share).round() as usize)
        .copied()
        .unwrap_or(0.0)
}

/// Resident memory in MB, of Linux's `/proc`.
struct Memory {
    own: f64,
    mapped: f64,
}

impl Memory {
    fn now() -> Self {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let field = |name: &str| {
            status
                .lines()
                .find_map(|line| {
                    line.strip_prefix(name)?
                        .split_whitespace()
                        .next()?
                        .parse::<f64>()
                        .ok()
                })
                .map_or(0.0, |kilobytes| kilobytes * 1024.0 / 1e6)
        };
        Self {
            own: field("RssAnon:"),
            mapped: field("RssFile:"),
        }
    }
}
