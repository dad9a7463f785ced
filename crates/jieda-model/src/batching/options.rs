//! How batches are made, and why one is not.

use std::{sync::Arc, time::Duration};

use jieda_types::StageError;

/// How callers are gathered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchingOptions {
    /// Budget of a batch in tokens, estimated as characters + 2 for each text.
    pub max_tokens: usize,
    /// How long a caller may be kept waiting for company, counted from its arrival. Time behind a
    /// running batch counts, so that under load nobody waits for company as well.
    pub deadline: Duration,
    /// Most callers that wait at once; one more is refused.
    pub max_waiting: usize,
}

impl Default for BatchingOptions {
    /// 2,048 tokens: what the transformer encoder takes in one forward pass.
    fn default() -> Self {
        Self {
            max_tokens: 2048,
            deadline: Duration::from_millis(2),
            max_waiting: 256,
        }
    }
}

/// Why a caller got no vectors.
#[derive(Debug, Clone, thiserror::Error)]
pub enum BatchingError {
    /// The caller's token was cancelled.
    #[error("the caller cancelled")]
    Cancelled,
    /// The caller's deadline passed.
    #[error("the caller's deadline passed before its texts were encoded")]
    TimedOut,
    /// As many callers wait as may.
    #[error("{waiting} callers are waiting, which is as many as may")]
    QueueFull {
        /// How many wait.
        waiting: usize,
    },
    /// The service was closed.
    #[error("the encoder is shut down")]
    Closed,
    /// The encoder failed on the batch that held the caller's texts.
    #[error("the batch could not be encoded")]
    Encoder(#[source] Arc<StageError>),
    /// The encoder panicked on that batch.
    #[error("the encoder panicked: {0}")]
    Panicked(String),
    /// The encoder broke its contract: one vector for each text.
    #[error("the encoder gave {found} vectors for {expected} texts")]
    WrongCount {
        /// Texts in the batch.
        expected: usize,
        /// Vectors that came back.
        found: usize,
    },
}
