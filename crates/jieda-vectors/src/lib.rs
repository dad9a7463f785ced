//! Vectors of large knowledge bases, held by an engine outside: PostgreSQL with pgvector, or Qdrant.
//!
//! [`connect`] makes a [`VectorEngine`] of an address. [`VectorEngine::open`] brings the vectors of a
//! [`VectorIndex`](jieda_retrieval::VectorIndex) there, unless they are there already, and gives what a
//! [`HybridIndex`](jieda_retrieval::HybridIndex) [searches](jieda_retrieval::HybridIndex::with_engine).
//!
//! The engines' clients are asynchronous and their callers are not: calls run on a small runtime of this crate,
//! each within a bounded time, and after one that failed the next ones are refused at once for a moment, so that
//! an engine that is gone doesn't hold up every answer.

mod address;
mod apart;
mod calls;
mod error;
mod postgres;
mod qdrant;

use std::sync::Arc;

use jieda_retrieval::VectorEngine;

pub use error::VectorsError;
pub use postgres::PgVectors;
pub use qdrant::QdrantVectors;

/// Makes the engine of an address: `postgres://USER:PASSWORD@HOST:PORT/DATABASE`, `qdrant+http://HOST:PORT` or
/// `qdrant+https://:KEY@HOST:PORT`. It is first reached when it is first used.
///
/// # Errors
/// [`VectorsError::Address`] when it is no such address; [`VectorsError::Threads`].
pub fn connect(address: &str) -> Result<Arc<dyn VectorEngine>, VectorsError> {
    if address.starts_with("postgres://") || address.starts_with("postgresql://") {
        return Ok(Arc::new(PgVectors::connect(address)?));
    }
    if let Some(rest) = address.strip_prefix("qdrant+") {
        return Ok(Arc::new(QdrantVectors::connect(rest)?));
    }
    Err(VectorsError::Address(
        "it begins with none of postgres://, qdrant+http:// and qdrant+https://".into(),
    ))
}
