//! Personal data: written cases, and what holds for every text.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may fail by panic"
)]

use jieda_text::PersonalData;
use proptest::prelude::*;
use serde::Deserialize;

/// Texts with what must be shown of them; without kinds, texts that must stay as they are. All numbers are
/// invented: serial number 000 in identity cards, zeros in phones and cards.
const CASES: &str = include_str!("personal_data.jsonl");

#[derive(Debug, Deserialize)]
struct Case {
    text: String,
    masked: String,
    kinds: Vec<String>,
}

fn cases() -> Vec<Case> {
    let lines = CASES.lines().enumerate();
    lines
        .map(|(i, line)| {
            serde_json::from_str(line).unwrap_or_else(|e| panic!("line {}: {e}", i + 1))
        })
        .collect()
}

#[test]
fn written_cases_are_masked_as_written() {
    let cases = cases();
    let look_alikes = cases.iter().filter(|case| case.kinds.is_empty()).count();
    assert!(
        cases.len() >= 300 && look_alikes >= 150,
        "{look_alikes} of {}",
        cases.len()
    );
    let mut wrong = Vec::new();
    for case in &cases {
        let masked = PersonalData::mask(&case.text);
        let kinds: Vec<&str> = masked.places().iter().map(|p| p.kind.as_str()).collect();
        if masked.text() != case.masked || kinds != case.kinds {
            wrong.push(format!(
                "{} → {} {kinds:?}, not {} {:?}",
                case.text,
                masked.text(),
                case.masked,
                case.kinds
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn what_is_masked_is_in_memory_alone() {
    for case in cases() {
        let masked = PersonalData::mask(&case.text);
        let debug = format!("{masked:?}");
        for (i, place) in masked.places().iter().enumerate() {
            let original = place.original.of(&case.text);
            assert_eq!(masked.vault().nth(i), Some(original));
            assert!(
                masked
                    .vault()
                    .original(place.masked.of(masked.text()))
                    .is_some()
            );
            assert!(!debug.contains(original), "{debug}");
        }
    }
}

/// Seconds would mean quadratic time; no other measure is taken.
#[test]
fn hostile_texts_end() {
    let long = 100_000;
    let pieces = [
        "1",
        "一",
        "13800001234",
        "1 ",
        "1-",
        "@",
        "a@",
        "a@b.",
        "路",
        "路1",
        "3栋",
        "1号楼",
        "微信",
        "微信号",
        "京A",
        "我叫",
        "寄到",
        "地址",
        "住在北",
        "号",
        "小区",
        "花园1",
        "(",
        "订单号",
        "。",
        "6222000000000000012 ",
        "a",
        "区",
    ];
    for piece in pieces {
        let text = piece.repeat(long / piece.len());
        let masked = PersonalData::mask(&text);
        assert_eq!(masked.places().len(), masked.vault().len());
    }
}

/// Anything, leaning to what looks like personal data.
fn text() -> impl Strategy<Value = String> {
    let all: Vec<String> = cases().into_iter().map(|case| case.text).collect();
    let piece = prop_oneof![
        6 => proptest::sample::select(all),
        3 => proptest::sample::select(vec![
            "13800001234", "110000199001010005", "6222000000000009", "a@b.cn", "京A00001", "3栋", "501", "号", "路", "文三路",
            "微信", "我叫", "张三", "的", "，", "-", " ", "+86", "(", ")", "*", "****", "[地址]", "订单号", "一三八", "\u{200B}", "电话",
            "西湖区", "卡号", "X", "😀", "８８", "身份证", "寄到", "小区",
        ]).prop_map(str::to_owned),
        2 => "[0-9]{1,20}",
        1 => "[0-9 \\-@.*X一二三号栋路区]{1,30}",
        1 => "\\PC{0,8}",
        1 => any::<String>(),
    ];
    proptest::collection::vec(piece, 0..6).prop_map(|pieces| pieces.concat())
}

#[test]
fn a_plate_right_before_an_address_is_masked_like_any_other() {
    let text = "川A0001学文三路88号阳光花园3栋501";
    let once = PersonalData::mask(text).into_text();
    assert_eq!(once, "川A***1学[地址]");
    assert_eq!(PersonalData::mask(&once).into_text(), once);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4000, ..ProptestConfig::default() })]

    #[test]
    fn masking_twice_is_masking_once(text in text()) {
        let once = PersonalData::mask(&text);
        let twice = PersonalData::mask(once.text());
        prop_assert_eq!(twice.text(), once.text());
        prop_assert!(twice.vault().is_empty());
    }

    #[test]
    fn spans_are_ordered_and_whole_and_lead_back(text in text()) {
        let masked = PersonalData::mask(&text);
        let (mut restored, mut done, mut last) = (String::new(), 0, 0);
        for (i, place) in masked.places().iter().enumerate() {
            prop_assert!(last <= place.original.start && place.original.start < place.original.end);
            prop_assert!(text.is_char_boundary(place.original.start) && text.is_char_boundary(place.original.end));
            last = place.original.end;
            restored += &masked.text()[done..place.masked.start];
            restored += masked.vault().nth(i).unwrap();
            done = place.masked.end;
        }
        restored += &masked.text()[done..];
        prop_assert_eq!(restored, text);
    }
}
