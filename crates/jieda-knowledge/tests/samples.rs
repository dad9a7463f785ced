//! The samples for imports, and those that are faulty on purpose.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may fail by panic"
)]

mod support;

use std::path::{Path, PathBuf};

use expect_test::{Expect, expect};
use jieda_knowledge::{Import, ImportMode, KnowledgeBase};
use support::{check_now, lines};

fn sample(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../kb-samples")
        .join(name)
}

#[test]
fn the_hotel_comes_in_from_workbook_and_csv_alike() {
    let import = |file: &str| {
        let dir = tempfile::tempdir().unwrap();
        let import = Import::new().file(sample("spreadsheet").join(file));
        let report = import.into_dir(dir.path(), ImportMode::Merge).unwrap();
        assert!(report.warnings.is_empty(), "{:?}", report.warnings);
        let kb = KnowledgeBase::load(dir.path()).unwrap();
        (kb.faqs, kb.intents)
    };
    let (faqs, intents) = import("hotel.xlsx");
    assert_eq!((faqs.len(), intents.len()), (12, 4));
    assert!(faqs.iter().all(|faq| faq.similar.len() == 2));
    assert_eq!((faqs, intents), import("hotel.csv"));
}

#[test]
fn faulty_samples_say_what_is_wrong() {
    let check = |name: &str, expected: &Expect| {
        let dir = sample("invalid").join(name);
        expected.assert_eq(&lines(&check_now(&dir), &dir));
    };
    check(
        "jsonl",
        &expect![[r#"
            intents.jsonl:2“id”: 编号“refund”重复，第 1 行已经用过
            faqs.jsonl:2“id”: 编号“f1”重复，第 1 行已经用过。请换一个编号，或删去其中一条
            faqs.jsonl:3“intent”: 没有“refnd”这个意图，已有：refund。是不是“refund”？
            faqs.jsonl:4:35: 字段不对：不认识的字段 `questoin`，可用：`id`, `intent`, `question`, `similar`, `answer`, `variants`, `tags`, `skill`, `channels`, `valid_from`, `valid_until`, `enabled`, `priority`
            faqs.jsonl:5“answer”: 第 3 个字：变量没有写完整，应为 {字母、数字或下划线}；要显示大括号请写两个
            faqs.jsonl:6:46: 不是合法的 JSON：expected `,` or `}`
            faqs.jsonl:7“valid_until”: “2026-02-30”不是日期，或没有这一天。请写成 2026-01-31 或 2026-01-31 18:00
        "#]],
    );
    check(
        "csv",
        &expect![[r#"
            faqs.csv 第 3 行：这一行有引号没有成对，后面的内容都被并进了这一格。请补上引号；格子里的引号要写两个
            faqs.csv G1“状态”：“启用”取自 F 列，这一列没有读入
        "#]],
    );
    let planted = check_now(&sample("invalid/spreadsheet"));
    assert_eq!((planted.errors.len(), planted.warnings.len()), (16, 4));
}
