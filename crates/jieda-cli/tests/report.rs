//! `jieda report`, as a user runs it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may fail by panic"
)]

mod industry;

use std::{
    fs,
    process::{Command, Output},
};

use industry::{Industry, failed, joined, text};
use serde_json::Value;

/// Texts that nobody hands over: their words reach the page.
const HANDOFF: &str = r#"{"text":"<script>alert(1)</script>机票付款后多久出票","reason":"complaint"}
{"text":"我的手机13812345678，机票付款后多久出票","reason":"safety"}
{"text":"转人工","reason":"human_request"}
{"text":"机票怎么订","reason":null}
"#;

const TRANSCRIPTS: &str = r#"{"id":"c1","customer":{"channel":"app"},"turns":[{"text":"你好","expect":{"decision":"smalltalk"}},{"text":"机票付款后多久出票","expect":{"decision":"reply","faq":"tr-001"}}]}
{"id":"c2","customer":{"channel":"web"},"turns":[{"text":"转人工","expect":{"decision":"handoff","reason":"human_request"}}]}
{"id":"c3","customer":{"channel":"app"},"turns":[{"text":"机票出票失败怎么办","expect":{"decision":"handoff","reason":"complaint"}}]}
"#;

/// Twenty FAQs with a label of every kind.
fn fixture() -> Industry {
    let (industry, others) = Industry::of_travel(20, "queries.jsonl");
    let some = others.iter().step_by(40).map(String::as_str);
    fs::write(industry.path("others.jsonl"), joined(some)).unwrap();
    fs::write(industry.path("handoff.jsonl"), HANDOFF).unwrap();
    fs::write(industry.path("transcripts.jsonl"), TRANSCRIPTS).unwrap();
    industry
}

/// Reports on the named kinds of labels, and gives the page.
fn report(f: &Industry, kinds: &[&str], more: &[&str]) -> (Output, String) {
    let files = [
        ("--queries", "queries.jsonl"),
        ("--unanswerable", "others.jsonl"),
        ("--handoff", "handoff.jsonl"),
        ("--transcripts", "transcripts.jsonl"),
    ];
    let out = f.path("report.html");
    let mut args = vec!["report", "--out", text(&out)];
    let paths = files.map(|(option, name)| (option, f.path(name)));
    for (option, path) in paths.iter().filter(|(option, _)| kinds.contains(option)) {
        args.extend([*option, text(path)]);
    }
    args.extend(more);
    let output = f.run(&args);
    let page = fs::read_to_string(&out).unwrap_or_default();
    (output, page)
}

const ALL: [&str; 4] = ["--queries", "--unanswerable", "--handoff", "--transcripts"];

/// The ids of the sections, in order; the table of contents has the same.
fn sections(page: &str) -> Vec<&str> {
    let after = |mark: &'static str| {
        let parts = page.split(mark).skip(1);
        parts.filter_map(|rest| rest.split('"').next()).collect()
    };
    let ids: Vec<&str> = after("<section id=\"");
    let contents: Vec<&str> = page
        .split("<main>")
        .next()
        .unwrap()
        .split("<a href=\"#")
        .skip(1)
        .collect();
    let contents: Vec<&str> = contents
        .iter()
        .filter_map(|rest| rest.split('"').next())
        .collect();
    assert_eq!(ids, contents);
    ids
}

#[test]
fn everything_is_on_one_page_that_needs_nothing_else() {
    let f = fixture();
    let (output, page) = report(&f, &ALL, &["--json"]);
    assert!(output.status.success(), "{output:?}");
    assert!(page.starts_with("<!DOCTYPE html><html lang=\"zh-CN\">"));
    let expected = [
        "summary",
        "figures",
        "outcomes",
        "thresholds",
        "pairs",
        "misses",
        "intents",
        "groups",
        "boundaries",
        "conversations",
        "method",
    ];
    assert_eq!(sections(&page), expected);

    // No request, no script, and nobody's words as markup or in the clear.
    for part in [
        "<script",
        "<link",
        "<img",
        "src=",
        "url(",
        "@import",
        "13812345678",
    ] {
        assert!(!page.contains(part), "{part}");
    }
    for address in page.split("http").skip(1) {
        assert!(address.starts_with("-equiv") || address.starts_with("://www.w3.org/2000/svg\""));
    }
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;机票付款后多久出票"));
    assert!(page.contains("我的手机138****5678，机票付款后多久出票"));

    // The figures of the page are those of the JSON.
    let quality: Value = serde_json::from_slice(&output.stdout).unwrap();
    let headline = &quality["headline"];
    let recall = &headline["recall@1"];
    let percent = |v: &Value| format!("{:.1}%", 100.0 * v.as_f64().unwrap());
    assert!(page.contains(&percent(&recall["value"])));
    let within = |v: &Value| v.as_f64().unwrap();
    let interval = &recall["interval"];
    assert!(within(&interval["low"]) < within(&recall["value"]));
    assert!(within(&recall["value"]) < within(&interval["high"]));
    assert_eq!(headline["handoff_recall"]["n"], 3);
    assert_eq!(headline["solved_without_human"]["n"], 3);
    let counts = quality["answerable"]["counts"].as_array().unwrap();
    let sum: u64 = counts.iter().map(|c| c["n"].as_u64().unwrap()).sum();
    assert_eq!(sum, recall["n"].as_u64().unwrap());
    let files = quality["source"]["files"].as_array().unwrap();
    assert_eq!(files.len(), 4);
    for file in files {
        assert!(page.contains(file["sha256"].as_str().unwrap()));
    }
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let f = fixture();
    let with_threads = |threads: &str| {
        let out = f.path(threads);
        let output = Command::new(env!("CARGO_BIN_EXE_jieda"))
            .current_dir(f.path("."))
            .args([
                "report",
                "--kb",
                "kb",
                "--queries",
                "queries.jsonl",
                "--handoff",
                "handoff.jsonl",
            ])
            .args(["--transcripts", "transcripts.jsonl", "--out", text(&out)])
            .arg("--model")
            .arg(concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/../../models/jieda-zh-small"
            ))
            .env_remove("JIEDA_CONFIG")
            .env_remove("JIEDA_DATA")
            .env("JIEDA_CACHE_DIR", f.path("cache"))
            .env("RAYON_NUM_THREADS", threads)
            .output()
            .unwrap();
        assert!(output.status.success(), "{output:?}");
        fs::read(out).unwrap()
    };
    assert!(with_threads("1") == with_threads("3"));
}

#[test]
fn what_is_not_given_leaves_no_hole() {
    let f = fixture();
    let (output, page) = report(&f, &["--queries"], &["--timings", "--lang", "en"]);
    assert!(output.status.success(), "{output:?}");
    let expected = [
        "summary",
        "figures",
        "outcomes",
        "thresholds",
        "pairs",
        "misses",
        "intents",
        "groups",
        "latency",
        "method",
    ];
    assert_eq!(sections(&page), expected);
    assert!(page.contains("lang=\"en\"") && page.contains("At a glance"));
    for chinese in ["一眼看完", "转人工", "区间", "置信度", "阈值"] {
        assert!(!page.contains(chinese), "{chinese}");
    }
    // Only in the command, which says what was not asked for by leaving it out.
    assert!(!page.contains("--handoff") && page.contains("--lang en --timings"));
}

#[test]
fn all_faults_of_all_files_are_told_at_once() {
    let f = fixture();
    let queries = "{\"text\":\"改签\",\"faq\":\"nowhere\"}\n{\"text\":\"改签\",\"faq\":\"tr-001\",\"channel\":\" \"}\n";
    fs::write(f.path("queries.jsonl"), queries).unwrap();
    fs::write(f.path("handoff.jsonl"), "\n{\"reason\":1}\n").unwrap();
    let lacking = r#"{"id":"c","turns":[{"text":"改签","expect":{"decision":"reply"}}]}"#;
    fs::write(f.path("transcripts.jsonl"), lacking).unwrap();
    let (output, page) = report(&f, &ALL, &[]);
    for part in [
        "queries.jsonl",
        "nowhere",
        "channel“ ”",
        "handoff.jsonl:2",
        "transcripts.jsonl:1",
    ] {
        failed(&output, 1, part);
    }
    assert!(page.is_empty());

    // A place that is none is told before anything is asked.
    let out = f.path("nowhere/report.html");
    let queries = f.path("queries.jsonl");
    let output = f.run(&["report", "--queries", text(&queries), "--out", text(&out)]);
    failed(&output, 1, "--out");
    // What is missing on the command line is clap's to tell.
    failed(&f.run(&["report"]), 2, "--queries");
}
