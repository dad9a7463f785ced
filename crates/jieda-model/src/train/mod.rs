//! Training of encoders, through candle's automatic differentiation.
//!
//! [`Training`] fine-tunes a model by contrast (queries must find their FAQ among those of the same
//! knowledge base), or makes a smaller one that gives the same vectors (distillation), with contrast in
//! every other step where there are labelled queries. Held-out queries decide which epoch is kept; if
//! none is better than the base, the report says so. [`IntentTraining`] tunes an encoder for the intents of labelled
//! texts, and writes the head that names them beside it.

mod checkpoint;
mod contrast;
mod data;
mod distill;
mod error;
mod export;
mod fold;
mod intents;
mod kernels;
mod material;
mod network;
mod ops;
mod optimizer;
mod options;
mod report;
mod run;
mod sampler;
mod session;
mod validate;
mod work;
mod workers;

// The adapter is fitted with the same optimizer.
pub(crate) use network::Parameter;
pub(crate) use optimizer::{AdamW, Moments};
pub(crate) use workers::Workers;

pub use data::{Purpose, TrainingFaq, TrainingSet};
pub use error::TrainError;
pub use export::Storage;
pub use intents::{
    INTENTS_OF_MODEL_FILE, IntentEpoch, IntentObjective, IntentTrainEvent, IntentTrainReport,
    IntentTraining, LabelledText,
};
pub use options::{Output, Student, TrainOptions};
pub use report::{EpochReport, TrainEvent, TrainReport};
pub use run::{Distillation, Training};
