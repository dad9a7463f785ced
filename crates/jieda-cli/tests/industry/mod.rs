//! A small knowledge base of an industry that the encoder has not learned, and what customers asked of it.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use serde_json::Value;
use tempfile::TempDir;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A folder with a knowledge base in `kb` and labelled queries beside it.
pub(crate) struct Industry {
    dir: TempDir,
}

impl Industry {
    /// The first FAQs of travel. Queries for them go into one file; of those for all others, gives the lines.
    pub(crate) fn of_travel(faqs: usize, queries: &str) -> (Self, Vec<String>) {
        let dir = tempfile::tempdir().unwrap();
        let kb = dir.path().join("kb");
        fs::create_dir(&kb).unwrap();
        let data = root().join("models/train-data/travel");
        let lines = |name: &str| fs::read_to_string(data.join(name)).unwrap();
        let faqs = joined(lines("faqs.jsonl").lines().take(faqs));
        let asked = lines("queries.jsonl");
        let (known, others): (Vec<&str>, Vec<&str>) = asked.lines().partition(|line| {
            let row: Value = serde_json::from_str(line).unwrap();
            faqs.contains(row["faq"].as_str().unwrap())
        });
        fs::write(kb.join("faqs.jsonl"), &faqs).unwrap();
        fs::write(kb.join("intents.jsonl"), lines("intents.jsonl")).unwrap();
        fs::write(dir.path().join(queries), joined(known)).unwrap();
        let others = others.into_iter().map(str::to_owned).collect();
        (Self { dir }, others)
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// jieda on this knowledge base, with a cache of its own.
    pub(crate) fn run(&self, args: &[&str]) -> Output {
        self.run_on(&["--kb", text(&self.path("kb"))], args)
    }

    /// The same on another knowledge base or data directory.
    pub(crate) fn run_on(&self, source: &[&str], args: &[&str]) -> Output {
        self.command(&[args, source].concat()).output().unwrap()
    }

    /// jieda as it is called, from the repository's root.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_jieda"));
        command
            .current_dir(root())
            .args(args)
            .env_remove("JIEDA_CONFIG")
            .env_remove("JIEDA_DATA")
            .env("JIEDA_CACHE_DIR", self.path("cache"));
        command
    }
}

/// Lines of a file.
pub(crate) fn joined<'a>(lines: impl IntoIterator<Item = &'a str>) -> String {
    lines.into_iter().flat_map(|line| [line, "\n"]).collect()
}

pub(crate) fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// Checks exit code and a part of the message.
pub(crate) fn failed(output: &Output, code: i32, part: &str) {
    assert_eq!(output.status.code(), Some(code), "{output:?}");
    let message = String::from_utf8_lossy(&output.stderr);
    assert!(message.contains(part), "{message}");
}
