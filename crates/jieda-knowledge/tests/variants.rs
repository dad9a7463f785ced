//! Answers that are tried against each other: read from every format, checked, drawn.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may fail by panic"
)]

mod support;

use std::collections::BTreeMap;

use jieda_knowledge::{Faq, KnowledgeBase, export_csv};
use support::folder;

fn faq_of(file: &str, contents: &str) -> Faq {
    let dir = folder(&[(file, contents.as_bytes())]);
    let kb = KnowledgeBase::load(dir.path()).unwrap();
    kb.faqs[0].clone()
}

fn sources(faq: &Faq) -> Vec<(String, &str)> {
    faq.answers()
        .map(|(label, answer)| (label.to_string(), answer.source()))
        .collect()
}

#[test]
fn every_format_has_them() {
    let jsonl = r#"{"id":"a","intent":"i","question":"怎么退货","answer":"甲","variants":["乙\n两行","丙"]}"#;
    let csv = "编号,意图,标准问题,答案,答案B,答案C\na,i,怎么退货,甲,\"乙\n两行\",丙\n";
    let yaml = "- id: a\n  intent: i\n  question: 怎么退货\n  answer: 甲\n  variants:\n    - \"乙\\n两行\"\n    - 丙\n";
    let markdown =
        "# i\n## 怎么退货\n编号: a\n\n甲\n\n### 备选答案\n乙\n两行\n\n### 备选答案\n丙\n";
    for (file, contents) in [
        ("faqs.jsonl", jsonl),
        ("faqs.csv", csv),
        ("faqs.yaml", yaml),
        ("faqs.md", markdown),
    ] {
        let faq = faq_of(file, contents);
        let expected = [("A", "甲"), ("B", "乙\n两行"), ("C", "丙")];
        let expected = expected.map(|(label, text)| (label.to_owned(), text));
        assert_eq!(sources(&faq), expected, "{file}");
    }
}

#[test]
fn tables_have_columns_for_as_many_as_there_are() {
    let lines = r#"{"id":"a","intent":"i","question":"怎么退货","answer":"甲","variants":["乙"]}
{"id":"b","intent":"i","question":"怎么换货","answer":"丁"}"#;
    let dir = folder(&[("faqs.jsonl", lines.as_bytes())]);
    let kb = KnowledgeBase::load(dir.path()).unwrap();
    let file = dir.path().join("t.csv");
    export_csv(&kb, &file).unwrap();
    let text = std::fs::read_to_string(file).unwrap();
    let header = text.trim_start_matches('\u{FEFF}').lines().next().unwrap();
    assert_eq!(
        header,
        "编号,标准问题,相似问题,答案,答案B,意图,标签,技能组,渠道,生效时间,失效时间,启用,优先级"
    );
}

#[test]
fn what_can_not_be_tried_is_told() {
    let check = |variants: &str, code: &str, message: &str| {
        let line = format!(
            r#"{{"id":"a","intent":"i","question":"怎么退货","answer":"甲","variants":{variants}}}"#
        );
        let dir = folder(&[("faqs.jsonl", line.as_bytes())]);
        let faults = KnowledgeBase::load(dir.path()).unwrap_err();
        let problem = &faults.errors[0];
        assert_eq!(serde_json::to_value(problem.code).unwrap(), code);
        assert!(problem.message.contains(message), "{}", problem.message);
        assert_eq!(problem.row, Some(1));
    };
    check(r#"["甲"]"#, "invalid_variant", "一样");
    check(r#"["乙","乙"]"#, "invalid_variant", "一样");
    check(r#"["","乙"]"#, "invalid_variant", "没有文字");
    check(r#"["{a"]"#, "invalid_variable", "变量没有写完整");
    let many: Vec<String> = (0..8).map(|i| format!("答{i}")).collect();
    let many = serde_json::to_string(&many).unwrap();
    check(&many, "invalid_variant", "最多 8 个");
}

#[test]
fn each_conversation_keeps_its_answer() {
    let line =
        r#"{"id":"a","intent":"i","question":"怎么退货","answer":"甲","variants":["乙","丙"]}"#;
    let faq = faq_of("faqs.jsonl", line);
    let mut counts = BTreeMap::new();
    const CONVERSATIONS: usize = 9000;
    for i in 0..CONVERSATIONS {
        let id = format!("c-{i}");
        let (answer, variant) = faq.assigned(Some(&id));
        let variant = variant.unwrap();
        assert_eq!(faq.assigned(Some(&id)).1, Some(variant.clone()));
        assert_eq!(sources(&faq)[variant.label.index()].1, answer.source());
        *counts.entry(variant.label).or_insert(0) += 1;
    }
    // Four standard deviations of a third of 9,000.
    let even = counts.values().all(|&n: &i32| (n - 3000).abs() < 180);
    assert!(even && counts.len() == 3, "{counts:?}");
    let (answer, variant) = faq.assigned(None);
    assert_eq!((answer.source(), variant), ("甲", None));
}

#[test]
fn another_text_is_another_experiment() {
    let experiment = |answers: &str| {
        faq_of(
            "faqs.jsonl",
            &format!(r#"{{"id":"a","intent":"i","question":"怎么退货",{answers}}}"#),
        )
        .experiment()
    };
    let first = experiment(r#""answer":"甲","variants":["乙"]"#);
    assert_eq!(
        first,
        experiment(r#""answer":"甲","variants":["乙"],"priority":3"#)
    );
    for other in [
        r#""answer":"乙","variants":["甲"]"#,
        r#""answer":"甲","variants":["乙。"]"#,
        r#""answer":"甲","variants":["乙","丙"]"#,
    ] {
        assert_ne!(first, experiment(other), "{other}");
    }
    // It is stored with conversations: it must not change between versions of this program.
    assert_eq!(first, "078b2191dc6c974a");
}
