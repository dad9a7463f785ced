//! The real binary: output, JSON shapes, exit codes.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may fail by panic"
)]

#[path = "../../jieda-types/tests/support/mod.rs"]
mod schema;

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use serde_json::Value;
use tempfile::TempDir;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Runs jieda on a knowledge base of six FAQs, with a cache that all tests share.
struct Jieda {
    kb: TempDir,
}

impl Jieda {
    fn new() -> Self {
        let kb = tempfile::tempdir().unwrap();
        let sample = fs::read_to_string(root().join("kb-samples/ecommerce/faqs.jsonl")).unwrap();
        let few: Vec<&str> = sample.lines().take(6).collect();
        fs::write(kb.path().join("faqs.jsonl"), few.join("\n")).unwrap();
        fs::copy(
            root().join("kb-samples/ecommerce/intents.jsonl"),
            kb.path().join("intents.jsonl"),
        )
        .unwrap();
        Self { kb }
    }

    fn run_with_input(&self, args: &[&str], input: &[u8]) -> Output {
        let mut child = Command::new(env!("CARGO_BIN_EXE_jieda"))
            .arg("--kb")
            .arg(self.kb.path())
            .args(args)
            .env(
                "JIEDA_CACHE_DIR",
                Path::new(env!("CARGO_TARGET_TMPDIR")).join("cache"),
            )
            .env_remove("JIEDA_CONFIG")
            .env_remove("JIEDA_DATA")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // A program that refuses its arguments does not read.
        let _ = child.stdin.take().unwrap().write_all(input);
        child.wait_with_output().unwrap()
    }

    fn run(&self, args: &[&str]) -> Output {
        self.run_with_input(args, b"")
    }

    fn json(&self, args: &[&str]) -> Value {
        let output = self.run(args);
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// Checks exit code and a part of the message, and that nothing panicked.
    fn fails(&self, args: &[&str], input: &[u8], code: i32, message: &str) {
        let output = self.run_with_input(args, input);
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{args:?}: {stderr}");
        assert!(stderr.contains(message), "{args:?}: {stderr}");
        assert!(!stderr.contains("panicked"), "{stderr}");
    }
}

fn keys(value: &Value) -> Vec<&str> {
    value
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect()
}

#[test]
fn ask_answers() {
    let jieda = Jieda::new();
    let output = jieda.run(&["ask", "怎么查看我的订单"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(
        text.contains("全部订单") && text.contains("[自动回复]"),
        "{text}"
    );
    assert!(!text.contains('\u{1b}'), "no colours off a terminal");
}

#[test]
fn ask_json_has_its_documented_shape() {
    let value = Jieda::new().json(&["ask", "怎么查看我的订单", "--json"]);
    assert_eq!(value["decision"], "auto_reply");
    assert_eq!(value["faq"], "ec-001");
    assert!(value["confidence"].as_f64().unwrap() > 0.8);
    assert_eq!(value["intent"]["id"], "order_manage");
    assert_eq!(keys(&value["candidates"][0]), ["faq", "question", "score"]);
    for key in ["reply", "reason", "trace", "timings_ms", "options"] {
        assert!(value.get(key).is_some(), "{key}");
    }
    assert!(value["trace"]["rule"].is_string());
}

#[test]
fn a_request_for_a_human_is_handed_over() {
    let value = Jieda::new().json(&["ask", "转人工", "--json"]);
    assert_eq!(value["decision"], "handoff");
    assert_eq!(value["reason"], "human_request");
    assert_eq!(value["faq"], Value::Null);
}

#[test]
fn chat_keeps_its_state() {
    let jieda = Jieda::new();
    let input = "？？？\n\n……\n/new\n你好\n/quit\n没人看到\n";
    let output = jieda.run_with_input(&["chat", "--json"], input.as_bytes());
    let mut turns: Vec<Value> = String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    // One line in, one object out; a new conversation is noted.
    assert!(turns.remove(2)["note"].is_string());
    let decisions: Vec<&str> = turns
        .iter()
        .map(|t| t["decision"].as_str().unwrap())
        .collect();
    assert_eq!(decisions.len(), 3);
    assert_eq!(decisions[0], "rephrase");
    assert_eq!(turns[1]["reason"], "repeated_failure");
    assert_eq!(decisions[2], "smalltalk");
    assert_eq!(turns[2]["state"]["turns"], 1);
}

#[test]
fn a_low_rating_goes_to_a_human_with_all_that_was_said() {
    let jieda = Jieda::new();
    let dir = tempfile::tempdir().unwrap();
    let saved = dir.path().join("saved.jsonl");
    let saved = saved.to_str().unwrap();
    let input = "怎么查看我的订单\n/rate 2\n我的订单手机是13800001234\n/back\n怎么查看我的订单\n";
    let args = ["chat", "--json", "--tier", "VIP", "--save", saved];
    let output = jieda.run_with_input(&args, input.as_bytes());
    let turns: Vec<Value> = String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let package = &turns[1]["handover"];
    assert_eq!(turns[1]["reason"], "low_satisfaction");
    assert_eq!(package["satisfaction"], 2);
    assert_eq!(package["tried"][0]["outcome"], "rated_low");
    assert_eq!(package["ticket"]["urgency"], "紧急", "VIP");
    assert_eq!(package["history"][0]["text"], "怎么查看我的订单");
    assert_eq!(turns[2]["decision"], "silent");
    assert_eq!(turns[4]["decision"], "auto_reply");
    let kept = std::fs::read_to_string(saved).unwrap();
    assert!(kept.contains("138****1234") && !kept.contains("13800001234"));
    let help = jieda.json(&["assist", "--conversation", saved, "--json"]);
    assert_eq!(help["faqs"][0]["id"], "ec-001");
}

#[test]
fn a_handover_keeps_to_its_schema() {
    let schema = fs::read_to_string(root().join("docs/handover.schema.json")).unwrap();
    let schema: Value = serde_json::from_str(&schema).unwrap();
    let input = "订单号20261128001，昨天多扣了299.5元\n转人工\n/handover\n";
    let args = [
        "chat",
        "--json",
        "--channel",
        "app",
        "--at",
        "2026-11-29 10:00",
    ];
    let output = Jieda::new().run_with_input(&args, input.as_bytes());
    let lines = String::from_utf8(output.stdout).unwrap();
    let package: Value = serde_json::from_str(lines.lines().last().unwrap()).unwrap();
    assert_eq!(schema::faults(&schema, &package), Vec::<String>::new());
    let fields: Vec<(&str, &str)> = package["ticket"]["fields"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| (f["name"].as_str().unwrap(), f["value"].as_str().unwrap()))
        .collect();
    assert_eq!(
        fields,
        [
            ("order_id", "20261128001"),
            ("amount", "299.5元"),
            ("date", "昨天（2026-11-28）"),
        ]
    );
}

#[test]
fn search_explains_every_part() {
    let jieda = Jieda::new();
    for (mode, parts) in [("bm25", 4), ("vector", 7), ("hybrid", 7)] {
        let value = jieda.json(&[
            "search",
            "取消订单",
            "--mode",
            mode,
            "--explain",
            "--json",
            "-k",
            "3",
        ]);
        let top = &value["candidates"][0];
        assert_eq!(value["candidates"].as_array().unwrap().len(), 3);
        let sum: f64 = top["parts"]
            .as_array()
            .unwrap()
            .iter()
            .map(|p| p["contribution"].as_f64().unwrap())
            .sum();
        assert_eq!(top["parts"].as_array().unwrap().len(), parts, "{mode}");
        assert!(
            (sum - top["score"].as_f64().unwrap()).abs() < 0.002,
            "{mode}"
        );
    }
}

#[test]
fn bm25_needs_no_model() {
    let output = Jieda::new().run(&[
        "search",
        "取消订单",
        "--mode",
        "bm25",
        "--model",
        "/nowhere",
    ]);
    assert!(output.status.success());
}

#[test]
fn segment_and_classify() {
    let jieda = Jieda::new();
    let value = jieda.json(&["segment", "請問ＡＰＰ怎麼取消訂單？？", "--json"]);
    assert_eq!(value["normalized"], "请问app怎么取消订单?");
    let app = &value["tokens"][1];
    assert_eq!(
        (app["text"].as_str(), app["original"].as_str()),
        (Some("app"), Some("ＡＰＰ"))
    );
    let value = jieda.json(&["classify", "取消订单", "--json"]);
    assert_eq!(value["intents"][0]["id"], "order_manage");
}

#[test]
fn eval_retrieval_reports_by_style() {
    let jieda = Jieda::new();
    let queries = jieda.kb.path().join("queries.jsonl");
    fs::write(
        &queries,
        concat!(
            r#"{"text":"怎么查看我的订单","faq":"ec-001","style":"口语","split":"test"}"#,
            "\n",
            r#"{"text":"订单删了还能找回来不","faq":"ec-002","style":"简短","split":"train"}"#,
        ),
    )
    .unwrap();
    let cases = jieda.kb.path().join("cases.tsv");
    let value = jieda.json(&[
        "eval",
        "retrieval",
        "--queries",
        queries.to_str().unwrap(),
        "--split",
        "test",
        "--cases",
        cases.to_str().unwrap(),
        "--json",
    ]);
    assert_eq!(
        keys(&value),
        [
            "by_style", "mrr@10", "n", "recall@1", "recall@3", "recall@5"
        ]
    );
    assert_eq!((&value["n"], &value["recall@1"]), (&1.into(), &1.0.into()));
    assert_eq!(value["by_style"]["口语"]["n"], 1);
    assert_eq!(fs::read_to_string(cases).unwrap().lines().count(), 2);
}

#[test]
fn bad_input_gets_a_message_and_its_code() {
    let jieda = Jieda::new();
    jieda.fails(&["ask", ""], b"", 1, "问题是空的");
    jieda.fails(&["ask", "\u{7}\u{200B}"], b"", 1, "问题是空的");
    jieda.fails(&["ask", "-"], "长".repeat(34_000).as_bytes(), 1, "问题太长");
    jieda.fails(&["ask"], b"", 2, "TEXT");
    jieda.fails(&["ask", "退货", "--var", "novalue"], b"", 2, "NAME=VALUE");
    jieda.fails(
        &["search", "退货", "--mode", "best"],
        b"",
        2,
        "bm25, vector, hybrid",
    );
    jieda.fails(&["ask", "退货", "--model", "/nowhere"], b"", 3, "/nowhere");
    jieda.fails(
        &["ask", "退货", "--config", "/nowhere.toml"],
        b"",
        1,
        "/nowhere.toml",
    );
    jieda.fails(
        &["eval", "retrieval", "--queries", "/nowhere.jsonl"],
        b"",
        1,
        "/nowhere.jsonl",
    );
    let odd = jieda.run_with_input(&["ask", "-"], b"\xff\xfe\x01 <s> \x1b[31m \xe9\x80\x80");
    assert!(odd.status.success());
}

#[test]
fn a_faulty_knowledge_base_lists_all_its_problems() {
    let jieda = Jieda::new();
    let faqs = concat!(
        r#"{"id":"a","intent":"order_manage","question":"问","answer":"答"}"#,
        "\n",
        "{broken\n",
        r#"{"id":"a","intent":"order_manage","question":"问二","answer":"答"}"#,
        "\n",
        r#"{"id":"b","intent":"nope","question":"问三","answer":"答"}"#,
        "\n",
    );
    fs::write(jieda.kb.path().join("faqs.jsonl"), faqs).unwrap();
    for part in [
        "3 处问题",
        "faqs.jsonl:2",
        "faqs.jsonl:3",
        "faqs.jsonl:4",
        "nope",
    ] {
        jieda.fails(&["ask", "退货"], b"", 1, part);
    }
}

#[test]
fn a_changed_byte_in_the_model_is_noticed() {
    let model = tempfile::tempdir().unwrap();
    for entry in fs::read_dir(root().join("models/jieda-zh-small")).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), model.path().join(entry.file_name())).unwrap();
    }
    let weights = model.path().join("model.gguf");
    let mut bytes = fs::read(&weights).unwrap();
    bytes[5_000_000] ^= 1;
    fs::write(&weights, bytes).unwrap();
    let jieda = Jieda::new();
    jieda.fails(
        &["ask", "退货", "--model", model.path().to_str().unwrap()],
        b"",
        3,
        "sha256",
    );
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let jieda = Jieda::new();
    let mut child = Command::new(env!("CARGO_BIN_EXE_jieda"))
        .args(["segment", "退货", "--json", "--kb"])
        .arg(jieda.kb.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn a_mistyped_flag_is_no_question() {
    let jieda = Jieda::new();
    jieda.fails(&["ask", "--explian"], b"", 2, "--explian");
    assert!(jieda.run(&["ask", "--", "-5元券怎么用"]).status.success());
}

#[test]
fn faulty_lines_of_a_chat_keep_their_place() {
    let input = format!("你好\n{}\n谢谢\n", "长".repeat(3_000));
    let output = Jieda::new().run_with_input(&["chat", "--json"], input.as_bytes());
    let text = String::from_utf8(output.stdout).unwrap();
    let turns: Vec<Value> = text
        .lines()
        .map(|l| serde_json::from_str(l).unwrap())
        .collect();
    assert_eq!(turns.len(), 3);
    assert_eq!(turns[1]["error"]["code"], 1);
    assert_eq!(turns[2]["decision"], "smalltalk");
}

#[test]
fn the_readme_shows_what_is_printed() {
    let faqs = fs::read_to_string(root().join("kb-samples/ecommerce/faqs.jsonl")).unwrap();
    let faq = faqs.lines().find(|line| line.contains("ec-055")).unwrap();
    let faq: Value = serde_json::from_str(faq).unwrap();
    for readme in ["README.md", "README.zh-CN.md"] {
        let text = fs::read_to_string(root().join(readme)).unwrap();
        assert!(text.contains(faq["answer"].as_str().unwrap()), "{readme}");
    }
}

#[test]
fn help_teaches() {
    let help = String::from_utf8(Jieda::new().run(&["--help"]).stdout).unwrap();
    for part in ["Examples:", "Exit codes:", "jieda chat", "kb-samples"] {
        assert!(help.contains(part), "{part}");
    }
}
