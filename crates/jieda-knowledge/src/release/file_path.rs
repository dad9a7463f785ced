//! Paths of files inside a release.

use std::{fmt, path::PathBuf};

use serde::{Deserialize, Serialize};

/// The longest path that is accepted, in bytes.
const MAX_BYTES: usize = 512;

/// A path inside a release: parts joined by `/`, which can't lead out of it, on any system.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FilePath(String);

/// A text that can't be a [`FilePath`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` can't be the path of a file in a release: at most {MAX_BYTES} bytes, parts joined by `/`, \
     none of them empty, `.` or `..`, without `\\`, `:` and control characters"
)]
pub struct UnfitPath(pub String);

impl FilePath {
    /// Checks and wraps a text.
    ///
    /// # Errors
    /// [`UnfitPath`] for what could lead out of the folder, or is no name on some system.
    pub fn new(text: impl Into<String>) -> Result<Self, UnfitPath> {
        let text = text.into();
        let part = |part: &str| !matches!(part, "" | "." | "..");
        let character = |c: char| !matches!(c, '\\' | ':') && !c.is_control();
        if text.len() <= MAX_BYTES && text.split('/').all(part) && text.chars().all(character) {
            Ok(Self(text))
        } else {
            Err(UnfitPath(text))
        }
    }

    /// The path as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The path in the system's form.
    #[must_use]
    pub fn to_path(&self) -> PathBuf {
        self.0.split('/').collect()
    }
}

impl fmt::Display for FilePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for FilePath {
    type Error = UnfitPath;

    fn try_from(text: String) -> Result<Self, UnfitPath> {
        Self::new(text)
    }
}

impl From<FilePath> for String {
    fn from(path: FilePath) -> Self {
        path.0
    }
}
