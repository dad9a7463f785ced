//! What can go wrong on the way from a hub.

use std::{io, path::PathBuf};

/// Why a model could not be downloaded.
#[derive(Debug, thiserror::Error)]
pub enum HubError {
    /// No hub answered at this address, or it stopped in the middle. What was downloaded is kept.
    #[error("{endpoint} can't be reached: {message}")]
    Unreachable {
        /// Address of the hub.
        endpoint: String,
        /// The system's word on it.
        message: String,
    },
    /// The hub has no such repository, revision or file.
    #[error("{endpoint} has no {what}")]
    NotFound {
        /// Address of the hub.
        endpoint: String,
        /// What was asked for.
        what: String,
    },
    /// The hub wants another token, or has no such repository and does not say so.
    #[error("{endpoint} refuses {what} (HTTP {status})")]
    Refused {
        /// Address of the hub.
        endpoint: String,
        /// What was asked for.
        what: String,
        /// 401 or 403.
        status: u16,
    },
    /// A token would be sent in clear.
    #[error("the token is not sent to {endpoint}, which is not encrypted")]
    Insecure {
        /// Address of the hub.
        endpoint: String,
    },
    /// The hub answered, but not as a hub does.
    #[error("{endpoint} gave an answer that can't be used: {message}")]
    Answer {
        /// Address of the hub.
        endpoint: String,
        /// What is wrong with it.
        message: String,
    },
    /// A name of a repository or revision that can't be one.
    #[error("`{0}` is not the name of a repository or revision")]
    Name(String),
    /// The repository is no model that could be used here.
    #[error("{repo} lacks {missing}")]
    Lacks {
        /// The repository.
        repo: String,
        /// The files that it has not.
        missing: String,
    },
    /// A file did not arrive as it was sent; it was removed.
    #[error("{file} was damaged on its way; it was removed")]
    Damaged {
        /// The file.
        file: String,
    },
    /// The files could not be written.
    #[error("{}: {source}", path.display())]
    Write {
        /// File or folder.
        path: PathBuf,
        /// The system's word on it.
        source: io::Error,
    },
}
