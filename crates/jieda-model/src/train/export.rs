//! A trained network as a model folder.

use std::{
    collections::BTreeMap,
    fs,
    io::{BufWriter, Write as _},
    path::Path,
    sync::Arc,
};

use candle_core::{
    DType, Device, Result, Tensor,
    quantized::{GgmlDType, QTensor, gguf_file},
};

use super::network::{FUSED, FUSED_PARTS, Parameter};
use crate::weights::Weights;

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
pub(super) fn unfused(parameters: &[Parameter]) -> Result<BTreeMap<String, Tensor>> {
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

/// Writes a GGUF file: what was trained, and the embeddings of the base as they are there.
pub(super) fn write_gguf(
    path: &Path,
    parameters: &[Parameter],
    base: &mut Weights,
    storage: Storage,
) -> Result<()> {
    let mut tensors: BTreeMap<String, Arc<QTensor>> = BTreeMap::new();
    for (name, tensor) in unfused(parameters)? {
        let is_matrix = tensor.rank() == 2 && tensor.dim(1)?.is_multiple_of(32);
        let dtype = if is_matrix {
            storage.of(&name)
        } else {
            GgmlDType::F32
        };
        tensors.insert(name, Arc::new(QTensor::quantize(&tensor, dtype)?));
    }
    for (name, tensor) in base.embeddings()? {
        tensors.insert(name, tensor);
    }
    let tensors: Vec<(&str, &QTensor)> = tensors.iter().map(|(n, t)| (n.as_str(), &**t)).collect();
    let architecture = gguf_file::Value::String("bert".into());
    let mut out = BufWriter::new(fs::File::create(path)?);
    gguf_file::write(
        &mut out,
        &[("general.architecture", &architecture)],
        &tensors,
    )?;
    out.flush()?;
    out.get_ref().sync_all()?;
    Ok(())
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
