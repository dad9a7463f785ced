//! What an external vector engine does for a [`HybridIndex`](crate::HybridIndex).
//!
//! Up to some millions of rows the vectors are best kept beside the words, in a file that is mapped. Beyond,
//! an engine with a graph of its own (pgvector, Qdrant) searches them: it gives the rows next to a query, and
//! exact cosines of the FAQs that words and vectors together put first. Everything else, the fusion and what
//! is explained of it, stays here.

use std::{fmt, sync::Arc};

use jieda_types::StageError;

use crate::{VectorIndex, VectorKey};

/// A row of vectors, and how near it is to a query.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RowCosine {
    /// Position of the FAQ.
    pub faq: u32,
    /// Which of its rows: its phrasings in order, then question + answer.
    pub row: u32,
    /// Cosine with the query.
    pub cosine: f32,
}

/// The vectors of one knowledge base, held by an engine outside.
///
/// Callers wait for it, so it must bound the time that a call takes.
pub trait NearestVectors: fmt::Debug + Send + Sync {
    /// The rows next to a query, nearest first: `limit` of them, or all when there are fewer. They may be found
    /// approximately; cosines are exact up to rounding.
    ///
    /// # Errors
    /// [`StageError`] when the engine fails or takes too long.
    fn nearest(&self, query: &[f32], limit: usize) -> Result<Vec<RowCosine>, StageError>;

    /// Cosines with every row of some FAQs, in any order.
    ///
    /// # Errors
    /// [`StageError`] when the engine fails or takes too long.
    fn cosines(&self, query: &[f32], faqs: &[u32]) -> Result<Vec<RowCosine>, StageError>;
}

/// An engine that holds the vectors of any number of knowledge bases, each under its [`VectorKey`].
pub trait VectorEngine: fmt::Debug + Send + Sync {
    /// Opens vectors, after bringing them there unless they are there already. Several processes may do so at once.
    ///
    /// # Errors
    /// [`StageError`] when the engine can't be reached or takes no vectors; what was there stays.
    fn open(&self, vectors: &VectorIndex) -> Result<Arc<dyn NearestVectors>, StageError>;

    /// Forgets vectors that nobody needs any more; none is fine as well.
    ///
    /// # Errors
    /// [`StageError`] when the engine can't be reached.
    fn forget(&self, key: &VectorKey) -> Result<(), StageError>;
}
