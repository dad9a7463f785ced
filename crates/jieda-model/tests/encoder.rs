//! The shipped model: it agrees with its source, and with candle's own BERT.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may fail by panic"
)]

use std::{path::PathBuf, sync::LazyLock};

use candle_core::{DType, Device, Tensor, quantized::gguf_file};
use candle_nn::VarBuilder;
use candle_transformers::models::bert::{BertModel, Config};
use jieda_model::TransformerEncoder;
use jieda_types::{Embedding, Encoded, Encoder, TextRole};
use serde::Deserialize;

static ENCODER: LazyLock<TransformerEncoder> =
    LazyLock::new(|| TransformerEncoder::load(&model_dir()).expect("the shipped model loads"));

fn model_dir() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../models/multilingual-e5-small-zh")
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

#[derive(Deserialize)]
struct Reference {
    sentences: Vec<ReferenceSentence>,
}

#[derive(Deserialize)]
struct ReferenceSentence {
    text: String,
    vector: Vec<f32>,
}

#[test]
fn vectors_agree_with_the_unpruned_source() {
    let reference: Reference = fixture("reference_vectors.json");
    assert!(reference.sentences.len() >= 10);
    for sentence in reference.sentences {
        let ours = encode(&[&sentence.text]).remove(0).embedding;
        let cosine = ours.cosine(&Embedding::normalized(sentence.vector));
        assert!(cosine > 0.999, "{cosine} for {:?}", sentence.text);
    }
}

#[test]
fn the_forward_pass_agrees_with_candle_transformers() {
    let texts = ["怎么申请退款", "我的iPhone连不上WiFi了，怎么办？"];
    let bert = stock_bert();
    let tokenizer = tokenizers::Tokenizer::from_file(model_dir().join("tokenizer.json")).unwrap();
    for (text, ours) in texts.iter().zip(encode(&texts)) {
        let encoding = tokenizer
            .encode_fast(format!("query: {text}"), true)
            .unwrap();
        let ids = Tensor::new(encoding.get_ids(), &Device::Cpu)
            .unwrap()
            .unsqueeze(0)
            .unwrap();
        let hidden = bert
            .forward(&ids, &ids.zeros_like().unwrap(), None)
            .unwrap();
        let mean = hidden
            .mean(1)
            .unwrap()
            .squeeze(0)
            .unwrap()
            .to_vec1::<f32>()
            .unwrap();
        let cosine = ours.embedding.cosine(&Embedding::normalized(mean));
        assert!(cosine > 0.99999, "{cosine} for {text}");
    }
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
fn a_vector_does_not_depend_on_its_batch() {
    let long =
        "我上个月在你们平台买了一台洗衣机，送来的时候外箱就有点破，当时没在意就签收了，".repeat(6);
    let texts = ["退款", "怎么修改收货地址", &long, "WiFi连不上", ""];
    for (text, batched) in texts.iter().zip(encode(&texts)) {
        let alone = encode(&[text]).remove(0);
        let cosine = alone.embedding.cosine(&batched.embedding);
        assert!(cosine > 0.9999, "{cosine} for {text:?}");
        assert_eq!(alone.tokens, batched.tokens);
    }
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
