//! `jieda model list`: what is there, faulty or not.

use std::{
    io::Write as _,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use jieda::locate;
use jieda::model::{MANIFEST_FILE, ModelError, ModelManifest};
use serde_json::{Value, json};

use super::{manifest_json, pooling, size, total};
use crate::{
    args::{Common, ModelsFolder},
    paint::{BAD, paint},
    table::{Align, Table},
};

/// Without a manifest, a folder that holds one of these is taken for a model that is faulty; one
/// that holds none (tools, notes) for no model.
const TELLTALE: [&str; 4] = [
    "config.json",
    "tokenizer.json",
    "model.gguf",
    "model.safetensors",
];

pub(crate) fn run(common: &Common, args: &ModelsFolder) -> anyhow::Result<()> {
    let into = locate(&args.into);
    let dirs = folders(&into).with_context(|| format!("无法读取模型目录 {}", into.display()))?;
    let mut out = anstream::stdout().lock();
    if common.json {
        let models: Vec<Value> = dirs.iter().map(|dir| to_json(dir)).collect();
        writeln!(out, "{:#}", json!({ "models": models }))?;
        return Ok(());
    }
    if dirs.is_empty() {
        writeln!(out, "{} 里还没有模型。", into.display())?;
        return Ok(());
    }
    let mut table = Table::new(&[
        ("名称", Align::Left),
        ("版本", Align::Left),
        ("维数", Align::Right),
        ("池化", Align::Left),
        ("大小", Align::Right),
        ("编码器标识", Align::Left),
    ]);
    let mut faults = Vec::new();
    for dir in &dirs {
        match look(dir) {
            Ok(m) => table.row([
                m.name.clone(),
                m.version.clone(),
                m.dimensions.to_string(),
                pooling(&m),
                size(total(&m)),
                m.encoder_id()?.to_string(),
            ]),
            Err(error) => {
                let dash = || "-".to_owned();
                table.row([name(dir), dash(), dash(), dash(), dash(), "有问题".into()]);
                faults.push(format!("{}：{error}", name(dir)));
            }
        }
    }
    write!(out, "{}", table.render(0))?;
    for fault in faults {
        writeln!(out, "{} {fault}", paint(BAD, "有问题"))?;
    }
    Ok(())
}

fn name(dir: &Path) -> String {
    dir.file_name()
        .map_or_else(String::new, |n| n.to_string_lossy().into_owned())
}

/// Folders that are models or were meant to be; hidden ones are pulls that are not finished.
fn folders(into: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut dirs = Vec::new();
    for entry in std::fs::read_dir(into)? {
        let dir = entry?.path();
        let telling = |file: &&str| dir.join(file).exists();
        if dir.is_dir()
            && !name(&dir).starts_with('.')
            && (telling(&MANIFEST_FILE) || TELLTALE.iter().any(telling))
        {
            dirs.push(dir);
        }
    }
    dirs.sort();
    Ok(dirs)
}

/// The manifest, and a glance at its files: there, and of their length. Hashing is `verify`'s.
fn look(dir: &Path) -> Result<ModelManifest, ModelError> {
    let manifest = ModelManifest::load(dir)?;
    manifest.encoder_id()?;
    for (name, entry) in &manifest.files {
        let path = dir.join(name);
        match std::fs::metadata(&path) {
            Ok(meta) if meta.len() == entry.bytes => {}
            Ok(meta) => {
                return Err(ModelError::Damaged {
                    path,
                    expected: format!("{} bytes", entry.bytes),
                    found: format!("{} bytes", meta.len()),
                });
            }
            Err(source) => return Err(ModelError::Unreadable { path, source }),
        }
    }
    Ok(manifest)
}

fn to_json(dir: &Path) -> Value {
    look(dir)
        .and_then(|manifest| manifest_json(dir, &manifest))
        .unwrap_or_else(
            |error| json!({ "name": name(dir), "dir": dir, "fault": error.to_string() }),
        )
}
