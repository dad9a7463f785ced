//! Our forward pass beside candle-transformers' `BertModel`, same weights, same process.
//!
//! `cargo bench -p jieda-benches --bench encode`; threads: RAYON_NUM_THREADS.

#![allow(clippy::unwrap_used, reason = "a benchmark may fail by panic")]
#![allow(missing_docs, reason = "a benchmark is a program")]

use candle_core::{DType, Device, Tensor, quantized::gguf_file};
use candle_nn::VarBuilder;
use candle_transformers::models::bert::{BertModel, Config};
use jieda::types::{Encoder, TextRole};
use jieda_benches::{Sample, real_queries, root};
use jieda_model::TransformerEncoder;

fn main() {
    let dir = root().join("models/multilingual-e5-small-zh");
    let ours = TransformerEncoder::load(&dir).unwrap();
    let stock = Stock::load(&dir);
    let queries = real_queries(200);
    let batches: Vec<&[String]> = queries.chunks_exact(32).collect();

    let mut cosine = 1.0f32;
    for query in queries.iter().take(20) {
        let mine = ours
            .encode(&[query], TextRole::Query)
            .unwrap()
            .remove(0)
            .embedding;
        let theirs = jieda::types::Embedding::normalized(stock.encode(&[query]).remove(0));
        cosine = cosine.min(mine.cosine(&theirs));
    }

    println!("| engine | ms/query p50 | p99 | batch 32, sentences/s |");
    println!("|---|---|---|---|");
    let single = Sample::of(&queries, |q| {
        ours.encode(&[q], TextRole::Query).unwrap();
    });
    let batched = Sample::of(&batches, |batch| {
        let texts: Vec<&str> = batch.iter().map(String::as_str).collect();
        ours.encode(&texts, TextRole::Query).unwrap();
    });
    row("jieda, f32 on candle", &single, &batched);
    let single = Sample::of(&queries, |q| {
        stock.encode(&[q]);
    });
    let batched = Sample::of(&batches, |batch| {
        let texts: Vec<&str> = batch.iter().map(String::as_str).collect();
        stock.encode(&texts);
    });
    row("candle-transformers BertModel, f32", &single, &batched);
    println!("\nlowest cosine between the two over 20 queries: {cosine:.6}");
}

fn row(name: &str, single: &Sample, batched: &Sample) {
    let sentences = batched.per_second() * 32.0;
    println!(
        "| {name} | {:.1} | {:.1} | {sentences:.0} |",
        single.ms(0.5),
        single.ms(0.99)
    );
}

/// The stock model, used as its examples use it: padded batch, mask, mean pooling.
struct Stock {
    bert: BertModel,
    tokenizer: tokenizers::Tokenizer,
}

impl Stock {
    fn load(dir: &std::path::Path) -> Self {
        let config = std::fs::read_to_string(dir.join("config.json")).unwrap();
        let config: Config = serde_json::from_str(&config).unwrap();
        let mut file = std::fs::File::open(dir.join("model.gguf")).unwrap();
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
        Self {
            bert: BertModel::load(weights, &config).unwrap(),
            tokenizer: tokenizers::Tokenizer::from_file(dir.join("tokenizer.json")).unwrap(),
        }
    }

    fn encode(&self, texts: &[&str]) -> Vec<Vec<f32>> {
        let ids: Vec<Vec<u32>> = texts
            .iter()
            .map(|text| {
                let encoding = self
                    .tokenizer
                    .encode_fast(format!("query: {text}"), true)
                    .unwrap();
                encoding.get_ids().to_vec()
            })
            .collect();
        let width = ids.iter().map(Vec::len).max().unwrap_or(0);
        let padded: Vec<u32> = ids
            .iter()
            .flat_map(|row| {
                row.iter()
                    .copied()
                    .chain(std::iter::repeat_n(1, width - row.len()))
            })
            .collect();
        let mask: Vec<f32> = ids
            .iter()
            .flat_map(|row| (0..width).map(|i| if i < row.len() { 1.0 } else { 0.0 }))
            .collect();
        let shape = (texts.len(), width);
        let ids = Tensor::from_vec(padded, shape, &Device::Cpu).unwrap();
        let mask = Tensor::from_vec(mask, shape, &Device::Cpu).unwrap();
        let hidden = self
            .bert
            .forward(&ids, &ids.zeros_like().unwrap(), Some(&mask))
            .unwrap();
        let sum = hidden
            .broadcast_mul(&mask.unsqueeze(2).unwrap())
            .unwrap()
            .sum(1)
            .unwrap();
        let mean = sum.broadcast_div(&mask.sum_keepdim(1).unwrap()).unwrap();
        mean.to_vec2().unwrap()
    }
}
