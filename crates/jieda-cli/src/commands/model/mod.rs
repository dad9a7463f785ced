//! `jieda model`: the models of this machine.

mod copy;
mod info;
mod list;
mod pull;
mod verify;

use std::path::{Path, PathBuf};

use jieda::locate;
use jieda::model::{ModelError, ModelManifest};
use serde_json::{Value, json};

use crate::args::{Common, ModelCommand, WhichModel};

pub(crate) fn run(common: &Common, command: &ModelCommand) -> anyhow::Result<()> {
    match command {
        ModelCommand::List(args) => list::run(common, args),
        ModelCommand::Info(args) => info::run(common, args),
        ModelCommand::Pull(args) => pull::run(common, args),
        ModelCommand::Verify(args) => verify::run(common, args),
    }
}

/// What is wrong with a model folder; never empty.
#[derive(Debug)]
pub(crate) struct ModelFaults(pub(crate) Vec<ModelError>);

impl std::fmt::Display for ModelFaults {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let lines: Vec<String> = self.0.iter().map(|e| format!("  {e}")).collect();
        f.write_str(&lines.join("\n"))
    }
}

impl std::error::Error for ModelFaults {}

impl WhichModel {
    /// The folder that is meant: a model by its name, or any folder.
    fn dir(&self) -> PathBuf {
        let named = locate(&self.into.into).join(&self.which);
        if is_name(&self.which) && named.is_dir() {
            return named;
        }
        locate(Path::new(&self.which))
    }
}

/// Whether a text is fit to be a folder in the models' folder: never a way out of it.
fn is_name(text: &str) -> bool {
    let sound = |c: char| c.is_alphanumeric() || "._-".contains(c);
    !text.is_empty() && text.len() <= 64 && !text.starts_with(['.', '-']) && text.chars().all(sound)
}

/// Length of all files of a model.
fn total(manifest: &ModelManifest) -> u64 {
    manifest.files.values().map(|f| f.bytes).sum()
}

/// A length for people.
fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{:.1} kB", bytes as f64 / 1e3),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}

/// How vectors are pooled, as the manifest spells it.
fn pooling(manifest: &ModelManifest) -> String {
    format!("{:?}", manifest.pooling).to_lowercase()
}

/// A manifest for programs.
fn manifest_json(dir: &Path, manifest: &ModelManifest) -> Result<Value, ModelError> {
    let files: serde_json::Map<String, Value> = manifest
        .files
        .iter()
        .map(|(name, f)| {
            (
                name.clone(),
                json!({ "sha256": f.sha256, "bytes": f.bytes }),
            )
        })
        .collect();
    Ok(json!({
        "name": manifest.name,
        "version": manifest.version,
        "encoder": manifest.encoder_id()?,
        "dir": dir,
        "architecture": manifest.architecture,
        "dimensions": manifest.dimensions,
        "max_tokens": manifest.max_tokens,
        "pooling": pooling(manifest),
        "query_prefix": manifest.query_prefix,
        "passage_prefix": manifest.passage_prefix,
        "licence": manifest.licence,
        "source": manifest.source,
        "bytes": total(manifest),
        "files": files,
    }))
}
