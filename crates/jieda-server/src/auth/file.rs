//! The file of keys and users.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

use jieda::write_file;
use serde::{Deserialize, Serialize};

use super::{KeyRecord, UserRecord};

/// What the file holds. Neither keys nor passwords are in it, only their hashes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccessFile {
    /// Keys of programs, revoked ones too.
    #[serde(default)]
    pub keys: Vec<KeyRecord>,
    /// People who use the console.
    #[serde(default)]
    pub users: Vec<UserRecord>,
}

/// The file can't be used.
#[derive(Debug, thiserror::Error)]
pub enum AccessFileError {
    /// It can't be read or written.
    #[error("{}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// The system's word on it.
        source: io::Error,
    },
    /// It is no such file.
    #[error("{} is no file of keys and users: {message}", path.display())]
    Contents {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        message: String,
    },
}

impl AccessFile {
    /// Whether there is neither a key nor a user.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty() && self.users.is_empty()
    }

    /// Reads a file; one that is not there holds nothing.
    ///
    /// # Errors
    /// [`AccessFileError`].
    pub fn read(path: &Path) -> Result<Self, AccessFileError> {
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(source) => return Err(failed(path, source)),
        };
        serde_json::from_str(&text).map_err(|e| AccessFileError::Contents {
            path: path.to_owned(),
            message: e.to_string(),
        })
    }

    /// Reads, changes and writes a file, while no other process does. It is replaced whole or not at all, and only its
    /// owner may read it.
    ///
    /// # Errors
    /// [`AccessFileError`], or what `change` fails with.
    pub fn change<T, E: From<AccessFileError>>(
        path: &Path,
        change: impl FnOnce(&mut Self) -> Result<T, E>,
    ) -> Result<T, E> {
        let fail = |path: &Path| {
            let path = path.to_owned();
            move |source| E::from(AccessFileError::File { path, source })
        };
        if let Some(dir) = path.parent() {
            fs::create_dir_all(dir).map_err(fail(dir))?;
        }
        let lock_path = path.with_extension("lock");
        let lock = File::create(&lock_path).map_err(fail(&lock_path))?;
        lock.lock().map_err(fail(&lock_path))?;
        let mut file = Self::read(path)?;
        let done = change(&mut file)?;
        let text = serde_json::to_string_pretty(&file).map_err(|e| {
            E::from(AccessFileError::Contents {
                path: path.to_owned(),
                message: e.to_string(),
            })
        })?;
        write_file(path, text.as_bytes()).map_err(fail(path))?;
        only_for_the_owner(path).map_err(fail(path))?;
        owned_like_its_folder(path);
        owned_like_its_folder(&lock_path);
        Ok(done)
    }
}

/// Root changes keys, and another user serves: he must be able to read them. Who is not root can't give files away, and
/// need not.
#[cfg(unix)]
pub(crate) fn owned_like_its_folder(path: &Path) {
    use std::os::unix::fs::{MetadataExt as _, chown};
    if let Some(Ok(folder)) = path.parent().map(fs::metadata) {
        let _ = chown(path, Some(folder.uid()), Some(folder.gid()));
    }
}

#[cfg(not(unix))]
pub(crate) fn owned_like_its_folder(_: &Path) {}

#[cfg(unix)]
fn only_for_the_owner(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(0o600))
}

#[cfg(not(unix))]
fn only_for_the_owner(_: &Path) -> io::Result<()> {
    Ok(())
}

fn failed(path: &Path, source: io::Error) -> AccessFileError {
    AccessFileError::File {
        path: path.to_owned(),
        source,
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{NewKey, Scope},
        *,
    };
    use jieda::Timestamp;

    #[test]
    fn what_is_changed_is_read_again() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("state").join("access.json");
        assert_eq!(AccessFile::read(&path).unwrap(), AccessFile::default());
        let key = NewKey::make("a", vec![Scope::View], Timestamp::UNIX_EPOCH).unwrap();
        AccessFile::change(&path, |file| {
            file.keys.push(key.record.clone());
            Ok::<_, AccessFileError>(())
        })
        .unwrap();
        assert_eq!(AccessFile::read(&path).unwrap().keys, [key.record]);
        fs::write(&path, "{\"keyz\": []}").unwrap();
        let error = AccessFile::read(&path).unwrap_err().to_string();
        assert!(error.contains("keyz"), "{error}");
    }
}
