//! A day of contacts, as a user plays it.

#![allow(clippy::unwrap_used, reason = "a test may fail by panic")]

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use serde_json::Value;

fn bank() -> PathBuf {
    let routing = Path::new(env!("CARGO_MANIFEST_DIR")).join("../jieda-routing");
    routing.join("scenarios/bank-ordinary.toml")
}

fn simulate(scenario: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_jieda"))
        .args(["simulate", "routing", "--scenario"])
        .arg(scenario)
        .args(args)
        .env_remove("JIEDA_CONFIG")
        .env_remove("JIEDA_DATA")
        .output()
        .unwrap()
}

fn told(output: &Output) -> String {
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout.clone()).unwrap()
}

#[track_caller]
fn failed(output: &Output, code: i32, message: &str) {
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{stderr}");
    assert!(stderr.contains(message), "{stderr}");
}

#[test]
fn all_policies_play_the_same_day() {
    let json: Value = serde_json::from_str(&told(&simulate(&bank(), &["--json"]))).unwrap();
    assert_eq!(json["scenario"], "银行平常日");
    let reports = json["reports"].as_array().unwrap();
    let policies: Vec<&str> = reports
        .iter()
        .map(|r| r["policy"].as_str().unwrap())
        .collect();
    assert_eq!(policies, ["ours", "round_robin", "longest_idle", "random"]);
    for report in reports {
        assert_eq!(report["contacts"], reports[0]["contacts"]);
        assert!(
            report["wait"]["特急"]["p95"].as_f64().unwrap() > 0.0,
            "{report}"
        );
    }
}

#[test]
fn a_day_is_told_in_chinese_and_alike_each_time() {
    let first = told(&simulate(&bank(), &["--seed", "7"]));
    for expected in [
        "“银行平常日”：坐席 118 人",
        "本规则",
        "轮流",
        "防饿死上限 900 秒",
        "与轮流相比",
    ] {
        assert!(first.contains(expected), "{expected}: {first}");
    }
    assert_eq!(first, told(&simulate(&bank(), &["--seed", "7"])));
    assert_ne!(first, told(&simulate(&bank(), &["--seed", "8"])));
    let one = told(&simulate(&bank(), &["--policy", "random"]));
    assert!(one.contains("随机") && !one.contains("本规则"), "{one}");
}

#[test]
fn faulty_files_are_told_with_all_their_lines() {
    let folder = tempfile::tempdir().unwrap();
    let rules = folder.path().join("routing.toml");
    fs::write(&rules, "[offer]\ntimeout = \"soon\"\nmisses = 0\n").unwrap();
    let with_rules = simulate(&bank(), &["--rules", rules.to_str().unwrap()]);
    failed(&with_rules, 1, "第 2 行 offer.timeout：");
    failed(&with_rules, 1, "第 3 行 offer.misses：应为 1 到 100");
    let scenario = folder.path().join("day.toml");
    let text = fs::read_to_string(bank()).unwrap();
    fs::write(&scenario, text.replace("2026-11-25", "25.11.2026")).unwrap();
    failed(&simulate(&scenario, &[]), 1, "第 3 行 date：");
    failed(
        &simulate(&folder.path().join("none.toml"), &[]),
        4,
        "无法读取",
    );
    failed(&simulate(&bank(), &["--policy", "best"]), 2, "best");
}
