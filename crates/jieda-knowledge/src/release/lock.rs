//! `LOCK`: at most one publisher at a time.

use std::{
    fmt,
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, Write as _},
    path::Path,
};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{ReleaseError, error::at};

/// Who is publishing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// The name that was given to [`DataDir::publisher`](super::DataDir::publisher).
    pub by: String,
    /// The process.
    pub pid: u32,
    /// Since when.
    pub since: Timestamp,
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { by, pid, since } = self;
        write!(f, "{by} (process {pid}) since {since}")
    }
}

/// Held as long as it lives. The system lets go of it when the process ends, however it ends, so that
/// the file may stay.
#[derive(Debug)]
pub(super) struct Lock {
    file: File,
}

impl Lock {
    /// Takes it, or says who has it.
    pub(super) fn take(path: &Path) -> Result<Self, ReleaseError> {
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        let file = options.open(path).map_err(at(path))?;
        match file.try_lock() {
            Ok(()) => Ok(Self { file }),
            Err(TryLockError::WouldBlock) => Err(ReleaseError::Busy {
                path: path.parent().unwrap_or(path).to_owned(),
                by: read_holder(path),
            }),
            Err(TryLockError::Error(source)) => Err(at(path)(source)),
        }
    }

    /// Writes down who holds it, for the message that others get.
    pub(super) fn sign(&mut self, holder: &Holder) -> io::Result<()> {
        let text = serde_json::to_string(holder)?;
        self.file.set_len(0)?;
        self.file.write_all(text.as_bytes())
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Nobody is named who does not hold it.
        let _ = self.file.set_len(0);
        // Closing is not enough: a process that was just forked has the file open too, until it runs
        // its own program.
        let _ = self.file.unlock();
    }
}

fn read_holder(path: &Path) -> Option<Holder> {
    serde_json::from_slice(&fs::read(path).ok()?).ok()
}
