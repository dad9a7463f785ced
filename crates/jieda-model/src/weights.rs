//! Weights by name, from a GGUF file.

use std::{io::Cursor, sync::Arc};

use candle_core::{
    Device, Result, Tensor,
    quantized::{QTensor, gguf_file},
};

/// An opened GGUF file, with tensors named as in Hugging Face's `BertModel`.
pub(crate) struct Weights {
    content: gguf_file::Content,
    bytes: Cursor<Vec<u8>>,
    device: Device,
}

impl Weights {
    pub(crate) fn open(bytes: Vec<u8>, device: &Device) -> Result<Self> {
        let mut bytes = Cursor::new(bytes);
        let content = gguf_file::Content::read(&mut bytes)?;
        Ok(Self {
            content,
            bytes,
            device: device.clone(),
        })
    }

    /// A tensor in f32.
    pub(crate) fn dense(&mut self, name: &str) -> Result<Tensor> {
        self.quantized(name)?.dequantize(&self.device)
    }

    /// A tensor as stored. The word embeddings stay in 4 bits, since a query reads a handful of
    /// their 50,000 rows: 11 MB instead of 78, and the rows read are the same.
    pub(crate) fn quantized(&mut self, name: &str) -> Result<Arc<QTensor>> {
        self.content
            .tensor(&mut self.bytes, name, &self.device)
            .map(Arc::new)
    }
}
