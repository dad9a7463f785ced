//! `manifest.toml`: what a model folder holds, and how its files are told from damaged ones.

use std::{
    collections::BTreeMap,
    io::Write as _,
    path::{Path, PathBuf},
};

use jieda_types::EncoderId;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{ModelError, Pooling, digest::hex, hub_folder};

pub(crate) const CONFIG_FILE: &str = "config.json";
pub(crate) const TOKENIZER_FILE: &str = "tokenizer.json";
/// Weights as the hub has them.
pub(crate) const HUB_WEIGHTS_FILE: &str = "model.safetensors";
/// Weights as jieda's own models have them, whose folders must have a manifest.
pub(crate) const OWN_WEIGHTS_FILE: &str = "model.gguf";

/// The manifest's file name inside a model folder.
pub const MANIFEST_FILE: &str = "manifest.toml";

/// A file, so that damage is noticed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileEntry {
    /// SHA-256 of the contents, lower-case hex.
    pub sha256: String,
    /// Length in bytes.
    pub bytes: u64,
}

/// A model folder's description of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
    /// Reads the manifest of a model folder; a folder of the hub, which has none, is
    /// [described](Self::describe).
    ///
    /// # Errors
    /// [`ModelError::Unreadable`] or [`ModelError::Manifest`], and those of [`describe`](Self::describe).
    pub fn load(dir: &Path) -> Result<Self, ModelError> {
        let path = dir.join(MANIFEST_FILE);
        let own = dir.join(OWN_WEIGHTS_FILE).exists();
        if !path.exists() && !own && dir.join(CONFIG_FILE).exists() {
            return Self::describe(dir);
        }
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

    /// Describes a folder as published on the Hugging Face hub: BERT, RoBERTa or XLM-R with
    /// `config.json`, `tokenizer.json` and `model.safetensors`. Pooling, window and prefixes are what
    /// sentence-transformers' files in it say; without them the mean, all positions, and the prefixes
    /// of a few well-known families. Hashes every file that is used.
    ///
    /// # Errors
    /// [`ModelError`]: a file is missing, or says something that can't be run here.
    pub fn describe(dir: &Path) -> Result<Self, ModelError> {
        Self::describe_as(dir, &hub_folder::folder_name(dir))
    }

    /// The same for a folder that is not called as the model is: the name tells the family, and with
    /// it the prefixes. Of `BAAI/bge-small-zh` it is `bge-small-zh`.
    ///
    /// # Errors
    /// As [`describe`](Self::describe).
    pub fn describe_as(dir: &Path, name: &str) -> Result<Self, ModelError> {
        let manifest = hub_folder::describe(dir, &hub_folder::fit_for_id(name))?;
        manifest.check().map_err(|message| ModelError::Unusable {
            path: dir.to_owned(),
            message,
        })?;
        Ok(manifest)
    }

    /// Describes what training wrote into a folder: as the base was, but without prefixes, which are
    /// learned away.
    pub(crate) fn of_trained(
        base: &Self,
        dir: &Path,
        name: &str,
        version: &str,
    ) -> Result<Self, ModelError> {
        let names = [CONFIG_FILE, TOKENIZER_FILE, OWN_WEIGHTS_FILE];
        let mut files = BTreeMap::new();
        for name in names {
            files.insert(name.to_owned(), hub_folder::entry(&dir.join(name))?);
        }
        let manifest = Self {
            name: name.to_owned(),
            version: version.to_owned(),
            query_prefix: String::new(),
            passage_prefix: String::new(),
            source: format!("trained from {}", base.encoder_id()?),
            files,
            ..base.clone()
        };
        manifest.check().map_err(|message| ModelError::Unusable {
            path: dir.to_owned(),
            message,
        })?;
        Ok(manifest)
    }

    /// Whether a model of this name and version could have an id, before hours are spent on it.
    pub(crate) fn check_output(&self, name: &str, version: &str) -> Result<(), ModelError> {
        let manifest = Self {
            name: name.to_owned(),
            version: version.to_owned(),
            ..self.clone()
        };
        manifest.encoder_id_in("int8").map(drop)
    }

    /// Writes the manifest into a model folder: whole or not at all.
    ///
    /// # Errors
    /// [`ModelError::Manifest`] when it is not valid, [`ModelError::Unwritable`].
    pub fn save(&self, dir: &Path) -> Result<(), ModelError> {
        let path = dir.join(MANIFEST_FILE);
        let faulty = |message: String| ModelError::Manifest {
            path: path.clone(),
            message,
        };
        self.check().map_err(faulty)?;
        let text = toml::to_string_pretty(self).map_err(|e| faulty(e.to_string()))?;
        let scratch = dir.join(format!(".{MANIFEST_FILE}.{}", std::process::id()));
        let write = || -> std::io::Result<()> {
            let mut file = std::fs::File::create(&scratch)?;
            file.write_all(text.as_bytes())?;
            file.sync_all()?;
            std::fs::rename(&scratch, &path)
        };
        write().map_err(|source| {
            // The first error is the one to tell.
            let _ = std::fs::remove_file(&scratch);
            ModelError::Unwritable {
                path: path.clone(),
                source,
            }
        })
    }

    /// Compares every file with its length and hash; gives all that is wrong.
    #[must_use]
    pub fn verify(&self, dir: &Path) -> Vec<ModelError> {
        self.files
            .keys()
            .filter_map(|name| self.read_verified(dir, name).err())
            .collect()
    }

    /// The file that holds the weights; none when `files` lists no such file.
    #[must_use]
    pub fn weights_file(&self) -> Option<&str> {
        [OWN_WEIGHTS_FILE, HUB_WEIGHTS_FILE]
            .into_iter()
            .find(|name| self.files.contains_key(*name))
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
        if let Some(name) = self.files.keys().find(|name| !is_file_name(name)) {
            return Err(format!("file `{name}` must lie in the model folder itself"));
        }
        Ok(())
    }

    /// The identity of the model: name, version and a hash over the files and over everything in the
    /// manifest that changes a vector.
    ///
    /// # Errors
    /// [`ModelError::Manifest`] when name or version are unfit for an id.
    pub fn encoder_id(&self) -> Result<EncoderId, ModelError> {
        self.encoder_id_with("")
    }

    /// The identity of the vectors that this model makes when it computes in `numbers`, such as
    /// `int8`: those of f32 are near, and not the same.
    pub(crate) fn encoder_id_in(&self, numbers: &str) -> Result<EncoderId, ModelError> {
        self.encoder_id_with(&format!(".{numbers}"))
    }

    fn encoder_id_with(&self, suffix: &str) -> Result<EncoderId, ModelError> {
        let mut hash = Sha256::new();
        for (name, file) in &self.files {
            hash.update(format!("{name}\0{}\0", file.sha256));
        }
        hash.update(format!(
            "{}\0{:?}\0{}\0{}",
            self.max_tokens, self.pooling, self.query_prefix, self.passage_prefix
        ));
        let digest = hex(&hash.finalize()[..6]);
        EncoderId::new(format!("{}@{}+{digest}{suffix}", self.name, self.version)).map_err(|e| {
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

/// Whether a name is that of a file in a folder, on every system.
fn is_file_name(name: &str) -> bool {
    let mut parts = Path::new(name).components();
    matches!(parts.next(), Some(std::path::Component::Normal(_)))
        && parts.next().is_none()
        && !name.contains(['/', '\\', ':'])
}
