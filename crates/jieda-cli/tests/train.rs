//! `jieda train` on a handful of FAQs.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may fail by panic"
)]

mod industry;

use std::{fs, process::Output};

use industry::{Industry, failed, text};
use serde_json::Value;

/// Nine FAQs with what customers asked of them, in `log.jsonl`.
fn fixture() -> Industry {
    Industry::of_travel(9, "log.jsonl").0
}

fn train(industry: &Industry, args: &[&str]) -> Output {
    industry.run(&[&["train", "encoder"], args].concat())
}

#[test]
fn a_training_is_paused_and_finished() {
    let f = fixture();
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
    let paused = train(&f, &[&args[..], &["--stop-after", "1"]].concat());
    assert!(paused.status.success(), "{paused:?}");
    let report: Value = serde_json::from_slice(&paused.stdout).unwrap();
    assert_eq!(
        (&report["finished"], &report["written"]),
        (&Value::Bool(false), &Value::Bool(false))
    );
    assert_eq!(report["epochs"].as_array().unwrap().len(), 1);
    let output = train(&f, &args);
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
    let f = fixture();
    let out = f.path("ours");
    let args = ["--out", text(&out), "--epochs", "0", "--storage", "q5"];
    let output = train(&f, &args);
    assert!(output.status.success(), "{output:?}");
    assert!(String::from_utf8_lossy(&output.stdout).contains("模型已就绪"));
    failed(&train(&f, &args), 1, "已经存在");
}

#[test]
fn faulty_data_are_named() {
    let f = fixture();
    let (log, out) = (f.path("log.jsonl"), f.path("ours"));
    fs::write(
        &log,
        "{\"text\": \"退票\", \"faq\": \"none\"}\n{\"text\": 1}\n",
    )
    .unwrap();
    let output = train(&f, &["--log", text(&log), "--out", text(&out)]);
    failed(&output, 1, "log.jsonl:1");
    failed(&output, 1, "log.jsonl:2");
    let output = train(
        &f,
        &["--out", text(&out), "--learning-rate", "0", "--epochs", "1"],
    );
    failed(&output, 1, "没有");
    let output = train(&f, &["--out", text(&out), "--storage", "q2"]);
    failed(&output, 2, "q8q5");
    assert!(!out.exists());
}

/// What customers of this shop call things: words that no encoder can know.
const JARGON: [&str; 9] = [
    "青龙", "白虎", "朱雀", "玄武", "麒麟", "凤凰", "貔貅", "鲲鹏", "饕餮",
];
const ASKED: [&str; 8] = [
    "怎么弄",
    "在哪里",
    "咋办啊",
    "帮我看看",
    "要多久",
    "弄不了",
    "问一下",
    "急",
];

#[test]
fn an_adapter_learns_the_words_of_a_shop() {
    let f = fixture();
    let (log, adapter) = (f.path("log.jsonl"), f.path("kb/adapter.safetensors"));
    let ids: Vec<String> = fs::read_to_string(f.path("kb/faqs.jsonl"))
        .unwrap()
        .lines()
        .map(|line| {
            serde_json::from_str::<Value>(line).unwrap()["id"]
                .as_str()
                .unwrap()
                .into()
        })
        .collect();
    let rows = ids.iter().zip(JARGON).flat_map(|(id, word)| {
        ASKED.map(|asked| {
            format!(
                "{}\n",
                serde_json::json!({"text": format!("{word}{asked}"), "faq": id})
            )
        })
    });
    fs::write(&log, rows.collect::<String>()).unwrap();
    let first = |text: &str| {
        let output = f.run(&["search", "--json", text]);
        let found: Value = serde_json::from_slice(&output.stdout).unwrap();
        found["candidates"][0]["faq"].as_str().unwrap().to_owned()
    };
    let right = || {
        let asked = ids.iter().zip(JARGON);
        asked
            .filter(|(id, word)| first(&format!("{word}是什么")) == **id)
            .count()
    };
    let before = right();
    let output = f.run(&["train", "adapter", "--json", "--log", text(&log)]);
    assert!(output.status.success(), "{output:?}");
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["adopted"], true);
    let after = right();
    assert!(after > before && after >= 7, "{before} to {after}");
    // Taken away, all is as it was; another model's is refused.
    fs::rename(&adapter, f.path("adapter.away")).unwrap();
    assert_eq!(right(), before);
    fs::write(&adapter, b"no adapter").unwrap();
    failed(&f.run(&["search", "青龙"]), 1, "已损坏");
    // It can be fitted anew over one that can't be used.
    let output = f.run(&["train", "adapter", "--log", text(&log)]);
    assert!(output.status.success(), "{output:?}");
    assert_eq!(right(), after);
}

#[test]
fn an_adapter_that_does_not_pay_is_refused() {
    let f = fixture();
    let log = f.path("log.jsonl");
    let lines = fs::read_to_string(&log).unwrap();
    failed(
        &f.run(&["train", "adapter", "--log", text(&log)]),
        1,
        "没有写出",
    );
    // Asked again and again, a question is still one question.
    let few: String = lines.lines().take(5).flat_map(|l| [l, "\n"]).collect();
    let few = few.repeat(20);
    fs::write(&log, few).unwrap();
    failed(
        &f.run(&["train", "adapter", "--log", text(&log)]),
        1,
        "至少要 30 条",
    );
    assert!(!f.path("kb/adapter.safetensors").exists());
}
