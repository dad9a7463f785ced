//! Where vectors are searched: in the release, or by an engine outside.

use std::{fmt, sync::Arc};

use jieda_retrieval::{HybridIndex, VectorEngine, VectorIndex, VectorKey};
use jieda_types::StageError;

use crate::{EngineConfig, EngineError};

/// The key `search.vectors`, and the engine that it names.
///
/// This crate speaks to no database: whoever makes a configuration brings the engine
/// ([`EngineConfig::with_vector_engine`]).
#[derive(Clone, Default)]
pub struct VectorPlace {
    address: String,
    engine: Option<Arc<dyn VectorEngine>>,
}

impl VectorPlace {
    pub(crate) fn at(address: String) -> Self {
        Self {
            address,
            engine: None,
        }
    }

    /// The address of an engine; none where vectors are searched in the release.
    #[must_use]
    pub fn address(&self) -> Option<&str> {
        Some(self.address.as_str()).filter(|address| !address.is_empty())
    }

    fn engine(&self) -> Result<Option<&dyn VectorEngine>, EngineError> {
        match (self.address(), &self.engine) {
            (None, _) => Ok(None),
            (Some(_), Some(engine)) => Ok(Some(engine.as_ref())),
            (Some(_), None) => Err(EngineError::Config {
                path: "search.vectors".into(),
                message: "this program knows no vector engine".into(),
            }),
        }
    }

    /// Brings vectors to the engine, unless they are there already or there is none.
    pub(crate) fn keep(&self, vectors: &VectorIndex) -> Result<(), EngineError> {
        if let Some(engine) = self.engine()? {
            engine.open(vectors).map_err(EngineError::Vectors)?;
        }
        Ok(())
    }

    /// Lets the engine forget vectors, if there is one.
    pub(crate) fn forget(&self, key: &VectorKey) -> Result<(), EngineError> {
        match self.engine()? {
            Some(engine) => engine.forget(key).map_err(EngineError::Vectors),
            None => Ok(()),
        }
    }

    /// Has an index over vectors, made by `index`, search them where they are.
    pub(crate) fn search(
        &self,
        vectors: Option<VectorIndex>,
        index: impl FnOnce(Option<VectorIndex>) -> Result<HybridIndex, StageError>,
    ) -> Result<HybridIndex, EngineError> {
        let opened = match (self.engine()?, &vectors) {
            (Some(engine), Some(vectors)) => {
                Some(engine.open(vectors).map_err(EngineError::Vectors)?)
            }
            _ => None,
        };
        let index = index(vectors)?;
        Ok(match opened {
            Some(engine) => index.with_engine(engine),
            None => index,
        })
    }
}

impl EngineConfig {
    /// The same with the vector engine that `search.vectors` names, which `connect` makes of its address. Where it names
    /// none, nothing is made.
    ///
    /// # Errors
    /// [`EngineError::Config`] when `connect` refuses the address.
    pub fn with_vector_engine<E: fmt::Display>(
        mut self,
        connect: impl FnOnce(&str) -> Result<Arc<dyn VectorEngine>, E>,
    ) -> Result<Self, EngineError> {
        if let Some(address) = self.vectors.address() {
            let engine = connect(address).map_err(|e| EngineError::Config {
                path: "search.vectors".into(),
                message: e.to_string(),
            })?;
            self.vectors.engine = Some(engine);
        }
        Ok(self)
    }
}

/// By address: what is searched, not by whom.
impl PartialEq for VectorPlace {
    fn eq(&self, other: &Self) -> bool {
        self.address == other.address
    }
}

/// Without the address: it may hold a password.
impl fmt::Debug for VectorPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.address(), &self.engine) {
            (None, _) => f.write_str("Embedded"),
            (Some(_), Some(engine)) => engine.fmt(f),
            (Some(_), None) => f.write_str("Named"),
        }
    }
}
