//! Gaps from texts and from conversations, as a user runs them.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may fail by panic"
)]

mod industry;

use std::{
    fs,
    io::Write as _,
    process::{Command, Output, Stdio},
};

use industry::{Industry, failed, joined, text};
use serde_json::Value;

/// Thirty FAQs of travel, and in `others.jsonl` what customers asked of the seventy that are not there.
fn fixture() -> Industry {
    let (industry, others) = Industry::of_travel(30, "queries.jsonl");
    let some = others.iter().step_by(2).map(String::as_str);
    fs::write(industry.path("others.jsonl"), joined(some)).unwrap();
    industry
}

fn ok(output: &Output) -> String {
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn json(output: &Output) -> Value {
    serde_json::from_str(&ok(output)).unwrap()
}

/// jieda chat, told these lines.
fn chat(industry: &Industry, args: &[&str], lines: &[&str]) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_jieda"))
        .arg("chat")
        .args(args)
        .args(["--kb", text(&industry.path("kb")), "--json"])
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
        .env_remove("JIEDA_CONFIG")
        .env_remove("JIEDA_DATA")
        .env("JIEDA_CACHE_DIR", industry.path("cache"))
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    input
        .write_all(joined(lines.iter().copied()).as_bytes())
        .unwrap();
    drop(input);
    assert!(child.wait().unwrap().success());
}

#[test]
fn texts_without_an_answer_become_gaps_and_a_workbook() {
    let f = fixture();
    let (queries, sheet) = (f.path("others.jsonl"), f.path("gaps.xlsx"));
    let command = ["kb", "gaps", "--queries", text(&queries)];
    let first = f.run(&[&command[..], &["--json", "--out", text(&sheet)]].concat());
    let gaps = json(&first);
    let groups = gaps["gaps"].as_array().unwrap();
    assert!(groups.len() > 10, "{gaps}");
    let asked = fs::read_to_string(&queries).unwrap();
    for gap in groups {
        let texts = gap["queries"].as_array().unwrap();
        assert_eq!(texts.len(), gap["evidence"].as_array().unwrap().len());
        assert!(texts.contains(&gap["title"]), "{gap}");
        assert!(gap["size"].as_u64().unwrap() >= 2);
        assert!(gap["proposal"]["kind"].is_string());
        let is_asked = |text: &&Value| asked.contains(text.as_str().unwrap());
        assert!(texts.iter().any(|text| is_asked(&text)), "{gap}");
    }
    let costs: Vec<f64> = groups.iter().map(|g| g["cost"].as_f64().unwrap()).collect();
    assert!(costs.is_sorted_by(|a, b| a >= b), "{costs:?}");
    // The same again, and for people.
    let again = f.run(&[&command[..], &["--json"]].concat());
    assert_eq!(first.stdout, again.stdout);
    assert!(ok(&f.run(&command)).contains("归成"));

    // Not to be imported before the answers are there; then each is told.
    let kb = f.path("kb");
    let import = ["kb", "import", text(&sheet), "--into", text(&kb)];
    failed(&f.run_on(&[], &import), 1, "没有答案");
}

#[test]
fn conversations_that_were_kept_have_gaps_too() {
    let f = fixture();
    let said = [
        "这里能不能带宠物狗上车",
        "上车可以带狗吗",
        "/new",
        "能带猫上车吗",
        "/quit",
    ];
    let (saved, store, log) = (f.path("saved.jsonl"), f.path("log.db"), f.path("log.jsonl"));
    chat(
        &f,
        &["--save", text(&saved), "--store", text(&store)],
        &said,
    );
    let export = [
        "log",
        "export",
        "--store",
        text(&store),
        "--out",
        text(&log),
    ];
    ok(&f.run_on(&[], &export));
    let mine = |file: &str| {
        let found = json(&f.run(&["kb", "gaps", "--log", file, "--min-size", "1", "--json"]));
        let gaps = found["gaps"].as_array().unwrap().iter();
        let texts = gaps.flat_map(|gap| gap["queries"].as_array().unwrap().clone());
        let mut texts: Vec<String> = texts.map(|t| t.as_str().unwrap().to_owned()).collect();
        texts.sort();
        texts
    };
    assert_eq!(mine(text(&log)), mine(text(&saved)));
    assert!(!mine(text(&log)).is_empty());

    // What is no conversation is told, all of it.
    let wrong = f.path("wrong.jsonl");
    fs::write(&wrong, "{\"text\":\"甲\"}\n{\"turns\":[]}\n").unwrap();
    let output = f.run(&["kb", "gaps", "--log", text(&wrong)]);
    failed(&output, 1, "wrong.jsonl:1:");
    failed(&output, 1, "wrong.jsonl:2:");
    failed(&f.run(&["kb", "gaps"]), 2, "--log");
    let queries = f.path("others.jsonl");
    let cost = [
        "kb",
        "gaps",
        "--queries",
        text(&queries),
        "--cost",
        "much=3",
    ];
    failed(&f.run(&cost), 2, "rephrase");
}

#[test]
fn removed_faqs_are_looked_for_and_the_figures_are_the_same_again() {
    let f = fixture();
    let queries = f.path("queries.jsonl");
    let cases = f.path("cases.tsv");
    let command = [
        "eval",
        "gaps",
        "--queries",
        text(&queries),
        "--remove",
        "20%",
        "--seed",
        "3",
        "--json",
    ];
    let first = f.run(&[&command[..], &["--cases", text(&cases)]].concat());
    let report = &json(&first)["runs"][0]["report"];
    assert_eq!(report["removed"], 6);
    let share = |key: &str| report[key].as_f64().unwrap();
    assert!(
        share("returned") <= share("returned_of_possible") && share("returned") > 0.5,
        "{report}"
    );
    assert!(fs::read_to_string(&cases).unwrap().lines().count() > 20);
    assert_eq!(first.stdout, f.run(&command).stdout);
    let all = [
        "eval",
        "gaps",
        "--queries",
        text(&queries),
        "--remove",
        "100%",
    ];
    failed(&f.run(&all), 1, "30");
}
