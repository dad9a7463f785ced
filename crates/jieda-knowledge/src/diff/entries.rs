//! Tables of names with values: intents, words of the dictionary, variables, settings.

use std::collections::HashMap;

use serde::Serialize;

use crate::KnowledgeBase;

/// A line of a table that changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum EntryChange {
    /// It is new.
    Added {
        /// Its name.
        key: String,
        /// Its value; empty when it has none.
        value: String,
    },
    /// It has another value.
    Changed {
        /// Its name.
        key: String,
        /// The old value.
        old: String,
        /// The new value.
        new: String,
    },
    /// It is gone.
    Removed {
        /// Its name.
        key: String,
        /// The value that it had.
        value: String,
    },
}

/// Names with their values, in the order of the file.
pub(super) type Table = Vec<(String, String)>;

pub(super) fn intents(kb: &KnowledgeBase) -> Table {
    let row = |intent: &crate::Intent| {
        let parts = [intent.name.as_str(), intent.description.as_str()];
        let patterns: Vec<&str> = intent.patterns.iter().map(|p| p.as_str()).collect();
        let rules = [
            labelled("关键词 ", &intent.keywords.join("、")),
            labelled("正则 ", &patterns.join("  ")),
        ];
        let parts = [&filled(&parts, "："), rules[0].as_str(), &rules[1]];
        (intent.id.to_string(), filled(&parts, "；"))
    };
    kb.intents.iter().map(row).collect()
}

pub(super) fn words(kb: &KnowledgeBase) -> Table {
    let row = |word: &jieda_text::UserWord| {
        let frequency = word.frequency.map(|n| n.to_string()).unwrap_or_default();
        let tag = word.tag.as_deref().unwrap_or_default();
        (word.word.clone(), filled(&[&frequency, tag], " "))
    };
    kb.dictionary.words.iter().map(row).collect()
}

pub(super) fn variables(kb: &KnowledgeBase) -> Table {
    let rows = kb.variables.iter();
    rows.map(|(k, v)| (k.clone(), v.clone())).collect()
}

pub(super) fn settings(kb: &KnowledgeBase) -> Table {
    let zone = kb.timezone.iana_name().unwrap_or_default();
    let rows = [("说明", kb.description.as_str()), ("时区", zone)];
    let rows = rows.into_iter().filter(|(_, value)| !value.is_empty());
    let mut table: Table = rows.map(|(k, v)| (k.to_owned(), v.to_owned())).collect();
    for (channel, limits) in &kb.channels {
        let limit = limits.max_answer_chars;
        let limit = limit.map_or_else(|| "不限".to_owned(), |n| format!("{n} 字"));
        table.push((format!("渠道 {channel} 的答案上限"), limit));
    }
    table
}

/// Compares two tables: what is new or changed in the order of the new one, then what is gone. A name
/// that is there twice has its last value.
pub(super) fn compare(old: &Table, new: &Table) -> Vec<EntryChange> {
    let by_key = |table: &Table| -> HashMap<String, String> { table.iter().cloned().collect() };
    let (mut old_values, mut new_values) = (by_key(old), by_key(new));
    let mut changes = Vec::new();
    for (key, _) in new {
        let Some(new) = new_values.remove(key) else {
            continue;
        };
        let key = key.clone();
        match old_values.remove(&key) {
            None => changes.push(EntryChange::Added { key, value: new }),
            Some(old) if old != new => changes.push(EntryChange::Changed { key, old, new }),
            Some(_) => {}
        }
    }
    for (key, _) in old {
        if let Some(value) = old_values.remove(key) {
            let key = key.clone();
            changes.push(EntryChange::Removed { key, value });
        }
    }
    changes
}

impl EntryChange {
    /// The name of the line.
    #[must_use]
    pub fn key(&self) -> &str {
        match self {
            Self::Added { key, .. } | Self::Changed { key, .. } | Self::Removed { key, .. } => key,
        }
    }
}

/// The text after its label; nothing for nothing.
fn labelled(label: &str, text: &str) -> String {
    match text {
        "" => String::new(),
        text => format!("{label}{text}"),
    }
}

fn filled(parts: &[&str], separator: &str) -> String {
    let filled: Vec<&str> = parts
        .iter()
        .copied()
        .filter(|part| !part.is_empty())
        .collect();
    filled.join(separator)
}
