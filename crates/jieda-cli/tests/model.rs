//! `jieda model` against the shipped model, and against a hub of our own on this machine.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may fail by panic"
)]

mod hub;

use std::{
    fs,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use hub::{COMMIT, FakeHub, WEIGHTS};
use serde_json::Value;
use tempfile::TempDir;

const SHIPPED: &str = "jieda-zh-base";

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn jieda(args: &[&str], endpoint: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_jieda"));
    for proxy in ["http_proxy", "https_proxy", "all_proxy"] {
        command.env_remove(proxy).env_remove(proxy.to_uppercase());
    }
    command
        .current_dir(root())
        .arg("model")
        .args(args)
        .env("HF_ENDPOINT", endpoint)
        .env("HF_TOKEN", "secret")
        .env_remove("JIEDA_CONFIG")
        .output()
        .unwrap()
}

fn ok(args: &[&str]) -> String {
    let output = jieda(args, "http://127.0.0.1:1");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

fn json(args: &[&str]) -> Value {
    serde_json::from_str(&ok(args)).unwrap()
}

/// Checks exit code and parts of the message, and that nothing panicked.
fn failed(output: &Output, code: i32, messages: &[&str]) {
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{stderr}");
    for message in messages {
        assert!(stderr.contains(message), "{message}: {stderr}");
    }
    assert!(
        !stderr.contains("缺陷") && !stderr.contains("secret"),
        "{stderr}"
    );
}

struct Models(TempDir);

impl Models {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn pull(&self, hub: &str, args: &[&str]) -> Output {
        let into = self.0.path().to_str().unwrap();
        jieda(&[&["pull", "--into", into], args].concat(), hub)
    }

    /// What a reader of the folder sees.
    fn listed(&self) -> Value {
        json(&["list", "--json", "--into", self.0.path().to_str().unwrap()])["models"].take()
    }
}

#[test]
fn the_shipped_model_is_listed_described_and_sound() {
    let text = ok(&["list"]);
    assert!(
        text.contains("编码器标识") && text.contains(SHIPPED),
        "{text}"
    );
    assert!(!text.contains("convert"), "a folder of tools is no model");
    let listed = json(&["list", "--json"]);
    assert_eq!(listed["models"][0]["dimensions"], 384);
    let info = json(&["info", SHIPPED, "--json"]);
    assert_eq!(info["pooling"], "mean");
    assert_eq!(info["query_prefix"], "");
    assert!(info["files"]["model.gguf"]["sha256"].is_string());
    let text = ok(&["info", &format!("models/{SHIPPED}")]);
    assert!(
        text.contains("许可证") && text.contains("tokenizer.json"),
        "{text}"
    );
    assert!(ok(&["verify", SHIPPED]).starts_with("完好"));
    assert_eq!(json(&["verify", SHIPPED, "--json"])["sound"], true);
}

#[test]
fn every_problem_is_told_at_once() {
    let models = Models::new();
    let dir = models.path("broken");
    fs::create_dir(&dir).unwrap();
    for name in ["manifest.toml", "tokenizer.json", "config.json"] {
        fs::copy(
            root().join("models").join(SHIPPED).join(name),
            dir.join(name),
        )
        .unwrap();
    }
    fs::write(dir.join("config.json"), "{}").unwrap();
    let output = jieda(&["verify", dir.to_str().unwrap()], "");
    failed(&output, 3, &["2 处问题", "config.json", "model.gguf"]);
    fs::create_dir(models.path("bare")).unwrap();
    fs::write(models.path("bare/config.json"), "{}").unwrap();
    let listed = models.listed();
    assert_eq!(listed.as_array().unwrap().len(), 2);
    for model in listed.as_array().unwrap() {
        assert!(model["fault"].is_string(), "{model}");
    }
    let text = ok(&["list", "--into", models.0.path().to_str().unwrap()]);
    assert!(
        text.contains("有问题") && text.contains("model_type"),
        "{text}"
    );
    failed(&jieda(&["info", "nowhere"], ""), 3, &["nowhere"]);
}

#[test]
fn a_folder_carried_over_by_hand_is_copied_whole_or_not_at_all() {
    let models = Models::new();
    let shipped = root().join("models").join(SHIPPED);
    let output = models.pull("", &[shipped.to_str().unwrap(), "--name", "copied"]);
    assert!(output.status.success(), "{output:?}");
    let copied = models.path("copied");
    assert!(ok(&["verify", copied.to_str().unwrap()]).contains("完好"));
    assert!(copied.join("LICENSE-MIT-e5").exists());
    failed(
        &models.pull("", &[shipped.to_str().unwrap(), "--name", "copied"]),
        1,
        &["已经存在"],
    );
    for name in ["../out", "a/b", ".hidden", "", ".."] {
        let output = models.pull("", &[shipped.to_str().unwrap(), "--name", name]);
        failed(&output, 1, &["不能作模型名"]);
    }
    let damaged = models.path("damaged");
    fs::create_dir(&damaged).unwrap();
    for entry in fs::read_dir(&copied).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, damaged.join(path.file_name().unwrap())).unwrap();
    }
    fs::write(damaged.join("tokenizer.json"), "{}").unwrap();
    let output = models.pull("", &[damaged.to_str().unwrap(), "--name", "again"]);
    failed(&output, 3, &["tokenizer.json"]);
    assert!(!models.path("again").exists() && !models.path(".pull-again").exists());
}

#[test]
fn a_model_is_pulled_pinned_to_its_commit() {
    let (models, hub) = (Models::new(), FakeHub::start());
    let output = models.pull(
        &hub.endpoint,
        &["acme/tiny", "--query-prefix", "查询：", "--json"],
    );
    assert!(output.status.success(), "{output:?}");
    let pulled: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(pulled["name"], "tiny");
    assert_eq!(pulled["version"], COMMIT[..12]);
    assert_eq!(pulled["source"], format!("hub:acme/tiny@{COMMIT}"));
    assert_eq!(pulled["query_prefix"], "查询：");
    let dir = models.path("tiny");
    assert_eq!(fs::read(dir.join("model.safetensors")).unwrap(), WEIGHTS);
    assert!(ok(&["verify", dir.to_str().unwrap()]).contains("完好"));
    assert_eq!(entries(models.0.path()), ["tiny"], "nothing is left over");
    assert!(hub.requests().iter().all(|r| r.contains("Bearer secret")));
}

#[test]
fn the_token_is_for_the_hub_alone() {
    let (models, hub, storage) = (Models::new(), FakeHub::start(), FakeHub::start());
    hub.keep_weights_at(&storage);
    let output = models.pull(&hub.endpoint, &["acme/tiny"]);
    assert!(output.status.success(), "{output:?}");
    let weights = fs::read(models.path("tiny/model.safetensors")).unwrap();
    assert_eq!(weights, WEIGHTS);
    assert!(hub.requests().iter().all(|r| r.contains("Bearer secret")));
    let asked = storage.requests();
    assert!(!asked.is_empty());
    for request in asked {
        let request = request.to_lowercase();
        assert!(!request.contains("secret") && !request.contains("authorization"));
    }
}

#[test]
fn redirects_are_followed_so_far() {
    let (models, hub) = (Models::new(), FakeHub::start());
    let pull = |args: &[&str]| models.pull(&hub.endpoint, args);
    assert!(pull(&["acme/renamed"]).status.success());
    failed(&pull(&["acme/circle"]), 4, &["redirects"]);
    failed(&pull(&["acme/nowhere"]), 4, &["without an address"]);
    assert_eq!(
        entries(models.0.path()),
        ["renamed"],
        "nothing is left over"
    );
}

#[test]
fn an_answer_can_not_lead_out_of_the_folder() {
    let (models, hub) = (Models::new(), FakeHub::start());
    // Its second answer is of another file than the first, which is the one that counts.
    let output = models.pull(&hub.endpoint, &["acme/turncoat"]);
    failed(&output, 4, &["在传输中损坏"]);
    assert_eq!(entries(models.0.path()), [""; 0]);
}

#[test]
fn a_token_is_not_sent_in_clear() {
    let output = Models::new().pull("http://hub.example", &["acme/tiny"]);
    failed(&output, 1, &["hub.example", "https"]);
}

#[test]
fn an_address_is_shown_without_its_password() {
    let output = Models::new().pull("http://user:hidden@127.0.0.1:1", &["acme/tiny"]);
    failed(&output, 4, &["127.0.0.1:1"]);
    assert!(!String::from_utf8_lossy(&output.stderr).contains("hidden"));
}

fn entries(dir: &Path) -> Vec<String> {
    fs::read_dir(dir)
        .unwrap()
        .map(|e| e.unwrap().file_name().into_string().unwrap())
        .collect()
}

#[test]
fn an_interrupted_pull_goes_on_where_it_stopped() {
    let (models, hub) = (Models::new(), FakeHub::start());
    hub.interrupt_once();
    let output = models.pull(&hub.endpoint, &["acme/tiny"]);
    failed(&output, 4, &["HF_ENDPOINT", "续传"]);
    assert!(!models.path("tiny").exists());
    assert_eq!(
        models.listed().as_array().unwrap().len(),
        0,
        "no half model"
    );
    let output = models.pull(&hub.endpoint, &["acme/tiny"]);
    assert!(output.status.success(), "{output:?}");
    let weights = fs::read(models.path("tiny/model.safetensors")).unwrap();
    assert_eq!(weights, WEIGHTS);
    let resumed = format!("bytes={}-", WEIGHTS.len() / 2);
    let requests = hub.requests();
    assert!(
        requests.iter().any(|r| r.contains(&resumed)),
        "{requests:?}"
    );
}

#[test]
fn what_a_hub_refuses_is_explained() {
    let (models, hub) = (Models::new(), FakeHub::start());
    let pull = |args: &[&str]| models.pull(&hub.endpoint, args);
    failed(&pull(&["acme/none"]), 1, &["没有 acme/none"]);
    failed(&pull(&["acme/private"]), 1, &["HTTP 401", "HF_TOKEN"]);
    failed(&pull(&["acme/bare"]), 1, &["缺少文件", "model.safetensors"]);
    failed(&pull(&["acme/evil"]), 4, &["etag"]);
    failed(&pull(&["../up/tiny"]), 1, &["不是仓库名"]);
    failed(&pull(&["acme/tiny", "--revision", "../x"]), 1, &["`../x`"]);
    assert_eq!(models.listed().as_array().unwrap().len(), 0);
}

#[test]
fn a_hub_that_is_not_there_is_the_environment() {
    // A port that was free a moment ago, and is closed.
    let port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let output = Models::new().pull(&format!("http://127.0.0.1:{port}"), &["acme/tiny"]);
    failed(
        &output,
        4,
        &["无法连接", &port.to_string(), "HF_ENDPOINT", "拷贝"],
    );
}
