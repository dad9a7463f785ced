//! What can go wrong, and whose fault it is.

use std::path::PathBuf;

use jieda_knowledge::{
    Faults,
    release::{ReleaseError, ReleaseFault},
};
use jieda_model::{ArtifactError, ModelError};
use jieda_retrieval::ForeignVectors;
use jieda_types::StageError;

/// Whose fault an error is: what exit codes and HTTP statuses are made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fault {
    /// The utterance: empty, or too long.
    Input,
    /// The files of the knowledge base.
    Knowledge,
    /// What was asked for can't be done: no such release, another publisher at work.
    Request,
    /// The files of a data directory.
    Release,
    /// The configuration or the policy.
    Config,
    /// The model folder: missing or damaged.
    Model,
    /// Disk, permissions, or an engine outside.
    Environment,
    /// jieda itself.
    Internal,
}

/// Opening the engine or answering failed.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// Nothing to answer: no visible character.
    #[error("the utterance is empty")]
    EmptyUtterance,
    /// More than the configuration allows.
    #[error("the utterance has {bytes} bytes, at most {limit} are allowed (input.max_bytes)")]
    UtteranceTooLong {
        /// Its length.
        bytes: usize,
        /// The limit.
        limit: usize,
    },
    /// The knowledge base has problems; all of them are listed.
    #[error("the knowledge base can't be used:\n{0}")]
    Knowledge(#[from] Faults),
    /// The configuration can't be used.
    #[error("{}: {message}", path.display())]
    Config {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        message: String,
    },
    /// The model can't be used.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// What was learned for a knowledge base can't be used.
    #[error(transparent)]
    Artifact(#[from] ArtifactError),
    /// The vectors of a knowledge base are another encoder's.
    #[error(transparent)]
    ForeignVectors(#[from] ForeignVectors),
    /// The cache can't be read or written.
    #[error("the cache at {} failed: {message}", path.display())]
    Cache {
        /// The file or folder.
        path: PathBuf,
        /// What went wrong.
        message: String,
    },
    /// The data directory or a release in it can't be used, or somebody else is publishing.
    #[error(transparent)]
    Release(#[from] ReleaseError),
    /// A file of a new release can't be written.
    #[error("can't write {}: {source}", path.display())]
    Unwritable {
        /// The file.
        path: PathBuf,
        /// The system's word on it.
        source: std::io::Error,
    },
    /// A file of a release is of another version, or no index at all.
    #[error("{}: {message}", path.display())]
    Bundle {
        /// The file or folder.
        path: PathBuf,
        /// What went wrong.
        message: String,
    },
    /// The system gives no more threads.
    #[error("no thread can be started: {0}")]
    Threads(std::io::Error),
    /// Built-in text tables are damaged.
    #[error(transparent)]
    Text(#[from] jieda_text::TextError),
    /// The vector engine can't be reached, or does not take or find vectors.
    #[error("the vector engine (search.vectors) can't be used")]
    Vectors(#[source] StageError),
    /// A stage failed.
    #[error(transparent)]
    Stage(#[from] StageError),
}

impl EngineError {
    /// A thread that works for this one panicked: a bug.
    pub(crate) fn panicked(stage: &'static str) -> Self {
        Self::Stage(StageError::new(stage, "a thread panicked"))
    }

    /// Whose fault it is.
    #[must_use]
    pub fn fault(&self) -> Fault {
        match self {
            Self::EmptyUtterance | Self::UtteranceTooLong { .. } => Fault::Input,
            Self::Knowledge(faults) if faults.are_of_the_disk() => Fault::Environment,
            Self::Artifact(ArtifactError::File { .. }) => Fault::Environment,
            Self::Knowledge(_) | Self::Artifact(_) => Fault::Knowledge,
            Self::Config { .. }
            | Self::ForeignVectors(_)
            | Self::Model(ModelError::Device { .. }) => Fault::Config,
            Self::Model(
                ModelError::Unreadable { .. }
                | ModelError::Manifest { .. }
                | ModelError::Damaged { .. }
                | ModelError::Unusable { .. },
            ) => Fault::Model,
            Self::Release(e) => match e.fault() {
                ReleaseFault::Request => Fault::Request,
                ReleaseFault::Data => Fault::Release,
                ReleaseFault::Environment => Fault::Environment,
            },
            Self::Bundle { .. } => Fault::Release,
            Self::Threads(_)
            | Self::Unwritable { .. }
            | Self::Vectors(_)
            | Self::Cache { .. }
            | Self::Model(ModelError::Unwritable { .. } | ModelError::Threads { .. }) => {
                Fault::Environment
            }
            Self::Model(_) | Self::Text(_) | Self::Stage(_) => Fault::Internal,
        }
    }
}
