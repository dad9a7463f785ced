//! What a supervisor reads.

use expect_test::{Expect, expect};
use jieda::{Policy, Tuned, types::MaskedText};

use super::*;
use crate::quality::{
    Answers, Asked, Source, Subject,
    tests::{kb, sample},
};

fn quality(asked: Vec<Asked>, tuned: Option<Tuned>) -> Quality {
    let policy = Policy::shipped().unwrap();
    let subject = Subject {
        name: "测试".into(),
        faqs: 3,
        intents: 2,
        knowledge: "folder-1".into(),
        policy: "2".into(),
        encoder: None,
        thresholds: policy.thresholds,
        tuned,
        jieda: "0",
    };
    let source = Source {
        command: "jieda report".into(),
        files: Vec::new(),
        split: None,
        at: None,
    };
    let answers = Answers {
        asked,
        transcripts: &[],
        played: Vec::new(),
    };
    Quality::of(&answers, subject, source, &kb())
}

/// The texts of a section, a line for each paragraph, row or item.
fn read(page: &str, section: &str) -> String {
    let start = page.find(&format!("<section id=\"{section}\"")).unwrap();
    let section = &page[start..];
    let section = &section[..section.find("</section>").unwrap()];
    let mut text = String::new();
    for piece in section.split('<') {
        let (tag, words) = piece.split_once('>').unwrap_or_default();
        match tag {
            "/p" | "/tr" | "/h2" | "/h3" | "/li" => text.push('\n'),
            "/td" | "/th" => text.push_str(" | "),
            _ => {}
        }
        text.push_str(words);
    }
    text
}

fn check(page: &str, section: &str, expected: &Expect) {
    let text = read(page, section);
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    expected.assert_eq(&lines.join("\n"));
}

#[test]
fn the_summary_in_both_languages() {
    let quality = quality(sample(), None);
    let chinese = page(&quality, Language::Chinese).unwrap();
    check(&chinese, "summary", &expect![[""]]);
    let english = page(&quality, Language::English).unwrap();
    check(&english, "summary", &expect![[""]]);
}

#[test]
fn figures_and_pairs_in_words() {
    let page = page(&quality(sample(), None), Language::Chinese).unwrap();
    check(&page, "figures", &expect![[""]]);
    check(&page, "pairs", &expect![[""]]);
}

#[test]
fn a_promise_that_is_not_borne_out_is_told() {
    let tuned = Tuned {
        date: "2026-11-29".into(),
        knowledge: "测试".into(),
        encoder: "e".into(),
        samples: 100,
        unanswerable: 10,
        max_wrong_rate: 0.05,
        confidence: 0.95,
        coverage: 0.5,
        wrong_rate: 0.0,
        wrong_rate_bound: 0.04,
    };
    let page = page(&quality(sample(), Some(tuned)), Language::Chinese).unwrap();
    assert!(read(&page, "thresholds").contains("没有守住"));
    assert!(read(&page, "method").contains("承诺答错不超过 5.0%，把握 95.0%"));
}

#[test]
fn words_are_never_markup() {
    let mut asked = sample();
    for text in &mut asked {
        text.said = MaskedText::assume_masked("<script>alert('&')</script>");
    }
    let page = page(&quality(asked, None), Language::Chinese).unwrap();
    assert!(!page.contains("<script"));
    for section in ["pairs", "misses", "intents", "boundaries"] {
        let text = read(&page, section);
        assert!(text.contains("&lt;script&gt;alert('&amp;')"), "{section}");
    }
}
