//! Fits an adapter to labelled queries of one knowledge base, and says whether it pays.
//!
//! Every query is judged by an adapter that has not seen it (cross-validation), by what the customer would
//! get: the first FAQ of hybrid search. An adapter that does not find more is refused, and so is one whose
//! gain could be chance.

use std::{
    collections::{BTreeMap, HashMap},
    hash::{DefaultHasher, Hash as _, Hasher as _},
};

use jieda::{
    EngineError, Searcher, Understood,
    model::{Adapter, AdapterExamples, AdapterInfo, AdapterOptions, LabelledVector, ModelError},
};
use jieda_types::{Encoded, EncoderId, FaqId};
use serde::Serialize;

use crate::{
    metrics::{RankingMetrics, sign_test},
    truth::LabelledQuery,
};

/// Parts that the queries are divided into.
const FOLDS: usize = 5;
/// Fewer queries can't show a gain.
pub const MIN_QUERIES: usize = 30;
/// An adapter is adopted if chance gives such a gain at most this often.
pub const SIGNIFICANCE: f64 = 0.05;
/// How deep a right FAQ is looked for.
const DEPTH: usize = 100;

/// Why no adapter could be fitted.
#[derive(Debug, thiserror::Error)]
pub enum AdaptError {
    /// The searcher has no vectors.
    #[error("an adapter moves vectors, and BM25 mode has none")]
    NoVectors,
    /// Too few labels; a question that is asked again counts once.
    #[error("{found} different labelled queries are too few: at least {MIN_QUERIES} are needed")]
    TooFew {
        /// How many there are.
        found: usize,
    },
    /// Understanding or finding failed.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The fit failed.
    #[error(transparent)]
    Model(#[from] ModelError),
}

/// What cross-validation found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AdaptReport {
    /// Without an adapter.
    pub before: RankingMetrics,
    /// With one that has not seen the query.
    pub after: RankingMetrics,
    /// Queries that only the adapter gets right.
    pub won: usize,
    /// Queries that only the encoder alone gets right.
    pub lost: usize,
    /// How often chance alone would give such a gain or a greater one.
    pub p: f64,
    /// Whether that is seldom enough.
    pub adopted: bool,
}

/// Fits an adapter to all queries, and judges it by folds. `progress` is told (done, all) parts of the work.
///
/// # Errors
/// [`AdaptError`].
pub fn adapt(
    searcher: &Searcher,
    queries: &[LabelledQuery],
    options: &AdapterOptions,
    progress: &mut dyn FnMut(usize, usize),
) -> Result<(Adapter, AdaptReport), AdaptError> {
    let encoder = searcher.encoder_id().ok_or(AdaptError::NoVectors)?.clone();
    let queries = &distinct(searcher, queries)?;
    if queries.len() < MIN_QUERIES {
        return Err(AdaptError::TooFew {
            found: queries.len(),
        });
    }
    let parts = FOLDS + 2;
    progress(0, parts);
    let material = Material::new(searcher, queries)?;
    progress(1, parts);
    let (mut before, mut after) = (Vec::new(), Vec::new());
    for fold in 0..FOLDS {
        let (seen, held_out): (Vec<_>, Vec<_>) =
            (0..queries.len()).partition(|i| i % FOLDS != fold);
        let adapter = material.fit(&encoder, &seen, options)?;
        for i in held_out {
            let understood = &material.queries[i];
            before.push(rank(searcher, understood, &queries[i].faq)?);
            let moved = moved(understood, &adapter);
            after.push(rank(searcher, &moved, &queries[i].faq)?);
        }
        progress(2 + fold, parts);
    }
    let report = AdaptReport::of(&before, &after);
    let all: Vec<usize> = (0..queries.len()).collect();
    let adapter = material
        .fit(&encoder, &all, options)?
        .with_info(AdapterInfo {
            queries: queries.len(),
            recall_before: Some(report.before.recall_at_1),
            recall_after: Some(report.after.recall_at_1),
        });
    progress(parts, parts);
    Ok((adapter, report))
}

impl AdaptReport {
    /// From the ranks of the right FAQs, query by query.
    fn of(before: &[Option<usize>], after: &[Option<usize>]) -> Self {
        let first = |rank: &Option<usize>| *rank == Some(1);
        let pairs = || before.iter().zip(after);
        let won = pairs().filter(|(b, a)| first(a) && !first(b)).count();
        let lost = pairs().filter(|(b, a)| first(b) && !first(a)).count();
        let p = sign_test(won, lost);
        Self {
            before: RankingMetrics::of(before.iter().copied()),
            after: RankingMetrics::of(after.iter().copied()),
            won,
            lost,
            p,
            adopted: p <= SIGNIFICANCE,
        }
    }
}

/// Each question once: one that is asked again would be held out from an adapter that has seen it. Labels
/// of FAQs that are not served are left out. The order is that of a hash of the text, so that the folds
/// don't follow the order of the file.
fn distinct(
    searcher: &Searcher,
    queries: &[LabelledQuery],
) -> Result<Vec<LabelledQuery>, EngineError> {
    let served = |query: &&LabelledQuery| searcher.kb().faq(&query.faq).is_some_and(|f| f.enabled);
    let mut by_text: BTreeMap<(u64, String), LabelledQuery> = BTreeMap::new();
    for query in queries.iter().filter(served) {
        let normalized = searcher.segment(&query.text)?.normalized;
        let mut hasher = DefaultHasher::new();
        normalized.hash(&mut hasher);
        // Of two labels of one text, the first counts.
        by_text
            .entry((hasher.finish(), normalized))
            .or_insert_with(|| query.clone());
    }
    Ok(by_text.into_values().collect())
}

/// All texts, encoded once.
struct Material {
    phrasings: Vec<LabelledVector>,
    queries: Vec<Understood>,
    labels: Vec<usize>,
}

impl Material {
    fn new(searcher: &Searcher, queries: &[LabelledQuery]) -> Result<Self, EngineError> {
        let faqs = &searcher.kb().faqs;
        let numbers: HashMap<&FaqId, usize> = faqs.iter().map(|f| &f.id).zip(0..).collect();
        let texts: Vec<(usize, &str)> = faqs
            .iter()
            .enumerate()
            .filter(|(_, faq)| faq.enabled)
            .flat_map(|(i, faq)| faq.phrasings().map(move |text| (i, text)))
            .collect();
        let encoded =
            searcher.understand_all(&texts.iter().map(|(_, t)| *t).collect::<Vec<_>>())?;
        let vectors = texts.iter().zip(encoded);
        let phrasings =
            vectors.filter_map(|((faq, _), text)| labelled(*faq, text.encoded.as_ref()));
        let texts: Vec<&str> = queries.iter().map(|q| q.text.as_str()).collect();
        Ok(Self {
            phrasings: phrasings.collect(),
            queries: searcher.understand_all(&texts)?,
            // Labels were checked against the knowledge base; a number of its own is no FAQ's.
            labels: queries
                .iter()
                .map(|q| numbers.get(&q.faq).copied().unwrap_or(usize::MAX))
                .collect(),
        })
    }

    fn fit(
        &self,
        encoder: &EncoderId,
        which: &[usize],
        options: &AdapterOptions,
    ) -> Result<Adapter, ModelError> {
        let queries = which
            .iter()
            .filter_map(|&i| labelled(self.labels[i], self.queries[i].encoded.as_ref()));
        let examples = AdapterExamples {
            phrasings: self.phrasings.clone(),
            queries: queries.collect(),
        };
        Adapter::fit(encoder.clone(), &examples, options)
    }
}

fn labelled(faq: usize, encoded: Option<&Encoded>) -> Option<LabelledVector> {
    encoded.map(|encoded| LabelledVector {
        faq,
        vector: encoded.embedding.clone(),
    })
}

fn moved(understood: &Understood, adapter: &Adapter) -> Understood {
    let mut understood = understood.clone();
    if let Some(encoded) = &mut understood.encoded {
        encoded.embedding = adapter.apply(&encoded.embedding);
    }
    understood
}

fn rank(
    searcher: &Searcher,
    understood: &Understood,
    expected: &FaqId,
) -> Result<Option<usize>, EngineError> {
    Ok(searcher.search(understood, DEPTH)?.rank_of(expected))
}
