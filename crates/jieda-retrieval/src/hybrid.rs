//! The hybrid index: all signals, fused.

use std::{fmt, str::FromStr};

use jieda_knowledge::KnowledgeBase;
use jieda_types::{
    Candidate, Candidates, FaqId, IntentId, Query, Retriever, Score, ScorePart, Signal, StageError,
};

use crate::{
    FaqMask, TextIndex, VectorIndex,
    fusion::{FusionWeights, standardize},
};

/// Which signals take part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SearchMode {
    /// BM25 alone; needs no encoder.
    Bm25,
    /// Cosine with the best phrasing alone: plain dense retrieval, the yardstick for hybrid.
    Vector,
    /// Everything.
    #[default]
    Hybrid,
}

impl SearchMode {
    /// All modes.
    pub const ALL: [Self; 3] = [Self::Bm25, Self::Vector, Self::Hybrid];

    /// The name on the command line and the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Bm25 => "bm25",
            Self::Vector => "vector",
            Self::Hybrid => "hybrid",
        }
    }

    fn weights(self, hybrid: &FusionWeights) -> FusionWeights {
        match self {
            Self::Hybrid => *hybrid,
            Self::Bm25 => hybrid.only(|signal| !signal.is_vector()),
            Self::Vector => hybrid.only(|signal| signal == Signal::VectorBest),
        }
    }
}

impl fmt::Display for SearchMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for SearchMode {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|mode| mode.name() == text)
            .ok_or_else(|| format!("unknown search mode `{text}`; known: bm25, vector, hybrid"))
    }
}

/// What a candidate needs to know of its FAQ.
#[derive(Debug, Clone)]
struct Entry {
    id: FaqId,
    intent: IntentId,
    phrasings: Vec<String>,
}

/// Raw signals of one query: one row a signal, one column an FAQ. What fusion weights are learned
/// from.
#[derive(Debug, Clone, PartialEq)]
pub struct SignalTable {
    /// Rows in the order of [`Signal::ALL`]; a signal that did not take part is all zeros.
    pub raw: Vec<Vec<f32>>,
    /// The best phrasing of each FAQ.
    best_phrasing: Vec<usize>,
}

impl SignalTable {
    /// The rows, standardised.
    #[must_use]
    pub fn standardized(&self) -> Vec<Vec<f32>> {
        let mut rows = self.raw.clone();
        rows.iter_mut().for_each(|row| standardize(row));
        rows
    }
}

/// The FAQs of a knowledge base, searchable.
#[derive(Debug)]
pub struct HybridIndex {
    entries: Vec<Entry>,
    text: TextIndex,
    vectors: Option<VectorIndex>,
    /// As given; `mode` picks from them.
    hybrid_weights: FusionWeights,
    mode: SearchMode,
}

impl HybridIndex {
    /// Joins the parts; `text` and `vectors` must have been built from `kb`. BM25 mode needs no
    /// vectors.
    ///
    /// # Errors
    /// [`StageError`] when vectors and knowledge base don't belong together, or when the mode needs
    /// vectors and there are none.
    pub fn new(
        kb: &KnowledgeBase,
        text: TextIndex,
        vectors: Option<VectorIndex>,
        weights: &FusionWeights,
        mode: SearchMode,
    ) -> Result<Self, StageError> {
        let phrasings = || kb.faqs.iter().map(|faq| faq.phrasings().count());
        if vectors
            .as_ref()
            .is_some_and(|v| !v.phrasing_counts().eq(phrasings()))
        {
            return Err(failed("the vectors are of another knowledge base"));
        }
        if vectors.is_none() && mode != SearchMode::Bm25 {
            return Err(failed(format!("mode {mode} needs vectors")));
        }
        let entries = kb
            .faqs
            .iter()
            .map(|faq| Entry {
                id: faq.id.clone(),
                intent: faq.intent.clone(),
                phrasings: faq.phrasings().map(str::to_owned).collect(),
            })
            .collect();
        Ok(Self {
            entries,
            text,
            vectors,
            hybrid_weights: *weights,
            mode,
        })
    }

    /// The same index with other weights.
    #[must_use]
    pub fn with_weights(self, weights: &FusionWeights) -> Self {
        Self {
            hybrid_weights: *weights,
            ..self
        }
    }

    /// FAQ ids, in the order of a [`SignalTable`]'s columns.
    pub fn faq_ids(&self) -> impl Iterator<Item = &FaqId> {
        self.entries.iter().map(|entry| &entry.id)
    }

    /// Every signal of every FAQ.
    ///
    /// # Errors
    /// [`StageError`] when the index fails, or when the query has no vector and the mode needs one.
    pub fn signals(&self, query: &Query<'_>) -> Result<SignalTable, StageError> {
        let count = self.entries.len();
        let mut table = SignalTable {
            raw: vec![vec![0.0; count]; Signal::ALL.len()],
            best_phrasing: vec![0; count],
        };
        let text = self.text.score(query.segmented, count).map_err(failed)?;
        for (signal, scores) in text {
            table.raw[signal.index()] = scores;
        }
        if let (Some(vectors), true) = (&self.vectors, self.mode != SearchMode::Bm25) {
            let encoded = query
                .encoded
                .ok_or_else(|| failed("the query has no vector"))?;
            if encoded.embedding.as_slice().len() != vectors.dimensions() {
                return Err(failed(
                    "query and index are of encoders with other dimensions",
                ));
            }
            for (i, scores) in vectors.score(&encoded.embedding).into_iter().enumerate() {
                table.raw[Signal::VectorBest.index()][i] = scores.best;
                table.raw[Signal::VectorMean.index()][i] = scores.mean;
                table.raw[Signal::VectorAnswer.index()][i] = scores.answer;
                table.best_phrasing[i] = scores.best_phrasing;
            }
        }
        Ok(table)
    }

    fn candidates(&self, table: &SignalTable, limit: usize) -> Candidates {
        let normalized = table.standardized();
        let weights = self.mode.weights(&self.hybrid_weights);
        let taking_part: Vec<Signal> = Signal::ALL
            .into_iter()
            .filter(|&s| weights.get(s) > 0.0)
            .collect();
        let score = |i: usize| -> f32 {
            taking_part
                .iter()
                .map(|&s| weights.get(s) * normalized[s.index()][i])
                .sum()
        };
        let mut order: Vec<(usize, Score)> = (0..self.entries.len())
            .map(|i| (i, Score(score(i))))
            .collect();
        order.sort_by(|(i, a), (j, b)| {
            Score::best_first(a, b).then_with(|| self.entries[*i].id.cmp(&self.entries[*j].id))
        });
        order.truncate(limit);
        let ranked = order
            .into_iter()
            .map(|(i, score)| {
                let entry = &self.entries[i];
                let parts = Signal::ALL
                    .into_iter()
                    .filter(|s| self.mode != SearchMode::Bm25 || !s.is_vector())
                    .map(|signal| ScorePart {
                        signal,
                        raw: table.raw[signal.index()][i],
                        normalized: normalized[signal.index()][i],
                        weight: weights.get(signal),
                    })
                    .collect();
                Candidate {
                    faq: entry.id.clone(),
                    intent: entry.intent.clone(),
                    question: entry.phrasings[0].clone(),
                    matched: entry.phrasings[table.best_phrasing[i]].clone(),
                    score,
                    parts,
                }
            })
            .collect();
        // The best FAQ by vectors alone, or by BM25 alone; none when nothing is shared.
        let lead = |vector: bool| {
            let signals = || taking_part.iter().filter(move |s| s.is_vector() == vector);
            let partial = |i: usize| -> f32 {
                signals()
                    .map(|&s| weights.get(s) * normalized[s.index()][i])
                    .sum()
            };
            (0..self.entries.len())
                .filter(|&i| signals().any(|s| table.raw[s.index()][i] > 0.0))
                .max_by(|&a, &b| partial(a).total_cmp(&partial(b)).then(b.cmp(&a)))
                .map(|i| self.entries[i].id.clone())
        };
        Candidates {
            ranked,
            vector_top: lead(true),
            lexical_top: lead(false),
            covered: 0.0,
        }
    }
}

impl HybridIndex {
    /// The best `limit` candidates among the FAQs of a mask; among all without one.
    ///
    /// # Errors
    /// [`StageError`] when the index fails.
    pub fn search_among(
        &self,
        query: &Query<'_>,
        mask: Option<&FaqMask>,
        limit: usize,
    ) -> Result<Candidates, StageError> {
        let table = self.signals(query)?;
        let mut candidates = self.candidates(&table, self.entries.len());
        candidates.ranked.retain(|c| {
            let position = self.entries.iter().position(|entry| entry.id == c.faq);
            mask.is_none_or(|mask| position.is_some_and(|p| mask.contains(p)))
        });
        candidates.ranked.truncate(limit.max(1));
        let top = candidates
            .top()
            .and_then(|top| self.entries.iter().position(|entry| entry.id == top.faq));
        if let Some(position) = top {
            candidates.covered = self
                .text
                .covered(query.segmented, position)
                .map_err(failed)?;
        }
        Ok(candidates)
    }
}

impl Retriever for HybridIndex {
    fn search(&self, query: &Query<'_>, limit: usize) -> Result<Candidates, StageError> {
        self.search_among(query, None, limit)
    }
}

fn failed(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> StageError {
    StageError::new("retriever", source)
}
