//! The hybrid index: all signals, fused.
//!
//! A small index (see [`VectorIndex`]) computes every signal of every FAQ exactly. A large one goes in
//! two stages:
//!
//! 1. Every FAQ gets approximate vector signals, from the sketch of the vectors, and exact BM25. Each
//!    signal's mean and standard deviation over the FAQs are taken from these. The signals of weight 0
//!    that nothing asks for (grams) are left out.
//! 2. The FAQs that are best so far, and those that vectors alone put first, are scored exactly. What
//!    is returned is ranked by that, and shows exact raw values of every signal.
//!
//! So a large index differs from an exact one in two ways: an FAQ may be missed that the first stage
//! put beyond the [first few hundred](stages::RESCORED), and means and deviations are those of approximate
//! cosines. Both are measured in `benches/retrieval`.
//!
//! Vectors of [an engine outside](NearestVectors) go in two stages too, whatever their number. The first asks
//! for the rows next to the query; no other row is nearer than the last of them, so that every FAQ gets the most
//! that its vector signals can be. Means and deviations of these signals are those of a
//! [sample](distant::SAMPLE). The second stage asks for exact cosines.

mod catalog;
mod distant;
mod mode;
mod rank;
mod signals;
mod stages;
mod table;

use std::sync::Arc;

use jieda_knowledge::KnowledgeBase;
use jieda_types::{Candidates, FaqId, Query, Retriever, StageError};

use self::{catalog::Catalog, distant::Distant, rank::Ranking, table::Standards};
pub use self::{mode::SearchMode, table::SignalTable};
use crate::{FaqMask, NearestVectors, TextIndex, VectorIndex, fusion::FusionWeights};

/// The FAQs of a knowledge base, searchable.
#[derive(Debug)]
pub struct HybridIndex {
    catalog: Catalog,
    text: TextIndex,
    vectors: Option<Vectors>,
    /// As given; `mode` picks from them.
    hybrid_weights: FusionWeights,
    mode: SearchMode,
}

/// Where vectors are.
#[derive(Debug)]
enum Vectors {
    /// In a file beside the words.
    Embedded(VectorIndex),
    /// At an engine outside.
    Distant(Distant),
}

impl Vectors {
    fn dimensions(&self) -> usize {
        match self {
            Self::Embedded(index) => index.dimensions(),
            Self::Distant(distant) => distant.dimensions(),
        }
    }

    /// Whether they can't be scored all for one query.
    fn are_many(&self) -> bool {
        match self {
            Self::Embedded(index) => index.is_sketched(),
            Self::Distant(_) => true,
        }
    }

    /// Whether they are so few that two stages are to give what one would give.
    fn are_few(&self) -> bool {
        match self {
            Self::Embedded(index) => !index.is_sketched(),
            Self::Distant(distant) => distant.knows_all(),
        }
    }
}

impl HybridIndex {
    /// Joins the parts; `text` and `vectors` must have been built from `kb`. BM25 mode needs no
    /// vectors.
    ///
    /// # Errors
    /// [`StageError`] when indexes and knowledge base don't belong together, or when the mode needs
    /// vectors and there are none.
    pub fn new(
        kb: &KnowledgeBase,
        text: TextIndex,
        vectors: Option<VectorIndex>,
        weights: &FusionWeights,
        mode: SearchMode,
    ) -> Result<Self, StageError> {
        let catalog = Catalog::of(kb);
        if text.faq_count() != catalog.len() {
            return Err(failed("the text index is of another knowledge base"));
        }
        if vectors
            .as_ref()
            .is_some_and(|v| !v.phrasing_counts().eq(catalog.phrasing_counts()))
        {
            return Err(failed("the vectors are of another knowledge base"));
        }
        if vectors.is_none() && mode != SearchMode::Bm25 {
            return Err(failed(format!("mode {mode} needs vectors")));
        }
        Ok(Self {
            catalog,
            text,
            vectors: vectors.map(Vectors::Embedded),
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

    /// The same with its vectors searched by an engine that holds them: they are not used here any more, but for a
    /// sample. An index without vectors stays as it is.
    #[must_use]
    pub fn with_engine(self, engine: Arc<dyn NearestVectors>) -> Self {
        let vectors = self.vectors.map(|vectors| match vectors {
            Vectors::Embedded(index) => {
                Vectors::Distant(Distant::new(engine, &index, self.catalog.ids()))
            }
            distant @ Vectors::Distant(_) => distant,
        });
        Self { vectors, ..self }
    }

    /// Whether vectors are searched by an engine outside, which may fail while words can still be searched.
    #[must_use]
    pub fn has_engine(&self) -> bool {
        matches!(self.vectors, Some(Vectors::Distant(_)))
    }

    /// FAQ ids, in the order of a [`SignalTable`]'s columns.
    pub fn faq_ids(&self) -> impl Iterator<Item = &FaqId> {
        self.catalog.ids().iter()
    }

    /// Every signal of every FAQ, exactly, however many there are.
    ///
    /// # Errors
    /// [`StageError`] when the index fails, or when the query has no vector and the mode needs one.
    pub fn signals(&self, query: &Query<'_>) -> Result<SignalTable, StageError> {
        let columns = self.exact(query, self.everyone(), self.mode)?;
        Ok(SignalTable {
            raw: columns.raw.into(),
        })
    }

    /// The best `limit` candidates among the FAQs of a mask. Others are never returned, nor are they the
    /// first of vectors or of BM25. Scores are what they are without a mask: signals are standardised over
    /// the whole knowledge base, since the best of a few FAQs would stand out for being one of a few,
    /// and the confidence would take it for an answer.
    ///
    /// # Errors
    /// [`StageError`] when the index fails, when the mask is of another number of FAQs, or when the
    /// query has no vector and the mode needs one.
    pub fn search_among(
        &self,
        query: &Query<'_>,
        mask: &FaqMask,
        limit: usize,
    ) -> Result<Candidates, StageError> {
        if mask.faq_count() != self.catalog.len() {
            return Err(failed("the mask is of another knowledge base"));
        }
        self.search_faqs(query, Some(mask), limit)
    }

    /// Searches by words alone, whatever the mode: for a query that could not be encoded.
    ///
    /// # Errors
    /// [`StageError`] when the index fails, or when the mask is of another number of FAQs.
    pub fn search_by_words(
        &self,
        query: &Query<'_>,
        mask: Option<&FaqMask>,
        limit: usize,
    ) -> Result<Candidates, StageError> {
        if mask.is_some_and(|mask| mask.faq_count() != self.catalog.len()) {
            return Err(failed("the mask is of another knowledge base"));
        }
        self.in_one_stage(query, (mask, SearchMode::Bm25), limit.max(1))
    }

    fn everyone(&self) -> Vec<u32> {
        (0..self.catalog.len() as u32).collect()
    }

    fn search_faqs(
        &self,
        query: &Query<'_>,
        mask: Option<&FaqMask>,
        limit: usize,
    ) -> Result<Candidates, StageError> {
        let limit = limit.max(1);
        let large = self.vectors.as_ref().filter(|v| v.are_many());
        match large.filter(|_| self.mode != SearchMode::Bm25) {
            Some(vectors) => self.in_two_stages(query, (vectors, mask), limit),
            None => self.in_one_stage(query, (mask, self.mode), limit),
        }
    }

    fn ranking(&self, standards: Standards, mode: SearchMode) -> Ranking<'_> {
        Ranking {
            catalog: &self.catalog,
            mode,
            weights: mode.weights(&self.hybrid_weights),
            standards,
        }
    }
}

impl Retriever for HybridIndex {
    fn search(&self, query: &Query<'_>, limit: usize) -> Result<Candidates, StageError> {
        self.search_faqs(query, None, limit)
    }
}

fn failed(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> StageError {
    StageError::new("retriever", source)
}
