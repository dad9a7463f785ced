//! What customers name: written cases, and what holds for every text.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may fail by panic"
)]

use jieda_text::{Entity, EntityContext, EntityFinder, PersonalData, UserDictionary};
use jieda_types::EntityKind;
use jiff::civil::{Date, date};
use proptest::prelude::*;
use serde::Deserialize;

/// Texts with what they hold: `kind text`, with `= value` where that is not the text (`?`: none). Said on a
/// Sunday; `asked` is what the customer had been asked for.
const CASES: &str = include_str!("entities.jsonl");
/// The Sunday.
const TODAY: Date = date(2026, 11, 29);
const DICTIONARY: &str = "云际X200 50 nz\n价保\n运费险 10 n\n";

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    text: String,
    found: Vec<String>,
    #[serde(default)]
    asked: Option<EntityKind>,
}

fn cases() -> Vec<Case> {
    let lines = CASES.lines().enumerate();
    lines
        .map(|(i, line)| {
            serde_json::from_str(line).unwrap_or_else(|e| panic!("line {}: {e}", i + 1))
        })
        .collect()
}

fn finder() -> EntityFinder {
    EntityFinder::new(&UserDictionary::parse(DICTIONARY).unwrap())
}

fn written(entity: &Entity) -> String {
    let Entity {
        kind, text, value, ..
    } = entity;
    match value {
        Some(value) if value == text => format!("{kind} {text}"),
        Some(value) => format!("{kind} {text} = {value}"),
        None => format!("{kind} {text} = ?"),
    }
}

#[test]
fn written_cases_hold_what_is_written() {
    let cases = cases();
    let nothing = cases.iter().filter(|case| case.found.is_empty()).count();
    assert!(
        cases.len() >= 250 && nothing >= 60,
        "{nothing} of {}",
        cases.len()
    );
    let finder = finder();
    let mut wrong = Vec::new();
    for case in &cases {
        let context = EntityContext {
            today: Some(TODAY),
            asked: case.asked,
        };
        let found = finder.find(&case.text, &context);
        let found: Vec<String> = found.iter().map(written).collect();
        if found != case.found {
            wrong.push(format!("{}: {found:?}, not {:?}", case.text, case.found));
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
fn every_kind_is_among_the_cases() {
    let cases = cases();
    for kind in EntityKind::ALL {
        let begins = format!("{kind} ");
        let of_kind = cases
            .iter()
            .flat_map(|case| &case.found)
            .filter(|found| found.starts_with(&begins));
        assert!(of_kind.count() >= 2, "{kind}");
    }
}

#[test]
fn without_a_today_only_whole_dates_have_values() {
    let check = |text: &str, expected: &str| {
        let found = finder().find(text, &EntityContext::default());
        let found: Vec<String> = found.iter().map(written).collect();
        assert_eq!(found, [expected], "{text}");
    };
    check("昨天下午3点", "date 昨天下午3点 = ?");
    check("11月3日", "date 11月3日 = ?");
    check("上周三", "date 上周三 = ?");
    check("2026年11月3日", "date 2026年11月3日 = 2026-11-03");
    check("下午3点", "date 下午3点 = 15:00");
}

/// The days nearest to the turn of a year.
#[test]
fn a_day_without_its_year_is_the_nearest() {
    let check = |today: Date, text: &str, expected: &str| {
        let context = EntityContext {
            today: Some(today),
            asked: None,
        };
        let found = finder().find(text, &context);
        assert_eq!(found[0].value.as_deref(), Some(expected), "{today} {text}");
    };
    check(date(2027, 1, 5), "双十一买的", "2026-11-11");
    check(date(2027, 1, 5), "12月30日", "2026-12-30");
    check(date(2026, 12, 30), "1月3号", "2027-01-03");
    check(date(2028, 3, 1), "2月29日", "2028-02-29");
    check(date(2026, 3, 31), "上个月28号", "2026-02-28");
    check(date(2026, 12, 31), "明天", "2027-01-01");
}

/// Seconds would mean quadratic time; no other measure is taken.
#[test]
fn hostile_texts_end() {
    let long = 50_000;
    let pieces = [
        "1",
        "一",
        "1,",
        "1 ",
        "111 ",
        "1-",
        "1.",
        "*",
        "****1234",
        "[银行卡尾号",
        "订单",
        "订单号",
        "订单号1",
        "单号是",
        "万",
        "一万",
        "1万",
        "两千五",
        "块",
        "1块",
        "¥",
        "年",
        "1月",
        "1月1",
        "11.",
        "上周",
        "上",
        "周一",
        "3点",
        "点",
        "买的",
        "这款",
        "这款红",
        "买了一",
        "型号",
        "尾号",
        "SF1234567890 ",
        "a1-",
        "前",
        "1天前",
        "今天",
        "618",
        "a",
        "云际",
        "两件",
        "11:11",
        "\0",
    ];
    let finder = finder();
    for piece in pieces {
        let text = piece.repeat(long / piece.len());
        for asked in [None, Some(EntityKind::OrderId)] {
            let context = EntityContext {
                today: Some(TODAY),
                asked,
            };
            let found = finder.find(&text, &context);
            assert!(found.len() <= text.len(), "{piece}");
        }
    }
}

/// Anything, leaning to what looks like an entity.
fn text() -> impl Strategy<Value = String> {
    let all: Vec<String> = cases().into_iter().map(|case| case.text).collect();
    let piece = prop_oneof![
        6 => proptest::sample::select(all),
        3 => proptest::sample::select(vec![
            "订单号", "单号", "20261128001", "SF1234567890", "138****1234", "[地址]", "尾号", "的", "，", "-", " ", ".", "元", "块", "万",
            "昨晚", "今早", "下午", "三点", "买了", "一双", "型号", "扣了", "昨天", "上周", "三", "月", "号", "日", "年", "点", "半", "前", "双十一", "买的", "这款", "X200", "\u{200B}", "８８", "😀", "第",
            "99999999999999999999", "9999年", "大后天", "零", "〇", "两", "亿", "¥", "0", ":",
        ]).prop_map(str::to_owned),
        2 => "[0-9]{1,20}",
        2 => "[0-9一二三十百千万亿零点月日号年前后周元块.,:/-]{1,20}",
        1 => "\\PC{0,8}",
        1 => any::<String>(),
    ];
    proptest::collection::vec(piece, 0..6).prop_map(|pieces| pieces.concat())
}

fn context() -> impl Strategy<Value = EntityContext> {
    let day = prop_oneof![
        Just(None),
        (-9998_i16..=9998, 1_i8..=12, 1_i8..=28).prop_map(|(y, m, d)| Some(date(y, m, d))),
        Just(Some(Date::MIN)),
        Just(Some(Date::MAX)),
        Just(Some(TODAY)),
    ];
    let asked = proptest::option::of(proptest::sample::select(EntityKind::ALL.to_vec()));
    (day, asked).prop_map(|(today, asked)| EntityContext { today, asked })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4000, ..ProptestConfig::default() })]

    #[test]
    fn spans_are_ordered_whole_and_apart(text in text(), context in context()) {
        let mut last = 0;
        for entity in finder().find(&text, &context) {
            let span = entity.span;
            prop_assert!(last <= span.start && span.start < span.end && span.end <= text.len());
            prop_assert!(text.is_char_boundary(span.start) && text.is_char_boundary(span.end));
            prop_assert_eq!(span.of(&text), &entity.text);
            prop_assert!(entity.value.as_ref().is_none_or(|value| !value.is_empty()));
            last = span.end;
        }
    }

    /// What is masked is never part of a number: only the masks of phones and cards themselves are found.
    #[test]
    fn masks_are_in_no_code(text in text(), context in context()) {
        let masked = PersonalData::mask(&text);
        for entity in finder().find(masked.text(), &context) {
            if entity.kind.is_code() {
                let inside = masked.places().iter().any(|place| {
                    entity.span.start < place.masked.end && place.masked.start < entity.span.end
                });
                prop_assert!(!inside, "{:?} in {}", entity, masked.text());
                prop_assert!(!entity.text.contains('*'));
            }
        }
    }
}
