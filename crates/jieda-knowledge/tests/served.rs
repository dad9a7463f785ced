//! When and where an FAQ is served.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may fail by panic"
)]

mod support;

use jieda_knowledge::{Channel, KnowledgeBase, Moment, Served};
use support::folder;

/// Loads one FAQ with these further fields.
fn kb(toml: &str, fields: &str) -> KnowledgeBase {
    let rest = r#"{"id":"other","intent":"i","question":"别的","answer":"答"}"#;
    let faq = format!(r#"{{"id":"f","intent":"i","question":"问","answer":"答"{fields}}}"#);
    let dir = folder(&[
        ("kb.toml", toml.as_bytes()),
        ("faqs.jsonl", format!("{faq}\n{rest}\n").as_bytes()),
    ]);
    KnowledgeBase::load(dir.path()).unwrap_or_else(|e| panic!("{e}"))
}

#[test]
fn an_faq_is_served_or_says_why_not() {
    let check = |fields: &str, at: &str, channel: Option<&str>, expected: Served| {
        let kb = kb("", fields);
        let channel = channel.map(|name| Channel::new(name).unwrap());
        let at = at.parse().unwrap();
        assert_eq!(
            kb.faqs[0].served(at, channel.as_ref()),
            expected,
            "{fields} {at}"
        );
        let served = kb
            .servable(at, channel.as_ref())
            .any(|faq| faq.id.as_str() == "f");
        assert_eq!(served, expected == Served::Yes);
    };
    check("", "2026-06-01T00:00", None, Served::Yes);
    check(
        r#","enabled":false"#,
        "2026-06-01T00:00",
        None,
        Served::Disabled,
    );
    let day = r#","valid_from":"2026-06-01","valid_until":"2026/6/2""#;
    check(day, "2026-05-31T23:59:59", None, Served::NotYetValid);
    check(day, "2026-06-01T00:00", None, Served::Yes);
    check(day, "2026-06-02T23:59:59", None, Served::Yes);
    check(day, "2026-06-03T00:00", None, Served::Expired);
    let time = r#","valid_from":"2026-06-01 08:00","valid_until":"2026年6月1日 18:00""#;
    check(time, "2026-06-01T07:59:59", None, Served::NotYetValid);
    check(time, "2026-06-01T17:59:59", None, Served::Yes);
    check(time, "2026-06-01T18:00", None, Served::Expired);
    let app = r#","channels":["APP","微信"]"#;
    check(app, "2026-06-01T00:00", None, Served::Yes);
    check(app, "2026-06-01T00:00", Some("ａｐｐ"), Served::Yes);
    check(app, "2026-06-01T00:00", Some("web"), Served::OtherChannel);
}

#[test]
fn dates_are_read_as_people_write_them() {
    let check = |text: &str, expected: Option<&str>| {
        let read = Moment::parse(text).map(|m| m.to_string());
        assert_eq!(read.as_deref(), expected, "{text}");
    };
    for text in [
        "2026-01-05",
        "2026/1/5",
        "2026.01.05",
        "2026年1月5日",
        "20260105",
        " 2026-1-5 ",
    ] {
        check(text, Some("2026-01-05"));
    }
    check("2026-01-05T18:00", Some("2026-01-05 18:00"));
    check("2026年1月5日18：30", Some("2026-01-05 18:30"));
    check("2026/1/5 8:05:09", Some("2026-01-05 08:05:09"));
    for text in [
        "",
        "2026",
        "2026-13-40",
        "2026-02-30",
        "26-1-5",
        "明天",
        "2026-1-5 25:00",
        "2026-1-5 8",
        "1/5/2026",
    ] {
        check(text, None);
    }
}

#[test]
fn local_time_is_that_of_the_knowledge_base() {
    let time = "2026-06-01T20:00:00Z".parse().unwrap();
    assert_eq!(
        kb("", "").local_time(time),
        "2026-06-02T04:00".parse().unwrap()
    );
    let kb = kb("timezone = \"Asia/Urumqi\"", "");
    assert_eq!(kb.local_time(time), "2026-06-02T02:00".parse().unwrap());
}

#[test]
fn what_is_served_when_is_no_matter_of_the_index() {
    let plain = kb("", "").content_hash();
    let fields = r#","channels":["app"],"valid_until":"2026-01-01","priority":3,"tags":["x"],"enabled":false"#;
    assert_eq!(kb("", fields).content_hash(), plain);
    assert_ne!(kb("", r#","similar":["又问"]"#).content_hash(), plain);
}
