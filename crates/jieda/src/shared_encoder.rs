//! The model, loaded once.

use std::sync::Arc;

use jieda_model::TransformerEncoder;
use jieda_types::Encoder;

use crate::{EngineConfig, EngineError};

/// An encoder that several engines of a process use: a new release needs no new model.
#[derive(Clone)]
pub struct SharedEncoder {
    encoder: Arc<dyn Encoder>,
    warning: Option<Arc<str>>,
}

impl std::fmt::Debug for SharedEncoder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("SharedEncoder")
            .field(self.encoder.id())
            .finish()
    }
}

impl SharedEncoder {
    /// Loads the model that the configuration names.
    ///
    /// # Errors
    /// [`EngineError::Model`].
    pub fn load(config: &EngineConfig) -> Result<Self, EngineError> {
        let encoder = TransformerEncoder::load_with(&config.model_dir, &config.model_options)?;
        Ok(Self {
            warning: encoder.warning().map(Into::into),
            encoder: Arc::new(encoder),
        })
    }

    /// The encoder.
    #[must_use]
    pub fn encoder(&self) -> &Arc<dyn Encoder> {
        &self.encoder
    }

    /// Why the processor encodes although `model.device = "auto"` hoped for a CUDA device.
    #[must_use]
    pub fn warning(&self) -> Option<&str> {
        self.warning.as_deref()
    }
}

/// Any other encoder, such as one that batches what many callers ask.
impl From<Arc<dyn Encoder>> for SharedEncoder {
    fn from(encoder: Arc<dyn Encoder>) -> Self {
        Self {
            encoder,
            warning: None,
        }
    }
}
