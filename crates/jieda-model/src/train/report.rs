//! What training tells of itself.

use serde::{Deserialize, Serialize};

/// One epoch.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct EpochReport {
    /// Counted from 1.
    pub epoch: usize,
    /// Mean loss of its steps.
    pub loss: f64,
    /// recall@1 of held-out queries after it.
    pub recall: f64,
}

/// How a training went.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TrainReport {
    /// recall@1 of held-out queries with the base.
    pub before: f64,
    /// With what was written; where nothing was, with the best epoch so far.
    pub after: f64,
    /// Epochs done when it was best; 0 says that no epoch was better than the base.
    pub best_epoch: usize,
    /// All of them.
    pub epochs: Vec<EpochReport>,
    /// Whether training is over; otherwise a checkpoint waits.
    pub finished: bool,
    /// Whether a model was written: not one that is no better than its base.
    pub written: bool,
}

/// What happens, as it happens.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum TrainEvent {
    /// Held-out queries were asked before training.
    Started {
        /// recall@1 with the base.
        recall: f64,
        /// Epochs done already, by a checkpoint.
        epochs_done: usize,
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
        /// The learning rate used.
        rate: f32,
    },
    /// An epoch is done.
    Epoch(EpochReport),
}
