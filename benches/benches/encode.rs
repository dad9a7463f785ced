//! candle-transformers' `BertModel` on our weights, in the shape of `jieda bench encode --json`.
//!
//! `cargo bench -p jieda-benches --bench encode`; threads: RAYON_NUM_THREADS; texts: a file with one
//! on each line, in JIEDA_BENCH_QUERIES. `benches/encode` runs it beside all others.

#![allow(clippy::unwrap_used, reason = "a benchmark may fail by panic")]
#![allow(missing_docs, reason = "a benchmark is a program")]

use candle_core::{DType, Device, Tensor, quantized::gguf_file};
use candle_nn::VarBuilder;
use candle_transformers::models::bert::{BertModel, Config};
use jieda_benches::{Sample, real_queries, root};

fn main() {
    let stock = Stock::load(&root().join("models/multilingual-e5-small-zh"));
    let queries = match std::env::var("JIEDA_BENCH_QUERIES") {
        Ok(path) => {
            let text = std::fs::read_to_string(path).unwrap();
            text.lines().map(str::to_owned).collect()
        }
        Err(_) => real_queries(200),
    };
    let batches: Vec<&[String]> = queries.chunks_exact(32).collect();
    let rows = [
        row(1, &Sample::of(&queries, |q| drop(stock.encode(&[q])))),
        row(
            32,
            &Sample::of(&batches, |batch| {
                let texts: Vec<&str> = batch.iter().map(String::as_str).collect();
                drop(stock.encode(&texts));
            }),
        ),
    ];
    println!("{}", serde_json::Value::from(rows.to_vec()));
}

fn row(batch: usize, calls: &Sample) -> serde_json::Value {
    let threads = std::env::var("RAYON_NUM_THREADS")
        .ok()
        .and_then(|n| n.parse().ok());
    let threads = threads.unwrap_or_else(|| std::thread::available_parallelism().unwrap().get());
    serde_json::json!({
        "backend": "candle BertModel", "dtype": "f32", "threads": threads, "batch": batch,
        "p50_ms": calls.ms(0.5), "p99_ms": calls.ms(0.99),
        "sentences_per_s": calls.per_second() * batch as f64, "cosine_min": 1.0,
    })
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
