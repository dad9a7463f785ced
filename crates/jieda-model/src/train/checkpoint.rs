//! Where a training stands, on disk: one file, replaced whole.

use std::{
    collections::HashMap,
    fs,
    path::{Path, PathBuf},
};

use candle_core::{Device, Tensor};
use serde::{Deserialize, Serialize};

use super::{
    error::TrainError, optimizer::Moments, report::EpochReport, sampler::Mistakes, validate::Recall,
};

/// All but the numbers.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq)]
pub(super) struct State {
    /// Hash of base, data and options.
    pub(super) fingerprint: String,
    pub(super) epoch: usize,
    /// Steps done in this epoch.
    pub(super) step: usize,
    pub(super) updates: u32,
    /// The base.
    pub(super) before: Recall,
    pub(super) best: Recall,
    /// Epochs done when it was best; 0 is the base itself.
    pub(super) best_epoch: usize,
    pub(super) history: Vec<EpochReport>,
    /// By which this epoch's batches were planned, and those seen in it: `(set, asked, found, times)`.
    pub(super) planned_by: Vec<(usize, usize, usize, u32)>,
    pub(super) seen: Vec<(usize, usize, usize, u32)>,
    /// Sum of the losses of this epoch.
    pub(super) loss: f64,
}

/// A point to go on from.
pub(super) struct Checkpoint {
    pub(super) state: State,
    pub(super) parameters: Vec<Vec<f32>>,
    pub(super) best: Vec<Vec<f32>>,
    pub(super) moments: Moments,
}

impl Checkpoint {
    pub(super) fn save(&self, path: &Path) -> Result<(), TrainError> {
        let mut tensors = HashMap::new();
        for (kind, all) in [
            ("now", &self.parameters),
            ("best", &self.best),
            ("first", &self.moments.first),
            ("second", &self.moments.second),
        ] {
            for (i, numbers) in all.iter().enumerate() {
                let tensor = Tensor::from_slice(numbers, numbers.len(), &Device::Cpu)?;
                tensors.insert(format!("{kind}.{i}"), tensor);
            }
        }
        let state = serde_json::to_vec(&self.state).map_err(candle_core::Error::wrap)?;
        let length = state.len();
        tensors.insert(
            "state".into(),
            Tensor::from_vec(state, length, &Device::Cpu)?,
        );
        let scratch = path.with_extension("part");
        candle_core::safetensors::save(&tensors, &scratch)
            .map_err(|e| at(&scratch)(std::io::Error::other(e)))?;
        // Syncing needs a handle that may write, on some systems.
        fs::File::options()
            .write(true)
            .open(&scratch)
            .and_then(|file| file.sync_all())
            .and_then(|()| fs::rename(&scratch, path))
            .map_err(at(path))
    }

    /// The checkpoint of a training with this fingerprint; none where none is there.
    pub(super) fn load(path: &Path, fingerprint: &str) -> Result<Option<Self>, TrainError> {
        if !path.exists() {
            return Ok(None);
        }
        let tensors = candle_core::safetensors::load(path, &Device::Cpu)?;
        let get = |name: &str| {
            tensors
                .get(name)
                .ok_or_else(|| candle_core::Error::Msg(format!("{}: no {name}", path.display())))
        };
        let state: State = serde_json::from_slice(&get("state")?.to_vec1::<u8>()?)
            .map_err(candle_core::Error::wrap)?;
        if state.fingerprint != fingerprint {
            return Err(TrainError::ForeignCheckpoint(path.to_owned()));
        }
        let all = |kind: &str| -> Result<Vec<Vec<f32>>, candle_core::Error> {
            (0..)
                .map_while(|i| tensors.get(&format!("{kind}.{i}")))
                .map(Tensor::to_vec1)
                .collect()
        };
        Ok(Some(Self {
            parameters: all("now")?,
            best: all("best")?,
            moments: Moments {
                first: all("first")?,
                second: all("second")?,
                updates: state.updates,
            },
            state,
        }))
    }
}

impl Mistakes {
    pub(super) fn to_rows(&self) -> Vec<(usize, usize, usize, u32)> {
        let mut rows: Vec<_> = self
            .0
            .iter()
            .flat_map(|(&(set, asked), found)| {
                found.iter().map(move |(&found, &n)| (set, asked, found, n))
            })
            .collect();
        rows.sort_unstable();
        rows
    }

    pub(super) fn from_rows(rows: &[(usize, usize, usize, u32)]) -> Self {
        let mut mistakes = Self::default();
        for &(set, asked, found, n) in rows {
            mistakes.0.entry((set, asked)).or_default().insert(found, n);
        }
        mistakes
    }
}

pub(super) fn at(path: &Path) -> impl FnOnce(std::io::Error) -> TrainError {
    let path: PathBuf = path.to_owned();
    move |source| TrainError::File { path, source }
}
