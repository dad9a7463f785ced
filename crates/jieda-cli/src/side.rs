//! One of two knowledge bases that are compared.

use std::path::PathBuf;

use jieda::{
    Engine, EngineConfig, KnowledgeBase, SharedEncoder, knowledge_of, locate,
    release::{DataDir, Release},
};

use crate::progress;

/// What stands for the current release.
const CURRENT: &str = "current";

/// A knowledge base that was named.
pub(crate) enum Side {
    Folder(PathBuf),
    Release(Box<Release>),
}

impl Side {
    /// A folder, a release, or `current` for the current one.
    pub(crate) fn named(text: &str, data: Option<&DataDir>) -> anyhow::Result<Self> {
        let folder = locate(text.as_ref());
        match data {
            Some(data) if text == CURRENT => Self::current(data),
            // A folder is meant by what looks like a path, or is no release.
            Some(data) if !folder.is_dir() => {
                let release = data.release(&data.resolve(text)?)?;
                Ok(Self::Release(Box::new(release)))
            }
            _ => Ok(Self::Folder(folder)),
        }
    }

    pub(crate) fn current(data: &DataDir) -> anyhow::Result<Self> {
        Ok(Self::Release(Box::new(data.open_current()?)))
    }

    pub(crate) fn knowledge(&self) -> anyhow::Result<KnowledgeBase> {
        Ok(match self {
            Self::Folder(dir) => KnowledgeBase::load(dir)?,
            Self::Release(release) => knowledge_of(release)?,
        })
    }

    /// An engine on it, with an encoder that is loaded already or without.
    pub(crate) fn engine(
        &self,
        config: &EngineConfig,
        encoder: Option<&SharedEncoder>,
    ) -> anyhow::Result<Engine> {
        Ok(match (self, encoder) {
            (Self::Folder(dir), None) => Engine::open(config, dir, &mut progress::opening())?,
            (Self::Folder(dir), Some(encoder)) => {
                Engine::open_with(config, dir, encoder, &mut progress::opening())?
            }
            (Self::Release(release), encoder) => Engine::of_release(config, release, encoder)?,
        })
    }
}
