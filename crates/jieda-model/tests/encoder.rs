//! The shipped model: it agrees with candle's own BERT on every path.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may fail by panic"
)]

use std::{num::NonZeroUsize, path::PathBuf, sync::LazyLock};

use candle_core::{DType, Device, Tensor, quantized::gguf_file};
use candle_nn::VarBuilder;
use candle_transformers::models::bert::{BertModel, Config};
use jieda_model::{Backend, LoadOptions, Precision, TransformerEncoder};
use jieda_types::{Embedding, Encoded, Encoder, TextRole};
use serde::Deserialize;

static ENCODER: LazyLock<TransformerEncoder> =
    LazyLock::new(|| TransformerEncoder::load(&model_dir()).expect("the shipped model loads"));

fn model_dir() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../models/jieda-zh-base")
}

fn fixture<T: serde::de::DeserializeOwned>(name: &str) -> T {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures")
        .join(name);
    let text = std::fs::read_to_string(path).expect("fixture is there");
    serde_json::from_str(&text).expect("fixture is sound")
}

fn encode(texts: &[&str]) -> Vec<Encoded> {
    ENCODER.encode(texts, TextRole::Query).expect("encodes")
}

/// Every way of computing on this machine, and how near its vectors are to candle's.
fn ways() -> [(TransformerEncoder, f32); 4] {
    let load = |backend, precision, threads| {
        let options = LoadOptions {
            backend,
            precision,
            threads: NonZeroUsize::new(threads),
            ..LoadOptions::default()
        };
        TransformerEncoder::load_with(&model_dir(), &options).expect("the shipped model loads")
    };
    [
        (load(Backend::Candle, Precision::F32, 1), 0.99999),
        (load(Backend::Packed, Precision::F32, 1), 0.99999),
        // The vectors of a trained model are spread out: the same rounding turns them further.
        (load(Backend::Packed, Precision::Int8, 1), 0.99),
        (load(Backend::Packed, Precision::Int8, 3), 0.99),
    ]
}

#[test]
fn every_backend_agrees_with_candle_transformers() {
    let texts = [
        "怎么申请退款",
        "我的iPhone连不上WiFi了，怎么办？",
        "",
        "🙂退货",
        "a",
    ];
    let bert = stock_bert();
    let tokenizer = tokenizers::Tokenizer::from_file(model_dir().join("tokenizer.json")).unwrap();
    for (encoder, nearest) in ways() {
        let vectors = encoder.encode(&texts, TextRole::Query).unwrap();
        for (text, ours) in texts.iter().zip(vectors) {
            let encoding = tokenizer.encode_fast(*text, true).unwrap();
            let ids = Tensor::new(encoding.get_ids(), &Device::Cpu)
                .unwrap()
                .unsqueeze(0)
                .unwrap();
            let hidden = bert
                .forward(&ids, &ids.zeros_like().unwrap(), None)
                .unwrap();
            let mean = hidden.mean(1).unwrap().squeeze(0).unwrap();
            let stock = Embedding::normalized(mean.to_vec1::<f32>().unwrap());
            let cosine = ours.embedding.cosine(&stock);
            assert!(cosine > nearest, "{cosine} for {text:?} by {encoder:?}");
        }
    }
}

#[test]
fn int8_is_near_f32_on_real_questions() {
    let [_, (exact, _), (int8, nearest), _] = ways();
    let questions = real_questions();
    assert!(questions.len() >= 50);
    let questions: Vec<&str> = questions.iter().map(String::as_str).collect();
    let pairs = exact.encode(&questions, TextRole::Query).unwrap();
    let pairs = pairs
        .iter()
        .zip(int8.encode(&questions, TextRole::Query).unwrap());
    for ((exact, int8), question) in pairs.zip(&questions) {
        let cosine = exact.embedding.cosine(&int8.embedding);
        assert!(cosine > nearest, "{cosine} for {question}");
    }
}

/// Every 20th labelled query of the samples.
fn real_questions() -> Vec<String> {
    let truth = model_dir().join("../../eval/truth");
    ["ecommerce", "banking", "telecom"]
        .iter()
        .flat_map(|kb| {
            let text = std::fs::read_to_string(truth.join(kb).join("queries.jsonl")).unwrap();
            let texts: Vec<String> = text
                .lines()
                .step_by(20)
                .map(|line| {
                    serde_json::from_str::<serde_json::Value>(line).unwrap()["text"]
                        .as_str()
                        .unwrap()
                        .to_owned()
                })
                .collect();
            texts
        })
        .collect()
}

#[test]
fn vectors_are_the_same_bits_alone_in_any_batch_and_on_any_threads() {
    let long = "我上个月在你们平台买了一台洗衣机，外箱有点破，当时没在意就签收了，".repeat(9);
    let texts: Vec<String> = (0..40)
        .map(|i| match i % 4 {
            0 => "退款".into(),
            1 => format!("怎么修改第{i}个收货地址"),
            2 => long.chars().take(i * 7).collect(),
            _ => String::new(),
        })
        .collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let [_, (f32, _), (one, _), (three, _)] = ways();
    for encoder in [&f32, &one, &three] {
        let together = encoder.encode(&texts, TextRole::Query).unwrap();
        for (text, together) in texts.iter().zip(&together) {
            let alone = encoder.encode(&[text], TextRole::Query).unwrap().remove(0);
            assert_eq!(&alone, together, "{text:?} by {encoder:?}");
        }
    }
    let on_one = one.encode(&texts, TextRole::Query).unwrap();
    assert_eq!(on_one, three.encode(&texts, TextRole::Query).unwrap());
}

#[test]
fn vectors_in_other_numbers_have_another_id() {
    let [(candle, _), (f32, _), (int8, _), (again, _)] = ways();
    assert_ne!(f32.id(), int8.id());
    assert_eq!(int8.id(), again.id());
    assert_eq!(candle.id(), f32.id());
}

/// candle's stock model on the same weights.
fn stock_bert() -> BertModel {
    let config = std::fs::read_to_string(model_dir().join("config.json")).unwrap();
    let config: Config = serde_json::from_str(&config).unwrap();
    let mut file = std::fs::File::open(model_dir().join("model.gguf")).unwrap();
    let content = gguf_file::Content::read(&mut file).unwrap();
    let tensors = content
        .tensor_infos
        .keys()
        .map(|name| {
            let tensor = content.tensor(&mut file, name, &Device::Cpu).unwrap();
            (name.clone(), tensor.dequantize(&Device::Cpu).unwrap())
        })
        .collect();
    let weights = VarBuilder::from_tensors(tensors, DType::F32, &Device::Cpu);
    BertModel::load(weights, &config).unwrap()
}

#[test]
fn vectors_are_unit_vectors_of_384() {
    assert_eq!(ENCODER.dimensions(), 384);
    for encoded in encode(&["退货", "", "🙂", "\u{0}"]) {
        let vector = &encoded.embedding;
        assert_eq!(vector.as_slice().len(), 384);
        assert!((vector.cosine(vector) - 1.0).abs() < 1e-4);
    }
}

#[test]
fn truncation_is_reported() {
    let short = encode(&["怎么退货"]).remove(0);
    assert_eq!(short.truncated_tokens, 0);
    let long = encode(&[&"怎么退货还有运费谁出".repeat(300)]).remove(0);
    assert_eq!(long.tokens, 512);
    assert!(long.truncated_tokens > 500, "{}", long.truncated_tokens);
}

#[test]
fn special_tokens_in_text_are_plain_text() {
    #[derive(Deserialize)]
    struct Case {
        text: String,
        ids: Vec<u32>,
    }
    let tokenizer = tokenizers::Tokenizer::from_file(model_dir().join("tokenizer.json")).unwrap();
    let cases: Vec<Case> = fixture("reference_tokens.json");
    assert!(cases.iter().any(|c| c.text.contains("<s>")));
    for case in cases {
        let ids = tokenizer
            .encode_fast(case.text.as_str(), true)
            .unwrap()
            .get_ids()
            .to_vec();
        assert_eq!(ids, case.ids, "{:?}", case.text);
        let inner = &ids[1..ids.len() - 1];
        assert!(
            !inner.contains(&0) && !inner.contains(&2),
            "{:?} gave {ids:?}",
            case.text
        );
    }
}

#[test]
fn paraphrases_are_nearer_than_strangers() {
    let v = encode(&["怎么申请退货", "买的东西想退掉", "信用卡账单日是哪天"]);
    let near = v[0].embedding.cosine(&v[1].embedding);
    let far = v[0].embedding.cosine(&v[2].embedding);
    assert!(near > far, "{near} {far}");
}
