//! The network of an encoder on its device: packed on the processor, or on candle.

use candle_core::{DType, Device};

use crate::{
    Backend, DeviceChoice, LoadOptions, Pooling, Precision,
    batch::{self, Batch},
    bert::Bert,
    config::BertConfig,
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
            device: device.clone(),
            dtype,
        })))
    }

    /// Where and how it computes, for people.
    pub(crate) fn describe(&self) -> String {
        let numbers = self.numbers();
        match self {
            Self::Packed(bert, _) => format!("cpu, {numbers}, {}", bert.level()),
            Self::Candle(network) if network.device.is_cpu() => format!("candle on cpu, {numbers}"),
            Self::Candle(_) => format!("candle on cuda, {numbers}"),
        }
    }

    /// What distinguishes its vectors from those of the same model elsewhere.
    pub(crate) fn numbers(&self) -> &'static str {
        match self {
            Self::Packed(_, precision) => precision.name(),
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
            if batch.width() == 0 {
                // A tokenizer without a template, and texts that left nothing.
                for i in members {
                    vectors[i] = vec![0.0; self.bert.width()];
                }
                continue;
            }
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
