//! Small models as the hub would publish them, made up from a seed.

#![allow(dead_code, reason = "each test file uses its part")]

use std::{collections::HashMap, fs, path::Path};

use candle_core::{DType, Device, Tensor};
use serde_json::{Value, json};

/// A kind of model.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Kind {
    pub(crate) model_type: &'static str,
    pub(crate) activation: &'static str,
    pub(crate) dtype: DType,
    /// Before the names of tensors.
    pub(crate) prefix: &'static str,
    /// LayerNorm's parameters are called gamma and beta.
    pub(crate) old_names: bool,
    pub(crate) pooling: &'static str,
    pub(crate) hidden: usize,
    pub(crate) heads: usize,
}

pub(crate) const BERT: Kind = Kind {
    model_type: "bert",
    activation: "gelu",
    dtype: DType::F32,
    prefix: "",
    old_names: false,
    pooling: "pooling_mode_cls_token",
    hidden: 48,
    heads: 4,
};

pub(crate) const XLM_R: Kind = Kind {
    model_type: "xlm-roberta",
    activation: "gelu",
    dtype: DType::BF16,
    prefix: "roberta.",
    old_names: false,
    pooling: "pooling_mode_mean_tokens",
    hidden: 64,
    heads: 2,
};

const PIECES: &str = "怎么退货款收到没有查物流订单号地址改修发票开运费谁出想换我的你好吗";
const POSITIONS: usize = 40;
const INNER: usize = 100;
const LAYERS: usize = 2;

impl Kind {
    fn is_bert(&self) -> bool {
        self.model_type == "bert"
    }

    fn pad(&self) -> usize {
        if self.is_bert() { 0 } else { 1 }
    }

    pub(crate) fn config(&self) -> Value {
        json!({
            "model_type": self.model_type,
            "vocab_size": self.pieces().len(),
            "hidden_size": self.hidden,
            "num_hidden_layers": LAYERS,
            "num_attention_heads": self.heads,
            "intermediate_size": INNER,
            "hidden_act": self.activation,
            "hidden_dropout_prob": 0.0,
            "attention_probs_dropout_prob": 0.0,
            "max_position_embeddings": POSITIONS,
            "type_vocab_size": 2,
            "initializer_range": 0.02,
            "layer_norm_eps": 1e-5,
            "pad_token_id": self.pad(),
            "bos_token_id": 0,
            "eos_token_id": 2,
            "position_embedding_type": "absolute",
            "use_cache": false,
        })
    }

    fn pieces(&self) -> Vec<String> {
        let specials: &[&str] = if self.is_bert() {
            &[
                "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "[", "]", "cls", "sep",
            ]
        } else {
            &["<s>", "<pad>", "</s>", "<unk>", "▁", "<", ">", "/", "s"]
        };
        let mut pieces: Vec<String> = specials.iter().map(|s| (*s).to_owned()).collect();
        for c in PIECES.chars().map(String::from) {
            if !pieces.contains(&c) {
                pieces.push(c);
            }
        }
        pieces
    }

    pub(crate) fn tokenizer(&self) -> Value {
        let pieces = self.pieces();
        let added = |content: &str, id: usize| {
            json!({"id": id, "content": content, "single_word": false, "lstrip": false,
                   "rstrip": false, "normalized": false, "special": true})
        };
        if self.is_bert() {
            let vocab: HashMap<&str, usize> = pieces
                .iter()
                .enumerate()
                .map(|(i, p)| (p.as_str(), i))
                .collect();
            json!({
                "version": "1.0",
                "truncation": {"direction": "Right", "max_length": 8, "strategy": "LongestFirst", "stride": 0},
                "padding": {"strategy": {"Fixed": 30}, "direction": "Right", "pad_to_multiple_of": null,
                            "pad_id": 0, "pad_type_id": 0, "pad_token": "[PAD]"},
                "added_tokens": (0..5).map(|i| added(&pieces[i], i)).collect::<Vec<_>>(),
                "normalizer": {"type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true,
                               "strip_accents": null, "lowercase": true},
                "pre_tokenizer": {"type": "BertPreTokenizer"},
                "post_processor": {"type": "TemplateProcessing",
                    "single": [{"SpecialToken": {"id": "[CLS]", "type_id": 0}},
                               {"Sequence": {"id": "A", "type_id": 0}},
                               {"SpecialToken": {"id": "[SEP]", "type_id": 0}}],
                    "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}],
                    "special_tokens": {"[CLS]": {"id": "[CLS]", "ids": [2], "tokens": ["[CLS]"]},
                                       "[SEP]": {"id": "[SEP]", "ids": [3], "tokens": ["[SEP]"]}}},
                "decoder": null,
                "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
                          "max_input_chars_per_word": 100, "vocab": vocab}
            })
        } else {
            let vocab: Vec<Value> = pieces
                .iter()
                .enumerate()
                .map(|(i, p)| json!([p, if i < 4 { 0.0 } else { -2.0 - i as f64 / 10.0 }]))
                .collect();
            json!({
                "version": "1.0", "truncation": null, "padding": null,
                "added_tokens": (0..4).map(|i| added(&pieces[i], i)).collect::<Vec<_>>(),
                "normalizer": {"type": "NFKC"},
                "pre_tokenizer": {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": true},
                "post_processor": {"type": "TemplateProcessing",
                    "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}},
                               {"Sequence": {"id": "A", "type_id": 0}},
                               {"SpecialToken": {"id": "</s>", "type_id": 0}}],
                    "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 0}}],
                    "special_tokens": {"<s>": {"id": "<s>", "ids": [0], "tokens": ["<s>"]},
                                       "</s>": {"id": "</s>", "ids": [2], "tokens": ["</s>"]}}},
                "decoder": null,
                "model": {"type": "Unigram", "unk_id": 3, "vocab": vocab, "byte_fallback": false}
            })
        }
    }

    /// Tensors by their bare names, f32.
    fn tensors(&self) -> Vec<(String, Vec<usize>)> {
        let (h, v) = (self.hidden, self.pieces().len());
        let mut all = vec![
            ("embeddings.word_embeddings.weight".to_owned(), vec![v, h]),
            (
                "embeddings.position_embeddings.weight".to_owned(),
                vec![POSITIONS, h],
            ),
            (
                "embeddings.token_type_embeddings.weight".to_owned(),
                vec![2, h],
            ),
            ("embeddings.LayerNorm.weight".to_owned(), vec![h]),
            ("embeddings.LayerNorm.bias".to_owned(), vec![h]),
        ];
        for i in 0..LAYERS {
            let linear = [
                ("attention.self.query", h, h),
                ("attention.self.key", h, h),
                ("attention.self.value", h, h),
                ("attention.output.dense", h, h),
                ("intermediate.dense", INNER, h),
                ("output.dense", h, INNER),
            ];
            for (name, outputs, inputs) in linear {
                all.push((
                    format!("encoder.layer.{i}.{name}.weight"),
                    vec![outputs, inputs],
                ));
                all.push((format!("encoder.layer.{i}.{name}.bias"), vec![outputs]));
            }
            for name in ["attention.output.LayerNorm", "output.LayerNorm"] {
                all.push((format!("encoder.layer.{i}.{name}.weight"), vec![h]));
                all.push((format!("encoder.layer.{i}.{name}.bias"), vec![h]));
            }
        }
        all
    }

    /// Writes the folder.
    pub(crate) fn write(&self, dir: &Path) {
        let mut state = 7u32;
        let mut number = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as f32 / (1 << 24) as f32 - 0.5
        };
        let mut tensors = HashMap::new();
        for (name, shape) in self.tensors() {
            let is_scale = name.ends_with("LayerNorm.weight");
            let values: Vec<f32> = (0..shape.iter().product())
                .map(|_| {
                    if is_scale {
                        1.0 + number()
                    } else {
                        0.6 * number()
                    }
                })
                .collect();
            let mut name = format!("{}{name}", self.prefix);
            if self.old_names {
                name = name
                    .replace("LayerNorm.weight", "LayerNorm.gamma")
                    .replace("LayerNorm.bias", "LayerNorm.beta");
            }
            let tensor = Tensor::from_vec(values, shape, &Device::Cpu).unwrap();
            tensors.insert(name, tensor.to_dtype(self.dtype).unwrap());
        }
        fs::create_dir_all(dir.join("1_Pooling")).unwrap();
        candle_core::safetensors::save(&tensors, dir.join("model.safetensors")).unwrap();
        write_json(&dir.join("config.json"), &self.config());
        write_json(&dir.join("tokenizer.json"), &self.tokenizer());
        write_json(
            &dir.join("1_Pooling/config.json"),
            &json!({"word_embedding_dimension": self.hidden, self.pooling: true, "pooling_mode_max_tokens": false}),
        );
    }
}

pub(crate) fn write_json(path: &Path, value: &Value) {
    fs::write(path, value.to_string()).unwrap();
}
