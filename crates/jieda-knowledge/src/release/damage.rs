//! What can be wrong with the files of a release.

use std::fmt;

use serde::Serialize;

use super::FilePath;

/// One thing that is wrong with the files of a release.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Damage {
    /// The manifest is missing or can't be trusted.
    Manifest {
        /// What is wrong with it.
        message: String,
    },
    /// A file of the manifest is not there.
    Missing {
        /// The file.
        path: FilePath,
    },
    /// A file that the manifest does not know.
    Surplus {
        /// The file.
        path: FilePath,
    },
    /// A file has another length.
    Size {
        /// The file.
        path: FilePath,
        /// What the manifest says, in bytes.
        expected: u64,
        /// What it has, in bytes.
        found: u64,
    },
    /// A file has other contents.
    Contents {
        /// The file.
        path: FilePath,
    },
    /// A file can't be read.
    Unreadable {
        /// The file.
        path: FilePath,
        /// Why.
        message: String,
    },
    /// A symbolic link, a device, …
    NotAFile {
        /// Its path.
        path: FilePath,
    },
    /// A name that can't be in a release.
    UnfitName {
        /// The name, as far as it can be shown.
        name: String,
    },
}

impl Damage {
    /// The file that it is about; none for the manifest and for what has no proper name.
    #[must_use]
    pub fn file(&self) -> Option<&FilePath> {
        match self {
            Self::Manifest { .. } | Self::UnfitName { .. } => None,
            Self::Missing { path }
            | Self::Surplus { path }
            | Self::Size { path, .. }
            | Self::Contents { path }
            | Self::Unreadable { path, .. }
            | Self::NotAFile { path } => Some(path),
        }
    }
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Manifest { message } => write!(f, "manifest.json: {message}"),
            Self::Missing { path } => write!(f, "{path} is missing"),
            Self::Surplus { path } => write!(f, "{path} does not belong to it"),
            Self::Size {
                path,
                expected,
                found,
            } => write!(f, "{path} has {found} bytes instead of {expected}"),
            Self::Contents { path } => write!(f, "{path} has other contents"),
            Self::Unreadable { path, message } => write!(f, "{path} can't be read: {message}"),
            Self::NotAFile { path } => write!(f, "{path} is neither a file nor a folder"),
            Self::UnfitName { name } => write!(f, "`{name}` is no name for a file of a release"),
        }
    }
}
