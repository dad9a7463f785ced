//! Keywords and patterns of intents: read from every format, checked, kept, compared.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may fail by panic"
)]

mod support;

use std::{fs, path::Path};

use expect_test::{Expect, expect};
use jieda_knowledge::{
    Import, ImportMode, Intent, KnowledgeBase, diff::KnowledgeDiff, export_xlsx,
};
use support::{check_now, folder, lines};
use tempfile::TempDir;

const FAQ: &str = r#"{"id":"f1","intent":"refund","question":"退款多久到账","similar":["几天退款"],"answer":"3天。"}"#;
const INTENT: &str = r#"{"id":"refund","name":"退款","keywords":["退款","退、钱","退款"],"patterns":["退.{0,4}钱|款","a;b"]}"#;

fn with_rules() -> TempDir {
    folder(&[
        ("intents.jsonl", INTENT.as_bytes()),
        ("faqs.jsonl", FAQ.as_bytes()),
    ])
}

fn rules(intent: &Intent) -> (Vec<&str>, Vec<&str>) {
    let keywords = intent.keywords.iter().map(String::as_str);
    let patterns = intent.patterns.iter().map(|p| p.as_str());
    (keywords.collect(), patterns.collect())
}

/// The same rules, whatever they went through.
fn check(dir: &Path) {
    let kb = KnowledgeBase::load(dir).unwrap_or_else(|e| panic!("{e}"));
    let expected = (vec!["退款", "退、钱"], vec!["退.{0,4}钱|款", "a;b"]);
    assert_eq!(rules(&kb.intents[0]), expected);
}

#[test]
fn rules_are_read_saved_exported_and_imported() {
    let dir = with_rules();
    check(dir.path());
    let kb = KnowledgeBase::load(dir.path()).unwrap();
    let to = tempfile::tempdir().unwrap();
    let saved = to.path().join("saved");
    kb.save(&saved).unwrap();
    check(&saved);
    assert_eq!(KnowledgeBase::load(&saved).unwrap().intents, kb.intents);
    // Through a workbook.
    let sheet = to.path().join("t.xlsx");
    export_xlsx(&kb, &sheet).unwrap();
    let import = |file: &Path, into: &Path| {
        Import::new()
            .file(file)
            .into_dir(into, ImportMode::Replace)
            .unwrap_or_else(|e| panic!("{e}"))
    };
    import(&sheet, &to.path().join("kb"));
    check(&to.path().join("kb"));
    // YAML, as lists and as texts.
    for rules in [
        "关键词: [退款, '退、钱']\n    正则: ['退.{0,4}钱|款', 'a;b']",
        "keywords: |\n      退款\n      退、钱\n    patterns: |\n      退.{0,4}钱|款\n      a;b",
    ] {
        let yaml = format!(
            "intents:\n  - id: refund\n    name: 退款\n    {rules}\nfaqs:\n  - id: f1\n    意图: refund\n    question: 退款多久到账\n    similar: 几天退款\n    answer: 3天。\n"
        );
        check(folder(&[("faqs.yaml", yaml.as_bytes())]).path());
    }
}

#[test]
fn a_table_without_the_columns_leaves_rules_as_they_are() {
    let dir = with_rules();
    let table = "意图编号,意图名称,意图说明\nrefund,退款与退货,又改了\n";
    let file = dir.path().join("列表.csv");
    fs::write(&file, table).unwrap();
    Import::new()
        .file(&file)
        .into_dir(dir.path(), ImportMode::Merge)
        .unwrap_or_else(|e| panic!("{e}"));
    check(dir.path());
    let kb = KnowledgeBase::load(dir.path()).unwrap();
    assert_eq!(kb.intents[0].name, "退款与退货");
    let table = "意图编号,意图名称,关键词\nrefund,退款,退钱、返现\n";
    fs::write(&file, table).unwrap();
    Import::new()
        .file(&file)
        .into_dir(dir.path(), ImportMode::Merge)
        .unwrap_or_else(|e| panic!("{e}"));
    let kb = KnowledgeBase::load(dir.path()).unwrap();
    let expected = (vec!["退钱", "返现"], vec!["退.{0,4}钱|款", "a;b"]);
    assert_eq!(rules(&kb.intents[0]), expected);
}

fn faults(intent: &str, expected: &Expect) {
    let dir = folder(&[
        ("intents.jsonl", intent.as_bytes()),
        ("faqs.jsonl", FAQ.as_bytes()),
    ]);
    expected.assert_eq(&lines(&check_now(dir.path()), dir.path()));
}

#[test]
fn every_faulty_rule_is_told_with_its_place() {
    faults(
        r#"{"id":"refund","name":"退款","keywords":["退款","！"," "],"patterns":["退(款","x*","(?<=退)款"]}"#,
        &expect![[r#"
            intents.jsonl:1“keywords[2]”: 关键词“！”里没有文字
            intents.jsonl:1“keywords[3]”: 关键词“”里没有文字
            intents.jsonl:1“patterns[1]”: 正则“退(款”不是正则表达式：unclosed group
            intents.jsonl:1“patterns[2]”: 正则“x*”空白也算匹配，等于对每句话都成立
            intents.jsonl:1“patterns[3]”: 正则“(?<=退)款”不是正则表达式：look-around, including look-ahead and look-behind, is not supported
        "#]],
    );
    let many = vec!["\"词\""; 201].join(",");
    faults(
        &format!(r#"{{"id":"refund","name":"退款","keywords":[{many}]}}"#),
        &expect![[r#"
            intents.jsonl:1“keywords[201]”: 一个意图的关键词最多 200 个，这里有 201 个
        "#]],
    );
}

#[test]
fn rules_that_change_are_compared() {
    let old = KnowledgeBase::load(with_rules().path()).unwrap();
    let mut new = old.clone();
    new.intents[0].keywords.push("返现".to_owned());
    let diff = KnowledgeDiff::between(&old, &new);
    assert_eq!(diff.intents.len(), 1);
    assert!(
        format!("{:?}", diff.intents[0]).contains("返现"),
        "{diff:?}"
    );
    assert!(KnowledgeDiff::between(&old, &old).is_empty());
}
