//! The sentence encoder: a model folder becomes unit vectors.
//!
//! The principal type is [`TransformerEncoder`], an [`Encoder`](jieda_types::Encoder). It is loaded
//! from a folder that holds a manifest ([`ModelManifest`]), a tokenizer, a configuration and
//! weights; every file is checked against the manifest's sha256 before a byte of it is used.
//!
//! This crate is the only place that knows candle and `tokenizers`.
//!
//! ```no_run
//! use jieda_model::TransformerEncoder;
//! use jieda_types::{Encoder, TextRole};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let encoder = TransformerEncoder::load("models/jieda-zh-small".as_ref())?;
//! let vectors = encoder.encode(&["怎么退货", "如何申请退换"], TextRole::Query)?;
//! println!("cosine {:.3}", vectors[0].embedding.cosine(&vectors[1].embedding));
//! # Ok(())
//! # }
//! ```

mod adapter;
mod artifact;
mod batch;
mod batching;
mod bert;
mod config;
mod cpu;
mod digest;
mod dot;
mod encoder;
mod error;
#[cfg(feature = "hub")]
mod hub;
mod hub_folder;
mod intent;
mod manifest;
mod network;
mod options;
mod pool;
mod tokenize;
pub mod train;
mod weights;

pub use adapter::{Adapter, AdapterExamples, AdapterInfo, AdapterOptions, LabelledVector};
pub use artifact::{ArtifactError, ArtifactKind};
pub use batching::{BatchingEncoder, BatchingError, BatchingOptions, CancelToken, Patience};
pub use cpu::Precision;
pub use encoder::TransformerEncoder;
pub use error::ModelError;
#[cfg(feature = "hub")]
pub use hub::{Hub, HubError};
pub use intent::{
    Contradiction, FoldQuality, IntentExample, IntentFitError, IntentHead, IntentHeadInfo,
    IntentMethod, IntentOptions, contradictions, macro_f1,
};
pub use manifest::{FileEntry, MANIFEST_FILE, ModelManifest};
pub use options::{Backend, DeviceChoice, LoadOptions};
pub use pool::Pooling;
