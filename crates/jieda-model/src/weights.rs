//! Weights by name, from a GGUF or a safetensors file.

use std::{io::Cursor, sync::Arc};

use candle_core::{
    DType, Device, Result, Storage, Tensor,
    quantized::{GgmlDType, QTensor, gguf_file},
    safetensors::BufferedSafetensors,
};

/// What libraries write before the names of a bare `BertModel`.
const PREFIXES: [&str; 7] = [
    "",
    "bert.",
    "roberta.",
    "xlm_roberta.",
    "model.",
    "encoder_model.",
    "0.auto_model.",
];
const WORDS: &str = "embeddings.word_embeddings.weight";

/// An opened file, with tensors named as in Hugging Face's `BertModel`.
pub(crate) struct Weights {
    file: File,
    prefix: &'static str,
    device: Device,
    dtype: DType,
}

enum File {
    Gguf(Box<gguf_file::Content>, Cursor<Vec<u8>>),
    Safetensors(BufferedSafetensors),
}

impl Weights {
    /// Opens a file's contents; which format it is shows in its first bytes.
    pub(crate) fn open(bytes: Vec<u8>) -> Result<Self> {
        let file = if bytes.starts_with(b"GGUF") {
            let mut bytes = Cursor::new(bytes);
            File::Gguf(Box::new(gguf_file::Content::read(&mut bytes)?), bytes)
        } else {
            File::Safetensors(BufferedSafetensors::new(bytes)?)
        };
        let mut weights = Self {
            file,
            prefix: "",
            device: Device::Cpu,
            dtype: DType::F32,
        };
        weights.prefix = PREFIXES
            .into_iter()
            .find(|prefix| weights.has(&format!("{prefix}{WORDS}")))
            .ok_or_else(|| {
                candle_core::Error::Msg(format!(
                    "there is no tensor `{WORDS}`: these are not the weights of a BERT"
                ))
            })?;
        Ok(weights)
    }

    /// Where [`placed`](Self::placed) puts tensors, and in which numbers.
    pub(crate) fn place(&mut self, device: &Device, dtype: DType) {
        self.device = device.clone();
        self.dtype = dtype;
    }

    fn has(&self, name: &str) -> bool {
        match &self.file {
            File::Gguf(content, _) => content.tensor_infos.contains_key(name),
            File::Safetensors(tensors) => tensors.get(name).is_ok(),
        }
    }

    /// The name in the file: LayerNorm's were `gamma` and `beta` once.
    fn resolve(&self, name: &str) -> Result<String> {
        let full = format!("{}{name}", self.prefix);
        if self.has(&full) {
            return Ok(full);
        }
        let old = full
            .strip_suffix("LayerNorm.weight")
            .map(|stem| format!("{stem}LayerNorm.gamma"))
            .or_else(|| {
                full.strip_suffix("LayerNorm.bias")
                    .map(|stem| format!("{stem}LayerNorm.beta"))
            });
        match old {
            Some(old) if self.has(&old) => Ok(old),
            _ => candle_core::bail!("the tensor `{full}` is missing"),
        }
    }

    /// A tensor in f32 on the processor.
    pub(crate) fn dense(&mut self, name: &str) -> Result<Tensor> {
        let name = self.resolve(name)?;
        let tensor = match &mut self.file {
            File::Gguf(content, bytes) => content
                .tensor(bytes, &name, &Device::Cpu)?
                .dequantize(&Device::Cpu)?,
            File::Safetensors(tensors) => {
                tensors.load(&name, &Device::Cpu)?.to_dtype(DType::F32)?
            }
        };
        check_finite(&tensor, &name)?;
        Ok(tensor)
    }

    /// A tensor where [`place`](Self::place) said.
    pub(crate) fn placed(&mut self, name: &str) -> Result<Tensor> {
        self.dense(name)?
            .to_dtype(self.dtype)?
            .to_device(&self.device)
    }

    /// A tensor in f32, or none when the file has none of that name.
    pub(crate) fn dense_if_any(&mut self, name: &str) -> Result<Option<Tensor>> {
        match self.resolve(name) {
            Ok(_) => self.dense(name).map(Some),
            Err(_) => Ok(None),
        }
    }

    /// The embeddings of words (as stored, or in 8 bits where they are not in blocks), positions and
    /// token types, by their names in a bare `BertModel`.
    pub(crate) fn embeddings(&mut self) -> Result<Vec<(String, Arc<QTensor>)>> {
        let words = match self.word_embeddings()?.table {
            Table::Quantized(table) => table,
            Table::Plain(table) => {
                let table = table.to_dtype(DType::F32)?;
                let dtype = match table.dim(1)?.is_multiple_of(32) {
                    true => GgmlDType::Q8_0,
                    false => GgmlDType::F32,
                };
                Arc::new(QTensor::quantize(&table, dtype)?)
            }
        };
        let mut all = vec![(WORDS.to_owned(), words)];
        for name in ["position", "token_type"].map(|n| format!("embeddings.{n}_embeddings.weight"))
        {
            if let Some(tensor) = self.dense_if_any(&name)? {
                all.push((name, Arc::new(QTensor::quantize(&tensor, GgmlDType::F32)?)));
            }
        }
        Ok(all)
    }

    /// The word embeddings, as stored.
    pub(crate) fn word_embeddings(&mut self) -> Result<WordEmbeddings> {
        let name = self.resolve(WORDS)?;
        let table = match &mut self.file {
            File::Gguf(content, bytes) => {
                Table::Quantized(Arc::new(content.tensor(bytes, &name, &Device::Cpu)?))
            }
            File::Safetensors(tensors) => Table::Plain(tensors.load(&name, &Device::Cpu)?),
        };
        Ok(WordEmbeddings {
            table,
            device: self.device.clone(),
            dtype: self.dtype,
        })
    }
}

/// Refuses what would spread through every vector, and what int8 would hide.
fn check_finite(tensor: &Tensor, name: &str) -> Result<()> {
    let (storage, layout) = tensor.storage_and_layout();
    let (Storage::Cpu(numbers), Some((start, end))) = (&*storage, layout.contiguous_offsets())
    else {
        candle_core::bail!("{name} is not in one piece on the processor");
    };
    let numbers = &numbers.as_slice::<f32>()?[start..end];
    // No early exit: whole registers at a time.
    let finite = numbers.iter().fold(true, |all, n| all & n.is_finite());
    if !finite {
        candle_core::bail!("{name} has numbers that are not finite");
    }
    Ok(())
}

/// The word embeddings in the numbers of the file, since a query reads a handful of their many
/// thousand rows: in 4 bits 11 MB instead of 78, and the rows read are the same. They stay on the
/// processor.
pub(crate) struct WordEmbeddings {
    table: Table,
    device: Device,
    dtype: DType,
}

enum Table {
    Quantized(Arc<QTensor>),
    Plain(Tensor),
}

impl WordEmbeddings {
    /// Vocabulary and width.
    pub(crate) fn dims(&self) -> Result<(usize, usize)> {
        match &self.table {
            Table::Quantized(table) => table.shape().dims2(),
            Table::Plain(table) => table.dims2(),
        }
    }

    /// Rows of ids, `[ids, width]`, where the weights were placed.
    pub(crate) fn rows(&self, ids: &Tensor) -> Result<Tensor> {
        match &self.table {
            Table::Quantized(table) => table.embedding(ids)?,
            Table::Plain(table) => table.index_select(ids, 0)?,
        }
        .to_dtype(self.dtype)?
        .to_device(&self.device)
    }
}
