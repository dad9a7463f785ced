//! `kb.toml`: what is said of a knowledge base as a whole.

use std::{collections::BTreeMap, path::Path};

use serde::Deserialize;

use crate::{ProblemCode, jsonl::read_bytes, problem::FileProblems};

/// The file's name inside the folder.
pub(crate) const KB_FILE: &str = "kb.toml";

/// Contents of `kb.toml`; every key may be left out.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct KbToml {
    pub(crate) name: Option<String>,
    pub(crate) language: Option<String>,
    pub(crate) description: Option<String>,
    /// File name of the user dictionary.
    pub(crate) dictionary: Option<String>,
    /// Values for the variables of answers that the caller does not supply.
    #[serde(default)]
    pub(crate) variables: BTreeMap<String, String>,
}

/// Reads `kb.toml`; without the file everything has its default.
pub(crate) fn read(dir: &Path, problems: &mut FileProblems) -> KbToml {
    let path = dir.join(KB_FILE);
    if !path.exists() {
        return KbToml::default();
    }
    let Some(bytes) = read_bytes(&path, problems) else {
        return KbToml::default();
    };
    let Ok(text) = String::from_utf8(bytes) else {
        problems.whole_file(ProblemCode::InvalidUtf8, "不是 UTF-8 编码，请另存为 UTF-8");
        return KbToml::default();
    };
    match toml::from_str::<KbToml>(&text) {
        Ok(raw) => {
            if let Some(language) = raw.language.as_deref().filter(|l| !l.starts_with("zh")) {
                let message = format!("language 为“{language}”，目前只支持中文（zh-CN）");
                problems.whole_file(ProblemCode::InvalidConfig, message);
            }
            raw
        }
        Err(e) => {
            let (line, column) = e.span().map_or((None, None), |span| {
                let before = &text[..span.start.min(text.len())];
                let line_start = before.rfind('\n').map_or(0, |i| i + 1);
                let column = before[line_start..].chars().count() + 1;
                (Some(before.matches('\n').count() + 1), Some(column))
            });
            let message = format!("kb.toml 有误：{}", e.message());
            problems.push(line, column, ProblemCode::InvalidConfig, message);
            KbToml::default()
        }
    }
}
