//! Retrieval against labelled queries.

use std::collections::BTreeMap;

use jieda::{EngineError, Searcher};
use jieda_types::FaqId;
use serde::Serialize;

use crate::{metrics::RankingMetrics, truth::LabelledQuery};

/// Queries that are encoded between two reports of progress.
const CHUNK: usize = 64;
/// How deep a right FAQ is looked for.
const DEPTH: usize = 100;

/// Quality of retrieval over a set of queries.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RetrievalReport {
    /// Over all queries.
    #[serde(flatten)]
    pub all: RankingMetrics,
    /// For each way of speaking.
    pub by_style: BTreeMap<String, RankingMetrics>,
    /// Query by query.
    #[serde(skip)]
    pub cases: Vec<Case>,
}

/// What became of one query.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Case {
    /// The query.
    pub text: String,
    /// Its style.
    pub style: String,
    /// The FAQ that answers it.
    pub expected: FaqId,
    /// The FAQ that was found first.
    pub found: Option<FaqId>,
    /// Where the right one came, 1 for first.
    pub rank: Option<usize>,
}

/// Searches for every query. `progress` is told (done, all).
///
/// # Errors
/// [`EngineError`] when a query is empty or too long, or a stage fails.
pub fn evaluate(
    searcher: &Searcher,
    queries: &[LabelledQuery],
    progress: &mut dyn FnMut(usize, usize),
) -> Result<RetrievalReport, EngineError> {
    let mut cases = Vec::with_capacity(queries.len());
    progress(0, queries.len());
    for chunk in queries.chunks(CHUNK) {
        let texts: Vec<&str> = chunk.iter().map(|q| q.text.as_str()).collect();
        for (query, understood) in chunk.iter().zip(searcher.understand_all(&texts)?) {
            let candidates = searcher.search(&understood, DEPTH)?;
            cases.push(Case {
                text: query.text.clone(),
                style: query.style.clone().unwrap_or_else(|| "-".into()),
                expected: query.faq.clone(),
                found: candidates.top().map(|c| c.faq.clone()),
                rank: candidates.rank_of(&query.faq),
            });
        }
        progress(cases.len(), queries.len());
    }
    Ok(RetrievalReport {
        all: RankingMetrics::of(cases.iter().map(|c| c.rank)),
        by_style: RankingMetrics::by_group(cases.iter().map(|c| (c.style.as_str(), c.rank))),
        cases,
    })
}
