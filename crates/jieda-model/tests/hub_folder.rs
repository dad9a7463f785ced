//! Folders as the hub publishes them: every kind loads, and agrees with candle-transformers.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may fail by panic"
)]

mod generate;

use std::{fs, path::Path};

use candle_core::{DType, Device, Tensor};
use candle_nn::VarBuilder;
use candle_transformers::models::{bert, xlm_roberta};
use generate::{BERT, Kind, XLM_R, write_json};
use jieda_model::{
    Backend, LoadOptions, ModelError, ModelManifest, Pooling, Precision, TransformerEncoder,
};
use jieda_types::{Embedding, Encoder, TextRole};
use serde_json::json;

const TEXTS: [&str; 5] = [
    "怎么退货",
    "运费谁出",
    "我的订单没有收到，想查物流",
    "好",
    "退款地址改修发票开运费谁出想换我的你好吗",
];

fn options(backend: Backend, precision: Precision) -> LoadOptions {
    LoadOptions {
        backend,
        precision,
        ..LoadOptions::default()
    }
}

fn encode(encoder: &TransformerEncoder, texts: &[&str]) -> Vec<Embedding> {
    let encoded = encoder.encode(texts, TextRole::Query).unwrap();
    encoded.into_iter().map(|e| e.embedding).collect()
}

/// The vector that candle-transformers makes of token ids.
fn stock(kind: &Kind, dir: &Path, ids: &[u32]) -> Embedding {
    let tensors =
        candle_core::safetensors::load(dir.join("model.safetensors"), &Device::Cpu).unwrap();
    let tensors = tensors
        .into_iter()
        .map(|(name, t)| {
            let name = name.strip_prefix(kind.prefix).unwrap().to_owned();
            let name = name.replace("gamma", "weight").replace("beta", "bias");
            (name, t.to_dtype(DType::F32).unwrap())
        })
        .collect();
    let weights = VarBuilder::from_tensors(tensors, DType::F32, &Device::Cpu);
    let mut config = kind.config();
    if kind.activation == "gelu_new" {
        config["hidden_act"] = json!("geluapproximate");
    }
    let ids = Tensor::new(ids, &Device::Cpu)
        .unwrap()
        .unsqueeze(0)
        .unwrap();
    let types = ids.zeros_like().unwrap();
    let hidden = if kind.model_type == "bert" {
        let config: bert::Config = serde_json::from_value(config).unwrap();
        bert::BertModel::load(weights, &config)
            .unwrap()
            .forward(&ids, &types, None)
            .unwrap()
    } else {
        let config: xlm_roberta::Config = serde_json::from_value(config).unwrap();
        let model = xlm_roberta::XLMRobertaModel::new(&config, weights).unwrap();
        let mask = ids.ones_like().unwrap().to_dtype(DType::F32).unwrap();
        model
            .forward(&ids, &mask, &types, None, None, None)
            .unwrap()
    };
    let pooled = if kind.pooling == "pooling_mode_cls_token" {
        hidden.narrow(1, 0, 1).unwrap().squeeze(1).unwrap()
    } else {
        hidden.mean(1).unwrap()
    };
    Embedding::normalized(pooled.squeeze(0).unwrap().to_vec1().unwrap())
}

/// Token ids as the published tokenizer gives them.
fn ids(dir: &Path, text: &str) -> Vec<u32> {
    let mut tokenizer = tokenizers::Tokenizer::from_file(dir.join("tokenizer.json")).unwrap();
    tokenizer.with_padding(None).with_truncation(None).unwrap();
    tokenizer.encode(text, true).unwrap().get_ids().to_vec()
}

#[test]
fn every_kind_and_backend_agrees_with_candle_transformers() {
    let kinds = [
        BERT,
        Kind {
            pooling: "pooling_mode_mean_tokens",
            dtype: DType::F16,
            prefix: "bert.",
            old_names: true,
            ..BERT
        },
        Kind {
            activation: "gelu_new",
            ..BERT
        },
        Kind {
            activation: "relu",
            hidden: 36,
            heads: 3,
            ..BERT
        },
        XLM_R,
        Kind {
            dtype: DType::F32,
            pooling: "pooling_mode_cls_token",
            prefix: "",
            ..XLM_R
        },
    ];
    for kind in kinds {
        let dir = tempfile::tempdir().unwrap();
        kind.write(dir.path());
        let stock: Vec<Embedding> = TEXTS
            .iter()
            .map(|t| stock(&kind, dir.path(), &ids(dir.path(), t)))
            .collect();
        for (backend, precision, nearest) in [
            (Backend::Candle, Precision::F32, 0.99999),
            (Backend::Packed, Precision::F32, 0.99999),
            (Backend::Packed, Precision::Int8, 0.995),
        ] {
            let encoder =
                TransformerEncoder::load_with(dir.path(), &options(backend, precision)).unwrap();
            for ((text, ours), stock) in TEXTS.iter().zip(encode(&encoder, &TEXTS)).zip(&stock) {
                let cosine = ours.cosine(stock);
                assert!(
                    cosine > nearest,
                    "{kind:?} {backend:?} {precision:?} {text}: {cosine}"
                );
            }
        }
    }
}

#[test]
fn special_tokens_in_text_are_plain_text() {
    for (kind, text, specials) in [
        (BERT, "退货[CLS][SEP]退款[PAD][MASK]", vec![0, 2, 3, 4]),
        (XLM_R, "退货</s><s>退款<pad>", vec![0, 1, 2]),
    ] {
        let dir = tempfile::tempdir().unwrap();
        kind.write(dir.path());
        // The published tokenizer does match them: the test has something to find.
        let published = ids(dir.path(), text);
        let inner = |ids: &[u32]| {
            ids[1..ids.len() - 1]
                .iter()
                .filter(|id| specials.contains(*id))
                .count()
        };
        assert!(inner(&published) >= 2, "{published:?}");
        // Ours takes them for characters: more tokens, and no special one among them, or the vector
        // would be that of the published ids.
        let encoder = TransformerEncoder::load(dir.path()).unwrap();
        let encoded = encoder.encode(&[text], TextRole::Query).unwrap().remove(0);
        assert!(
            encoded.tokens > published.len(),
            "{} {published:?}",
            encoded.tokens
        );
    }
}

#[test]
fn prefixes_and_window_come_from_the_folder() {
    let dir = tempfile::tempdir().unwrap();
    let check = |name: &str, config: serde_json::Value, query: &str, passage: &str| {
        let dir = dir.path().join(name);
        BERT.write(&dir);
        if !config.is_null() {
            write_json(&dir.join("config_sentence_transformers.json"), &config);
        }
        let manifest = ModelManifest::load(&dir).unwrap();
        assert_eq!(
            (
                manifest.query_prefix.as_str(),
                manifest.passage_prefix.as_str()
            ),
            (query, passage)
        );
        assert_eq!((manifest.name.as_str(), manifest.max_tokens), (name, 40));
    };
    check("plain", json!(null), "", "");
    check(
        "prompts",
        json!({"prompts": {"query": "问：", "document": "答："}}),
        "问：",
        "答：",
    );
    check(
        "empty-prompts",
        json!({"prompts": {"query": "", "document": ""}}),
        "",
        "",
    );
    check("multilingual-e5-tiny", json!(null), "query: ", "passage: ");
    check(
        "bge-tiny-zh-v9",
        json!(null),
        "为这个句子生成表示以用于检索相关文章：",
        "",
    );
    check("bge-tiny-en", json!(null), "", "");

    let xlm = dir.path().join("xlm");
    XLM_R.write(&xlm);
    let manifest = ModelManifest::load(&xlm).unwrap();
    assert_eq!((manifest.max_tokens, manifest.pooling), (38, Pooling::Mean));
    write_json(
        &xlm.join("sentence_bert_config.json"),
        &json!({"max_seq_length": 16}),
    );
    let encoder = TransformerEncoder::load(&xlm).unwrap();
    let encoded = encoder
        .encode(&[&"退货".repeat(30)], TextRole::Query)
        .unwrap()
        .remove(0);
    assert_eq!(encoded.tokens, 16);
    assert!(encoded.truncated_tokens > 40);
}

#[test]
fn a_prefix_changes_the_vector_of_its_role_alone() {
    let dir = tempfile::tempdir().unwrap();
    BERT.write(dir.path());
    let plain = TransformerEncoder::load(dir.path()).unwrap();
    write_json(
        &dir.path().join("config_sentence_transformers.json"),
        &json!({"prompts": {"query": "查"}}),
    );
    let prefixed = TransformerEncoder::load(dir.path()).unwrap();
    let vector = |e: &TransformerEncoder, text: &str, role| {
        e.encode(&[text], role).unwrap().remove(0).embedding
    };
    assert_eq!(
        vector(&prefixed, "退货", TextRole::Query),
        vector(&plain, "查退货", TextRole::Query)
    );
    assert_eq!(
        vector(&prefixed, "退货", TextRole::Passage),
        vector(&plain, "退货", TextRole::Passage)
    );
    assert_ne!(prefixed.id(), plain.id());
}

/// Changes a folder: one tensor has another shape, and one number all over.
fn replaced(name: &'static str, shape: &'static [usize], number: f32) -> impl Fn(&Path) {
    move |dir| {
        let path = dir.join("model.safetensors");
        let mut tensors = candle_core::safetensors::load(&path, &Device::Cpu).unwrap();
        let tensor = Tensor::full(number, shape, &Device::Cpu).unwrap();
        assert!(tensors.insert(name.into(), tensor).is_some());
        candle_core::safetensors::save(&tensors, &path).unwrap();
    }
}

#[test]
fn folders_that_say_more_than_they_need_are_run() {
    let dir = tempfile::tempdir().unwrap();
    BERT.write(dir.path());
    let before = encode(
        &TransformerEncoder::load(dir.path()).unwrap(),
        &["怎么退货"],
    );
    // The tokenizer lowers text already, and there is no prompt to leave out.
    write_json(
        &dir.path().join("sentence_bert_config.json"),
        &json!({"do_lower_case": true}),
    );
    let pooling = json!({"pooling_mode_cls_token": true, "include_prompt": false});
    fs::rename(dir.path().join("1_Pooling"), dir.path().join("9_Pooling")).unwrap();
    write_json(&dir.path().join("9_Pooling/config.json"), &pooling);
    write_json(
        &dir.path().join("modules.json"),
        &json!([{"type": "sentence_transformers.models.Transformer", "path": ""},
                {"type": "sentence_transformers.models.Pooling", "path": "9_Pooling"},
                {"type": "sentence_transformers.models.Normalize", "path": "2_Normalize"}]),
    );
    let after = encode(
        &TransformerEncoder::load(dir.path()).unwrap(),
        &["怎么退货"],
    );
    assert_eq!(before, after);
}

#[test]
fn a_text_without_tokens_is_the_same_on_every_path() {
    let dir = tempfile::tempdir().unwrap();
    BERT.write(dir.path());
    let mut tokenizer = BERT.tokenizer();
    tokenizer["post_processor"] = json!(null);
    write_json(&dir.path().join("tokenizer.json"), &tokenizer);
    write_json(
        &dir.path().join("1_Pooling/config.json"),
        &json!({"pooling_mode_mean_tokens": true}),
    );
    for (backend, precision) in [
        (Backend::Packed, Precision::Int8),
        (Backend::Packed, Precision::F32),
        (Backend::Candle, Precision::F32),
    ] {
        let encoder =
            TransformerEncoder::load_with(dir.path(), &options(backend, precision)).unwrap();
        let vectors = encode(&encoder, &["", "退货"]);
        assert!(vectors[0].as_slice().iter().all(|&x| x == 0.0));
        assert!(vectors[1].as_slice().iter().any(|&x| x != 0.0));
    }
}

#[test]
fn what_can_not_be_run_is_said() {
    let check = |change: &dyn Fn(&Path), expected: &[&str]| {
        let dir = tempfile::tempdir().unwrap();
        BERT.write(dir.path());
        change(dir.path());
        let message = TransformerEncoder::load(dir.path())
            .unwrap_err()
            .to_string();
        for part in expected {
            assert!(message.contains(part), "{message}");
        }
    };
    let set = |key: &'static str, value: serde_json::Value| {
        move |dir: &Path| {
            let mut config = BERT.config();
            config[key] = value.clone();
            write_json(&dir.join("config.json"), &config);
        }
    };
    check(
        &set("model_type", json!("qwen3")),
        &["qwen3", "xlm-roberta"],
    );
    check(&set("hidden_act", json!("silu")), &["silu"]);
    check(
        &set("position_embedding_type", json!("relative_key")),
        &["relative_key"],
    );
    check(&set("num_attention_heads", json!(5)), &["5"]);
    check(
        &set("intermediate_size", json!(99)),
        &["intermediate", "99"],
    );
    check(&set("vocab_size", json!(7)), &["word embeddings"]);
    check(&set("num_hidden_layers", json!(3)), &["encoder.layer.2"]);
    check(
        &|dir| {
            let window = json!({"max_seq_length": 0});
            write_json(&dir.join("sentence_bert_config.json"), &window);
        },
        &["max_tokens"],
    );
    check(
        &|dir| {
            let mut tokenizer = BERT.tokenizer();
            tokenizer["model"]["vocab"]["多"] = json!(99);
            write_json(&dir.join("tokenizer.json"), &tokenizer);
        },
        &["tokenizer.json", "go up to 99"],
    );
    check(
        &|dir| {
            let mut tokenizer = BERT.tokenizer();
            tokenizer["post_processor"]["special_tokens"]["[SEP]"]["ids"] = json!([77]);
            write_json(&dir.join("tokenizer.json"), &tokenizer);
        },
        &["tokenizer.json", "go up to 77"],
    );
    check(&set("pad_token_id", json!(999)), &["pad_token_id 999"]);
    check(
        &set("max_position_embeddings", json!(99)),
        &["position embeddings"],
    );
    check(&set("intermediate_size", json!(1_000_000)), &["wider than"]);
    for change in [
        replaced("embeddings.position_embeddings.weight", &[40, 24], 0.0),
        replaced("embeddings.token_type_embeddings.weight", &[2, 24], 0.0),
        replaced("embeddings.token_type_embeddings.weight", &[0, 48], 0.0),
    ] {
        check(&change, &["embeddings are"]);
    }
    let infinite = replaced("encoder.layer.1.output.dense.bias", &[48], f32::INFINITY);
    check(&infinite, &["layer.1.output.dense.bias", "not finite"]);
    for (class, path, message) in [
        ("models.Pooling", "2_Pooling", "2_Pooling"),
        ("models.Pooling", "../1_Pooling", "no folder of the model's"),
        ("models.Pooling", "", "tells of pooling"),
        ("models.Transformer", "0_Transformer", "0_Transformer"),
    ] {
        check(
            &|dir| {
                write_json(
                    &dir.join("modules.json"),
                    &json!([{"type": class, "path": path}]),
                );
            },
            &["can't be used", message],
        );
    }
    check(
        &|dir| {
            let mut tokenizer = BERT.tokenizer();
            tokenizer["normalizer"]["lowercase"] = json!(false);
            write_json(&dir.join("tokenizer.json"), &tokenizer);
            write_json(
                &dir.join("sentence_bert_config.json"),
                &json!({"do_lower_case": true}),
            );
        },
        &["do_lower_case"],
    );
    check(
        &|dir| {
            write_json(
                &dir.join("1_Pooling/config.json"),
                &json!({"pooling_mode_mean_tokens": true, "include_prompt": false}),
            );
            write_json(
                &dir.join("config_sentence_transformers.json"),
                &json!({"prompts": {"query": "查"}}),
            );
        },
        &["include_prompt"],
    );
    check(
        &|dir| {
            fs::remove_file(dir.join("tokenizer.json")).unwrap();
            fs::write(dir.join("vocab.txt"), "[PAD]").unwrap();
        },
        &["no tokenizer.json", "vocab.txt", "save_pretrained"],
    );
    check(
        &|dir| {
            fs::remove_file(dir.join("model.safetensors")).unwrap();
            write_json(&dir.join("model.safetensors.index.json"), &json!({}));
        },
        &["several files"],
    );
    check(
        &|dir| {
            write_json(
                &dir.join("modules.json"),
                &json!([{"type": "sentence_transformers.models.Transformer"},
                        {"type": "sentence_transformers.models.Dense"}]),
            );
        },
        &["modules.json", "`Dense`"],
    );
    for length in 1..3 {
        check(
            &|dir| {
                write_json(
                    &dir.join("sentence_bert_config.json"),
                    &json!({"max_seq_length": length}),
                );
            },
            &["max_tokens"],
        );
    }
    check(
        &|dir| fs::remove_file(dir.join("config.json")).unwrap(),
        &["manifest.toml"],
    );
    check(
        &|dir| fs::remove_file(dir.join("model.safetensors")).unwrap(),
        &["model.safetensors"],
    );
    check(
        &|dir| fs::rename(dir.join("model.safetensors"), dir.join("pytorch_model.bin")).unwrap(),
        &["pytorch_model.bin", "model.safetensors"],
    );
    check(
        &|dir| fs::write(dir.join("model.safetensors"), b"short").unwrap(),
        &["model.safetensors"],
    );
    check(
        &|dir| {
            write_json(
                &dir.join("1_Pooling/config.json"),
                &json!({"pooling_mode_max_tokens": true}),
            );
        },
        &["pooling_mode_max_tokens", "pooling_mode_mean_tokens"],
    );
}

#[test]
fn a_saved_manifest_is_the_folder_it_was_made_from() {
    let dir = tempfile::tempdir().unwrap();
    XLM_R.write(dir.path());
    let described = ModelManifest::describe(dir.path()).unwrap();
    described.save(dir.path()).unwrap();
    let loaded = ModelManifest::load(dir.path()).unwrap();
    assert_eq!(loaded, described);
    assert!(loaded.verify(dir.path()).is_empty());

    // Both faults are told at once.
    fs::remove_file(dir.path().join("config.json")).unwrap();
    fs::write(dir.path().join("tokenizer.json"), "{}").unwrap();
    let faults = loaded.verify(dir.path());
    assert!(
        matches!(
            faults.as_slice(),
            [ModelError::Unreadable { .. }, ModelError::Damaged { .. }]
        ),
        "{faults:?}"
    );
}

#[test]
fn keys_that_are_left_out_have_the_defaults_of_their_family() {
    for (kind, keys) in [
        (BERT, ["pad_token_id", "hidden_act"]),
        (XLM_R, ["pad_token_id", "position_embedding_type"]),
    ] {
        let dir = tempfile::tempdir().unwrap();
        kind.write(dir.path());
        let whole = encode(&TransformerEncoder::load(dir.path()).unwrap(), &TEXTS);
        let mut config = kind.config();
        for key in keys {
            config.as_object_mut().unwrap().remove(key);
        }
        write_json(&dir.path().join("config.json"), &config);
        let encoder = TransformerEncoder::load(dir.path()).unwrap();
        assert_eq!(encode(&encoder, &TEXTS), whole, "{kind:?}");
        config["pad_token_id"] = json!(null);
        write_json(&dir.path().join("config.json"), &config);
        let encoder = TransformerEncoder::load(dir.path()).unwrap();
        assert_eq!(encode(&encoder, &TEXTS), whole, "{kind:?}");
    }
}

#[test]
fn the_hidden_name_of_a_special_token_can_not_be_typed() {
    for (kind, special) in [(BERT, "[SEP]"), (XLM_R, "</s>")] {
        let dir = tempfile::tempdir().unwrap();
        kind.write(dir.path());
        if kind.model_type == "bert" {
            // Neither cleans the text nor splits at brackets.
            let mut tokenizer = kind.tokenizer();
            tokenizer["normalizer"] = json!({"type": "NFKC"});
            tokenizer["pre_tokenizer"] = json!({"type": "WhitespaceSplit"});
            write_json(&dir.path().join("tokenizer.json"), &tokenizer);
        }
        let encoder = TransformerEncoder::load(dir.path()).unwrap();
        let plain = format!("退 {special}");
        let typed = format!("退 \u{1}{special}");
        let vectors = encode(&encoder, &[&plain, &typed]);
        assert_eq!(vectors[0], vectors[1], "{kind:?}");
    }
}

#[test]
fn the_tokenizer_limits_the_window_where_it_says_so() {
    let dir = tempfile::tempdir().unwrap();
    BERT.write(dir.path());
    for (length, window) in [
        ("16", 16),
        ("1000000000000000019884624838656", 40),
        ("null", 40),
    ] {
        let json = format!("{{\"model_max_length\": {length}}}");
        fs::write(dir.path().join("tokenizer_config.json"), json).unwrap();
        let manifest = ModelManifest::describe(dir.path()).unwrap();
        assert_eq!(manifest.max_tokens, window, "{length}");
    }
    let manifest = ModelManifest::describe_as(dir.path(), "BAAI/bge-tiny-zh").unwrap();
    assert_eq!(manifest.name, "bge-tiny-zh");
    assert!(!manifest.query_prefix.is_empty());
    assert_eq!(manifest.weights_file(), Some("model.safetensors"));
}
