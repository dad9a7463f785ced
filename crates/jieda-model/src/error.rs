//! What can be wrong with a model folder.

use std::path::PathBuf;

/// Loading or running a model failed.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// A file of the folder is not there or can't be read.
    #[error("can't read {}: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The system's word on it.
        source: std::io::Error,
    },
    /// A file of the folder can't be written.
    #[error("can't write {}: {source}", path.display())]
    Unwritable {
        /// The file.
        path: PathBuf,
        /// The system's word on it.
        source: std::io::Error,
    },
    /// The manifest is no valid manifest.
    #[error("{} is not a valid model manifest: {message}", path.display())]
    Manifest {
        /// The manifest.
        path: PathBuf,
        /// What is wrong, with line and column where known.
        message: String,
    },
    /// A file differs from what the manifest says.
    #[error("{} is damaged: the manifest says {expected}, the file has {found}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// Hash or length in the manifest.
        expected: String,
        /// Hash or length of the file.
        found: String,
    },
    /// A file is as the manifest says, but it can't be used.
    #[error("{} can't be used: {message}", path.display())]
    Unusable {
        /// The file.
        path: PathBuf,
        /// Why.
        message: String,
    },
    /// The device that was asked for can't be used.
    #[error("device {device} can't be used: {message}")]
    Device {
        /// The device.
        device: crate::DeviceChoice,
        /// Why.
        message: String,
    },
    /// Threads could not be started.
    #[error("the encoder's threads could not be started: {message}")]
    Threads {
        /// Why.
        message: String,
    },
    /// The forward pass failed.
    #[error("the forward pass failed: {0}")]
    Forward(#[from] candle_core::Error),
    /// A text could not be tokenised.
    #[error("a text of {bytes} bytes could not be tokenised: {message}")]
    Tokenize {
        /// Length of the text; the text itself is the customer's and not shown.
        bytes: usize,
        /// Why.
        message: String,
    },
}
