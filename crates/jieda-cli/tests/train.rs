//! `jieda train` on a handful of FAQs.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may fail by panic"
)]

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

/// A knowledge base of nine FAQs with what customers asked of it.
struct Fixture {
    dir: TempDir,
}

impl Fixture {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let kb = dir.path().join("kb");
        fs::create_dir(&kb).unwrap();
        let data = root().join("models/train-data/travel");
        let lines = |name: &str| fs::read_to_string(data.join(name)).unwrap();
        let faqs: String = lines("faqs.jsonl")
            .lines()
            .take(9)
            .flat_map(|l| [l, "\n"])
            .collect();
        let known = |line: &&str| {
            let row: Value = serde_json::from_str(line).unwrap();
            faqs.contains(row["faq"].as_str().unwrap())
        };
        let queries: String = lines("queries.jsonl")
            .lines()
            .filter(known)
            .flat_map(|l| [l, "\n"])
            .collect();
        fs::write(kb.join("faqs.jsonl"), &faqs).unwrap();
        fs::write(kb.join("intents.jsonl"), lines("intents.jsonl")).unwrap();
        fs::write(dir.path().join("log.jsonl"), queries).unwrap();
        Self { dir }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn train(&self, args: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_jieda"))
            .current_dir(root())
            .args(["train", "encoder", "--kb"])
            .arg(self.path("kb"))
            .args(args)
            .env_remove("JIEDA_CONFIG")
            .output()
            .unwrap()
    }
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// Checks exit code and a part of the message.
fn failed(output: &Output, code: i32, message: &str) {
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{stderr}");
    assert!(stderr.contains(message), "{stderr}");
}

#[test]
fn a_training_is_paused_and_finished() {
    let f = Fixture::new();
    let (log, out) = (f.path("log.jsonl"), f.path("ours"));
    let args = [
        "--log",
        text(&log),
        "--out",
        text(&out),
        "--epochs",
        "2",
        "--json",
    ];
    let paused = f.train(&[&args[..], &["--stop-after", "1"]].concat());
    assert!(paused.status.success(), "{paused:?}");
    let report: Value = serde_json::from_slice(&paused.stdout).unwrap();
    assert_eq!(
        (&report["finished"], &report["written"]),
        (&Value::Bool(false), &Value::Bool(false))
    );
    assert_eq!(report["epochs"].as_array().unwrap().len(), 1);
    let output = f.train(&args);
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["finished"], true);
    assert_eq!(report["epochs"].as_array().unwrap().len(), 2);
    // Nine FAQs may or may not do; the exit code tells which.
    let written = report["written"].as_bool().unwrap();
    assert_eq!(output.status.code(), Some(if written { 0 } else { 1 }));
    assert_eq!(out.join("manifest.toml").exists(), written);
    assert!(!f.path("ours.training").exists());
}

#[test]
fn a_model_can_be_written_in_other_numbers() {
    let f = Fixture::new();
    let out = f.path("ours");
    let args = ["--out", text(&out), "--epochs", "0", "--storage", "q5"];
    let output = f.train(&args);
    assert!(output.status.success(), "{output:?}");
    assert!(String::from_utf8_lossy(&output.stdout).contains("模型已就绪"));
    failed(&f.train(&args), 1, "已经存在");
}

#[test]
fn faulty_data_are_named() {
    let f = Fixture::new();
    let (log, out) = (f.path("log.jsonl"), f.path("ours"));
    fs::write(
        &log,
        "{\"text\": \"退票\", \"faq\": \"none\"}\n{\"text\": 1}\n",
    )
    .unwrap();
    let output = f.train(&["--log", text(&log), "--out", text(&out)]);
    failed(&output, 1, "log.jsonl:1");
    failed(&output, 1, "log.jsonl:2");
    let output = f.train(&["--out", text(&out), "--learning-rate", "0", "--epochs", "1"]);
    failed(&output, 1, "没有");
    let output = f.train(&["--out", text(&out), "--storage", "q2"]);
    failed(&output, 2, "q8q5");
    assert!(!out.exists());
}
