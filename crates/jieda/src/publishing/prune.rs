//! Removing old releases, and what was kept for them elsewhere.

use std::collections::HashMap;

use jieda_knowledge::release::{Keep, Pruned, Publisher, ReleaseId};
use jieda_retrieval::VectorKey;

use super::Bundle;
use crate::{EngineConfig, EngineError};

/// Removes old releases, and the vectors that a vector engine holds for them alone. Without an engine that is just
/// [`Publisher::prune`].
///
/// "Alone" is of this data directory: where replicas with directories of their own search the same engine, prune here only
/// what none of them answers from any more. One that finds its vectors gone answers by words until it is opened again.
///
/// # Errors
/// As [`Publisher::prune`]; [`EngineError::Vectors`] when the releases are gone and the engine could not be told: what it
/// holds in vain does no harm.
pub fn prune(
    config: &EngineConfig,
    publisher: &mut Publisher,
    keep: Keep,
) -> Result<Pruned, EngineError> {
    // Read before they are removed.
    let keys = match config.vectors.address() {
        Some(_) => keys(publisher)?,
        None => HashMap::new(),
    };
    let pruned = publisher.prune(keep)?;
    let needed: Vec<&VectorKey> = pruned.kept.iter().filter_map(|id| keys.get(id)).collect();
    for key in pruned.removed.iter().filter_map(|id| keys.get(id)) {
        if !needed.contains(&key) {
            config.vectors.forget(key)?;
        }
    }
    Ok(pruned)
}

/// Of every release whose vectors can be read.
fn keys(publisher: &Publisher) -> Result<HashMap<ReleaseId, VectorKey>, EngineError> {
    let data = publisher.data();
    let releases = data.releases()?.into_iter();
    Ok(releases
        .filter_map(|info| {
            let key = Bundle::vector_key(&data.release(&info.id).ok()?)?;
            Some((info.id, key))
        })
        .collect())
}
