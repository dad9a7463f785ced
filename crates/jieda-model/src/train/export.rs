//! A trained network as a model folder.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{Cursor, Write as _},
    path::Path,
    sync::Arc,
};

use candle_core::{
    DType, Device, Result, Tensor,
    quantized::{GgmlDType, QTensor, gguf_file},
};

use super::{
    checkpoint::at,
    error::TrainError,
    network::{FUSED, FUSED_PARTS, Parameter, Trainee},
    options::Output,
};
use crate::{
    ModelManifest, encoder,
    manifest::{CONFIG_FILE, OWN_WEIGHTS_FILE, TOKENIZER_FILE},
    weights::Weights,
};

/// Numbers in which the weights of layers are stored; all in blocks of 32 with a scale each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Storage {
    /// 8 bits (8.5 with the scale).
    #[default]
    Q8,
    /// 8 bits in attention and 5 in the feed-forward layers (6 with scale and offset).
    Q8Q5,
    /// 5 bits (6 with scale and offset).
    Q5,
    /// f32, as trained.
    F32,
}

impl Storage {
    fn of(self, name: &str) -> GgmlDType {
        let feed_forward = name.contains("intermediate")
            || name.contains(".output.dense") && !name.contains("attention");
        match self {
            Self::Q8 => GgmlDType::Q8_0,
            Self::Q8Q5 if feed_forward => GgmlDType::Q5_1,
            Self::Q8Q5 => GgmlDType::Q8_0,
            Self::Q5 => GgmlDType::Q5_1,
            Self::F32 => GgmlDType::F32,
        }
    }
}

/// Tensors by the names of `BertModel`: fused ones apart again.
fn unfused(parameters: &[Parameter]) -> Result<BTreeMap<String, Tensor>> {
    let mut tensors = BTreeMap::new();
    for parameter in parameters {
        let tensor = parameter.var.detach().to_device(&Device::Cpu)?;
        match parameter.name.split_once(FUSED) {
            None => {
                tensors.insert(parameter.name.clone(), tensor);
            }
            Some((layer, part)) => {
                let rows = tensor.dim(0)? / FUSED_PARTS.len();
                for (i, name) in FUSED_PARTS.iter().enumerate() {
                    // A copy: quantisation reads all numbers below a view.
                    let tensor = tensor.narrow(0, i * rows, rows)?.force_contiguous()?;
                    tensors.insert(format!("{layer}{name}{part}"), tensor);
                }
            }
        }
    }
    Ok(tensors)
}

/// Writes weights, tokenizer and configuration into a folder: what was trained, and the rest as it is in
/// the base.
pub(super) fn write_folder(
    to: &Path,
    trainee: &Trainee,
    (dir, base): (&Path, &ModelManifest),
    output: &Output,
) -> std::result::Result<(), TrainError> {
    let write = |name: &str, bytes: &[u8]| {
        let path = to.join(name);
        File::create(&path)
            .and_then(|mut file| {
                file.write_all(bytes)?;
                file.sync_all()
            })
            .map_err(at(&path))
    };
    let embeddings = encoder::load_weights(dir, base, Weights::embeddings)?;
    write(
        OWN_WEIGHTS_FILE,
        &gguf(trainee.parameters(), embeddings, output.storage)?,
    )?;
    write(TOKENIZER_FILE, &base.read_verified(dir, TOKENIZER_FILE)?)?;
    let config = base.read_verified(dir, CONFIG_FILE)?;
    let mut config: serde_json::Value =
        serde_json::from_slice(&config).map_err(candle_core::Error::wrap)?;
    config["num_hidden_layers"] = trainee.config.num_hidden_layers.into();
    let text = serde_json::to_string_pretty(&config).map_err(candle_core::Error::wrap)?;
    write(CONFIG_FILE, format!("{text}\n").as_bytes())
}

fn gguf(
    parameters: &[Parameter],
    embeddings: Vec<(String, Arc<QTensor>)>,
    storage: Storage,
) -> Result<Vec<u8>> {
    let mut tensors: BTreeMap<String, Arc<QTensor>> = embeddings.into_iter().collect();
    for (name, tensor) in unfused(parameters)? {
        let is_matrix = tensor.rank() == 2 && tensor.dim(1)?.is_multiple_of(32);
        let dtype = if is_matrix {
            storage.of(&name)
        } else {
            GgmlDType::F32
        };
        tensors.insert(name, Arc::new(QTensor::quantize(&tensor, dtype)?));
    }
    let tensors: Vec<(&str, &QTensor)> = tensors.iter().map(|(n, t)| (n.as_str(), &**t)).collect();
    let architecture = gguf_file::Value::String("bert".into());
    let mut out = Cursor::new(Vec::new());
    gguf_file::write(
        &mut out,
        &[("general.architecture", &architecture)],
        &tensors,
    )?;
    Ok(out.into_inner())
}

/// The parameters as they are, for a checkpoint.
pub(super) fn snapshot(parameters: &[Parameter]) -> Result<Vec<Vec<f32>>> {
    parameters
        .iter()
        .map(|p| p.var.to_dtype(DType::F32)?.flatten_all()?.to_vec1())
        .collect()
}

/// Puts numbers back that [`snapshot`] took.
pub(super) fn restore(parameters: &[Parameter], numbers: &[Vec<f32>]) -> Result<()> {
    if parameters.len() != numbers.len() {
        candle_core::bail!(
            "{} parameters, {} in the checkpoint",
            parameters.len(),
            numbers.len()
        );
    }
    for (parameter, numbers) in parameters.iter().zip(numbers) {
        let tensor = Tensor::from_slice(numbers, parameter.var.shape(), parameter.var.device())?;
        parameter.var.set(&tensor)?;
    }
    Ok(())
}
