//! `config.json`: the shape of the network, and what of it can be run here.

use candle_core::{Result, Tensor};
use serde::Deserialize;

use crate::weights::{Weights, WordEmbeddings};

/// Kinds of network that are this one: they differ in the first position alone.
const MODEL_TYPES: [&str; 4] = ["bert", "roberta", "xlm-roberta", "camembert"];

/// Widest layer: sums of int8 products over one row stay far inside of i32.
const WIDEST: usize = 1 << 16;

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

impl BertConfig {
    /// Reads and checks `config.json`; another architecture is named before its missing fields are.
    ///
    /// # Errors
    /// What is missing, or can't be run here.
    pub(crate) fn from_json(mut value: serde_json::Value) -> std::result::Result<Self, String> {
        let model_type = value.get("model_type").and_then(|v| v.as_str());
        check_type(model_type.unwrap_or("(none)"))?;
        let is_bert = model_type == Some("bert");
        if value.get("pad_token_id").is_none_or(|v| v.is_null()) {
            // RoBERTa's default is another than BERT's, and the first position follows from it.
            value["pad_token_id"] = u32::from(!is_bert).into();
        }
        let config: Self = serde_json::from_value(value).map_err(|e| e.to_string())?;
        config.check()?;
        Ok(config)
    }

    fn check(&self) -> std::result::Result<(), String> {
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
        if self.hidden_size > WIDEST || self.intermediate_size > WIDEST {
            return Err(format!("a layer is wider than {WIDEST}"));
        }
        if self.pad_token_id as usize >= self.vocab_size {
            return Err(format!(
                "pad_token_id {} is none of the {} of vocab_size",
                self.pad_token_id, self.vocab_size
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
        let positions = weights.dense("embeddings.position_embeddings.weight")?;
        let (rows, width) = positions.dims2()?;
        if rows < self.first_position() + self.positions() || width != self.hidden_size {
            candle_core::bail!(
                "position embeddings are {:?}, config.json says otherwise",
                positions.dims()
            );
        }
        let positions = positions.narrow(0, self.first_position(), self.positions())?;
        match weights.dense_if_any("embeddings.token_type_embeddings.weight")? {
            Some(types) if matches!(types.dims(), &[n, width] if n > 0 && width == self.hidden_size) => {
                positions.broadcast_add(&types.get(0)?)
            }
            Some(types) => candle_core::bail!(
                "token type embeddings are {:?}, config.json says otherwise",
                types.dims()
            ),
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
