//! The engines of a replay.

use std::{path::Path, sync::Arc};

use jieda::{Engine, EngineConfig, EngineError, SharedEncoder, release::DataDir, types::Encoder};
use jieda_eval::replay::RememberingEncoder;

use crate::{
    args::{Common, replay::ReplayArgs},
    context::{warn, warn_of_device},
    side::Side,
};

/// Texts that an engine remembers the reading of: in a log, many are said again and again.
const REMEMBERED_TEXTS: usize = 4096;

/// One engine or two, and what they encode with.
pub(super) struct Sides {
    pub(super) a: Engine,
    pub(super) b: Option<Engine>,
    pub(super) encoder: Arc<RememberingEncoder>,
}

impl Sides {
    pub(super) fn open(common: &Common, args: &ReplayArgs) -> anyhow::Result<Self> {
        let data = common.data().map(|dir| DataDir::open(&dir)).transpose()?;
        let first = match args.release.first() {
            Some(name) => Side::named(name, data.as_ref())?,
            None => match &data {
                Some(data) => Side::current(data)?,
                None => Side::Folder(common.kb_dir()),
            },
        };
        let second = args.release.get(1);
        let second = second
            .map(|name| Side::named(name, data.as_ref()))
            .transpose()?;
        let policies = (args.policy.first(), args.policy.last());
        let config = config(common, policies.0.map(AsRef::as_ref))?;
        // Read before the model is loaded: what is wrong is told at once.
        let config_of_b = args
            .has_second()
            .then(|| self::config(common, policies.1.map(AsRef::as_ref)))
            .transpose()?;
        let loaded = SharedEncoder::load(&config)?;
        if let Some(warning) = loaded.warning() {
            warn_of_device(warning);
        }
        let encoder = Arc::new(RememberingEncoder::new(Arc::clone(loaded.encoder())));
        let shared = SharedEncoder::from(Arc::clone(&encoder) as Arc<dyn Encoder>);
        let a = first.engine(&config, Some(&shared))?;
        warn(a.searcher());
        let b = match &config_of_b {
            None => None,
            Some(config) => {
                let side = second.as_ref().unwrap_or(&first);
                let engine = side.engine(config, Some(&shared))?;
                if second.is_some() {
                    warn(engine.searcher());
                }
                Some(with_thresholds(engine, config, args)?)
            }
        };
        Ok(Self { a, b, encoder })
    }
}

fn config(common: &Common, policy: Option<&Path>) -> anyhow::Result<EngineConfig> {
    let source = common.source()?;
    let source = match policy {
        Some(path) => source.with("decision.policy", path.to_string_lossy().into_owned()),
        None => source,
    };
    Ok(EngineConfig {
        remembered_texts: REMEMBERED_TEXTS,
        ..EngineConfig::of(&source)?.with_vector_engine(jieda_vectors::connect)?
    })
}

fn with_thresholds(
    engine: Engine,
    config: &EngineConfig,
    args: &ReplayArgs,
) -> anyhow::Result<Engine> {
    if args.threshold.is_empty() {
        return Ok(engine);
    }
    let lines = args.threshold.iter();
    let text: String = lines
        .map(|threshold| format!("thresholds.{} = {}\n", threshold.name, threshold.value))
        .collect();
    let policy = engine.policy().clone().overlaid(&text);
    let policy = policy.map_err(|e| EngineError::Config {
        path: "--threshold".into(),
        message: e.to_string(),
    })?;
    Ok(engine.with_policy(config, policy))
}
