//! Who has published what, and who has changed keys: one JSON object a line, never changed.

use std::{
    fs::{File, OpenOptions},
    io::{self, Write as _},
    path::Path,
    sync::{Mutex, PoisonError},
};

use jieda::Timestamp;
use serde_json::{Value, json};

use crate::auth::owned_like_its_folder;

/// The audit log. An entry is on the disk before it is acknowledged.
#[derive(Debug)]
pub struct AuditLog {
    file: Mutex<File>,
}

impl AuditLog {
    /// Opens a log, and makes it if there is none.
    ///
    /// # Errors
    /// The system's.
    pub fn open(path: &Path) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        options.create(true).append(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(path)?;
        owned_like_its_folder(path);
        Ok(Self {
            file: Mutex::new(file),
        })
    }

    /// Takes something down: who did it, what, and to what.
    ///
    /// # Errors
    /// The system's.
    pub fn note(&self, who: &str, action: &str, about: &Value) -> io::Result<()> {
        let entry = json!({
            "at": Timestamp::now(),
            "who": who,
            "action": action,
            "about": about,
        });
        // Nothing panics while it is held.
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        // One write, so that two processes don't mix their lines.
        file.write_all(format!("{entry}\n").as_bytes())?;
        file.sync_data()
    }
}
