//! The forward pass on a CPU: weights packed once, tokens of a batch end to end, no padding.
//!
//! The same network as [`bert`](crate::bert), which is the reference. The linear layers of all
//! tokens of a shard are one product; attention is computed text by text. A vector does not depend
//! on what else is in its batch, nor on the number of threads, bit for bit: rows of a product are
//! independent sums in one order, and int8 activations are scaled token by token.

pub(crate) mod attention;
mod gemm;
pub(crate) mod level;
pub(crate) mod math;
mod quantize;
pub(crate) mod rows;
mod shards;

use std::sync::{Mutex, PoisonError};

use candle_core::{Device, Result, Storage, Tensor};
use rayon::prelude::*;

use crate::{
    config::{Activation, BertConfig},
    pool::Pooling,
    weights::{Weights, WordEmbeddings},
};
use attention::Heads;
pub use gemm::Precision;
use gemm::{Linear, Scratch};
use level::Level;

/// The network.
pub(crate) struct CpuBert {
    embeddings: Embeddings,
    layers: Vec<Layer>,
    heads: Heads,
    activation: Activation,
    level: Level,
    /// Rooms of threads that are not at work, so that big buffers are allocated once.
    rooms: Mutex<Vec<Room>>,
}

/// Buffers of one thread.
#[derive(Default)]
struct Room {
    hidden: Vec<f32>,
    fused: Vec<f32>,
    mixed: Vec<f32>,
    update: Vec<f32>,
    inner: Vec<f32>,
    attention: attention::Scratch,
    scratch: Scratch,
}

impl CpuBert {
    pub(crate) fn load(
        weights: &mut Weights,
        config: &BertConfig,
        precision: Precision,
    ) -> Result<Self> {
        let level = Level::detect();
        let layers = (0..config.num_hidden_layers)
            .map(|i| Layer::load(weights, config, (i, level, precision)))
            .collect::<Result<_>>()?;
        Ok(Self {
            embeddings: Embeddings::load(weights, config, level)?,
            layers,
            heads: Heads {
                heads: config.num_attention_heads,
                width: config.hidden_size / config.num_attention_heads,
            },
            activation: config.hidden_act,
            level,
            rooms: Mutex::new(Vec::new()),
        })
    }

    /// The instructions that are used.
    pub(crate) fn level(&self) -> &'static str {
        self.level.name()
    }

    /// Pooled vectors of token ids, text by text, on the threads of the current rayon pool.
    pub(crate) fn forward(&self, texts: &[&[u32]], pooling: Pooling) -> Result<Vec<Vec<f32>>> {
        let lengths: Vec<usize> = texts.iter().map(|ids| ids.len()).collect();
        let shards = shards::plan(&lengths, rayon::current_num_threads());
        let run =
            |shard: &std::ops::Range<usize>| self.forward_shard(&texts[shard.clone()], pooling);
        let vectors: Vec<Vec<Vec<f32>>> = match shards.as_slice() {
            [one] => vec![run(one)?],
            many => many.par_iter().map(run).collect::<Result<_>>()?,
        };
        Ok(vectors.into_iter().flatten().collect())
    }

    fn forward_shard(&self, texts: &[&[u32]], pooling: Pooling) -> Result<Vec<Vec<f32>>> {
        let free = || self.rooms.lock().unwrap_or_else(PoisonError::into_inner);
        let mut room = free().pop().unwrap_or_default();
        let vectors = self.forward_in(&mut room, texts, pooling);
        free().push(room);
        vectors
    }

    fn forward_in(
        &self,
        room: &mut Room,
        texts: &[&[u32]],
        pooling: Pooling,
    ) -> Result<Vec<Vec<f32>>> {
        let width = self.heads.heads * self.heads.width;
        self.embeddings.forward(texts, &mut room.hidden)?;
        for layer in &self.layers {
            layer.forward(self, room, texts);
        }
        let mut rest = room.hidden.as_slice();
        Ok(texts
            .iter()
            .map(|ids| {
                let (text, others) = rest.split_at(ids.len() * width);
                rest = others;
                pooling.pool(text, width)
            })
            .collect())
    }
}

struct Embeddings {
    words: WordEmbeddings,
    /// Position and token type 0, added once: `[positions, hidden]`, from the first one in use.
    positions: Vec<f32>,
    norm: Norm,
    level: Level,
}

impl Embeddings {
    fn load(weights: &mut Weights, config: &BertConfig, level: Level) -> Result<Self> {
        Ok(Self {
            words: config.word_embeddings(weights)?,
            positions: config
                .position_embeddings(weights)?
                .flatten_all()?
                .to_vec1()?,
            norm: Norm::load(weights, config, "embeddings.LayerNorm")?,
            level,
        })
    }

    fn forward(&self, texts: &[&[u32]], hidden: &mut Vec<f32>) -> Result<()> {
        let ids = texts.concat();
        let tokens = ids.len();
        let ids = Tensor::from_vec(ids, tokens, &Device::Cpu)?;
        let words = self.words.rows(&ids)?.flatten_all()?.to_vec1::<f32>()?;
        hidden.clear();
        for ids in texts {
            let length = ids.len() * self.norm.scale.len();
            hidden.extend_from_slice(&self.positions[..length]);
        }
        self.norm.add_and_norm(self.level, hidden, &words);
        Ok(())
    }
}

struct Layer {
    query_key_value: Linear,
    attention_output: Linear,
    attention_norm: Norm,
    intermediate: Linear,
    output: Linear,
    output_norm: Norm,
}

impl Layer {
    fn load(
        weights: &mut Weights,
        config: &BertConfig,
        (index, level, precision): (usize, Level, Precision),
    ) -> Result<Self> {
        let prefix = format!("encoder.layer.{index}");
        let mut linear = |parts: &[&str], inputs: usize, outputs: usize| -> Result<Linear> {
            let (mut all, mut biases) = (Vec::with_capacity(parts.len()), Vec::new());
            for part in parts {
                let weight = weights.dense(&format!("{prefix}.{part}.weight"))?;
                let bias = weights.dense(&format!("{prefix}.{part}.bias"))?;
                if weight.dims() != [outputs, inputs] || bias.dims() != [outputs] {
                    candle_core::bail!(
                        "{prefix}.{part} is {:?} + {:?}, not [{outputs}, {inputs}] + [{outputs}] as \
                         config.json says",
                        weight.dims(),
                        bias.dims()
                    );
                }
                all.push(weight);
                biases.extend(bias.to_vec1::<f32>()?);
            }
            let all = match all.as_slice() {
                [one] => one.clone(),
                several => Tensor::cat(several, 0)?,
            };
            // The numbers where they are: copies of all weights would double the time to load.
            let (storage, layout) = all.storage_and_layout();
            match (&*storage, layout.contiguous_offsets()) {
                (Storage::Cpu(numbers), Some((start, end))) => {
                    let numbers = &numbers.as_slice::<f32>()?[start..end];
                    Ok(Linear::new(numbers, biases, level, precision))
                }
                _ => candle_core::bail!("{prefix}: weights are not in one piece on the processor"),
            }
        };
        let (hidden, inner) = (config.hidden_size, config.intermediate_size);
        let fused = [
            "attention.self.query",
            "attention.self.key",
            "attention.self.value",
        ];
        Ok(Self {
            query_key_value: linear(&fused, hidden, hidden)?,
            attention_output: linear(&["attention.output.dense"], hidden, hidden)?,
            intermediate: linear(&["intermediate.dense"], hidden, inner)?,
            output: linear(&["output.dense"], inner, hidden)?,
            attention_norm: Norm::load(
                weights,
                config,
                &format!("{prefix}.attention.output.LayerNorm"),
            )?,
            output_norm: Norm::load(weights, config, &format!("{prefix}.output.LayerNorm"))?,
        })
    }

    fn forward(&self, bert: &CpuBert, room: &mut Room, texts: &[&[u32]]) {
        let level = bert.level;
        let Room {
            hidden,
            fused,
            mixed,
            update,
            inner,
            attention,
            scratch,
        } = room;
        self.query_key_value.forward(hidden, fused, scratch);
        mixed.resize(hidden.len(), 0.0);
        let (mut fused, mut rest) = (fused.as_slice(), mixed.as_mut_slice());
        for ids in texts {
            let length = ids.len() * bert.heads.heads * bert.heads.width;
            let (text, others) = fused.split_at(3 * length);
            let (mixed, others_mixed) = rest.split_at_mut(length);
            attention::attend(level, text, bert.heads, mixed, attention);
            (fused, rest) = (others, others_mixed);
        }
        self.attention_output.forward(mixed, update, scratch);
        self.attention_norm.add_and_norm(level, hidden, update);
        self.intermediate.forward(hidden, inner, scratch);
        match bert.activation {
            Activation::Gelu => rows::gelu(level, inner),
            Activation::GeluPytorchTanh => rows::gelu_tanh(level, inner),
            Activation::Relu => rows::relu(level, inner),
        }
        self.output.forward(inner, update, scratch);
        self.output_norm.add_and_norm(level, hidden, update);
    }
}

struct Norm {
    scale: Vec<f32>,
    shift: Vec<f32>,
    eps: f32,
}

impl Norm {
    fn load(weights: &mut Weights, config: &BertConfig, name: &str) -> Result<Self> {
        let scale = weights.dense(&format!("{name}.weight"))?.to_vec1::<f32>()?;
        let shift = weights.dense(&format!("{name}.bias"))?.to_vec1::<f32>()?;
        if scale.len() != config.hidden_size || shift.len() != config.hidden_size {
            candle_core::bail!(
                "{name} is not {} wide, as config.json says",
                config.hidden_size
            );
        }
        Ok(Self {
            scale,
            shift,
            eps: config.layer_norm_eps as f32,
        })
    }

    fn add_and_norm(&self, level: Level, hidden: &mut [f32], update: &[f32]) {
        rows::add_and_norm(level, hidden, update, &self.scale, &self.shift, self.eps);
    }
}
