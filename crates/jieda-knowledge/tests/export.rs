//! What is exported imports back to the same FAQs, whatever their texts.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may fail by panic"
)]

mod support;

use std::{fs, path::Path};

use jieda_knowledge::{
    ExportError, Import, ImportMode, KnowledgeBase, export_csv, export_jsonl, export_xlsx,
};
use proptest::prelude::*;
use serde_json::json;
use support::folder;

type Export = fn(&KnowledgeBase, &Path) -> Result<(), ExportError>;
const EXPORTS: [(&str, Export); 3] = [
    ("t.xlsx", export_xlsx),
    ("t.csv", export_csv),
    ("t.jsonl", export_jsonl),
];

/// Texts with all that separates, quotes, escapes or looks like something else.
fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("怎么退款".to_owned()),
        Just("多久".to_owned()),
        Just("a b".to_owned()),
        Just("1.10".to_owned()),
        Just("2026-01-01".to_owned()),
        Just("TRUE".to_owned()),
        Just("_x0041_".to_owned()),
        Just("🙂".to_owned()),
        Just("\u{200B}".to_owned()),
        Just("见说明（https://example.com/?a=1&b=<2>）".to_owned()),
        Just("很长".repeat(300)),
        "[、;；|｜,，\"'=+@#:：<>&\\\\/\t\n\r -]",
    ];
    proptest::collection::vec(piece, 1..6).prop_map(|pieces| pieces.concat())
}

/// Texts with a word in it.
fn question() -> impl Strategy<Value = String> {
    (text(), prop_oneof![Just("问"), Just("吗")], text()).prop_map(|(a, b, c)| a + b + &c)
}

fn faq() -> impl Strategy<Value = serde_json::Value> {
    let texts = || proptest::collection::vec(question(), 0..4);
    let bounds = prop_oneof![
        Just(json!([null, null])),
        Just(json!(["2026-01-01", "2026-01-01"])),
        Just(json!(["2026/1/1 8:00", "2027-03-04 18:30:05"])),
    ];
    let labels = proptest::collection::vec("[a-z退款]{1,3}[、,;| ]?[0-9]", 0..3);
    (
        (question(), texts(), question(), prop::sample::select(vec!["a", "b", "c", "d"])),
        (texts(), texts(), labels, bounds, any::<bool>(), -5..5_i32),
    )
        .prop_map(|((question, similar, answer, intent), (tags, variants, channels, bounds, enabled, priority))| {
            let numbered = variants.iter().enumerate().map(|(i, text)| format!("第{i}个：{text}"));
            let variants: Vec<String> = numbered.map(|text| text.replace(['{', '}'], "")).collect();
            json!({
                "question": question, "similar": similar, "answer": answer.replace(['{', '}'], ""),
                "variants": variants, "intent": intent, "tags": tags, "channels": channels,
                "valid_from": bounds[0], "valid_until": bounds[1], "enabled": enabled,
                "priority": priority, "skill": if priority > 0 { Some("售后、一组") } else { None },
            })
        })
}

/// Two names that lead to one id, and a name that is another's id.
const INTENTS: &str = r#"{"id":"a","name":"退款"}
{"id":"b","name":"退款","description":"又一个\n两行"}
{"id":"c","name":"a"}
{"id":"d","name":"+发票"}
"#;

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn an_export_imports_back(faqs in proptest::collection::vec(faq(), 1..6)) {
        let mut lines = String::new();
        for (i, mut faq) in faqs.into_iter().enumerate() {
            faq["id"] = json!(format!("={i}|、"));
            if i == 0 {
                faq["enabled"] = json!(true);
            }
            lines += &format!("{faq}\n");
        }
        let dir = folder(&[("intents.jsonl", INTENTS.as_bytes()), ("faqs.jsonl", lines.as_bytes())]);
        let kb = KnowledgeBase::load(dir.path()).map_err(|e| TestCaseError::fail(format!("{e}\n{lines}")))?;
        for (name, export) in EXPORTS {
            let file = dir.path().join(name);
            export(&kb, &file).unwrap();
            // CSV and JSON lines name intents and don't describe them.
            let other = folder(&[("intents.jsonl", INTENTS.as_bytes())]);
            let into = if name == "t.xlsx" { dir.path().join("new") } else { other.path().to_owned() };
            let import = Import::new().file(&file);
            let outcome = import.into_dir(&into, ImportMode::Merge);
            prop_assert!(outcome.is_ok(), "{name}: {}\n{lines}", outcome.unwrap_err());
            let back = KnowledgeBase::load(&into).unwrap();
            prop_assert_eq!(&back.faqs, &kb.faqs, "{}", name);
            prop_assert_eq!(&back.intents, &kb.intents, "{}", name);
            prop_assert_eq!(back.content_hash(), kb.content_hash());
        }
    }
}

#[test]
fn the_samples_come_back() {
    for name in ["ecommerce", "banking", "telecom"] {
        let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../kb-samples");
        let kb = KnowledgeBase::load(&samples.join(name)).unwrap();
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("t.xlsx");
        export_xlsx(&kb, &file).unwrap();
        let into = dir.path().join("kb");
        Import::new()
            .file(&file)
            .into_dir(&into, ImportMode::Merge)
            .unwrap();
        let back = KnowledgeBase::load(&into).unwrap();
        assert_eq!((back.faqs, back.intents), (kb.faqs, kb.intents));
    }
}

#[test]
fn a_text_that_no_cell_holds_is_said_so() {
    let faq = json!({"id": "f", "intent": "i", "question": "长吗", "answer": "长".repeat(40_000)});
    let dir = folder(&[("faqs.jsonl", faq.to_string().as_bytes())]);
    let kb = KnowledgeBase::load(dir.path()).unwrap();
    let file = dir.path().join("t.xlsx");
    fs::write(&file, "as it was").unwrap();
    let error = export_xlsx(&kb, &file).unwrap_err();
    assert!(matches!(error, ExportError::TooLong { .. }), "{error}");
    assert_eq!(fs::read(&file).unwrap(), b"as it was");
    export_jsonl(&kb, &file).unwrap();
}

#[test]
fn a_csv_file_runs_nothing() {
    let faq = json!({"id": "f", "intent": "i", "question": "=1+1吗", "answer": "@SUM(A1)"});
    let dir = folder(&[("faqs.jsonl", faq.to_string().as_bytes())]);
    let kb = KnowledgeBase::load(dir.path()).unwrap();
    let file = dir.path().join("t.csv");
    export_csv(&kb, &file).unwrap();
    let text = fs::read_to_string(&file).unwrap();
    assert!(
        text.starts_with('\u{FEFF}') && text.contains("\t=1+1吗,,\t@SUM(A1)"),
        "{text}"
    );
}
