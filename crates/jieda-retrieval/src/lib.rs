//! Hybrid search over the FAQs of a knowledge base: BM25 fields, vectors, and their fusion.
//!
//! The principal type is [`HybridIndex`], a [`Retriever`](jieda_types::Retriever). It holds a
//! [`TextIndex`] (tantivy) and, unless it only does BM25, a [`VectorIndex`]; both are files that are
//! searched in place, mapped. For each query every FAQ gets up to seven
//! [`Signal`](jieda_types::Signal)s; [`fusion`] makes one score of them, and every part of it can be
//! shown. A [`FaqMask`] says which FAQs a query may find. Vectors that are too many for one machine go to
//! [an engine outside](NearestVectors).
//!
//! This crate is the only place that knows tantivy.

mod bytes;
mod engine;
mod follow_up;
pub mod fusion;
mod hybrid;
mod intents;
mod mask;
mod text;
mod vectors;

pub use engine::{NearestVectors, RowCosine, VectorEngine};
pub use follow_up::{Answered, FollowUpError, FollowUpWeights};
pub use fusion::{Fusion, FusionError, FusionWeights};
pub use hybrid::{HybridIndex, SearchMode, SignalTable};
pub use intents::NearestIntents;
pub use mask::FaqMask;
pub use text::{TextIndex, TextIndexError};
pub use vectors::{
    ForeignVectors, KnownVectors, NothingKnown, TextHash, VectorIndex, VectorIndexError, VectorKey,
    VectorRow, VectorScores,
};
