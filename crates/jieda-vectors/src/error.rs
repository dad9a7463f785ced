//! What can go wrong with an engine.

use std::time::Duration;

use jieda_types::StageError;

/// An engine that can't be used, or does not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum VectorsError {
    /// The address is none of an engine.
    #[error("the address of the vector engine can't be used: {0}")]
    Address(String),
    /// The system gives no thread.
    #[error("no thread can be started: {0}")]
    Threads(#[source] std::io::Error),
    /// The engine did not answer in time.
    #[error("{doing}: no answer within {} ms", within.as_millis())]
    Late {
        /// What was to be done.
        doing: &'static str,
        /// How long it was waited for.
        within: Duration,
    },
    /// It failed a moment ago, and is left alone until it may be back.
    #[error("the vector engine failed a moment ago and is not asked now")]
    Resting,
    /// The call was given up: its thread is gone.
    #[error("{doing}: given up")]
    GivenUp {
        /// What was to be done.
        doing: &'static str,
    },
    /// PostgreSQL refused or failed.
    #[error("{doing}: PostgreSQL failed")]
    Postgres {
        /// What was to be done.
        doing: &'static str,
        /// What it said.
        source: sqlx::Error,
    },
    /// The database has no pgvector, or one that is too old.
    #[error("the database needs the extension `vector` (pgvector), version 0.8 or later: {0}")]
    Extension(String),
    /// Qdrant refused or failed.
    #[error("{doing}: Qdrant failed")]
    Qdrant {
        /// What was to be done.
        doing: &'static str,
        /// What it said.
        source: Box<qdrant_client::QdrantError>,
    },
    /// Rows that were brought there are not there.
    #[error("the vector engine has {found} of {expected} rows")]
    Incomplete {
        /// How many it has.
        found: u64,
        /// How many it was given.
        expected: u64,
    },
    /// More FAQs, or longer vectors, than it can take.
    #[error("the vector engine can't take so much: {0}")]
    TooLarge(&'static str),
}

impl From<VectorsError> for StageError {
    fn from(error: VectorsError) -> Self {
        Self::new("vector engine", error)
    }
}
