//! What is suggested imports as it was meant: phrasings to their FAQs, new FAQs when they have an answer.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may fail by panic"
)]

mod support;

use expect_test::expect;
use jieda_knowledge::{
    FaqDraft, FaqField, Import, ImportMode, ImportReport, KnowledgeBase, PhrasingsDraft, Reason,
    Suggestions, export_suggestions,
};
use jieda_types::{FaqId, IntentId};
use support::folder;
use tempfile::TempDir;

const FAQS: &str = concat!(
    r#"{"id":"q-001","intent":"refund","question":"退款多久到账","similar":["钱什么时候退","退款;几天到"],"answer":"3 天。","tags":["钱"],"priority":2}"#,
    "\n",
    r#"{"id":"q-002","intent":"return","question":"怎么退货","answer":"点“退货”。"}"#,
);

fn kb() -> TempDir {
    let intents = "{\"id\":\"refund\",\"name\":\"退款\"}\n{\"id\":\"return\",\"name\":\"退货\"}";
    folder(&[
        ("faqs.jsonl", FAQS.as_bytes()),
        ("intents.jsonl", intents.as_bytes()),
    ])
}

fn phrasings(faq: &str, similar: &[&str]) -> PhrasingsDraft {
    PhrasingsDraft {
        faq: FaqId::new(faq).unwrap(),
        similar: similar.iter().map(|s| (*s).to_owned()).collect(),
        note: "被问 3 次".into(),
    }
}

fn new_faq(question: &str) -> FaqDraft {
    FaqDraft {
        question: question.into(),
        similar: vec![format!("{question}吗"), "怎么退货".into()],
        intent: Some(IntentId::new("return").unwrap()),
        note: "被问 5 次".into(),
    }
}

/// Writes the workbook and imports it as it is.
fn import(dir: &TempDir, suggestions: &Suggestions) -> Result<ImportReport, Vec<String>> {
    let kb = KnowledgeBase::load(dir.path()).unwrap();
    let file = tempfile::tempdir().unwrap();
    let path = file.path().join("gaps.xlsx");
    export_suggestions(&kb, suggestions, &path).unwrap();
    let import = Import::new()
        .file(&path)
        .into_dir(dir.path(), ImportMode::Merge);
    let folder = format!("{}/", file.path().display());
    import.map_err(|faults| {
        let errors = faults.errors.iter();
        errors.map(|e| e.to_string().replace(&folder, "")).collect()
    })
}

#[test]
fn phrasings_come_to_their_faqs_and_nothing_else_changes() {
    let dir = kb();
    let before = KnowledgeBase::load(dir.path()).unwrap();
    let said = ["要等几天;才到", "=1+1 到账了吗", "a、b 哪个快", "多久"];
    let suggestions = Suggestions {
        phrasings: vec![
            phrasings("q-001", &said[..2]),
            // Known already, said twice, of an FAQ that is gone.
            phrasings("q-001", &["退款多久到账？", said[0], said[2], said[3]]),
            phrasings("q-002", &["钱什么时候退"]),
            phrasings("gone", &["谁"]),
        ],
        ..Suggestions::default()
    };
    let report = import(&dir, &suggestions).unwrap();
    assert_eq!(report.changed.len(), 1);
    assert_eq!(report.changed[0].fields, [FaqField::Similar]);
    let after = KnowledgeBase::load(dir.path()).unwrap();
    assert_eq!(after.faqs[0].similar[2..], said);
    assert_eq!(after.faqs[0].similar[..2], before.faqs[0].similar);
    assert_eq!(after.faqs[0].tags, before.faqs[0].tags);
    assert_eq!(after.faqs[1..], before.faqs[1..]);
    assert_eq!(after.intents, before.intents);
}

#[test]
fn answers_that_are_missing_are_told_with_their_rows() {
    let dir = kb();
    let suggestions = Suggestions {
        // The second is the standard question of an FAQ that is there: what is left of it stands for it.
        faqs: vec![
            new_faq("能上门取件"),
            new_faq("怎么退货"),
            new_faq("能开专票"),
        ],
        reasons: vec![Reason {
            subject: "能上门取件".into(),
            count: 5,
            advice: "新增一条常见问题，写好答案".into(),
            about: Vec::new(),
            examples: vec!["能上门取件 ×5".into()],
        }],
        ..Suggestions::default()
    };
    let told = import(&dir, &suggestions).unwrap_err().join("\n");
    expect![[r#"
        gaps.xlsx〔新增常见问题〕C2“答案（请填写）”：没有答案。请补上，或停用这一条
        gaps.xlsx〔新增常见问题〕C3“答案（请填写）”：没有答案。请补上，或停用这一条
        gaps.xlsx〔新增常见问题〕C4“答案（请填写）”：没有答案。请补上，或停用这一条"#]]
    .assert_eq(&told);
    assert_eq!(KnowledgeBase::load(dir.path()).unwrap().faqs.len(), 2);
}
