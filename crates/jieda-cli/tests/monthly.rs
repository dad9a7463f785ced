//! `jieda report monthly` and `jieda report quarterly`, as a user runs them.

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

use jieda_routing::{Event, Logged, Router, Rules};
use jieda_store::{SqliteStore, Store as _, Turn, Write};
use serde_json::{Value, json};
use tempfile::TempDir;

const FAQS: &str = r#"{"id":"a1","intent":"x","question":"怎么退货","answer":"见说明。"}
{"id":"b1","intent":"x","question":"怎么开发票","answer":"见说明。"}
"#;
const INTENTS: &str = "{\"id\":\"x\",\"name\":\"售后服务\"}\n";

/// A ticket that is accepted after 5 s, and one that is given up after 40 s.
const EVENTS: &str = r#"[
{"at":"2026-11-30T09:00:00+08:00","kind":"agent_registered","agent":{"id":7,"name":"小王","skills":{"售后":3},"capacity":1}},
{"at":"2026-11-30T09:00:00+08:00","kind":"agent_state","agent":7,"state":"ready"},
{"at":"2026-11-30T10:00:00+08:00","kind":"ticket_arrived","ticket":{"id":1,"skill":"售后","channel":"app"}},
{"at":"2026-11-30T10:00:05+08:00","kind":"offer_accepted","ticket":1,"agent":7},
{"at":"2026-11-30T10:00:20+08:00","kind":"agent_replied","ticket":1},
{"at":"2026-11-30T10:01:00+08:00","kind":"ticket_arrived","ticket":{"id":2,"skill":"售后","channel":"app"}},
{"at":"2026-11-30T10:01:40+08:00","kind":"ticket_abandoned","ticket":2},
{"at":"2026-11-30T10:10:05+08:00","kind":"contact_ended","ticket":1,"outcome":"resolved"}
]"#;

/// A folder with records of November in `data` and a knowledge base in `kb`.
struct Records {
    dir: TempDir,
}

impl Records {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        for folder in ["kb", "data"] {
            fs::create_dir(dir.path().join(folder)).unwrap();
        }
        fs::write(dir.path().join("kb/faqs.jsonl"), FAQS).unwrap();
        fs::write(dir.path().join("kb/intents.jsonl"), INTENTS).unwrap();
        let records = Self { dir };
        records.store();
        fs::write(records.path("data/routing.jsonl"), log()).unwrap();
        records
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Three conversations: one of October, one that is answered and rated, one that fails and is handed over.
    fn store(&self) {
        let reply = json!({ "decision": "auto_reply", "faq": "a1" });
        let rated = json!({ "decision": "smalltalk", "kind": "rated" });
        let rephrase = json!({ "decision": "rephrase" });
        let failed = json!({ "decision": "handoff", "reason": "repeated_failure" });
        let said = |text: &str| json!({ "event": "said", "text": text });
        let writes = [
            ("c0", 1, "2026-10-31T23:59:59+08:00", said("怎么退货"), &reply),
            ("c1", 1, "2026-11-01T00:00:00+08:00", said("怎么退货"), &reply),
            ("c1", 2, "2026-11-01T00:00:10+08:00", json!({ "event": "rated", "rating": 2 }), &rated),
            ("c2", 1, "2026-11-11T10:00:00+08:00", said("能用比特币付款吗"), &rephrase),
            ("c2", 2, "2026-11-11T10:00:10+08:00", said("可以拿比特币支付吗"), &failed),
        ]
        .map(|(conversation, number, at, event, decision)| {
            let mut answer = json!({
                "reply": "", "confidence": 0.9, "rule": "r", "release": "r", "policy": "p", "latency_us": 1, "trace": null,
            });
            let mut turn = json!({ "number": number, "at": at, "channel": "app", "state": {} });
            for (object, fields) in [(&mut answer, decision), (&mut turn, &event)] {
                object.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
            }
            turn["answer"] = answer;
            let turn: Turn = serde_json::from_value(turn).unwrap();
            Write::turn(conversation.to_owned().try_into().unwrap(), turn)
        });
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .unwrap();
        runtime.block_on(async {
            let store = SqliteStore::open_or_create(&self.path("data/conversations.db")).await;
            for written in store.unwrap().write(&writes).await.unwrap() {
                written.unwrap();
            }
        });
    }

    fn run(&self, args: &[&str]) -> Output {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        Command::new(env!("CARGO_BIN_EXE_jieda"))
            .current_dir(self.dir.path())
            .args(args)
            .arg("--model")
            .arg(root.join("models/jieda-zh-small"))
            .env_remove("JIEDA_CONFIG")
            .env_remove("JIEDA_DATA")
            .env("JIEDA_CACHE_DIR", self.path("cache"))
            .output()
            .unwrap()
    }

    /// A report that must succeed: its page and its figures.
    fn report(&self, args: &[&str]) -> (String, Value) {
        let output = self.run(&[&["report"], args, &["--out", "report.html", "--json"]].concat());
        assert!(output.status.success(), "{output:?}");
        let page = fs::read_to_string(self.path("report.html")).unwrap();
        (page, serde_json::from_slice(&output.stdout).unwrap())
    }

    fn fails(&self, args: &[&str], code: i32, parts: &[&str]) {
        let output = self.run(&[&["report"], args].concat());
        assert_eq!(output.status.code(), Some(code), "{output:?}");
        let message = String::from_utf8_lossy(&output.stderr);
        for part in parts {
            assert!(message.contains(part), "{message}");
        }
        assert!(!self.path("report.html").exists());
    }
}

fn log() -> String {
    let mut router = Router::new(Rules::shipped().unwrap());
    let events: Vec<Event> = serde_json::from_str(EVENTS).unwrap();
    let logged = events.into_iter().map(|event| {
        let applied = router.apply(&event);
        serde_json::to_string(&Logged { event, applied }).unwrap() + "\n"
    });
    logged.collect()
}

const MONTH: [&str; 5] = ["monthly", "--month", "2026-11", "--data", "data"];

#[test]
fn a_month_from_a_data_directory() {
    let records = Records::new();
    let args = ["--kb", "kb", "--due", "10000.00", "--xlsx", "report.xlsx"];
    let (page, figures) = records.report(&[&MONTH[..], &args].concat());
    assert!(page.starts_with("<!DOCTYPE html><html lang=\"zh-CN\">"));
    for part in ["<script", "<link", "<img", "src=", "url(", "@import"] {
        assert!(!page.contains(part), "{part}");
    }
    assert_eq!(figures["month"], "2026-11");
    assert_eq!(figures["bot"]["conversations"], 2);
    assert_eq!(figures["bot_before"]["conversations"], 1);
    assert_eq!(figures["bot"]["ratings"], json!([0, 1, 0, 0, 0]));
    assert_eq!(figures["problems"]["faqs"][0]["question"], "怎么退货");
    // One of two in time: ((80 − 50) · 1) is bounded by 20 % of 10 000.00.
    let last = figures["agreement"]["months"]
        .as_array()
        .unwrap()
        .last()
        .unwrap();
    assert_eq!(
        (&last["credit"], &last["amount"]),
        (&json!(20.0), &json!(200_000))
    );
    assert_eq!(figures["agents"][0]["name"], "小王");
    assert_eq!(figures["allocation"]["skill_match"], 100.0);
    // What was asked in vain, and was not answered by anything.
    assert_eq!(figures["gaps"]["misses"], 3);
    assert!(page.contains("知识缺口") && page.contains("抵扣 <b>2000.00</b> 元"));
    assert!(
        fs::read(records.path("report.xlsx"))
            .unwrap()
            .starts_with(b"PK")
    );

    // The same records, the same page.
    let again = records.report(&[&MONTH[..], &args].concat());
    assert!(again == (page, figures));
}

#[test]
fn what_is_not_there_is_said() {
    let records = Records::new();
    fs::remove_file(records.path("data/routing.jsonl")).unwrap();
    let (page, figures) = records.report(&MONTH);
    assert_eq!(figures["service"], Value::Null);
    assert_eq!(figures["problems"]["faqs"][0]["question"], Value::Null);
    for part in ["没有分配日志", "没有知识库", "没有做知识缺口分析"] {
        assert!(page.contains(part), "{part}");
    }
    fs::remove_file(records.path("report.html")).unwrap();
    let out = ["--out", "report.html"];
    records.fails(
        &[
            &["quarterly", "--quarter", "2026Q4", "--data", "data"],
            &out[..],
        ]
        .concat(),
        1,
        &["没有分配日志", "--routing"],
    );
    fs::remove_file(records.path("data/conversations.db")).unwrap();
    records.fails(&[&MONTH[..], &out].concat(), 1, &["--store", "--routing"]);
}

#[test]
fn a_quarter_of_allocation() {
    let records = Records::new();
    let args = [
        "quarterly",
        "--quarter",
        "2026Q4",
        "--routing",
        "data/routing.jsonl",
        "--xlsx",
        "q.xlsx",
    ];
    let (page, figures) = records.report(&args);
    assert_eq!(figures["quarter"], "2026Q4");
    assert_eq!(figures["months"].as_array().unwrap().len(), 1);
    assert!(page.contains("分配质量季报：2026 年第 4 季度"));
    assert!(page.contains("分配日志里没有 2026 年 10 月的记录"));
    assert!(fs::read(records.path("q.xlsx")).unwrap().starts_with(b"PK"));
}

#[test]
fn faults_are_told() {
    let records = Records::new();
    let out = ["--out", "report.html"];
    let routing = records.path("data/routing.jsonl");
    let log = fs::read_to_string(&routing).unwrap();
    fs::write(&routing, format!("{{}}\n\n{log}no log\n")).unwrap();
    let lines = ["data/routing.jsonl 有 2 行有误", "第 1 行", "第 11 行"];
    records.fails(&[&MONTH[..], &out].concat(), 1, &lines);
    fs::write(&routing, log).unwrap();
    fs::write(records.path("sla.toml"), "[plan]\nperods = 2\n").unwrap();
    let sla = [&MONTH[..], &["--sla", "sla.toml"], &out].concat();
    records.fails(&sla, 1, &["sla.toml", "plan.perods"]);

    let nowhere = [&MONTH[..], &["--out", "nowhere/report.html"]].concat();
    records.fails(&nowhere, 1, &["--out"]);
    records.fails(
        &[
            &["monthly", "--month", "2026-13", "--data", "data"],
            &out[..],
        ]
        .concat(),
        2,
        &["2026-13"],
    );
    records.fails(
        &[
            &["quarterly", "--quarter", "2026Q5", "--data", "data"],
            &out[..],
        ]
        .concat(),
        2,
        &["2026Q5"],
    );
    records.fails(
        &[&MONTH[..], &["--due", "viel"], &out].concat(),
        2,
        &["--due"],
    );
    // Without a subcommand, as before.
    records.fails(&[], 2, &["--queries"]);
    records.fails(
        &[
            &["--kb", "kb", "--data", "data", "--queries", "q.jsonl"],
            &out[..],
        ]
        .concat(),
        2,
        &["--kb"],
    );
}
