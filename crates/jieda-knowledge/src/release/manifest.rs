//! `manifest.json`: what a release is, and the hash of every file.

use std::{fs, io, path::Path};

use jieda_types::EncoderId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{FilePath, PromiseCheck, ReleaseError, ReleaseId, digest, durable, error::at, stamped};

pub(super) const MANIFEST_FILE: &str = "manifest.json";
/// The newest version of the manifest's format: with [`ReleaseMeta::promise`].
const FORMAT: u32 = 2;
/// The version that is written where there is no such thing: older programs read it too.
const PLAIN_FORMAT: u32 = 1;

/// What a release says of itself. Whoever makes it supplies this; the files are added when it is
/// sealed.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReleaseMeta {
    /// When it was made.
    pub created: Timestamp,
    /// The name of its knowledge base.
    pub name: String,
    /// Its number of FAQs.
    pub faqs: usize,
    /// Its number of phrasings: standard and similar questions.
    pub phrasings: usize,
    /// [`KnowledgeBase::content_hash`](crate::KnowledgeBase::content_hash) of its knowledge base.
    pub content_hash: String,
    /// The encoder of its vectors; none when it has none.
    pub encoder: Option<EncoderId>,
    /// What its author says of it, such as why it was made.
    pub note: String,
    /// Whether the promise of its policy still held, when that was checked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promise: Option<PromiseCheck>,
}

/// A file of a release.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileEntry {
    /// Its path in the release.
    pub path: FilePath,
    /// Its length in bytes.
    pub bytes: u64,
    /// SHA-256 of its contents, in lower-case hex.
    pub sha256: String,
}

/// The manifest of a release.
///
/// Invariants: the id is that of the release's folder and ends in a hash of the files; the files are
/// in the order of their paths, each once.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    format: u32,
    /// The release's name.
    pub id: ReleaseId,
    /// What it is.
    pub about: ReleaseMeta,
    /// Its files, in the order of their paths.
    pub files: Vec<FileEntry>,
}

/// The part of a manifest that every version has.
#[derive(Deserialize)]
struct Version {
    format: u32,
}

impl Manifest {
    /// The length of all files, in bytes.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.files
            .iter()
            .fold(0, |sum, file| sum.saturating_add(file.bytes))
    }

    /// The entry of a file.
    #[must_use]
    pub fn file(&self, path: &FilePath) -> Option<&FileEntry> {
        let place = self.files.binary_search_by(|entry| entry.path.cmp(path));
        place.ok().and_then(|place| self.files.get(place))
    }

    pub(super) fn new(id: ReleaseId, about: ReleaseMeta, files: Vec<FileEntry>) -> Self {
        let format = match about.promise {
            Some(_) => FORMAT,
            None => PLAIN_FORMAT,
        };
        Self {
            format,
            id,
            about,
            files,
        }
    }

    /// Writes it into the folder of a release that nobody sees yet.
    pub(super) fn write(&self, dir: &Path) -> Result<(), ReleaseError> {
        let path = dir.join(MANIFEST_FILE);
        stamped::render(self)
            .map_err(io::Error::from)
            .and_then(|text| durable::write(&path, text.as_bytes()))
            .map_err(at(path))
    }

    /// Reads the manifest of a release.
    pub(super) fn read(dir: &Path, id: &ReleaseId) -> Result<Self, ManifestError> {
        let path = dir.join(MANIFEST_FILE);
        let unsound = |message: &str| ManifestError::Unsound(message.to_owned());
        // A link could lead anywhere.
        let kind = fs::symlink_metadata(&path).map(|m| m.file_type());
        if kind.is_ok_and(|kind| !kind.is_file()) {
            return Err(unsound("it is no file"));
        }
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Err(unsound("it is missing")),
            Err(source) => return Err(ManifestError::Other(at(path)(source))),
        };
        let manifest = Self::parse(&bytes, &path)?;
        if manifest.id != *id {
            return Err(unsound(&format!("it is that of release {}", manifest.id)));
        }
        Ok(manifest)
    }

    /// Reads the bytes of a manifest. `path` is what an error calls it.
    pub(super) fn parse(bytes: &[u8], path: &Path) -> Result<Self, ManifestError> {
        let unsound = |message: &str| ManifestError::Unsound(message.to_owned());
        let version: Version = stamped::parse(bytes).map_err(ManifestError::Unsound)?;
        if version.format > FORMAT {
            return Err(ManifestError::Other(ReleaseError::NewerFormat {
                path: path.to_owned(),
                found: version.format,
                supported: FORMAT,
            }));
        }
        let manifest: Self = stamped::parse(bytes).map_err(ManifestError::Unsound)?;
        if !manifest.files.is_sorted_by(|a, b| a.path < b.path) {
            return Err(unsound("its files are not in order"));
        }
        if !hash_of(&manifest.files).starts_with(manifest.id.hash()) {
            return Err(unsound("its files are not those of its id"));
        }
        Ok(manifest)
    }
}

/// Why there is no manifest.
pub(super) enum ManifestError {
    /// It is damaged: how.
    Unsound(String),
    /// It can't be read here, and may be sound.
    Other(ReleaseError),
}

/// A hash, in hex, over paths and contents of the files of a release.
pub(super) fn hash_of(files: &[FileEntry]) -> String {
    let lines: Vec<String> = files
        .iter()
        .map(|file| format!("{} {}\n", file.sha256, file.path))
        .collect();
    digest::hex_of(lines.concat().as_bytes())
}
