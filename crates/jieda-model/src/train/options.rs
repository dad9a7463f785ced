//! How a model is trained.

use std::{num::NonZeroUsize, path::PathBuf};

use super::{error::TrainError, export::Storage};
use crate::DeviceChoice;

/// What training goes by. The defaults made the shipped models.
#[derive(Debug, Clone, PartialEq)]
pub struct TrainOptions {
    /// Passes over all queries.
    pub epochs: usize,
    /// Most pairs of a batch.
    pub batch: usize,
    /// Highest learning rate of AdamW.
    pub learning_rate: f32,
    /// Share of all steps in which the rate rises from 0; it falls linearly to 0 afterwards.
    pub warm_up: f32,
    /// Divides cosines before the softmax: lower looks at the nearest negatives alone.
    pub temperature: f64,
    /// Epochs without a better recall@1 after which training ends.
    pub patience: usize,
    /// Layers at the bottom, embeddings included, that stay as they are; 0 trains all.
    pub freeze: usize,
    /// Where it is computed.
    pub device: DeviceChoice,
    /// Of what is drawn by chance. The same seed gives the same model, on any number of threads.
    pub seed: u64,
    /// Threads; none is all of the machine.
    pub threads: Option<NonZeroUsize>,
    /// Steps between two checkpoints within an epoch; one is written at the end of each anyway.
    pub checkpoint_every: usize,
    /// Ends after this many epochs of the schedule, to go on later.
    pub stop_after: Option<usize>,
}

impl Default for TrainOptions {
    fn default() -> Self {
        Self {
            epochs: 4,
            batch: 100,
            learning_rate: 5e-5,
            warm_up: 0.08,
            temperature: 0.04,
            patience: 2,
            freeze: 0,
            device: DeviceChoice::Cpu,
            seed: 1,
            threads: None,
            checkpoint_every: 100,
            stop_after: None,
        }
    }
}

impl TrainOptions {
    /// Up from 0, then down to 0, linearly, when this share of all steps is done.
    pub(super) fn rate(&self, done: f32) -> f32 {
        let share = if done < self.warm_up {
            (done / self.warm_up).max(1e-3)
        } else {
            ((1.0 - done) / (1.0 - self.warm_up)).max(0.0)
        };
        self.learning_rate * share
    }

    /// # Errors
    /// The first option that makes no sense.
    pub(super) fn check(&self) -> Result<(), TrainError> {
        let rate = self.learning_rate;
        let faults = [
            ("batch", self.batch < 2, "needs 2 pairs or more"),
            ("patience", self.patience == 0, "must be 1 or more"),
            (
                "learning_rate",
                rate.is_nan() || rate < 0.0,
                "must not be negative",
            ),
            (
                "warm_up",
                !(0.0..1.0).contains(&self.warm_up),
                "must be 0 or more and below 1",
            ),
            (
                "temperature",
                !(self.temperature > 0.0 && self.temperature.is_finite()),
                "must be above 0",
            ),
        ];
        match faults.into_iter().find(|(_, is_fault, _)| *is_fault) {
            None => Ok(()),
            Some((name, _, reason)) => Err(TrainError::Option {
                name,
                reason: reason.into(),
            }),
        }
    }

    /// Defaults of an encoder that is tuned for intents: short texts with a class each, so small batches.
    #[must_use]
    pub fn for_intents() -> Self {
        Self {
            epochs: 5,
            batch: 32,
            learning_rate: 5e-5,
            warm_up: 0.1,
            temperature: 0.1,
            patience: 5,
            ..Self::default()
        }
    }

    /// Defaults of a distillation: a student has more to learn, and from more text.
    #[must_use]
    pub fn for_students() -> Self {
        Self {
            epochs: 8,
            learning_rate: 3e-4,
            patience: 8,
            ..Self::default()
        }
    }
}

/// What a student is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Student {
    /// Layers of the teacher that it begins with, in order.
    pub layers: Vec<usize>,
}

/// What is written when training is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Output {
    /// Folder of the new model; its parent must be there. Checkpoints lie in `<folder>.training`
    /// beside it until the model is finished.
    pub dir: PathBuf,
    /// Version of the files.
    pub version: String,
    /// Numbers in which the layers are stored.
    pub storage: Storage,
}
