//! Retrieval, measured.

use std::{num::NonZeroUsize, sync::Arc, time::Duration};

use jieda::{
    Searcher, SharedEncoder,
    model::{BatchingEncoder, BatchingOptions},
    types::{Encoder, FaqId},
};
use serde_json::{Value, json};

use crate::{
    Job, Result,
    build::config,
    corpus::{Asked, Table},
    measure::{Callers, Latency, Load, Quality},
    memory::Memory,
    way::Way,
};

/// FAQs that are asked for.
const LIMIT: usize = 10;

pub(crate) fn ask(job: &Job, seconds: u64) -> Result<Value> {
    let asked: Vec<Asked> = Table::queries(&job.corpus).lines()?;
    let asked: Vec<Asked> = asked.into_iter().filter(|a| a.split == "test").collect();
    let open = |encoder: &SharedEncoder| -> Result<Searcher> {
        let config = config(&job.cache)?;
        Ok(Searcher::open_with(&config, &job.kb, encoder, &mut |_| {})?)
    };
    let searcher = open(&job.way.encoder(&job.corpus, None)?)?;

    let ranks = asked.iter().map(|asked| rank(&searcher, asked));
    let quality = Quality::of(ranks.collect::<Result<_>>()?);
    if seconds == 0 {
        return Ok(json!({ "engine": "jieda", "way": job.way.name(), "quality": quality }));
    }
    let memory = Memory::now();
    let alone = Latency::of(&asked, |asked| rank(&searcher, asked).map(drop))?;

    // Only one engine at a time is in memory.
    drop(searcher);
    // Rivals have the choice of threads as well.
    let one = open(&job.way.encoder(&job.corpus, Some(NonZeroUsize::MIN))?)?;
    let alone_on_one = Latency::of(&asked, |asked| rank(&one, asked).map(drop))?;
    let latency = alone.better_of(alone_on_one);

    let time = Duration::from_secs(seconds);
    let mut loads = Vec::new();
    let mut load = |searcher: &Searcher, threads, how| -> Result<()> {
        let ask = |asked: &Asked| rank(searcher, asked).map(drop);
        loads.push(Load::of(Callers { threads, how }, time, &asked, ask)?);
        Ok(())
    };
    // One thread encodes one text.
    load(&one, 2, "")?;
    load(&one, 4, "")?;
    if job.way == Way::Text {
        drop(one);
        // As the service does: who comes meanwhile is the next batch.
        let batching = open(&batching(&job.way.encoder(&job.corpus, None)?)?)?;
        load(&batching, 8, ", texts gathered")?;
        load(&batching, 32, ", texts gathered")?;
    }
    Ok(json!({
        "engine": "jieda",
        "way": job.way.name(),
        "quality": quality,
        "latency": latency,
        "memory": memory,
        "load": loads,
    }))
}

/// From the text to the place of the right FAQ; 0 when it is not found.
fn rank(searcher: &Searcher, asked: &Asked) -> Result<usize> {
    let understood = searcher.understand(&asked.original)?;
    let found = searcher.search(&understood, LIMIT)?;
    Ok(found.rank_of(&FaqId::new(asked.faq.as_str())?).unwrap_or(0))
}

fn batching(encoder: &SharedEncoder) -> Result<SharedEncoder> {
    let inner = Arc::clone(encoder.encoder());
    let batching: Arc<dyn Encoder> =
        Arc::new(BatchingEncoder::new(inner, BatchingOptions::default())?);
    Ok(batching.into())
}
