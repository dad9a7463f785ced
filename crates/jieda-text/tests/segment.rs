//! Segmentation with jieba and user dictionaries.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may fail by panic"
)]

use expect_test::{Expect, expect};
use jieda_text::{JiebaSegmenter, UserDictionary};
use jieda_types::{Segmenter, TokenKind};

fn check(dictionary: &str, text: &str, expected: &Expect) {
    let words = UserDictionary::parse(dictionary).expect("dictionary is well-formed");
    let segmenter = JiebaSegmenter::new(&words).expect("built-in data load");
    let tokens: Vec<String> = segmenter
        .segment(text)
        .tokens
        .into_iter()
        .map(|t| match t.kind {
            TokenKind::Word => t.text,
            kind => format!("{}:{kind:?}", t.text),
        })
        .collect();
    expected.assert_eq(&tokens.join(" "));
}

#[test]
fn search_mode_gives_the_words_inside_words() {
    check(
        "",
        "身份证丢了怎么补办？",
        &expect!["身份 身份证 丢 了 怎么 补办 ?:Punctuation"],
    );
}

#[test]
fn codes_and_numbers_stay_whole() {
    check(
        "",
        "云际X200 Pro报E4，99元套餐2.4G",
        &expect!["云际 x200 pro 报 e4 ,:Punctuation 99 元 套餐 2.4g"],
    );
}

#[test]
fn a_user_dictionary_keeps_its_words_whole() {
    check("", "申请价保闪退", &expect!["申请 价保 闪退"]);
    check(
        "价保闪退 1000 n",
        "申请價保閃退👍",
        &expect!["申请 价保闪退 👍:Emoji"],
    );
}

#[test]
fn two_dictionaries_live_in_one_process() {
    let plain = JiebaSegmenter::new(&UserDictionary::default()).expect("built-in data load");
    let words = UserDictionary::parse("亲情网卡").expect("well-formed");
    let own = JiebaSegmenter::new(&words).expect("built-in data load");
    let has_word = |s: &JiebaSegmenter| s.segment("开通亲情网卡").words().any(|w| w == "亲情网卡");
    assert!(has_word(&own));
    assert!(!has_word(&plain));
}
