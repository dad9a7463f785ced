//! Who changes a data directory: makes releases, moves between them, removes them.

use std::fs;

use jiff::Timestamp;

use super::{
    Action, Check, DataDir, Draft, Incoming, Keep, Move, Pointer, Pruned, ReleaseError, ReleaseId,
    draft::MAKING,
    durable,
    error::at,
    lock::Lock,
    prune::{self, REMOVING},
};

/// Holds the lock of a data directory as long as it lives.
#[derive(Debug)]
pub struct Publisher {
    data: DataDir,
    by: String,
    _lock: Lock,
}

/// The current release has changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// What was current before; none when nothing was, or when `CURRENT` was damaged.
    pub from: Option<ReleaseId>,
    /// What is current now; the same when there was nothing to do.
    pub to: ReleaseId,
}

impl Publisher {
    pub(super) fn new(data: DataDir, by: String, lock: Lock) -> Result<Self, ReleaseError> {
        let dir = data.releases_dir();
        durable::create_folders(&dir).map_err(at(&dir))?;
        remove_leftovers(&data);
        Ok(Self {
            data,
            by,
            _lock: lock,
        })
    }

    /// The data directory.
    #[must_use]
    pub fn data(&self) -> &DataDir {
        &self.data
    }

    /// An empty folder, to be filled and [sealed](Draft::seal). One at a time.
    ///
    /// # Errors
    /// [`ReleaseError::File`].
    pub fn draft(&mut self) -> Result<Draft<'_>, ReleaseError> {
        Draft::new(&self.data)
    }

    /// An empty folder for a release that was made elsewhere, of which this is the manifest.
    ///
    /// # Errors
    /// [`ReleaseError::Foreign`] when the manifest is damaged; [`ReleaseError::File`].
    pub fn receive(&mut self, manifest: &[u8]) -> Result<Incoming<'_>, ReleaseError> {
        Incoming::new(Draft::new(&self.data)?, manifest)
    }

    /// Removes a release, whatever is the matter with it, so that it can come in anew. An engine that has it open goes on.
    ///
    /// # Errors
    /// [`ReleaseError::File`].
    pub fn discard(&mut self, id: &ReleaseId) -> Result<(), ReleaseError> {
        prune::remove(&self.data, id)
    }

    /// Takes over what is current elsewhere, with the way back. The release must be here; those that a rollback would lead
    /// to need not.
    ///
    /// # Errors
    /// As [`DataDir::release`]; the current release stays what it was.
    pub fn follow(&mut self, pointer: &Pointer) -> Result<Moved, ReleaseError> {
        self.data.checked(&pointer.current, Check::Sizes)?;
        // One that is damaged is replaced like any other: what it said, the other side knows.
        let earlier = self.data.pointer().ok().flatten();
        if earlier.as_ref() != Some(pointer) {
            pointer.write(&self.data.current_file())?;
        }
        Ok(Moved {
            from: earlier.map(|earlier| earlier.current),
            to: pointer.current.clone(),
        })
    }

    /// Makes a release current, if it passes the check. One that was just sealed needs no more than
    /// [`Check::Sizes`].
    ///
    /// # Errors
    /// As [`DataDir::release`] and [`DataDir::current`]; the current release stays what it was.
    pub fn promote(
        &mut self,
        id: &ReleaseId,
        check: Check,
        now: Timestamp,
    ) -> Result<Moved, ReleaseError> {
        let earlier = self.data.pointer()?;
        self.data.checked(id, check)?;
        self.go(earlier, id, Action::Publish, now)
    }

    /// Goes back to a release; without one, to that which was current before. With
    /// [`Check::Sizes`] it takes milliseconds, whatever the size of the release.
    ///
    /// With a release that is named it also repairs a damaged `CURRENT`.
    ///
    /// # Errors
    /// [`ReleaseError::NothingBefore`]; else as [`promote`](Self::promote).
    pub fn roll_back(
        &mut self,
        to: Option<&ReleaseId>,
        check: Check,
        now: Timestamp,
    ) -> Result<Moved, ReleaseError> {
        let pointer = self.data.pointer();
        let damaged = matches!(pointer, Err(ReleaseError::CurrentDamaged { .. }));
        let earlier = if damaged && to.is_some() {
            None
        } else {
            pointer?
        };
        let to = match to {
            Some(id) => id.clone(),
            None => self.before(earlier.as_ref())?,
        };
        self.data.checked(&to, check)?;
        if damaged {
            self.keep_damaged_current()?;
        }
        self.go(earlier, &to, Action::Rollback, now)
    }

    /// Removes old releases, never the current one nor the one that a rollback leads to. Every byte of
    /// the current one is checked first.
    ///
    /// # Errors
    /// [`ReleaseError::NothingCurrent`] and [`ReleaseError::Damaged`], because then nobody knows what is
    /// needed: nothing is removed; as
    /// [`DataDir::current`]; [`ReleaseError::File`].
    pub fn prune(&mut self, keep: Keep) -> Result<Pruned, ReleaseError> {
        prune::prune(&self.data, keep)
    }

    fn go(
        &self,
        earlier: Option<Pointer>,
        to: &ReleaseId,
        action: Action,
        now: Timestamp,
    ) -> Result<Moved, ReleaseError> {
        let from = earlier.as_ref().map(|pointer| pointer.current.clone());
        if from.as_ref() != Some(to) {
            let step = Move {
                id: to.clone(),
                at: now,
                action,
                by: self.by.clone(),
            };
            Pointer::after(earlier, step).write(&self.data.current_file())?;
        }
        Ok(Moved {
            from,
            to: to.clone(),
        })
    }

    /// Where a rollback leads: those that were pruned are passed over, damaged ones are not.
    fn before(&self, pointer: Option<&Pointer>) -> Result<ReleaseId, ReleaseError> {
        match pointer.and_then(|pointer| rollback_target(&self.data, pointer)) {
            Some(id) => Ok(id.clone()),
            None => Err(ReleaseError::NothingBefore {
                existing: self.data.ids()?,
            }),
        }
    }

    /// Whatever can still be read in it may be of use to somebody.
    fn keep_damaged_current(&self) -> Result<(), ReleaseError> {
        let path = self.data.current_file();
        let bytes = fs::read(&path).map_err(at(&path))?;
        let kept = path.with_extension("damaged");
        durable::replace(&kept, &bytes).map_err(at(kept))
    }
}

/// Where a rollback leads.
pub(super) fn rollback_target<'a>(data: &DataDir, pointer: &'a Pointer) -> Option<&'a ReleaseId> {
    pointer.before.iter().find(|id| data.has(id))
}

/// Removes what killed publishers left. What can't be removed only takes space.
fn remove_leftovers(data: &DataDir) {
    let _ = fs::remove_file(durable::beside(&data.current_file()));
    let Ok(entries) = fs::read_dir(data.releases_dir()) else {
        return;
    };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with(MAKING) || name.starts_with(REMOVING) {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}
