//! What was learned or tuned for one knowledge base. It lies in the knowledge base's folder, and a release
//! takes it along.

use std::{fs, io, path::Path};

use jieda_decision::Policy;
use jieda_model::{Adapter, IntentHead};
use jieda_types::EncoderId;

use crate::EngineError;

/// File of a knowledge base folder that holds its adapter, when it has one.
pub const ADAPTER_FILE: &str = "adapter.safetensors";
/// File of a knowledge base folder that holds its intent head, when it has one; in a model's folder, the head for the
/// intents of any conversation.
pub const INTENTS_FILE: &str = "intents.safetensors";
/// File of a knowledge base folder that holds its policy, when it has one: thresholds, texts, rules.
pub const POLICY_FILE: &str = "policy.toml";

/// The files of one knowledge base, read. All of them may be missing.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Learned {
    /// Moves the vectors of queries; the index never sees it.
    pub(crate) adapter: Option<Adapter>,
    pub(crate) intents: Option<IntentHead>,
    pub(crate) policy: Option<PolicyFile>,
}

/// A policy, and the words in which it was written: comments are kept.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct PolicyFile {
    pub(crate) policy: Policy,
    text: String,
}

impl Learned {
    /// Reads the files of a folder. What belongs to an encoder is refused if that is not this one, and
    /// is left out without one.
    pub(crate) fn load(dir: &Path, encoder: Option<&EncoderId>) -> Result<Self, EngineError> {
        let file = dir.join(ADAPTER_FILE);
        let adapter = encoder
            .filter(|_| file.exists())
            .map(|encoder| Adapter::load_for(&file, encoder))
            .transpose()?;
        let file = dir.join(INTENTS_FILE);
        let intents = encoder
            .filter(|_| file.exists())
            .map(|encoder| IntentHead::load_for(&file, encoder))
            .transpose()?;
        Ok(Self {
            adapter,
            intents,
            policy: PolicyFile::load(&dir.join(POLICY_FILE))?,
        })
    }

    /// Writes them into a new folder.
    pub(crate) fn save(&self, dir: &Path) -> Result<(), EngineError> {
        if let Some(adapter) = &self.adapter {
            adapter.save(&dir.join(ADAPTER_FILE))?;
        }
        if let Some(head) = &self.intents {
            head.save(&dir.join(INTENTS_FILE))?;
        }
        if let Some(file) = &self.policy {
            let path = dir.join(POLICY_FILE);
            fs::write(&path, &file.text)
                .map_err(|source| EngineError::Unwritable { path, source })?;
        }
        Ok(())
    }
}

impl PolicyFile {
    fn load(path: &Path) -> Result<Option<Self>, EngineError> {
        let refuse = |message: String| EngineError::Config {
            path: path.to_owned(),
            message,
        };
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(e) => return Err(refuse(e.to_string())),
        };
        let policy = Policy::from_toml(&text).map_err(|e| refuse(e.to_string()))?;
        Ok(Some(Self { policy, text }))
    }
}
