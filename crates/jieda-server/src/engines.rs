//! The engine that answers now.

use std::{ops::Deref, sync::Arc};

use jieda::{
    Engine, EngineConfig, EngineError, LiveEngine, Refreshed, Serving, SharedEncoder,
    model::{BatchingEncoder, BatchingOptions},
    release::ReleaseId,
    types::Encoder,
};

use crate::config::{Knowledge, ServerConfig};

/// The model, loaded: tenants share it.
#[derive(Debug, Clone)]
pub struct Model {
    encoder: SharedEncoder,
    batching: Arc<BatchingEncoder>,
}

impl Model {
    /// Loads it. Texts of concurrent requests are encoded together.
    ///
    /// # Errors
    /// [`EngineError`].
    pub fn load(config: &EngineConfig) -> Result<Self, EngineError> {
        let loaded = SharedEncoder::load(config)?;
        let batching =
            BatchingEncoder::new(Arc::clone(loaded.encoder()), BatchingOptions::default())
                .map_err(EngineError::Threads)?;
        let batching = Arc::new(batching);
        let encoder = SharedEncoder::from(Arc::clone(&batching) as Arc<dyn Encoder>);
        Ok(Self { encoder, batching })
    }
}

/// A folder's engine, or the one of the current release.
#[derive(Debug)]
pub struct Engines {
    source: Source,
    encoder: SharedEncoder,
    batching: Arc<BatchingEncoder>,
}

#[derive(Debug)]
enum Source {
    Folder(Arc<Engine>),
    Data(Arc<LiveEngine>),
}

/// An engine, held for one answer: whatever is published meanwhile changes nothing for it.
#[derive(Debug, Clone)]
pub enum Held {
    /// Of a folder.
    Folder(Arc<Engine>),
    /// Of a release.
    Release(Arc<Serving>),
}

impl Deref for Held {
    type Target = Engine;

    fn deref(&self) -> &Engine {
        match self {
            Self::Folder(engine) => engine,
            Self::Release(serving) => &serving.engine,
        }
    }
}

impl Held {
    /// The release, if it is one.
    #[must_use]
    pub fn release(&self) -> Option<&ReleaseId> {
        match self {
            Self::Folder(_) => None,
            Self::Release(serving) => Some(&serving.release),
        }
    }
}

impl Engines {
    /// Opens what the configuration names.
    ///
    /// # Errors
    /// [`EngineError`].
    pub fn open(config: &ServerConfig, model: Model) -> Result<Self, EngineError> {
        let Model { encoder, batching } = model;
        let source = match &config.knowledge {
            Knowledge::Folder(dir) => {
                let engine = Engine::open_with(&config.engine, dir, &encoder, &mut |_| {})?;
                Source::Folder(Arc::new(engine))
            }
            Knowledge::Data(data) => {
                let live = LiveEngine::open_with(config.engine.clone(), data, encoder.clone())?;
                Source::Data(Arc::new(live))
            }
        };
        Ok(Self {
            source,
            encoder,
            batching,
        })
    }

    /// The engine that answers now.
    #[must_use]
    pub fn hold(&self) -> Held {
        match &self.source {
            Source::Folder(engine) => Held::Folder(Arc::clone(engine)),
            Source::Data(live) => Held::Release(live.serving()),
        }
    }

    /// The encoder that all engines share.
    #[must_use]
    pub fn encoder(&self) -> &SharedEncoder {
        &self.encoder
    }

    /// Batches that were encoded, and texts in them.
    #[must_use]
    pub fn batches(&self) -> (u64, u64) {
        self.batching.batches()
    }

    /// The engine that follows a data directory; none for a folder.
    #[must_use]
    pub fn live(&self) -> Option<&Arc<LiveEngine>> {
        match &self.source {
            Source::Folder(_) => None,
            Source::Data(live) => Some(live),
        }
    }

    /// Goes over to the current release; a folder stays as it is.
    ///
    /// # Errors
    /// [`EngineError`] when the new release can't be used: the old one goes on answering.
    pub fn refresh(&self) -> Result<Refreshed, EngineError> {
        match &self.source {
            Source::Folder(_) => Ok(Refreshed::Unchanged),
            Source::Data(live) => live.refresh(),
        }
    }
}
