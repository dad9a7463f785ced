//! Writing a checked knowledge base as a folder of its own.

use std::{collections::BTreeMap, path::Path};

use serde::Serialize;

use crate::{
    Faults, KnowledgeBase, Problem, ProblemCode, file,
    kb_toml::KB_FILE,
    loader::{FAQS_FILE, INTENTS_FILE},
};

const DICTIONARY_FILE: &str = "dict.txt";

/// `kb.toml` as a program writes it.
#[derive(Serialize)]
struct KbToml<'a> {
    name: &'a str,
    description: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    dictionary: Option<&'a str>,
    timezone: &'a str,
    variables: &'a BTreeMap<String, String>,
    channels: BTreeMap<&'a str, Limits>,
}

#[derive(Serialize)]
struct Limits {
    #[serde(skip_serializing_if = "Option::is_none")]
    max_answer_chars: Option<usize>,
}

impl KnowledgeBase {
    /// Writes everything into a folder, which is made if it isn't there, in the form that loads fastest.
    /// [`load`](Self::load) gives the same knowledge base again, without its warnings. Meant for a new
    /// folder: comments and other files of one that is there are not kept up.
    ///
    /// # Errors
    /// [`Faults`] when a file can't be written ([`ProblemCode::Unwritable`]).
    pub fn save(&self, dir: &Path) -> Result<(), Faults> {
        let unwritable = |path: &Path, error: &dyn std::fmt::Display| {
            let message = format!("写不进去：{error}");
            Faults::from(Problem::new(path, ProblemCode::Unwritable, message))
        };
        std::fs::create_dir_all(dir).map_err(|e| unwritable(dir, &e))?;
        let path = dir.join(KB_FILE);
        let timezone = self.timezone.iana_name();
        let timezone = timezone.ok_or_else(|| unwritable(&path, &"时区没有名称"))?;
        let words: String = self.dictionary.words.iter().map(line).collect();
        let settings = KbToml {
            name: &self.name,
            description: &self.description,
            dictionary: (!words.is_empty()).then_some(DICTIONARY_FILE),
            timezone,
            variables: &self.variables,
            channels: self
                .channels
                .iter()
                .map(|(channel, limits)| {
                    let max_answer_chars = limits.max_answer_chars;
                    (channel.as_str(), Limits { max_answer_chars })
                })
                .collect(),
        };
        let settings = toml::to_string(&settings).map_err(|e| unwritable(&path, &e))?;
        let files = [
            (KB_FILE, Some(settings)),
            (DICTIONARY_FILE, Some(words).filter(|w| !w.is_empty())),
            (INTENTS_FILE, Some(file::json_lines(&self.intents))),
            (FAQS_FILE, Some(file::json_lines(&self.faqs))),
        ];
        for (name, contents) in files {
            if let Some(contents) = contents {
                let path = dir.join(name);
                file::write(&path, contents.as_bytes()).map_err(|e| unwritable(&path, &e))?;
            }
        }
        Ok(())
    }
}

/// A word with whatever is said of it; a tag needs a frequency before it, and has one.
fn line(word: &jieda_text::UserWord) -> String {
    let mut line = word.word.clone();
    if let Some(frequency) = word.frequency {
        line += &format!(" {frequency}");
        if let Some(tag) = &word.tag {
            line += &format!(" {tag}");
        }
    }
    line + "\n"
}
