//! Filling in signals.

use jieda_types::{Embedding, Query, Signal, StageError};

use super::{HybridIndex, SearchMode, Vectors, failed, table::Columns};
use crate::text::Terms;

impl HybridIndex {
    /// Every signal of some FAQs, exactly.
    pub(super) fn exact(
        &self,
        query: &Query<'_>,
        faqs: Vec<u32>,
        mode: SearchMode,
    ) -> Result<Columns, StageError> {
        let mut columns = Columns::of(faqs);
        self.add_text(&mut columns, &Terms::of(query.segmented), |_| true)?;
        if let (Some(vectors), true) = (&self.vectors, mode != SearchMode::Bm25) {
            columns.add_vectors(vectors, embedding(query, vectors)?)?;
        }
        Ok(columns)
    }

    /// BM25 in the fields that are wanted.
    pub(super) fn add_text(
        &self,
        columns: &mut Columns,
        terms: &Terms,
        wanted: impl Fn(Signal) -> bool,
    ) -> Result<(), StageError> {
        let everyone = columns.faqs.len() == self.catalog.len();
        for signal in text_signals().filter(|&s| wanted(s)) {
            let scores = self.text.score_terms(terms, signal).map_err(failed)?;
            columns.raw[signal.index()] = if everyone {
                scores
            } else {
                columns
                    .faqs
                    .iter()
                    .map(|&faq| scores[faq as usize])
                    .collect()
            };
        }
        Ok(())
    }

    /// BM25 in one field, of some columns alone.
    pub(super) fn add_text_of(
        &self,
        columns: &mut Columns,
        some: &[u32],
        terms: &Terms,
        signal: Signal,
    ) -> Result<(), StageError> {
        let mut some = some.to_vec();
        some.sort_unstable();
        let faqs: Vec<u32> = some.iter().map(|&i| columns.faqs[i as usize]).collect();
        let scores = self.text.score_some(terms, signal, &faqs).map_err(failed)?;
        for (i, score) in some.into_iter().zip(scores) {
            columns.raw[signal.index()][i as usize] = score;
        }
        Ok(())
    }
}

impl Columns {
    /// The vector signals, exactly.
    pub(super) fn add_vectors(
        &mut self,
        vectors: &Vectors,
        query: &Embedding,
    ) -> Result<(), StageError> {
        let scores = match vectors {
            Vectors::Embedded(index) => {
                index.score_faqs(query, self.faqs.iter().map(|&faq| faq as usize))
            }
            Vectors::Distant(distant) => distant.score(query, &self.faqs)?,
        };
        for (i, scores) in scores.into_iter().enumerate() {
            self.raw[Signal::VectorBest.index()][i] = scores.best;
            self.raw[Signal::VectorMean.index()][i] = scores.mean;
            self.raw[Signal::VectorAnswer.index()][i] = scores.answer;
            self.best_phrasing[i] = scores.best_phrasing;
        }
        Ok(())
    }
}

pub(super) fn text_signals() -> impl Iterator<Item = Signal> {
    Signal::ALL.into_iter().filter(|s| !s.is_vector())
}

/// The vector of a query, if it can be one of these vectors' encoder.
pub(super) fn embedding<'q>(
    query: &Query<'q>,
    vectors: &Vectors,
) -> Result<&'q Embedding, StageError> {
    let encoded = query
        .encoded
        .ok_or_else(|| failed("the query has no vector"))?;
    if encoded.embedding.as_slice().len() == vectors.dimensions() {
        Ok(&encoded.embedding)
    } else {
        Err(failed(
            "query and index are of encoders with other dimensions",
        ))
    }
}
