//! The folder beside the new model where a training is at work.

use std::{
    fs::{self, File, TryLockError},
    path::{Path, PathBuf},
};

use super::{checkpoint::at, error::TrainError};

const LOCK: &str = "lock";
const CHECKPOINT: &str = "checkpoint.safetensors";
/// A checkpoint that is being written.
const PART: &str = "checkpoint.part";
const STAGED: &str = "model";
/// What may lie in it; a folder with anything else is somebody's.
const OURS: [&str; 4] = [LOCK, CHECKPOINT, PART, STAGED];

/// `<new model>.training`, held by one training at a time.
pub(super) struct WorkDir {
    path: PathBuf,
    /// Held as long as it is open.
    _lock: File,
}

impl WorkDir {
    pub(super) fn of(output: &Path) -> PathBuf {
        let mut name = output.file_name().unwrap_or_default().to_owned();
        name.push(".training");
        output.with_file_name(name)
    }

    pub(super) fn open(output: &Path) -> Result<Self, TrainError> {
        let path = Self::of(output);
        fs::create_dir_all(&path).map_err(at(&path))?;
        for entry in fs::read_dir(&path).map_err(at(&path))? {
            let name = entry.map_err(at(&path))?.file_name();
            if !OURS.iter().any(|ours| name == *ours) {
                return Err(TrainError::OutputExists(path.join(name)));
            }
        }
        let lock_path = path.join(LOCK);
        let lock = File::create(&lock_path).map_err(at(&lock_path))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { path, _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(TrainError::AtWork(path)),
            Err(TryLockError::Error(source)) => Err(at(&lock_path)(source)),
        }
    }

    pub(super) fn checkpoint(&self) -> PathBuf {
        self.path.join(CHECKPOINT)
    }

    /// An empty folder for the new model.
    pub(super) fn stage(&self) -> Result<PathBuf, TrainError> {
        let staged = self.path.join(STAGED);
        if staged.exists() {
            fs::remove_dir_all(&staged).map_err(at(&staged))?;
        }
        fs::create_dir_all(&staged).map_err(at(&staged))?;
        Ok(staged)
    }

    /// The training is over: its folder goes, and nothing else.
    pub(super) fn remove(self) {
        // What is left over only takes space.
        let _ = fs::remove_dir_all(self.path.join(STAGED));
        for name in [CHECKPOINT, PART, LOCK] {
            let _ = fs::remove_file(self.path.join(name));
        }
        let _ = fs::remove_dir(&self.path);
    }
}
