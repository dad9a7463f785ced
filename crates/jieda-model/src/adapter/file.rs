//! An adapter on disk: safetensors, with all that is not the matrix as JSON in a tensor of bytes.

use std::{
    collections::HashMap,
    fs,
    path::{Path, PathBuf},
};

use candle_core::{Device, Tensor};
use jieda_types::EncoderId;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{Adapter, AdapterInfo};
use crate::digest::hex;

const MATRIX: &str = "matrix";
const HEAD: &str = "head";
/// A file that is larger was not written by us.
const MAX_BYTES: u64 = 64 << 20;

/// An adapter's file can't be used.
#[derive(Debug, thiserror::Error)]
pub enum AdapterError {
    /// It can't be read or written.
    #[error("{}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// The system's word on it.
        source: std::io::Error,
    },
    /// It is no adapter, or was damaged.
    #[error("{} is no adapter, or is damaged: {message}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        message: String,
    },
    /// It was fitted on another encoder's vectors.
    #[error(
        "{} was fitted on the vectors of {fitted_on}, and queries are encoded by {encoder}: fit it anew \
         (`jieda train adapter`), or remove it",
        path.display()
    )]
    Foreign {
        /// The file.
        path: PathBuf,
        /// The encoder that it belongs to.
        fitted_on: EncoderId,
        /// The encoder in use.
        encoder: EncoderId,
    },
}

#[derive(Serialize, Deserialize)]
struct Head {
    encoder: EncoderId,
    sha256: String,
    #[serde(flatten)]
    info: AdapterInfo,
}

impl Adapter {
    /// Reads a file that [`save`](Self::save) wrote.
    ///
    /// # Errors
    /// [`AdapterError`].
    pub fn load(path: &Path) -> Result<Self, AdapterError> {
        let damaged = |message: String| AdapterError::Damaged {
            path: path.to_owned(),
            message,
        };
        let file = |source| AdapterError::File {
            path: path.to_owned(),
            source,
        };
        let size = fs::metadata(path).map_err(file)?.len();
        if size > MAX_BYTES {
            return Err(damaged(format!("{size} bytes are too many")));
        }
        let bytes = fs::read(path).map_err(file)?;
        let tensors = candle_core::safetensors::load_buffer(&bytes, &Device::Cpu)
            .map_err(|e| damaged(e.to_string()))?;
        let tensor = |name: &str| {
            let tensor = tensors.get(name);
            tensor.ok_or_else(|| damaged(format!("it holds no `{name}`")))
        };
        let head = tensor(HEAD)?.to_vec1::<u8>();
        let head = head.map_err(|e| damaged(e.to_string()))?;
        let head: Head = serde_json::from_slice(&head).map_err(|e| damaged(e.to_string()))?;
        let rows = tensor(MATRIX)?.to_vec2::<f32>();
        let rows = rows.map_err(|e| damaged(e.to_string()))?;
        let dimensions = rows.len();
        let matrix = rows.concat();
        if dimensions == 0 || matrix.len() != dimensions * dimensions {
            return Err(damaged("its matrix is not square".into()));
        }
        if !matrix.iter().all(|x| x.is_finite()) {
            return Err(damaged("its numbers are not finite".into()));
        }
        if digest(&matrix) != head.sha256 {
            return Err(damaged("its checksum does not fit".into()));
        }
        Ok(Self {
            encoder: head.encoder,
            matrix,
            dimensions,
            info: head.info,
        })
    }

    /// Reads a file and refuses it if it belongs to another encoder.
    ///
    /// # Errors
    /// [`AdapterError`].
    pub fn load_for(path: &Path, encoder: &EncoderId) -> Result<Self, AdapterError> {
        let adapter = Self::load(path)?;
        if adapter.encoder == *encoder {
            return Ok(adapter);
        }
        Err(AdapterError::Foreign {
            path: path.to_owned(),
            fitted_on: adapter.encoder,
            encoder: encoder.clone(),
        })
    }

    /// Writes it; a file that is there is replaced whole or not at all.
    ///
    /// # Errors
    /// [`AdapterError::File`].
    pub fn save(&self, path: &Path) -> Result<(), AdapterError> {
        self.write(path).map_err(|source| AdapterError::File {
            path: path.to_owned(),
            source,
        })
    }

    fn write(&self, path: &Path) -> std::io::Result<()> {
        let head = serde_json::to_vec(&Head {
            encoder: self.encoder.clone(),
            sha256: digest(&self.matrix),
            info: self.info.clone(),
        })?;
        let length = head.len();
        let shape = (self.dimensions, self.dimensions);
        let tensors = || {
            candle_core::Result::Ok(HashMap::from([
                (
                    MATRIX,
                    Tensor::from_slice(&self.matrix, shape, &Device::Cpu)?,
                ),
                (HEAD, Tensor::from_vec(head, length, &Device::Cpu)?),
            ]))
        };
        let tensors = tensors().map_err(std::io::Error::other)?;
        // Two at once shall not write into one file.
        let scratch = path.with_extension(format!("{}.part", std::process::id()));
        candle_core::safetensors::save(&tensors, &scratch).map_err(std::io::Error::other)?;
        // Syncing needs a handle that may write, on some systems.
        fs::File::options().write(true).open(&scratch)?.sync_all()?;
        fs::rename(&scratch, path)
    }
}

fn digest(matrix: &[f32]) -> String {
    let mut hash = Sha256::new();
    for x in matrix {
        hash.update(x.to_le_bytes());
    }
    hex(&hash.finalize())
}
