//! The network of an encoder on its device: packed on the processor, or on candle.

use candle_core::{DType, Device};

use crate::{
    Backend, DeviceChoice, LoadOptions, Pooling, Precision,
    batch::{self, Batch},
    bert::{Bert, BertConfig},
    cpu::CpuBert,
    tokenize::TokenizedText,
    weights::Weights,
};

/// A loaded network.
pub(crate) enum Network {
    Packed(Box<CpuBert>, Precision),
    Candle(Box<CandleBert>),
}

/// The reference on a device.
pub(crate) struct CandleBert {
    bert: Bert,
    pad: u32,
    vocabulary: usize,
    device: Device,
    dtype: DType,
}

impl Network {
    /// Loads on `device`, which must be the processor for our own backend.
    pub(crate) fn load(
        weights: &mut Weights,
        config: &BertConfig,
        options: &LoadOptions,
        device: &Device,
    ) -> candle_core::Result<Self> {
        if device.is_cpu() && options.backend == Backend::Packed {
            let bert = CpuBert::load(weights, config, options.precision)?;
            return Ok(Self::Packed(Box::new(bert), options.precision));
        }
        let dtype = if device.is_cpu() || options.precision == Precision::F32 {
            DType::F32
        } else {
            DType::F16
        };
        weights.place(device, dtype);
        Ok(Self::Candle(Box::new(CandleBert {
            bert: Bert::load(weights, config)?,
            pad: config.pad_token_id,
            vocabulary: config.vocab_size,
            device: device.clone(),
            dtype,
        })))
    }

    /// How many pieces have an embedding.
    pub(crate) fn vocabulary(&self) -> usize {
        match self {
            Self::Packed(bert, _) => bert.vocabulary(),
            Self::Candle(network) => network.vocabulary,
        }
    }

    /// Where and how it computes, for people.
    pub(crate) fn describe(&self) -> String {
        match self {
            Self::Packed(bert, Precision::F32) => format!("cpu, f32, {}", bert.level()),
            Self::Packed(bert, Precision::Int8) => format!("cpu, int8, {}", bert.level()),
            Self::Candle(network) => {
                let device = if network.device.is_cpu() {
                    "cpu"
                } else {
                    "cuda"
                };
                format!("candle on {device}, {}", network.dtype.as_str())
            }
        }
    }

    /// What distinguishes its vectors from those of the same model elsewhere.
    pub(crate) fn numbers(&self) -> &'static str {
        match self {
            Self::Packed(_, Precision::Int8) => "int8",
            Self::Packed(_, Precision::F32) => "f32",
            Self::Candle(network) => network.dtype.as_str(),
        }
    }

    /// Pooled vectors, text by text.
    pub(crate) fn forward(
        &self,
        texts: &[TokenizedText],
        pooling: Pooling,
    ) -> candle_core::Result<Vec<Vec<f32>>> {
        match self {
            Self::Packed(bert, _) => {
                let ids: Vec<&[u32]> = texts.iter().map(|t| t.ids.as_slice()).collect();
                bert.forward(&ids, pooling)
            }
            Self::Candle(network) => network.forward(texts, pooling),
        }
    }
}

impl CandleBert {
    fn forward(
        &self,
        texts: &[TokenizedText],
        pooling: Pooling,
    ) -> candle_core::Result<Vec<Vec<f32>>> {
        let mut vectors = vec![Vec::new(); texts.len()];
        for members in batch::plan(texts) {
            let rows: Vec<&TokenizedText> = members.iter().map(|&i| &texts[i]).collect();
            let batch = Batch::new(&rows, self.pad)?;
            let hidden = self.bert.forward(&batch)?.to_dtype(DType::F32)?;
            let pooled = match pooling {
                Pooling::Mean => batch.mean_pool(&hidden)?,
                Pooling::Cls => hidden.narrow(1, 0, 1)?.squeeze(1)?,
            };
            for (i, vector) in members.into_iter().zip(pooled.to_vec2::<f32>()?) {
                vectors[i] = vector;
            }
        }
        Ok(vectors)
    }
}

/// Finds the device; says why no CUDA device can be used where one was hoped for.
pub(crate) fn open_device(choice: DeviceChoice) -> candle_core::Result<(Device, Option<String>)> {
    match choice {
        DeviceChoice::Cpu => Ok((Device::Cpu, None)),
        DeviceChoice::Cuda(n) => Device::new_cuda(n).map(|device| (device, None)),
        DeviceChoice::Auto => Ok(match Device::new_cuda(0) {
            Ok(device) => (device, None),
            Err(e) => (Device::Cpu, Some(e.to_string())),
        }),
    }
}
