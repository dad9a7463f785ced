//! What can go wrong in training.

use std::path::PathBuf;

use crate::{ArtifactError, IntentFitError, ModelError};

/// Why a model was not trained.
#[derive(Debug, thiserror::Error)]
pub enum TrainError {
    /// The base model, or the one that was written.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// Intents that can't be learned.
    #[error(transparent)]
    Intents(#[from] IntentFitError),
    /// The head of a tuned model could not be written.
    #[error(transparent)]
    Head(#[from] ArtifactError),
    /// Nothing in the data can be learned from.
    #[error("nothing to learn from: a set needs 4 FAQs of 2 texts or more")]
    NoPairs,
    /// There is nothing to measure progress by.
    #[error(
        "nothing is held out: give a set for validation, or one with 5 FAQs that can be asked for"
    )]
    NoHeldOut,
    /// An option has no sense.
    #[error("{name}: {reason}")]
    Option {
        /// Which.
        name: &'static str,
        /// Why.
        reason: String,
    },
    /// Another training is at work here.
    #[error("another training is at work in {}", .0.display())]
    AtWork(PathBuf),
    /// Layers were asked for that the model has not.
    #[error("layer {layer} was asked for; the model has layers 0 to {last}")]
    NoSuchLayer {
        /// The number asked for.
        layer: usize,
        /// The highest there is.
        last: usize,
    },
    /// The folder for the new model is there already.
    #[error("{} is there already", .0.display())]
    OutputExists(PathBuf),
    /// A checkpoint of another training lies in the way.
    #[error("{} is of other data, another base or other options", .0.display())]
    ForeignCheckpoint(PathBuf),
    /// The gradient is no longer finite.
    #[error(
        "the gradient is not finite in step {step} of epoch {epoch}: try a lower learning rate"
    )]
    Diverged {
        /// Counted from 1.
        epoch: usize,
        /// Counted from 1.
        step: usize,
    },
    /// A file could not be written or read.
    #[error("{}: {source}", path.display())]
    File {
        /// The file or folder.
        path: PathBuf,
        /// The system's word on it.
        source: std::io::Error,
    },
    /// Threads could not be started.
    #[error("threads could not be started: {0}")]
    Threads(#[from] rayon::ThreadPoolBuildError),
    /// The computation failed.
    #[error("training failed: {0}")]
    Compute(#[from] candle_core::Error),
}
