//! How long an index takes to make.

use std::{fs, path::Path, time::Instant};

use jieda::{EngineConfig, Searcher, SharedEncoder};
use serde_json::{Value, json};

use crate::{Job, Result};

/// An engine's configuration with its indexes in a folder of its own.
pub(crate) fn config(cache: &Path) -> Result<EngineConfig> {
    Ok(EngineConfig {
        cache_dir: cache.to_owned(),
        ..EngineConfig::shipped()?
    })
}

/// Opens it with an empty cache and with a full one: the difference is what was built. Rivals are not charged for
/// loading the texts, jieba's dictionary or the model either.
pub(crate) fn build(job: &Job) -> Result<Value> {
    if job.cache.is_dir() {
        fs::remove_dir_all(&job.cache)?;
    }
    let config = config(&job.cache)?;
    let encoder = job.way.encoder_of_rows(&job.corpus)?;
    let open = |encoder: &SharedEncoder| -> Result<f64> {
        let start = Instant::now();
        Searcher::open_with(&config, &job.kb, encoder, &mut |_| {})?;
        Ok(start.elapsed().as_secs_f64())
    };
    let (cold, warm) = (open(&encoder)?, open(&encoder)?);
    Ok(json!({
        "engine": "jieda",
        "way": job.way.name(),
        "build_s": cold - warm,
        "open_s": warm,
        "disk_mb": size(&job.cache)? as f64 / 1e6,
    }))
}

fn size(folder: &Path) -> Result<u64> {
    let mut bytes = 0;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        bytes += if entry.file_type()?.is_dir() {
            size(&entry.path())?
        } else {
            entry.metadata()?.len()
        };
    }
    Ok(bytes)
}
