//! A model folder that was carried over by hand.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use jieda::model::{MANIFEST_FILE, ModelManifest};

use super::ModelFaults;

/// Files of a plain hub folder that are taken along where they are there.
const HUB_FILES: [&str; 8] = [
    "config.json",
    "tokenizer.json",
    "model.safetensors",
    "modules.json",
    "1_Pooling/config.json",
    "config_sentence_transformers.json",
    "sentence_bert_config.json",
    "tokenizer_config.json",
];

/// Copies what belongs to a model, and gives its manifest: the folder's own, whose hashes the copy
/// must have, or a new one.
pub(super) fn copy(from: &Path, to: &Path) -> anyhow::Result<ModelManifest> {
    let own = if from.join(MANIFEST_FILE).exists() {
        Some(ModelManifest::load(from)?)
    } else {
        None
    };
    let mut names: Vec<PathBuf> = match &own {
        Some(manifest) => manifest.files.keys().map(PathBuf::from).collect(),
        None => HUB_FILES.iter().map(PathBuf::from).collect(),
    };
    for entry in fs::read_dir(from).with_context(|| format!("无法读取 {}", from.display()))? {
        let name = PathBuf::from(entry?.file_name());
        let text = name.to_string_lossy().to_uppercase();
        if ["LICENSE", "LICENCE", "NOTICE", "MODEL.MD"]
            .iter()
            .any(|kept| text.starts_with(kept))
        {
            names.push(name);
        }
    }
    for name in names.iter().filter(|name| from.join(name).is_file()) {
        let target = to.join(name);
        if let Some(folder) = target.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::copy(from.join(name), &target)
            .with_context(|| format!("无法复制 {}", from.join(name).display()))?;
    }
    match own {
        Some(manifest) => {
            let faults = manifest.verify(to);
            anyhow::ensure!(faults.is_empty(), ModelFaults(faults));
            Ok(manifest)
        }
        None => {
            let folder = from
                .file_name()
                .unwrap_or(from.as_os_str())
                .to_string_lossy();
            let mut manifest = ModelManifest::describe_as(to, &folder)?;
            // No commit tells the version of a folder without a history; its weights do.
            if let Some(weights) = manifest.files.get("model.safetensors") {
                manifest.version = weights.sha256.chars().take(12).collect();
            }
            manifest.source = format!("local:{folder}");
            Ok(manifest)
        }
    }
}
