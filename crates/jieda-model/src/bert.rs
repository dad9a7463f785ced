//! BERT's forward pass, in model order: embeddings, layers of attention and feed-forward.
//!
//! Devlin et al. 2019, arXiv 1810.04805. Post-norm, absolute positions.
//! Query, key and value are one fused matrix product.

use candle_core::{D, Result, Tensor};
use candle_nn::ops::{layer_norm, softmax_last_dim};
use serde::Deserialize;

use crate::{
    batch::Batch,
    weights::{Weights, WordEmbeddings},
};

/// Kinds of network that are this one: they differ in the first position alone.
const MODEL_TYPES: [&str; 4] = ["bert", "roberta", "xlm-roberta", "camembert"];

/// Shape of the network: the fields of Hugging Face's `config.json` that matter here.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(crate) struct BertConfig {
    pub(crate) vocab_size: usize,
    pub(crate) hidden_size: usize,
    pub(crate) num_hidden_layers: usize,
    pub(crate) num_attention_heads: usize,
    pub(crate) intermediate_size: usize,
    pub(crate) max_position_embeddings: usize,
    #[serde(default = "default_eps")]
    pub(crate) layer_norm_eps: f64,
    #[serde(default)]
    pub(crate) hidden_act: Activation,
    pub(crate) model_type: String,
    pub(crate) pad_token_id: u32,
    #[serde(default = "default_position_type")]
    position_embedding_type: String,
}

/// What stands between the two products of the feed-forward layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Activation {
    /// x·Φ(x), exact.
    #[default]
    Gelu,
    /// The tanh form of GELU.
    #[serde(alias = "gelu_new", alias = "gelu_fast")]
    GeluPytorchTanh,
    /// max(x, 0).
    Relu,
}

fn check_type(model_type: &str) -> std::result::Result<(), String> {
    if MODEL_TYPES.contains(&model_type) {
        return Ok(());
    }
    Err(format!(
        "model_type `{model_type}` is not supported; supported: {}",
        MODEL_TYPES.join(", ")
    ))
}

fn default_eps() -> f64 {
    1e-12
}

fn default_position_type() -> String {
    "absolute".into()
}

impl BertConfig {
    /// Reads `config.json`; another architecture is named before its missing fields are.
    pub(crate) fn from_json(mut value: serde_json::Value) -> std::result::Result<Self, String> {
        let model_type = value.get("model_type").and_then(|v| v.as_str());
        check_type(model_type.unwrap_or("(none)"))?;
        let is_bert = model_type == Some("bert");
        if value.get("pad_token_id").is_none_or(|v| v.is_null()) {
            // RoBERTa's default is another than BERT's, and the first position follows from it.
            value["pad_token_id"] = u32::from(!is_bert).into();
        }
        serde_json::from_value(value).map_err(|e| e.to_string())
    }

    /// Says what can't be run here.
    pub(crate) fn check(&self) -> std::result::Result<(), String> {
        check_type(&self.model_type)?;
        if self.position_embedding_type != "absolute" {
            return Err(format!(
                "position_embedding_type `{}` is not supported; supported: absolute",
                self.position_embedding_type
            ));
        }
        if self.num_attention_heads == 0
            || self.hidden_size == 0
            || self.intermediate_size == 0
            || !self.hidden_size.is_multiple_of(self.num_attention_heads)
        {
            return Err(format!(
                "hidden_size {} is not a multiple of num_attention_heads {}, or a size is 0",
                self.hidden_size, self.num_attention_heads
            ));
        }
        if self.positions() == 0 {
            return Err("max_position_embeddings leaves no position to use".into());
        }
        Ok(())
    }

    /// The row of a text's first token among the position embeddings: RoBERTa and its like begin
    /// behind the padding's.
    pub(crate) fn first_position(&self) -> usize {
        if self.model_type == "bert" {
            0
        } else {
            self.pad_token_id as usize + 1
        }
    }

    /// The longest text, in tokens.
    pub(crate) fn positions(&self) -> usize {
        self.max_position_embeddings
            .saturating_sub(self.first_position())
    }

    /// Position and token type 0, added once, in f32: `[positions, hidden]`, from the first in use.
    pub(crate) fn position_embeddings(&self, weights: &mut Weights) -> Result<Tensor> {
        let positions = weights
            .dense("embeddings.position_embeddings.weight")?
            .narrow(0, self.first_position(), self.positions())?;
        match weights.dense_if_any("embeddings.token_type_embeddings.weight")? {
            Some(types) => positions.broadcast_add(&types.get(0)?),
            None => Ok(positions),
        }
    }

    /// The word embeddings, if they have the shape that this configuration says.
    pub(crate) fn word_embeddings(&self, weights: &mut Weights) -> Result<WordEmbeddings> {
        let words = weights.word_embeddings()?;
        let dims = words.dims()?;
        if dims != (self.vocab_size, self.hidden_size) {
            candle_core::bail!("word embeddings are {dims:?}, config.json says otherwise");
        }
        Ok(words)
    }
}

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
