//! Retrieval at 10 k to 1 M phrasings. `benches/retrieval/run` calls it, and rivals on the same texts and
//! vectors.
//!
//! - `build PHRASINGS DATA DIR`: makes the texts and vectors up from the knowledge bases under `DATA`,
//!   builds the indexes in `DIR`.
//! - `export PHRASINGS DATA DIR`: writes texts, vectors and queries for rivals.
//! - `folder PHRASINGS DATA DIR`: writes a knowledge base folder and labelled queries (for `benches/rivals/run`).
//! - `query PHRASINGS DATA DIR`: opens the indexes, searches, compares with exact search.
//!
//! Each prints one line of JSON.

mod corpus;
mod export;
mod folder;
mod measure;
mod vectors;

use std::{error::Error, path::PathBuf, time::Instant};

use corpus::{Corpus, PHRASINGS};
use jieda_retrieval::{NothingKnown, TextIndex, VectorIndex};
use jieda_text::{JiebaSegmenter, UserDictionary};
use serde_json::json;
use vectors::{MadeUp, Recorder};

/// Queries that are drawn; an FAQ that is drawn twice is asked once.
const QUERIES: usize = 1_000;

/// A knowledge base of a size, and where its files are.
struct Job {
    corpus: Corpus,
    segmenter: JiebaSegmenter,
    phrasings: usize,
    dir: PathBuf,
}

impl Job {
    fn text_file(&self) -> PathBuf {
        self.dir.join("text.bin")
    }

    fn vector_file(&self) -> PathBuf {
        self.dir.join("vectors.bin")
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [command, phrasings, data, dir] = arguments.as_slice() else {
        return Err("usage: build|export|folder|query PHRASINGS DATA DIR".into());
    };
    let phrasings: usize = phrasings.parse()?;
    let job = Job {
        corpus: Corpus::make(data.as_ref(), phrasings / PHRASINGS, QUERIES)?,
        segmenter: JiebaSegmenter::new(&UserDictionary::default())?,
        phrasings,
        dir: dir.into(),
    };
    std::fs::create_dir_all(&job.dir)?;
    let line = match command.as_str() {
        "build" => build(&job)?,
        "export" => export::export(&job)?,
        "folder" => folder::write(&job)?,
        "query" => measure::query(&job)?,
        _ => return Err(format!("unknown command {command}").into()),
    };
    println!("{line}");
    Ok(())
}

fn build(job: &Job) -> Result<serde_json::Value, Box<dyn Error>> {
    let start = Instant::now();
    let text = TextIndex::build(&job.corpus.kb, &job.segmenter)?;
    let text_seconds = start.elapsed().as_secs_f64();
    std::fs::write(job.text_file(), text.as_bytes())?;
    let text_bytes = text.as_bytes().len();
    drop(text);

    let recorder = Recorder::new(&job.segmenter);
    let encoder = MadeUp::new(&recorder, PHRASINGS)?;
    // Making vectors up is no part of building: the time between the first and the last report.
    let mut encoding: Option<(Instant, Instant)> = None;
    let mut progress = |_, _| {
        let now = Instant::now();
        encoding = Some((encoding.map_or(now, |(first, _)| first), now));
    };
    let start = Instant::now();
    let vectors = VectorIndex::build(
        &job.corpus.kb,
        &recorder,
        &encoder,
        &NothingKnown,
        &mut progress,
    )?;
    let all = start.elapsed().as_secs_f64();
    let encoding = encoding.map_or(0.0, |(a, b)| b.duration_since(a).as_secs_f64());
    std::fs::write(job.vector_file(), vectors.as_bytes())?;
    Ok(json!({
        "engine": "jieda",
        "phrasings": job.phrasings,
        "text_build_s": text_seconds,
        "vector_build_s": all - encoding,
        "text_mb": text_bytes as f64 / 1e6,
        "vector_mb": vectors.as_bytes().len() as f64 / 1e6,
    }))
}
