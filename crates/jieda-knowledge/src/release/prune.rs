//! Removing old releases.

use std::fs;

use super::{DataDir, ReleaseError, ReleaseId, durable, error::at, publisher::rollback_target};

/// A release that is being removed has its id after this.
pub(super) const REMOVING: &str = ".removing-";

/// What is kept besides the current release and the one that a rollback leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Keep {
    /// This many of the newest releases. Damaged ones don't count; those that are newer than the
    /// oldest kept stay, to be looked at.
    pub newest: usize,
}

/// What pruning did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pruned {
    /// What is gone, newest first.
    pub removed: Vec<ReleaseId>,
    /// What is left, newest first.
    pub kept: Vec<ReleaseId>,
}

pub(super) fn prune(data: &DataDir, keep: Keep) -> Result<Pruned, ReleaseError> {
    let nothing = || ReleaseError::NothingCurrent(data.path().to_owned());
    let pointer = data.pointer()?.ok_or_else(nothing)?;
    // The others are all that is left when the one that answers turns out to be damaged.
    data.release(&pointer.current)?.verify()?;
    let before = rollback_target(data, &pointer);
    let mut sound = 0;
    let mut pruned = Pruned {
        removed: Vec::new(),
        kept: Vec::new(),
    };
    for release in data.releases()? {
        let among_newest = sound < keep.newest;
        sound += usize::from(release.manifest.is_ok());
        if among_newest || release.id == pointer.current || Some(&release.id) == before {
            pruned.kept.push(release.id);
        } else {
            remove(data, &release.id)?;
            pruned.removed.push(release.id);
        }
    }
    Ok(pruned)
}

/// Renamed first, so that what is half removed is never listed.
pub(super) fn remove(data: &DataDir, id: &ReleaseId) -> Result<(), ReleaseError> {
    let path = data.release_path(id);
    let away = data.releases_dir().join(format!("{REMOVING}{id}"));
    durable::rename(&path, &away).map_err(at(path))?;
    // It is gone already; what can't be removed, the next publisher removes.
    let _ = fs::remove_dir_all(away);
    Ok(())
}
