//! Our side of the comparison with rivals. `benches/rivals/run` calls it.
//!
//! - `export KB QUERIES CORPUS`: writes texts and vectors, so that rivals search what we search.
//! - `build KB CORPUS WAY CACHE`: makes the index from nothing.
//! - `ask KB CORPUS WAY CACHE SECONDS`: quality, latency, throughput and memory of retrieval; with 0 seconds quality
//!   alone.
//! - `intents KB QUERIES`: how long it takes to name the intent of one text.
//!
//! WAY is `index` (vectors are given) or `text` (texts are encoded). Each prints one line of JSON, with the fields that
//! the rivals' scripts print.

mod ask;
mod build;
mod corpus;
mod export;
mod intents;
mod measure;
mod memory;
mod way;

use std::{error::Error, path::PathBuf};

use way::Way;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// What is searched, and where its files are.
struct Job {
    /// Folder of the knowledge base.
    kb: PathBuf,
    /// Folder that `export` wrote.
    corpus: PathBuf,
    way: Way,
    /// Folder for indexes.
    cache: PathBuf,
}

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let line = match arguments.as_slice() {
        ["export", kb, queries, corpus] => {
            export::export(kb.as_ref(), queries.as_ref(), corpus.as_ref())?
        }
        ["build", rest @ ..] if rest.len() == 4 => build::build(&Job::of(rest)?)?,
        ["ask", rest @ .., seconds] if rest.len() == 4 => {
            ask::ask(&Job::of(rest)?, seconds.parse()?)?
        }
        ["intents", kb, queries] => intents::measure(kb.as_ref(), queries.as_ref())?,
        _ => {
            return Err(
                "usage: export KB QUERIES CORPUS | build KB CORPUS WAY CACHE | \
                ask KB CORPUS WAY CACHE SECONDS | intents KB QUERIES"
                    .into(),
            );
        }
    };
    println!("{line}");
    Ok(())
}

impl Job {
    fn of(arguments: &[&str]) -> Result<Self> {
        let [kb, corpus, way, cache] = arguments else {
            return Err("KB CORPUS WAY CACHE are needed".into());
        };
        Ok(Self {
            kb: kb.into(),
            corpus: corpus.into(),
            way: way.parse()?,
            cache: cache.into(),
        })
    }
}
