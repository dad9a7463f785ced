//! Recording, `jieda log`, replay.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may fail by panic"
)]

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use jieda_store::{ConversationLog, Event};
use serde_json::Value;
use tempfile::TempDir;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A knowledge base of six FAQs, and a store beside it.
struct Jieda {
    dir: TempDir,
}

impl Jieda {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let sample = root().join("kb-samples/ecommerce");
        let faqs = fs::read_to_string(sample.join("faqs.jsonl")).unwrap();
        let few: Vec<&str> = faqs.lines().take(6).collect();
        fs::create_dir(dir.path().join("kb")).unwrap();
        fs::write(dir.path().join("kb/faqs.jsonl"), few.join("\n")).unwrap();
        let intents = dir.path().join("kb/intents.jsonl");
        fs::copy(sample.join("intents.jsonl"), intents).unwrap();
        Self { dir }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn run_with_input(&self, args: &[&str], input: &str) -> Output {
        let mut child = Command::new(env!("CARGO_BIN_EXE_jieda"))
            .current_dir(self.dir.path())
            .args(args)
            .arg("--model")
            .arg(root().join("models/jieda-zh-small"))
            .env(
                "JIEDA_CACHE_DIR",
                Path::new(env!("CARGO_TARGET_TMPDIR")).join("cache"),
            )
            .env_remove("JIEDA_CONFIG")
            .env_remove("JIEDA_DATA")
            .env("TZ", "Asia/Shanghai")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // A program that refuses its arguments does not read.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        child.wait_with_output().unwrap()
    }

    /// Chats on the knowledge base, and keeps it.
    fn chat(&self, more: &[&str], input: &str) -> Vec<Value> {
        let args = ["chat", "--kb", "kb", "--json", "--store", "s.db"];
        let output = self.run_with_input(&[&args, more].concat(), input);
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{stderr}");
        let lines = String::from_utf8(output.stdout).unwrap();
        lines
            .lines()
            .map(|l| serde_json::from_str(l).unwrap())
            .collect()
    }

    /// Output for people; it must succeed.
    fn text(&self, args: &[&str]) -> String {
        let output = self.run_with_input(args, "");
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{args:?}: {stderr}");
        String::from_utf8(output.stdout).unwrap()
    }

    fn json(&self, args: &[&str]) -> Value {
        serde_json::from_str(&self.text(&[args, &["--json"]].concat())).unwrap()
    }

    /// The texts of the turns that are found.
    fn texts(&self, filter: &[&str]) -> Vec<String> {
        let found = self.json(&[&["log", "--store", "s.db", "--oldest"], filter].concat());
        let turns = found["turns"].as_array().unwrap();
        let text = |turn: &Value| turn["text"].as_str().unwrap_or_default().to_owned();
        turns.iter().map(text).collect()
    }

    fn fails(&self, args: &[&str], code: i32, message: &str) {
        let output = self.run_with_input(args, "");
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{args:?}: {stderr}");
        assert!(stderr.contains(message), "{args:?}: {stderr}");
        assert!(!stderr.contains("panicked"), "{stderr}");
    }
}

const CHAT: &str = "怎么查看我的订单\n我的手机是13800001234，怎么取消订单\n/rate 2\n我要投诉\n\
    /agent 您好，我来处理\n/back\n谢谢\n";

#[test]
fn a_chat_is_kept_masked_and_shown() {
    let jieda = Jieda::new();
    let answers = jieda.chat(
        &[
            "--tier",
            "VIP",
            "--channel",
            "app",
            "--var",
            "phone=13800001234",
        ],
        CHAT,
    );
    for entry in fs::read_dir(jieda.dir.path()).unwrap().flatten() {
        let bytes = fs::read(entry.path()).unwrap_or_default();
        let leaks = bytes.windows(11).any(|w| w == b"13800001234");
        assert!(!leaks, "{:?}", entry.path());
    }
    let found = jieda.json(&["log", "--store", "s.db", "--oldest"]);
    let turns = found["turns"].as_array().unwrap();
    assert_eq!(turns.len(), 7);
    assert_eq!(found["next"], Value::Null);
    let events: Vec<&str> = turns.iter().map(|t| t["event"].as_str().unwrap()).collect();
    assert_eq!(
        events,
        [
            "said",
            "said",
            "rated",
            "said",
            "agent_said",
            "handed_back",
            "said"
        ]
    );
    for (turn, answer) in turns.iter().zip(&answers).take(4) {
        for key in ["decision", "faq", "reason", "reply"] {
            assert_eq!(turn[key], answer[key], "{key}");
        }
        assert_eq!(turn["rule"], answer["trace"]["rule"]);
        assert!(turn["release"].as_str().unwrap().starts_with("folder-"));
    }
    assert!(turns[1]["text"].as_str().unwrap().contains("138****1234"));
    assert_eq!(turns[2]["reason"], "low_satisfaction");
    assert_eq!(turns[4]["decision"], Value::Null);

    let id = turns[0]["conversation"].as_str().unwrap();
    let view = jieda.text(&["log", "--store", "s.db", "--conversation", id]);
    for part in [
        id,
        "VIP",
        "渠道 app",
        "7 轮",
        "客户：怎么查看我的订单",
        "[自动回复]",
        "客户评分：2",
        "人工：您好",
        "交还给机器人",
        "规则",
    ] {
        assert!(view.contains(part), "{part}: {view}");
    }
    let list = jieda.text(&["log", "--store", "s.db"]);
    for part in ["置信度", id, "转人工", "low_satisfaction", "（评分 2）"] {
        assert!(list.contains(part), "{part}: {list}");
    }
    let log = jieda.json(&["log", "--store", "s.db", "--conversation", id]);
    let log: ConversationLog = serde_json::from_value(log).unwrap();
    assert!(log.turns[2].handover.is_some());
    assert_eq!(log.turns[0].customer.tier.as_deref(), Some("VIP"));
    assert!(matches!(&log.turns[0].event, Event::Said { variables, .. } if variables.len() == 1));
    let last = serde_json::to_value(&log.conversation.state).unwrap();
    assert_eq!(last, answers[6]["state"]);
    let trace = log.turns[0].answer.as_ref().unwrap().trace.value();
    assert!(trace["candidates"][0]["parts"].is_array());
}

#[test]
fn filters_pages_and_exports_find_what_was_asked() {
    let jieda = Jieda::new();
    jieda.chat(
        &["--at", "2026-11-01 10:00"],
        "怎么查看我的订单\n/new\n转人工\n",
    );
    jieda.chat(&["--at", "2026-11-02 10:00"], "我叫张三，电话13800001234\n");
    let check = |filter: &[&str], expected: usize| {
        assert_eq!(jieda.texts(filter).len(), expected, "{filter:?}");
    };
    check(&[], 3);
    check(&["--decision", "handoff"], 1);
    check(&["--reason", "human_request"], 1);
    check(&["--faq", "ec-001"], 1);
    check(&["--since", "2026-11-02"], 1);
    check(&["--until", "2026-11-02"], 2);
    check(&["--min-confidence", "0.8", "--faq", "ec-001"], 1);
    check(&["--max-confidence", "0.8", "--faq", "ec-001"], 0);
    check(&["--channel", "app"], 0);
    check(&["--text", "查看"], 1);
    // What is looked for is masked as it was when it was stored.
    check(&["--text", "13800001234"], 1);

    let mut pages = Vec::new();
    let mut after: Vec<String> = Vec::new();
    loop {
        let mut args = vec!["log", "--store", "s.db", "--oldest", "-n", "1"];
        args.extend(after.iter().map(String::as_str));
        let page = jieda.json(&args);
        assert_eq!(page["turns"].as_array().unwrap().len(), 1);
        pages.push(page["turns"][0]["text"].as_str().unwrap().to_owned());
        let Some(next) = page["next"].as_str() else {
            break;
        };
        after = vec!["--after".into(), next.into()];
    }
    assert_eq!(pages, jieda.texts(&[]));

    fs::write(jieda.path("out.jsonl"), "alt").unwrap();
    jieda.text(&["log", "export", "--store", "s.db", "--out", "out.jsonl"]);
    let lines = fs::read_to_string(jieda.path("out.jsonl")).unwrap();
    let logs: Vec<ConversationLog> = lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(logs.len(), 3);
    assert!(logs.iter().all(|log| log.turns.len() == 1));
    let some = ["log", "export", "--store", "s.db", "--decision", "handoff"];
    let standard_output = jieda.text(&some);
    assert_eq!(standard_output.lines().count(), 1);
    let nowhere = ["log", "export", "--store", "s.db", "--out", "no/out.jsonl"];
    jieda.fails(&nowhere, 4, "没有导出到");
    let left: Vec<_> = fs::read_dir(jieda.dir.path()).unwrap().flatten().collect();
    assert!(
        left.iter()
            .all(|e| !e.file_name().to_string_lossy().contains(".tmp"))
    );
}

#[test]
fn a_replay_decides_the_same_until_something_changes() {
    let jieda = Jieda::new();
    let args = ["--tier", "VIP", "--var", "order_id=20261128001"];
    jieda.chat(&args, CHAT);
    jieda.chat(
        &[],
        "订单\n1\nasdf qwer\n/new\n你好\n取消订单\n那要多久呢\n不要了\n3分\n",
    );
    let replay = ["log", "replay", "--store", "s.db", "--kb", "kb"];
    let report = jieda.json(&replay);
    assert_eq!(report["changed"].as_array().unwrap().len(), 0, "{report}");
    assert_eq!(report["conversations"], 3);
    assert_eq!(report["turns"], report["same"]);
    assert!(report["turns"].as_u64().unwrap() >= 12);
    assert!(jieda.text(&replay).contains("全部一致"));

    // Another policy on the same knowledge.
    let policy = jieda.path("kb/policy.toml");
    fs::write(&policy, "[thresholds]\nreply = 1.0\nclarify = 1.0\n").unwrap();
    let output = jieda.run_with_input(&[&replay[..], &["--json"]].concat(), "");
    let stricter: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(stricter["release"], report["release"]);
    assert_ne!(stricter["policy"], report["policy"]);
    fs::remove_file(policy).unwrap();

    // The FAQ that answered is gone.
    let faqs = fs::read_to_string(jieda.path("kb/faqs.jsonl")).unwrap();
    let without: Vec<&str> = faqs.lines().filter(|l| !l.contains("ec-001")).collect();
    fs::write(jieda.path("kb/faqs.jsonl"), without.join("\n")).unwrap();
    let output = jieda.run_with_input(&[&replay[..], &["--json"]].concat(), "");
    assert_eq!(output.status.code(), Some(1));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let changed = &report["changed"][0];
    assert_eq!(changed["recorded"]["faq"], "ec-001");
    assert_ne!(changed["replayed"]["faq"], "ec-001");
    assert_ne!(
        changed["recorded"]["release"],
        changed["replayed"]["release"]
    );
    let output = jieda.run_with_input(&replay, "");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        text.contains("当时：auto_reply · ec-001") && text.contains("轮不同"),
        "{text}"
    );

    // One conversation alone.
    let id = report["changed"][0]["conversation"].as_str().unwrap();
    let one = [&replay[..], &["--conversation", id, "--json"]].concat();
    let output = jieda.run_with_input(&one, "");
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["conversations"], 1);
}

#[test]
fn what_is_old_is_purged() {
    let jieda = Jieda::new();
    jieda.chat(&["--at", "2020-01-01"], "怎么查看我的订单\n/new\n转人工\n");
    let args = ["ask", "--kb", "kb", "--store", "s.db", "怎么取消订单"];
    assert!(jieda.text(&args).contains("[自动回复]"));
    let purge = ["log", "purge", "--store", "s.db", "--days", "30"];
    let purge = |more: &[&str]| jieda.json(&[&purge[..], more].concat());
    let counted = purge(&["--dry-run"]);
    assert_eq!(counted["conversations"], 1);
    assert_eq!(counted["kept_with_human"], 1);
    assert_eq!(counted["deleted"], false);
    assert_eq!(purge(&[])["turns"], 1);
    assert_eq!(jieda.texts(&[]).len(), 2);
    let purged = purge(&["--with-human"]);
    assert_eq!(purged["conversations"], 1);
    assert_eq!(purged["handovers"], 1);
    assert_eq!(jieda.texts(&[]), ["怎么取消订单"]);
    let args = ["log", "purge", "--store", "s.db", "--days", "9"];
    assert!(jieda.text(&args).contains("已删除 0 个会话"));
}

#[test]
fn faults_are_told() {
    let jieda = Jieda::new();
    jieda.fails(&["log"], 1, "--store");
    jieda.fails(&["log", "--store", "none.db"], 1, "没有会话库 none.db");
    fs::write(jieda.path("text"), "不是数据库".repeat(200)).unwrap();
    jieda.fails(&["log", "--store", "text"], 1, "不是 jieda 的会话库");
    let chat = ["chat", "--kb", "kb", "--store", "no/folder.db"];
    jieda.fails(&chat, 4, "会话库读写出错");
    let reason = ["log", "--store", "s.db", "--reason", "human"];
    jieda.fails(&reason, 2, "human_request");
    jieda.fails(
        &["log", "--store", "s.db", "--since", "昨天"],
        2,
        "2026-11-11",
    );
    jieda.fails(
        &["log", "purge", "--store", "s.db", "--days", "0"],
        2,
        "--days",
    );
    jieda.chat(&[], "你好\n");
    let unknown = ["log", "--store", "s.db", "--conversation", "nobody"];
    jieda.fails(&unknown, 1, "没有会话 nobody");
}
