//! A model folder as published on the Hugging Face hub, described as one of ours.
//!
//! Read are `config.json`, `tokenizer.json` and the weights; and, where they are,
//! `tokenizer_config.json`, and `modules.json`, `1_Pooling/config.json`, `sentence_bert_config.json`
//! and `config_sentence_transformers.json` of the sentence-transformers library.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use serde::Deserialize;

use crate::{
    FileEntry, ModelError, ModelManifest, Pooling,
    config::BertConfig,
    digest::hash_file,
    manifest::{CONFIG_FILE, HUB_WEIGHTS_FILE, TOKENIZER_FILE},
};

const SENTENCE_FILE: &str = "sentence_bert_config.json";
/// Version of a folder that does not say its own.
const UNKNOWN_VERSION: &str = "local";

/// Prefixes that the authors ask for on the model card, of families whose folders don't say them.
/// First part of the name, a part that must follow, query, passage.
const PREFIXES: [(&str, &str, &str, &str); 3] = [
    ("multilingual-e5-", "", "query: ", "passage: "),
    ("e5-", "", "query: ", "passage: "),
    ("bge-", "-zh", "为这个句子生成表示以用于检索相关文章：", ""),
];

#[derive(Deserialize)]
struct SentenceConfig {
    max_seq_length: Option<usize>,
    #[serde(default)]
    do_lower_case: bool,
}

#[derive(Deserialize)]
struct TokenizerConfig {
    /// 1e30 where nobody set it.
    model_max_length: Option<f64>,
}

#[derive(Deserialize)]
struct Module {
    #[serde(rename = "type")]
    kind: String,
    /// Folder of its own files, within the model's.
    #[serde(default)]
    path: String,
}

impl Module {
    /// The class alone: newer folders leave out the package.
    fn class(&self) -> &str {
        self.kind.rsplit('.').next().unwrap_or_default()
    }
}

#[derive(Deserialize)]
struct TransformersConfig {
    #[serde(default)]
    prompts: BTreeMap<String, String>,
}

/// See [`ModelManifest::describe_as`].
pub(crate) fn describe(dir: &Path, name: &str) -> Result<ModelManifest, ModelError> {
    let config = config(dir)?;
    let weights = weights_file(dir)?;
    check_tokenizer(dir)?;
    check_lower_case(dir)?;
    let modules = modules(dir)?;
    let mut files = BTreeMap::new();
    for name in [CONFIG_FILE, TOKENIZER_FILE, weights] {
        files.insert(name.to_owned(), entry(&dir.join(name))?);
    }
    let (query_prefix, passage_prefix) = prefixes(dir, name)?;
    let (pooling, pools) = pooling(dir, &modules)?;
    if pools == Pools::WithoutPrompt && !(query_prefix.is_empty() && passage_prefix.is_empty()) {
        return Err(unusable(
            dir,
            "include_prompt = false is not supported beside prefixes: their tokens are part of the \
             mean here"
                .into(),
        ));
    }
    Ok(ModelManifest {
        name: name.to_owned(),
        version: UNKNOWN_VERSION.into(),
        architecture: "bert".into(),
        dimensions: config.hidden_size,
        max_tokens: window(dir)?.min(config.positions()),
        pooling,
        query_prefix,
        passage_prefix,
        licence: "unknown".into(),
        source: "a folder of the Hugging Face hub".into(),
        files,
    })
}

/// The longest text that the folder's authors allow; the network's own limit is not in it.
fn window(dir: &Path) -> Result<usize, ModelError> {
    let sentence =
        optional::<SentenceConfig>(&dir.join(SENTENCE_FILE))?.and_then(|c| c.max_seq_length);
    let tokenizer = optional::<TokenizerConfig>(&dir.join("tokenizer_config.json"))?
        .and_then(|c| c.model_max_length)
        // The conversion saturates: 1e30 is no limit.
        .map(|length| length as usize);
    Ok(sentence
        .unwrap_or(usize::MAX)
        .min(tokenizer.unwrap_or(usize::MAX)))
}

fn check_tokenizer(dir: &Path) -> Result<(), ModelError> {
    if dir.join(TOKENIZER_FILE).is_file() {
        return Ok(());
    }
    let vocabulary = ["vocab.txt", "sentencepiece.bpe.model", "vocab.json"]
        .into_iter()
        .find(|name| dir.join(name).is_file())
        .map(|name| format!("; {name} alone is not enough"))
        .unwrap_or_default();
    Err(unusable(
        dir,
        format!(
            "there is no tokenizer.json{vocabulary}; take a revision that has it, or write it with \
             transformers: AutoTokenizer.from_pretrained(folder, use_fast=True).save_pretrained(folder)"
        ),
    ))
}

/// Text that must be made lower-case first, which nobody but the tokenizer does here.
fn check_lower_case(dir: &Path) -> Result<(), ModelError> {
    let path = dir.join(SENTENCE_FILE);
    let asked = optional::<SentenceConfig>(&path)?.is_some_and(|c| c.do_lower_case);
    if !asked {
        return Ok(());
    }
    let tokenizer = optional::<serde_json::Value>(&dir.join(TOKENIZER_FILE))?.unwrap_or_default();
    if lowers(&tokenizer["normalizer"]) {
        return Ok(());
    }
    Err(unusable(
        &path,
        "do_lower_case is not supported where the tokenizer keeps capitals".into(),
    ))
}

fn lowers(normalizer: &serde_json::Value) -> bool {
    match normalizer["type"].as_str() {
        Some("Lowercase") => true,
        Some("BertNormalizer") => normalizer["lowercase"].as_bool() == Some(true),
        Some("Sequence") => normalizer["normalizers"]
            .as_array()
            .is_some_and(|parts| parts.iter().any(lowers)),
        _ => false,
    }
}

/// The folder's layers; none where it doesn't list them. What comes behind pooling changes every
/// vector: a folder with a layer of its own there is refused.
fn modules(dir: &Path) -> Result<Vec<Module>, ModelError> {
    let path = dir.join("modules.json");
    let modules = optional::<Vec<Module>>(&path)?.unwrap_or_default();
    for module in &modules {
        let message = match module.class() {
            "Transformer" if !module.path.is_empty() => format!(
                "the network lies in the folder `{}`; move its files to the model's",
                module.path
            ),
            "Transformer" | "Pooling" | "Normalize" => continue,
            class => format!(
                "module `{class}` is not supported; supported: Transformer, Pooling, Normalize"
            ),
        };
        return Err(unusable(&path, message));
    }
    Ok(modules)
}

/// Which tokens are pooled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pools {
    All,
    WithoutPrompt,
}

fn config(dir: &Path) -> Result<BertConfig, ModelError> {
    let path = dir.join(CONFIG_FILE);
    let config: BertConfig = match optional::<serde_json::Value>(&path)? {
        None => {
            return Err(ModelError::Unusable {
                path: dir.to_owned(),
                message: "there is neither manifest.toml nor config.json: this is no model folder"
                    .into(),
            });
        }
        Some(value) => BertConfig::from_json(value).map_err(|message| unusable(&path, message))?,
    };
    Ok(config)
}

fn weights_file(dir: &Path) -> Result<&'static str, ModelError> {
    if dir.join(HUB_WEIGHTS_FILE).is_file() {
        return Ok(HUB_WEIGHTS_FILE);
    }
    let message = if dir.join("model.safetensors.index.json").is_file() {
        "the weights are cut into several files; write them as one model.safetensors"
    } else if dir.join("pytorch_model.bin").is_file() {
        "only pytorch_model.bin is there, which can run code when it is opened; take a revision \
         that has model.safetensors, or convert it"
    } else {
        "there are no weights: model.safetensors"
    };
    Err(unusable(dir, message.into()))
}

/// The mean where the folder does not say: it is what sentence-transformers does then.
fn pooling(dir: &Path, modules: &[Module]) -> Result<(Pooling, Pools), ModelError> {
    let module = modules.iter().find(|module| module.class() == "Pooling");
    let folder = module.map_or("1_Pooling", |module| module.path.as_str());
    if folder.contains(['/', '\\', ':']) || folder == ".." {
        return Err(unusable(
            &dir.join("modules.json"),
            format!("`{folder}` is no folder of the model's"),
        ));
    }
    let path = dir.join(folder).join("config.json");
    // An empty path leads to the network's own configuration, which says nothing of pooling.
    let config = match folder {
        "" => None,
        _ => optional::<serde_json::Map<String, serde_json::Value>>(&path)?,
    };
    let Some(config) = config else {
        if module.is_some() {
            return Err(unusable(
                &path,
                "modules.json tells of pooling, and this file, which says how, is not there".into(),
            ));
        }
        return Ok((Pooling::Mean, Pools::All));
    };
    let pools = match config
        .get("include_prompt")
        .and_then(serde_json::Value::as_bool)
    {
        Some(false) => Pools::WithoutPrompt,
        _ => Pools::All,
    };
    let modes: Vec<&str> = config
        .iter()
        .filter(|(key, value)| key.starts_with("pooling_mode_") && value.as_bool() == Some(true))
        .map(|(key, _)| key.as_str())
        .collect();
    match modes.as_slice() {
        ["pooling_mode_mean_tokens"] => Ok((Pooling::Mean, pools)),
        ["pooling_mode_cls_token"] => Ok((Pooling::Cls, Pools::All)),
        [] => Err(unusable(&path, "it names no pooling mode".into())),
        other => Err(unusable(
            &path,
            format!(
                "`{}` is not supported; supported: pooling_mode_mean_tokens, pooling_mode_cls_token",
                other.join(" + ")
            ),
        )),
    }
}

fn prefixes(dir: &Path, name: &str) -> Result<(String, String), ModelError> {
    let path = dir.join("config_sentence_transformers.json");
    if let Some(config) = optional::<TransformersConfig>(&path)?
        && config.prompts.values().any(|prompt| !prompt.is_empty())
    {
        let prompt = |names: &[&str]| {
            names
                .iter()
                .find_map(|name| config.prompts.get(*name))
                .cloned()
                .unwrap_or_default()
        };
        return Ok((prompt(&["query"]), prompt(&["passage", "document"])));
    }
    let known = PREFIXES.into_iter().find(|(start, part, ..)| {
        name.strip_prefix(start)
            .is_some_and(|rest| rest.contains(part))
    });
    Ok(
        known.map_or_else(Default::default, |(_, _, query, passage)| {
            (query.into(), passage.into())
        }),
    )
}

/// The folder's own name, fit for an id.
pub(crate) fn folder_name(dir: &Path) -> String {
    let full = dir.canonicalize().unwrap_or_else(|_| dir.to_owned());
    let name = full
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    fit_for_id(&name)
}

/// The last part of a name, without what an id can't have.
pub(crate) fn fit_for_id(name: &str) -> String {
    let name: String = name
        .trim_end_matches(['/', '\\'])
        .rsplit(['/', '\\'])
        .next()
        .unwrap_or_default()
        .chars()
        .filter(|c| !c.is_control() && !c.is_whitespace())
        .collect();
    if name.is_empty() {
        "model".into()
    } else {
        name
    }
}

/// Hash and length of a file.
pub(crate) fn entry(path: &Path) -> Result<FileEntry, ModelError> {
    let (sha256, bytes) = hash_file(path).map_err(|source| ModelError::Unreadable {
        path: path.to_owned(),
        source,
    })?;
    Ok(FileEntry { sha256, bytes })
}

/// A JSON file, or none when it is not there.
fn optional<T: serde::de::DeserializeOwned>(path: &Path) -> Result<Option<T>, ModelError> {
    match std::fs::read(path) {
        Ok(bytes) => serde_json::from_slice(&bytes)
            .map(Some)
            .map_err(|e| unusable(path, e.to_string())),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(ModelError::Unreadable {
            path: path.to_owned(),
            source,
        }),
    }
}

fn unusable(path: &Path, message: String) -> ModelError {
    ModelError::Unusable {
        path: PathBuf::from(path),
        message,
    }
}
