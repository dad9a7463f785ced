//! Loading folders: sound ones, and ones in which everything is wrong.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may fail by panic"
)]

use std::{fs, path::PathBuf};

use expect_test::{Expect, expect};
use jieda_knowledge::KnowledgeBase;

const INTENTS: &str = r#"{"id":"refund","name":"退款","description":"退款进度"}"#;
const FAQ: &str = r#"{"id":"f1","intent":"refund","question":"退款多久到账","answer":"3天。"}"#;

/// Loads a folder with these files; gives name and counts, or every problem.
fn load(files: &[(&str, &[u8])]) -> String {
    let dir = tempfile::tempdir().unwrap();
    for (name, contents) in files {
        fs::write(dir.path().join(name), contents).unwrap();
    }
    let outcome = match KnowledgeBase::load(dir.path()) {
        Ok(kb) => {
            let warnings: Vec<String> = kb.warnings.iter().map(ToString::to_string).collect();
            let counts = (kb.intents.len(), kb.faqs.len());
            format!("{counts:?}\n{}", warnings.join("\n"))
        }
        Err(faults) => faults.to_string(),
    };
    outcome
        .replace(&format!("{}/", dir.path().display()), "")
        .trim_end()
        .to_owned()
        + "\n"
}

fn check(files: &[(&str, &str)], expected: &Expect) {
    let files: Vec<(&str, &[u8])> = files.iter().map(|&(n, c)| (n, c.as_bytes())).collect();
    expected.assert_eq(&load(&files));
}

#[test]
fn the_samples_are_sound() {
    for name in ["ecommerce", "banking", "telecom"] {
        let dir = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
            .join("../../kb-samples")
            .join(name);
        let kb = KnowledgeBase::load(&dir).unwrap_or_else(|e| panic!("{e}"));
        assert_eq!((kb.faqs.len(), kb.intents.len()), (100, 18), "{name}");
        assert!(!kb.dictionary.words.is_empty());
    }
}

#[test]
fn kb_toml_may_be_left_out() {
    check(
        &[("intents.jsonl", INTENTS), ("faqs.jsonl", FAQ)],
        &expect![[r#"
            (1, 1)
        "#]],
    );
}

#[test]
fn every_problem_is_reported_at_once() {
    let intents =
        format!("{INTENTS}\n{{\"id\":\"refund\",\"name\":\"又一个\"}}\n{{bad\n{{\"id\":\"x\"}}");
    let faqs = [
        FAQ,
        r#"{"id":"f1","intent":"refund","question":"重复的编号","answer":"答。"}"#,
        "",
        r#"{"id":"f2","intent":"refnd","question":"没有这个意图","answer":"答。"}"#,
        r#"{"id":"f3","intent":"refund","question":" ","similar":[""],"answer":""}"#,
        r#"{"id":"f4","intent":"refund","questoin":"写错的字段","answer":"答。"}"#,
        r#"{"id":"f5","intent":"refund","question":"变量没写完","answer":"余额{balance元"}"#,
        r#"{"id":"","intent":"refund","question":"没有编号","answer":"答。"}"#,
        r#"{"id":"f6","intent":"refund","question":"少了引号,"answer":"答。"}"#,
    ]
    .join("\n");
    check(
        &[
            ("kb.toml", "name = \"甲\"\nlanguge = \"zh\"\n"),
            ("intents.jsonl", &intents),
            ("faqs.jsonl", &faqs),
        ],
        &expect![[r#"
            kb.toml:2:1: kb.toml 有误：unknown field `languge`, expected one of `name`, `language`, `description`, `dictionary`, `timezone`, `faqs`, `supplied`, `variables`, `channels`
            intents.jsonl:2“id”: 编号“refund”重复，第 1 行已经用过
            intents.jsonl:3:2: 不是合法的 JSON：key must be a string
            intents.jsonl:4:10: 字段不对：缺少字段 `name`
            faqs.jsonl:2“id”: 编号“f1”重复，第 1 行已经用过。请换一个编号，或删去其中一条
            faqs.jsonl:4“intent”: 没有“refnd”这个意图，已有：refund。是不是“refund”？
            faqs.jsonl:5“question”: 没有标准问题。请补上，或删去这一条
            faqs.jsonl:5“similar[1]”: 相似问题没有文字。请补上，或删去
            faqs.jsonl:5“answer”: 没有答案。请补上，或停用这一条
            faqs.jsonl:6:39: 字段不对：不认识的字段 `questoin`，可用：`id`, `intent`, `question`, `similar`, `answer`, `variants`, `tags`, `skill`, `channels`, `valid_from`, `valid_until`, `enabled`, `priority`
            faqs.jsonl:7“answer”: 第 3 个字：变量没有写完整，应为 {字母、数字或下划线}；要显示大括号请写两个
            faqs.jsonl:8“id”: 没有编号。请填一个不重复的编号；用导入命令会自动编号
            faqs.jsonl:9:48: 不是合法的 JSON：expected `,` or `}`
        "#]],
    );
}

#[test]
fn missing_and_empty_files_are_named() {
    check(
        &[("kb.toml", "dictionary = \"d.txt\"")],
        &expect![[r#"
            d.txt: 文件不存在
            faqs.jsonl: 文件不存在。请放入常见问题文件：faqs.jsonl、faqs.xlsx 或 faqs.csv 等
        "#]],
    );
    check(
        &[("intents.jsonl", INTENTS), ("faqs.jsonl", "\n\n")],
        &expect![[r#"
            faqs.jsonl: 文件里没有任何数据行
        "#]],
    );
}

#[test]
fn a_faulty_dictionary_is_reported_by_line() {
    let toml = "dictionary = \"d.txt\"";
    check(
        &[
            ("kb.toml", toml),
            ("d.txt", "价保\n退款 n\n"),
            ("intents.jsonl", INTENTS),
            ("faqs.jsonl", FAQ),
        ],
        &expect![[r#"
            d.txt:2: 词频“n”不是非负整数；格式：词语 [词频 [词性]]，写词性时必须先写词频
        "#]],
    );
}

#[test]
fn other_encodings_are_noticed() {
    let gbk = [0xCD, 0xCB, 0xBF, 0xEE, b'\n'];
    let text = load(&[("intents.jsonl", INTENTS.as_bytes()), ("faqs.jsonl", &gbk)]);
    expect![[r#"
        faqs.jsonl:1:1: 不是 UTF-8 编码，请另存为 UTF-8
    "#]]
    .assert_eq(&text);
}

#[test]
fn a_byte_order_mark_is_no_problem() {
    let with_mark = format!("\u{FEFF}{FAQ}");
    check(
        &[("intents.jsonl", INTENTS), ("faqs.jsonl", &with_mark)],
        &expect![[r#"
            (1, 1)
        "#]],
    );
}

#[test]
fn the_same_phrasing_twice_is_a_warning() {
    let other = r#"{"id":"f2","intent":"refund","question":"另一个","similar":["退款多久到账"],"answer":"5天。"}"#;
    check(
        &[
            ("intents.jsonl", INTENTS),
            ("faqs.jsonl", &format!("{FAQ}\n{other}")),
        ],
        &expect![[r#"
            (1, 2)
            faqs.jsonl:2“similar[1]”: “退款多久到账”与第 1 行“f1”的问法相同，答案不同。客户这样问只会得到其中一个答案，请改成一致，或删去一处问法
        "#]],
    );
}

#[test]
fn a_disabled_faq_is_there_but_one_must_be_enabled() {
    let off =
        r#"{"id":"f2","intent":"refund","question":"停用的","answer":"不。","enabled":false}"#;
    check(
        &[
            ("intents.jsonl", INTENTS),
            ("faqs.jsonl", &format!("{FAQ}\n{off}")),
        ],
        &expect![[r#"
            (1, 2)
        "#]],
    );
    check(
        &[("intents.jsonl", INTENTS), ("faqs.jsonl", off)],
        &expect![[r#"
            faqs.jsonl: 没有一条启用的常见问题
        "#]],
    );
}

#[test]
fn a_folder_that_is_not_there_is_said_so() {
    let faults = KnowledgeBase::load("/no/such/folder".as_ref()).unwrap_err();
    assert!(faults.to_string().contains("/no/such/folder"));
}

#[test]
fn the_hash_depends_on_the_contents_alone() {
    let hash = |faq: &str| {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("intents.jsonl"), INTENTS).unwrap();
        fs::write(dir.path().join("faqs.jsonl"), faq).unwrap();
        KnowledgeBase::load(dir.path()).unwrap().content_hash()
    };
    assert_eq!(hash(FAQ), hash(FAQ));
    assert_ne!(hash(FAQ), hash(&FAQ.replace("3天", "4天")));
}
