//! An encoder that is tuned for the intents of labelled texts, with the head that names them.
//!
//! The network learns together with one weight vector for each intent, by cross-entropy and by supervised contrast
//! ([`IntentObjective`]). Then a head is fitted to the tuned vectors as to any others, and the classes that were
//! learned have a say in it. A part of the texts is held out from all of that: it decides which epoch is kept, which
//! head is best, how much the classes count, and whether anything was gained over the base with a head of its own.

mod classes;
mod objective;
mod run;

use std::path::PathBuf;

use jieda_types::IntentId;
use serde::{Deserialize, Serialize};

use super::options::{Output, TrainOptions};
use crate::{IntentHeadInfo, LoadOptions};

pub use objective::IntentObjective;

/// File of a model's folder that holds the head for the intents that the model was tuned for. The head for the intents
/// of any conversation is another.
pub const INTENTS_OF_MODEL_FILE: &str = "own-intents.safetensors";

/// A text and its intent.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct LabelledText {
    /// The text, normalised as the engine will.
    pub text: String,
    /// Its intent; none for a text that has none of them.
    pub intent: Option<IntentId>,
}

/// What is to be tuned, on what, and how.
#[derive(Debug, Clone)]
pub struct IntentTraining {
    /// Folder of the model to begin with.
    pub base: PathBuf,
    /// What it learns. A text that stands there twice with one intent counts once.
    pub texts: Vec<LabelledText>,
    /// What it strives for.
    pub objective: IntentObjective,
    /// How.
    pub options: TrainOptions,
    /// How the finished model is loaded to fit the head: heads belong to an encoder and its numbers.
    pub load: LoadOptions,
    /// Where to.
    pub output: Output,
}

/// One epoch.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct IntentEpoch {
    /// Counted from 1.
    pub epoch: usize,
    /// Mean loss of its steps.
    pub loss: f64,
    /// Share of the held-out texts whose class came first, by the learned classes alone.
    pub accuracy: f64,
}

/// How a training went.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct IntentTrainReport {
    /// Texts that were learned.
    pub learned: usize,
    /// Texts that were held out.
    pub held_out: usize,
    /// Accuracy of a head on the base's vectors, on held-out texts.
    pub before: f64,
    /// The same of what was trained, with its head.
    pub after: f64,
    /// All epochs.
    pub epochs: Vec<IntentEpoch>,
    /// The one that was kept.
    pub best_epoch: usize,
    /// The head that was fitted to the tuned vectors.
    pub head: IntentHeadInfo,
    /// Whether a model was written: not one that names no more intents than its base.
    pub written: bool,
}

/// What happens, as it happens.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum IntentTrainEvent {
    /// Held-out texts were asked before training.
    Started {
        /// Accuracy of a head on the base's vectors.
        accuracy: f64,
    },
    /// A step is done.
    Step {
        /// Counted from 1.
        epoch: usize,
        /// Counted from 1.
        step: usize,
        /// Of this epoch.
        steps: usize,
        /// Its loss.
        loss: f32,
    },
    /// An epoch is done.
    Epoch(IntentEpoch),
}
