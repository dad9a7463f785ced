//! What can go wrong with releases, and what to do about it.

use std::{fmt::Display, io, path::PathBuf};

use jiff::Timestamp;

use super::{Damage, FilePath, Holder, ReleaseId, UnfitPath};

/// Where an error comes from: what exit codes and HTTP statuses are made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReleaseFault {
    /// What was asked for can't be done: no such release, another publisher at work.
    Request,
    /// Files of the data directory are damaged, or a newer jieda's.
    Data,
    /// Disk or permissions.
    Environment,
}

/// A data directory can't be opened, or a release not made, found or moved to.
#[derive(Debug, thiserror::Error)]
pub enum ReleaseError {
    /// The folder is no data directory.
    #[error("{} is no data directory: it has no jieda-data.toml; create it first", .0.display())]
    NotADataDir(PathBuf),
    /// A data directory is not made where something else is.
    #[error(
        "{} holds something else already ({entry}); choose a new or empty folder", path.display()
    )]
    Occupied {
        /// The folder.
        path: PathBuf,
        /// What was found in it.
        entry: String,
    },
    /// A newer jieda wrote it.
    #[error(
        "{} has format {found}, this jieda knows formats up to {supported}; update jieda",
        path.display()
    )]
    NewerFormat {
        /// The file.
        path: PathBuf,
        /// Its format.
        found: u32,
        /// The newest format that can be read.
        supported: u32,
    },
    /// `jieda-data.toml` can't be understood.
    #[error("{}: {message}; it should say `format = 1`", path.display())]
    BadDataFile {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        message: String,
    },
    /// `CURRENT` is damaged.
    #[error(
        "{} is damaged: {message}; roll back to a release by its id to repair it", path.display()
    )]
    CurrentDamaged {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        message: String,
    },
    /// No release has become current yet.
    #[error("no release in {} is current; publish one first", .0.display())]
    NothingCurrent(PathBuf),
    /// No release is called so.
    #[error("there is no release `{asked}`; {}", those_there(existing))]
    NoSuchRelease {
        /// What was asked for.
        asked: String,
        /// The releases that there are, newest first.
        existing: Vec<ReleaseId>,
    },
    /// Several releases begin so.
    #[error("`{asked}` may be any of: {}; give more of the id", joined(candidates))]
    Ambiguous {
        /// What was asked for.
        asked: String,
        /// The releases that it may mean, newest first.
        candidates: Vec<ReleaseId>,
    },
    /// There is no earlier release to go back to.
    #[error("there is no earlier release to go back to; {}", those_there(existing))]
    NothingBefore {
        /// The releases that there are, newest first.
        existing: Vec<ReleaseId>,
    },
    /// A release is damaged; everything that was found is listed.
    #[error("release {id} at {} is damaged: {}", path.display(), joined(damage))]
    Damaged {
        /// The release.
        id: ReleaseId,
        /// Its folder.
        path: PathBuf,
        /// What is wrong. Never empty.
        damage: Vec<Damage>,
    },
    /// Somebody else is publishing; who, if that can be read.
    #[error("{} is being changed by {}; wait until that is done", path.display(), holder(.by.as_ref()))]
    Busy {
        /// The data directory.
        path: PathBuf,
        /// Who holds the lock.
        by: Option<Holder>,
    },
    /// A draft holds what can't be in a release; all of it is listed.
    #[error("{} can't become a release: {}", path.display(), joined(unfit))]
    UnfitDraft {
        /// The draft's folder.
        path: PathBuf,
        /// What is unfit. Never empty.
        unfit: Vec<Damage>,
    },
    /// The manifest of a release that comes from elsewhere can't be trusted.
    #[error("the manifest that came in is damaged: {message}")]
    Foreign {
        /// What is wrong.
        message: String,
    },
    /// Nothing was written into a draft.
    #[error("a release without files makes no sense: nothing was written into {}", .0.display())]
    EmptyDraft(PathBuf),
    /// A path that could lead out of a release.
    #[error(transparent)]
    UnfitPath(#[from] UnfitPath),
    /// A release has no such file.
    #[error("release {id} has no file {path}")]
    NoSuchFile {
        /// The release.
        id: ReleaseId,
        /// What was asked for.
        path: FilePath,
    },
    /// At this time no id can be made.
    #[error("no release id can be made for the time {0}; check the clock")]
    Clock(Timestamp),
    /// Something can't be read or written.
    #[error("{}: {source}", path.display())]
    File {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl ReleaseError {
    /// Where it comes from.
    #[must_use]
    pub fn fault(&self) -> ReleaseFault {
        match self {
            Self::NotADataDir(_)
            | Self::Occupied { .. }
            | Self::NothingCurrent(_)
            | Self::NoSuchRelease { .. }
            | Self::Ambiguous { .. }
            | Self::NothingBefore { .. }
            | Self::Busy { .. }
            | Self::UnfitDraft { .. }
            | Self::EmptyDraft(_)
            | Self::UnfitPath(_)
            | Self::NoSuchFile { .. } => ReleaseFault::Request,
            Self::NewerFormat { .. }
            | Self::BadDataFile { .. }
            | Self::CurrentDamaged { .. }
            | Self::Foreign { .. }
            | Self::Damaged { .. } => ReleaseFault::Data,
            Self::Clock(_) | Self::File { .. } => ReleaseFault::Environment,
        }
    }
}

/// Says which file an I/O error is about.
pub(super) fn at(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> ReleaseError {
    let path = path.into();
    |source| ReleaseError::File { path, source }
}

fn joined(things: &[impl Display]) -> String {
    let texts: Vec<String> = things.iter().map(ToString::to_string).collect();
    texts.join(", ")
}

fn those_there(ids: &[ReleaseId]) -> String {
    if ids.is_empty() {
        "there are none yet".into()
    } else {
        format!("there are: {}", joined(ids))
    }
}

fn holder(by: Option<&Holder>) -> String {
    by.map_or("another publisher".into(), ToString::to_string)
}
