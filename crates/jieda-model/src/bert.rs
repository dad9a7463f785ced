//! BERT's forward pass, in model order: embeddings, layers of attention and feed-forward.
//!
//! Devlin et al. 2019, arXiv 1810.04805. Post-norm, absolute positions.
//! Query, key and value are one fused matrix product.

use candle_core::{D, Result, Tensor};
use candle_nn::ops::{layer_norm, softmax_last_dim};

use crate::{
    batch::Batch,
    config::{Activation, BertConfig},
    weights::{Weights, WordEmbeddings},
};

/// The network.
pub(crate) struct Bert {
    embeddings: Embeddings,
    layers: Vec<Layer>,
}

impl Bert {
    pub(crate) fn load(weights: &mut Weights, config: &BertConfig) -> Result<Self> {
        Ok(Self {
            embeddings: Embeddings::load(weights, config)?,
            layers: (0..config.num_hidden_layers)
                .map(|i| Layer::load(weights, config, &format!("encoder.layer.{i}")))
                .collect::<Result<_>>()?,
        })
    }

    /// Length of a hidden state.
    pub(crate) fn width(&self) -> usize {
        self.embeddings.width
    }

    /// Hidden states of the last layer, `[texts, tokens, hidden]`.
    pub(crate) fn forward(&self, batch: &Batch) -> Result<Tensor> {
        let mut hidden = self.embeddings.forward(batch)?;
        let mask = batch.attention_mask(&hidden)?;
        for layer in &self.layers {
            hidden = layer.forward(&hidden, mask.as_ref())?;
        }
        Ok(hidden)
    }
}

struct Embeddings {
    words: WordEmbeddings,
    /// `[positions, hidden]`.
    positions: Tensor,
    norm: Norm,
    width: usize,
}

impl Embeddings {
    fn load(weights: &mut Weights, config: &BertConfig) -> Result<Self> {
        let norm = Norm::load(weights, config, "embeddings.LayerNorm")?;
        let positions = config.position_embeddings(weights)?;
        Ok(Self {
            words: config.word_embeddings(weights)?,
            positions: positions
                .to_dtype(norm.scale.dtype())?
                .to_device(norm.scale.device())?,
            norm,
            width: config.hidden_size,
        })
    }

    fn forward(&self, batch: &Batch) -> Result<Tensor> {
        let (texts, tokens) = batch.ids.dims2()?;
        let words = self.words.rows(&batch.ids.flatten_all()?)?;
        let words = words.reshape((texts, tokens, ()))?;
        self.norm
            .forward(&words.broadcast_add(&self.positions.narrow(0, 0, tokens)?)?)
    }
}

struct Layer {
    query_key_value: Linear,
    attention_output: Linear,
    attention_norm: Norm,
    intermediate: Linear,
    output: Linear,
    output_norm: Norm,
    heads: usize,
    activation: Activation,
}

impl Layer {
    fn load(weights: &mut Weights, config: &BertConfig, prefix: &str) -> Result<Self> {
        let attention = format!("{prefix}.attention");
        let query = Linear::load(weights, &format!("{attention}.self.query"))?;
        let key = Linear::load(weights, &format!("{attention}.self.key"))?;
        let value = Linear::load(weights, &format!("{attention}.self.value"))?;
        let layer = Self {
            query_key_value: Linear::fuse(&[query, key, value])?,
            attention_output: Linear::load(weights, &format!("{attention}.output.dense"))?,
            attention_norm: Norm::load(weights, config, &format!("{attention}.output.LayerNorm"))?,
            intermediate: Linear::load(weights, &format!("{prefix}.intermediate.dense"))?,
            output: Linear::load(weights, &format!("{prefix}.output.dense"))?,
            output_norm: Norm::load(weights, config, &format!("{prefix}.output.LayerNorm"))?,
            heads: config.num_attention_heads,
            activation: config.hidden_act,
        };
        if layer.intermediate.weight.dims() != [config.intermediate_size, config.hidden_size] {
            candle_core::bail!(
                "{prefix}.intermediate does not have the shape of the configuration"
            );
        }
        Ok(layer)
    }

    fn forward(&self, hidden: &Tensor, mask: Option<&Tensor>) -> Result<Tensor> {
        let attended = self.attention_output.forward(&self.attend(hidden, mask)?)?;
        let hidden = self.attention_norm.forward(&(attended + hidden)?)?;
        let inner = self.intermediate.forward(&hidden)?;
        let inner = match self.activation {
            Activation::Gelu => inner.gelu_erf(),
            Activation::GeluPytorchTanh => inner.gelu(),
            Activation::Relu => inner.relu(),
        }?;
        self.output_norm
            .forward(&(self.output.forward(&inner)? + hidden)?)
    }

    /// Scaled dot-product attention over all heads: softmax(QKᵀ/√d + mask)·V.
    fn attend(&self, hidden: &Tensor, mask: Option<&Tensor>) -> Result<Tensor> {
        let (texts, tokens, width) = hidden.dims3()?;
        let head_width = width / self.heads;
        let fused = self
            .query_key_value
            .forward(hidden)?
            .reshape((texts, tokens, 3, self.heads, head_width))?
            .permute((2, 0, 3, 1, 4))?
            .contiguous()?;
        let (query, key, value) = (fused.get(0)?, fused.get(1)?, fused.get(2)?);
        let query = (query / (head_width as f64).sqrt())?;
        let scores = query.matmul(&key.transpose(D::Minus2, D::Minus1)?)?;
        let scores = match mask {
            Some(mask) => scores.broadcast_add(mask)?,
            None => scores,
        };
        let mixed = softmax_last_dim(&scores)?.matmul(&value)?;
        mixed.transpose(1, 2)?.reshape((texts, tokens, width))
    }
}

/// `x·Wᵀ + b`, with W stored as `[out, in]`: a transposed view is faster here than a transposed copy.
struct Linear {
    weight: Tensor,
    bias: Tensor,
}

impl Linear {
    fn load(weights: &mut Weights, name: &str) -> Result<Self> {
        Ok(Self {
            weight: weights.placed(&format!("{name}.weight"))?,
            bias: weights.placed(&format!("{name}.bias"))?,
        })
    }

    /// Several products of one input as one.
    fn fuse(parts: &[Self]) -> Result<Self> {
        let weights: Vec<&Tensor> = parts.iter().map(|p| &p.weight).collect();
        let biases: Vec<&Tensor> = parts.iter().map(|p| &p.bias).collect();
        Ok(Self {
            weight: Tensor::cat(&weights, 0)?,
            bias: Tensor::cat(&biases, 0)?,
        })
    }

    fn forward(&self, input: &Tensor) -> Result<Tensor> {
        let (texts, tokens, width) = input.dims3()?;
        let output = input
            .reshape((texts * tokens, width))?
            .matmul(&self.weight.t()?)?;
        output
            .broadcast_add(&self.bias)?
            .reshape((texts, tokens, ()))
    }
}

struct Norm {
    scale: Tensor,
    shift: Tensor,
    eps: f32,
}

impl Norm {
    fn load(weights: &mut Weights, config: &BertConfig, name: &str) -> Result<Self> {
        Ok(Self {
            scale: weights.placed(&format!("{name}.weight"))?,
            shift: weights.placed(&format!("{name}.bias"))?,
            eps: config.layer_norm_eps as f32,
        })
    }

    fn forward(&self, input: &Tensor) -> Result<Tensor> {
        layer_norm(&input.contiguous()?, &self.scale, &self.shift, self.eps)
    }
}
