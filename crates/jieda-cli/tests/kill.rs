//! `jieda kb publish` killed at random moments: the last good release always answers.
//!
//! `JIEDA_KILLS=200 cargo test -p jieda-cli --test kill` for a long run.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may fail by panic"
)]

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Instant,
};

use serde_json::Value;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn jieda(dir: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_jieda"));
    command
        .current_dir(dir)
        .args(args)
        .arg("--model")
        .arg(root().join("models/jieda-zh-small"))
        .env("JIEDA_CACHE_DIR", dir.join("cache"))
        .env_remove("JIEDA_CONFIG")
        .env_remove("JIEDA_DATA");
    command
}

/// A folder whose answers name its version; a few hundred phrasings, so that publishing takes a while.
fn write(dir: &Path, version: usize) {
    let sample = root().join("kb-samples/telecom");
    fs::create_dir_all(dir.join("kb")).unwrap();
    fs::copy(sample.join("intents.jsonl"), dir.join("kb/intents.jsonl")).unwrap();
    let faqs = fs::read_to_string(sample.join("faqs.jsonl")).unwrap();
    let lines = faqs.lines().map(|line| {
        let mut faq: Value = serde_json::from_str(line).unwrap();
        faq["answer"] = format!("第{version}版的答案。").into();
        // Every version has phrasings of its own to encode.
        let question = format!("{}（{version}）", faq["question"].as_str().unwrap());
        faq["similar"].as_array_mut().unwrap().push(question.into());
        format!("{faq}\n")
    });
    fs::write(dir.join("kb/faqs.jsonl"), lines.collect::<String>()).unwrap();
}

/// The version that answers now; panics unless one whole release does.
fn answering(dir: &Path) -> usize {
    let output = jieda(dir, &["ask", "--data", "data", "--json", "怎么查话费余额"])
        .output()
        .unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{stderr}");
    let reply: Value = serde_json::from_slice(&output.stdout).unwrap();
    let text = reply["reply"].as_str().unwrap();
    let number = text
        .strip_prefix("第")
        .and_then(|t| t.split('版').next())
        .unwrap();
    number.parse().unwrap()
}

#[test]
fn a_killed_publication_leaves_the_last_release_answering() {
    let kills: usize = std::env::var("JIEDA_KILLS").map_or(8, |n| n.parse().unwrap());
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    write(dir, 0);
    let publish = || {
        let mut command = jieda(dir, &["kb", "publish", "kb", "--data", "data"]);
        command
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap()
    };
    let started = Instant::now();
    assert!(publish().wait().unwrap().success());
    let usual = started.elapsed();
    let mut current = 0;
    let mut moments = fastrand::Rng::with_seed(7);
    let mut killed = 0;
    for version in 1..=kills {
        write(dir, version);
        let mut child = publish();
        std::thread::sleep(usual.mul_f64(moments.f64() * 1.2));
        // It may be done already.
        let _ = child.kill();
        killed += usize::from(!child.wait().unwrap().success());
        let now = answering(dir);
        assert!(
            now == current || now == version,
            "{current} → {now}, while publishing {version}"
        );
        current = now;
    }
    assert!(killed > 0, "no publication was interrupted");
    // The next one finds nothing in its way, and leaves nothing behind.
    write(dir, kills + 1);
    assert!(publish().wait().unwrap().success());
    assert_eq!(answering(dir), kills + 1);
    let releases = fs::read_dir(dir.join("data/releases")).unwrap();
    let hidden = releases.filter(|entry| {
        let name = entry.as_ref().unwrap().file_name();
        name.to_string_lossy().starts_with('.')
    });
    assert_eq!(hidden.count(), 0);
    let list = jieda(dir, &["kb", "list", "--data", "data", "--json"])
        .output()
        .unwrap();
    let list: Value = serde_json::from_slice(&list.stdout).unwrap();
    let is_sound = |release: &Value| release["damaged"].is_null();
    assert!(
        list["releases"].as_array().unwrap().iter().all(is_sound),
        "{list}"
    );
    eprintln!(
        "{killed} of {kills} publications were killed before they were done ({usual:?} each)"
    );
}
