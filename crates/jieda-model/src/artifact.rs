//! What is learned on top of an encoder, on disk: safetensors, with all that is no tensor as JSON in a tensor of
//! bytes, and a hash of it all.

use std::{
    collections::{BTreeMap, HashMap},
    fs, io,
    path::{Path, PathBuf},
};

use candle_core::{Device, Tensor};
use jieda_types::EncoderId;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use sha2::{Digest as _, Sha256};

use crate::digest::hex;

const HEAD: &str = "head";
/// A file that is larger was not written by us.
const MAX_BYTES: u64 = 1 << 30;

/// What kind of file it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ArtifactKind {
    /// [`Adapter`](crate::Adapter).
    Adapter,
    /// [`IntentHead`](crate::IntentHead).
    IntentHead,
}

impl ArtifactKind {
    /// With its article.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Adapter => "an adapter",
            Self::IntentHead => "an intent head",
        }
    }

    /// The command that makes one.
    #[must_use]
    pub fn command(self) -> &'static str {
        match self {
            Self::Adapter => "jieda train adapter",
            Self::IntentHead => "jieda train intent",
        }
    }
}

/// A file of what was learned can't be used.
#[derive(Debug, thiserror::Error)]
pub enum ArtifactError {
    /// It can't be read or written.
    #[error("{}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// The system's word on it.
        source: io::Error,
    },
    /// It is something else, or was damaged.
    #[error("{} is not {}, or is damaged: {message}", path.display(), kind.name())]
    Damaged {
        /// What it should be.
        kind: ArtifactKind,
        /// The file.
        path: PathBuf,
        /// What is wrong.
        message: String,
    },
    /// It was fitted on another encoder's vectors.
    #[error(
        "{} was fitted on the vectors of {fitted_on}, and queries are encoded by {encoder}: fit it anew \
         (`{}`), or remove it",
        path.display(), kind.command()
    )]
    Foreign {
        /// What it is.
        kind: ArtifactKind,
        /// The file.
        path: PathBuf,
        /// The encoder that it belongs to.
        fitted_on: EncoderId,
        /// The encoder in use.
        encoder: EncoderId,
    },
}

/// A file, read: its head, and numbers by name, each with its shape.
pub(crate) struct Artifact<H> {
    pub(crate) encoder: EncoderId,
    pub(crate) head: H,
    numbers: BTreeMap<String, (Vec<usize>, Vec<f32>)>,
}

/// Numbers to write: shape and values.
pub(crate) type Numbers<'a> = (Vec<usize>, &'a [f32]);

#[derive(Serialize, Deserialize)]
struct Envelope<H> {
    encoder: EncoderId,
    sha256: String,
    #[serde(flatten)]
    head: H,
}

impl<H: DeserializeOwned> Artifact<H> {
    /// Reads a file that [`write`] wrote. All numbers are finite.
    pub(crate) fn read(kind: ArtifactKind, path: &Path) -> Result<Self, ArtifactError> {
        let file = |source| ArtifactError::File {
            path: path.to_owned(),
            source,
        };
        let size = fs::metadata(path).map_err(file)?.len();
        let bytes = if size > MAX_BYTES {
            Err(format!("{size} bytes are too many"))
        } else {
            Ok(fs::read(path).map_err(file)?)
        };
        bytes
            .and_then(|bytes| Self::parse(&bytes))
            .map_err(|message| ArtifactError::Damaged {
                kind,
                path: path.to_owned(),
                message,
            })
    }

    fn parse(bytes: &[u8]) -> Result<Self, String> {
        let in_words = |e: candle_core::Error| e.to_string();
        let mut tensors =
            candle_core::safetensors::load_buffer(bytes, &Device::Cpu).map_err(in_words)?;
        let head = tensors
            .remove(HEAD)
            .ok_or_else(|| format!("it holds no `{HEAD}`"))?;
        let head = head.to_vec1::<u8>().map_err(in_words)?;
        let envelope: Envelope<H> = serde_json::from_slice(&head).map_err(|e| e.to_string())?;
        let numbers = tensors
            .into_iter()
            .map(|(name, tensor)| {
                let shape = tensor.dims().to_vec();
                let values = tensor.flatten_all()?.to_vec1::<f32>()?;
                Ok((name, (shape, values)))
            })
            .collect::<candle_core::Result<BTreeMap<_, _>>>()
            .map_err(in_words)?;
        if numbers
            .values()
            .flat_map(|(_, v)| v)
            .any(|x| !x.is_finite())
        {
            return Err("its numbers are not finite".into());
        }
        if digest(numbers.values().map(|(_, values)| values.as_slice())) != envelope.sha256 {
            return Err("its checksum does not fit".into());
        }
        Ok(Self {
            encoder: envelope.encoder,
            head: envelope.head,
            numbers,
        })
    }

    /// Takes numbers out, if they are there and have this many dimensions.
    pub(crate) fn take<const N: usize>(
        &mut self,
        name: &str,
    ) -> Result<([usize; N], Vec<f32>), String> {
        let (shape, values) = self
            .numbers
            .remove(name)
            .ok_or_else(|| format!("it holds no `{name}`"))?;
        let dimensions = shape.len();
        let shape = shape
            .try_into()
            .map_err(|_| format!("`{name}` has {dimensions} dimensions, not {N}"))?;
        Ok((shape, values))
    }
}

/// Refuses a file that belongs to another encoder.
pub(crate) fn check_encoder(
    kind: ArtifactKind,
    path: &Path,
    fitted_on: &EncoderId,
    encoder: &EncoderId,
) -> Result<(), ArtifactError> {
    if fitted_on == encoder {
        return Ok(());
    }
    Err(ArtifactError::Foreign {
        kind,
        path: path.to_owned(),
        fitted_on: fitted_on.clone(),
        encoder: encoder.clone(),
    })
}

/// Writes a file; one that is there is replaced whole or not at all.
pub(crate) fn write<H: Serialize>(
    path: &Path,
    encoder: &EncoderId,
    head: H,
    numbers: &BTreeMap<&str, Numbers<'_>>,
) -> Result<(), ArtifactError> {
    replace(path, encoder, head, numbers).map_err(|source| ArtifactError::File {
        path: path.to_owned(),
        source,
    })
}

fn replace<H: Serialize>(
    path: &Path,
    encoder: &EncoderId,
    head: H,
    numbers: &BTreeMap<&str, Numbers<'_>>,
) -> io::Result<()> {
    let head = serde_json::to_vec(&Envelope {
        encoder: encoder.clone(),
        sha256: digest(numbers.values().map(|(_, values)| *values)),
        head,
    })?;
    let tensors = || -> candle_core::Result<HashMap<&str, Tensor>> {
        let length = head.len();
        let mut tensors = HashMap::from([(HEAD, Tensor::from_vec(head, length, &Device::Cpu)?)]);
        for (name, (shape, values)) in numbers {
            let tensor = Tensor::from_slice(values, shape.as_slice(), &Device::Cpu)?;
            tensors.insert(name, tensor);
        }
        Ok(tensors)
    };
    let tensors = tensors().map_err(io::Error::other)?;
    // Two at once shall not write into one file.
    let scratch = path.with_extension(format!("{}.part", std::process::id()));
    candle_core::safetensors::save(&tensors, &scratch).map_err(io::Error::other)?;
    // Syncing needs a handle that may write, on some systems.
    let file = fs::File::options().write(true).open(&scratch)?;
    readable(&file)?;
    file.sync_all()?;
    fs::rename(&scratch, path)
}

/// The library makes files that only their owner can read; these are read by whoever serves.
#[cfg(unix)]
fn readable(file: &fs::File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    file.set_permissions(fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn readable(_file: &fs::File) -> io::Result<()> {
    Ok(())
}

/// Of all numbers, in the order of their names.
fn digest<'a>(numbers: impl Iterator<Item = &'a [f32]>) -> String {
    let mut hash = Sha256::new();
    for x in numbers.flatten() {
        hash.update(x.to_le_bytes());
    }
    hex(&hash.finalize())
}
