//! `manifest.toml`: what a model folder holds, and how its files are told from damaged ones.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use jieda_types::EncoderId;
use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::ModelError;

/// The manifest's file name inside a model folder.
pub const MANIFEST_FILE: &str = "manifest.toml";

/// How the vectors of tokens become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pooling {
    /// The mean over real tokens, padding left out.
    Mean,
}

/// A file, so that damage is noticed.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileEntry {
    /// SHA-256 of the contents, lower-case hex.
    pub sha256: String,
    /// Length in bytes.
    pub bytes: u64,
}

/// A model folder's description of itself.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelManifest {
    /// Name of the model, the same as its folder's.
    pub name: String,
    /// Version of the files.
    pub version: String,
    /// Kind of network: `bert`.
    pub architecture: String,
    /// Length of a vector.
    pub dimensions: usize,
    /// Longest input in tokens, special tokens included.
    pub max_tokens: usize,
    /// How the vectors of tokens become one.
    pub pooling: Pooling,
    /// Written before a query.
    pub query_prefix: String,
    /// Written before a passage.
    pub passage_prefix: String,
    /// Licence of the weights.
    pub licence: String,
    /// Where they come from.
    pub source: String,
    /// The files that the model needs.
    pub files: BTreeMap<String, FileEntry>,
}

impl ModelManifest {
    /// Reads the manifest of a model folder.
    ///
    /// # Errors
    /// [`ModelError::Unreadable`] or [`ModelError::Manifest`].
    pub fn load(dir: &Path) -> Result<Self, ModelError> {
        let path = dir.join(MANIFEST_FILE);
        let text = std::fs::read_to_string(&path).map_err(|source| ModelError::Unreadable {
            path: path.clone(),
            source,
        })?;
        let manifest: Self = toml::from_str(&text).map_err(|e| ModelError::Manifest {
            path: path.clone(),
            message: e.to_string(),
        })?;
        manifest
            .check()
            .map_err(|message| ModelError::Manifest { path, message })?;
        Ok(manifest)
    }

    fn check(&self) -> Result<(), String> {
        if self.architecture != "bert" {
            return Err(format!(
                "architecture `{}` is unknown; known: bert",
                self.architecture
            ));
        }
        if self.dimensions == 0 || self.max_tokens < 3 {
            return Err("dimensions must be at least 1 and max_tokens at least 3".into());
        }
        if let Some(name) = self
            .files
            .keys()
            .find(|name| name.contains(['/', '\\']) || *name == "..")
        {
            return Err(format!("file `{name}` must lie in the model folder itself"));
        }
        Ok(())
    }

    /// The identity of the vectors that this model makes: name, version and a hash over the files
    /// and over everything in the manifest that changes a vector.
    ///
    /// # Errors
    /// [`ModelError::Manifest`] when name or version are unfit for an id.
    pub fn encoder_id(&self) -> Result<EncoderId, ModelError> {
        let mut hash = Sha256::new();
        for (name, file) in &self.files {
            hash.update(format!("{name}\0{}\0", file.sha256));
        }
        hash.update(format!(
            "{}\0{:?}\0{}\0{}",
            self.max_tokens, self.pooling, self.query_prefix, self.passage_prefix
        ));
        let digest = hex(&hash.finalize()[..6]);
        EncoderId::new(format!("{}@{}+{digest}", self.name, self.version)).map_err(|e| {
            ModelError::Manifest {
                path: PathBuf::from(MANIFEST_FILE),
                message: e.to_string(),
            }
        })
    }

    /// Reads a file of the folder and checks it against the manifest.
    ///
    /// # Errors
    /// [`ModelError::Manifest`] when it is not listed, [`ModelError::Unreadable`] when it is not
    /// there, [`ModelError::Damaged`] when it is another file.
    pub fn read_verified(&self, dir: &Path, name: &str) -> Result<Vec<u8>, ModelError> {
        let entry = self.files.get(name).ok_or_else(|| ModelError::Manifest {
            path: dir.join(MANIFEST_FILE),
            message: format!("[files] does not list `{name}`"),
        })?;
        let path = dir.join(name);
        let bytes = std::fs::read(&path).map_err(|source| ModelError::Unreadable {
            path: path.clone(),
            source,
        })?;
        if bytes.len() as u64 != entry.bytes {
            return Err(ModelError::Damaged {
                path,
                expected: format!("{} bytes", entry.bytes),
                found: format!("{} bytes", bytes.len()),
            });
        }
        let found = hex(&Sha256::digest(&bytes));
        if found != entry.sha256 {
            return Err(ModelError::Damaged {
                path,
                expected: format!("sha256 {}", entry.sha256),
                found: format!("sha256 {found}"),
            });
        }
        Ok(bytes)
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}
