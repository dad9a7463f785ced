//! What can go wrong with a depot, and what to do about it.

use std::{io, path::PathBuf};

use jieda_knowledge::release::{ReleaseError, ReleaseFault, ReleaseId};

/// Where an error comes from: what exit codes and HTTP statuses are made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DepotFault {
    /// What was asked for can't be done.
    Request,
    /// What is stored is damaged, or a newer jieda's.
    Data,
    /// Storage, network, disk or permissions.
    Environment,
}

/// A depot can't be opened, read or changed.
#[derive(Debug, thiserror::Error)]
pub enum DepotError {
    /// An address that is none.
    #[error(
        "`{url}` is no object storage: {message}; use s3://BUCKET/PREFIX, gs://…, az://CONTAINER/… or file:///FOLDER"
    )]
    Address {
        /// What was given.
        url: String,
        /// What is wrong with it.
        message: String,
    },
    /// The storage refuses, or can't be reached.
    #[error("{place}: {source}")]
    Storage {
        /// The depot.
        place: String,
        /// Its word on it.
        source: Box<object_store::Error>,
    },
    /// An object is not what was written.
    #[error("{place}/{object} is damaged: {message}")]
    Damaged {
        /// The depot.
        place: String,
        /// The object.
        object: String,
        /// What is wrong with it.
        message: String,
    },
    /// A newer jieda wrote it.
    #[error(
        "{place}/{object} has format {found}, this jieda knows formats up to {supported}; update jieda"
    )]
    NewerFormat {
        /// The depot.
        place: String,
        /// The object.
        object: String,
        /// Its format.
        found: u32,
        /// The newest that can be read.
        supported: u32,
    },
    /// Nothing has been published.
    #[error("nothing has been published in {0} yet")]
    Empty(String),
    /// Somebody else was faster.
    #[error("somebody else has changed what is current; look again, then decide")]
    Overtaken,
    /// There is no such release, or not all of it.
    #[error("there is no release {id} in {place}")]
    NoSuchRelease {
        /// The depot.
        place: String,
        /// What was asked for.
        id: ReleaseId,
    },
    /// There is no earlier release to go back to.
    #[error("there is no earlier release in {0} to go back to")]
    NothingBefore(String),
    /// No release is being rolled out.
    #[error("no release is being rolled out in {0}")]
    NoRollout(String),
    /// The storage overwrites what it was told to create.
    #[error(
        "{0} overwrites an object that it was told only to create: two publishers could undo each other's work; publish \
         from one place alone, or use a storage that obeys If-None-Match"
    )]
    Unconditional(String),
    /// The data directory here.
    #[error(transparent)]
    Release(#[from] ReleaseError),
    /// A file here.
    #[error("{}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A task ended before its time.
    #[error("the work was broken off: {0}")]
    Broken(String),
}

impl DepotError {
    /// Where it comes from.
    #[must_use]
    pub fn fault(&self) -> DepotFault {
        match self {
            Self::Address { .. }
            | Self::Empty(_)
            | Self::Overtaken
            | Self::NoSuchRelease { .. }
            | Self::NothingBefore(_)
            | Self::NoRollout(_) => DepotFault::Request,
            Self::Damaged { .. } | Self::NewerFormat { .. } => DepotFault::Data,
            Self::Storage { .. } | Self::Unconditional(_) | Self::File { .. } | Self::Broken(_) => {
                DepotFault::Environment
            }
            Self::Release(error) => match error.fault() {
                ReleaseFault::Request => DepotFault::Request,
                ReleaseFault::Data => DepotFault::Data,
                ReleaseFault::Environment => DepotFault::Environment,
            },
        }
    }
}
