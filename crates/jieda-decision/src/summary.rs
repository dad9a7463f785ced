//! One line on what a customer wants, in his own words.

use std::collections::BTreeSet;

use jieda_types::{HistoryTurn, Speaker};

/// Longest summary in characters.
const LONGEST: usize = 80;
/// A second utterance is added while both fit into so many.
const TWO_FIT: usize = 60;
/// More different pairs of characters than these make an utterance no more telling, only longer.
const ENOUGH: usize = 24;

/// Words that carry no matter.
const EMPTY: [&str; 20] = [
    "转人工",
    "人工客服",
    "人工",
    "真人",
    "客服",
    "你好",
    "您好",
    "在吗",
    "请问",
    "麻烦",
    "谢谢",
    "我要",
    "我想",
    "帮我",
    "给我",
    "机器人",
    "投诉",
    "怎么",
    "快点",
    "你们",
];

/// One line on what a customer wants, in his own words: the utterance that says most, and a second one where
/// both are short; later ones win ties. At most 80 characters; empty when the customer has said nothing.
#[must_use]
pub fn summarize(history: &[HistoryTurn]) -> String {
    let said: Vec<(usize, &HistoryTurn)> = history
        .iter()
        .filter(|turn| turn.speaker == Speaker::Customer && !turn.text.as_str().trim().is_empty())
        .enumerate()
        .collect();
    let mut ranked: Vec<(usize, usize, &str)> = said
        .iter()
        .map(|&(i, turn)| (matter(turn), i, turn.text.as_str().trim()))
        .collect();
    ranked.sort_by_key(|&(matter, i, _)| std::cmp::Reverse((matter, i)));
    let Some(&(_, first, text)) = ranked.first() else {
        return String::new();
    };
    let second = ranked.iter().skip(1).find(|&&(matter, _, other)| {
        matter >= 3 && text.chars().count() + other.chars().count() < TWO_FIT
    });
    let line = match second {
        Some(&(_, i, other)) if i < first => format!("{}；{text}", closed(other)),
        Some(&(_, _, other)) => format!("{}；{other}", closed(text)),
        None => text.to_owned(),
    };
    cut(&line.replace(['\n', '\r', '\t'], " "))
}

/// How much an utterance says: different pairs of characters, without words that carry no matter.
fn matter(turn: &HistoryTurn) -> usize {
    let mut text = turn.text.as_str().to_lowercase();
    for word in EMPTY {
        text = text.replace(word, " ");
    }
    let letters: Vec<char> = text.chars().collect();
    let pairs: BTreeSet<&[char]> = letters
        .windows(2)
        .filter(|pair| pair.iter().all(|c| c.is_alphanumeric()))
        .collect();
    let telling = pairs.len().min(ENOUGH);
    match turn.decision.as_deref() {
        Some("smalltalk") => telling / 4,
        // What led to the handover is what it is about.
        Some("handoff") => telling + telling / 2,
        _ => telling,
    }
}

fn closed(text: &str) -> &str {
    text.trim_end_matches(|c: char| c.is_ascii_punctuation() || "。，；！？、".contains(c))
}

fn cut(text: &str) -> String {
    if text.chars().count() <= LONGEST {
        return text.to_owned();
    }
    let head: String = text.chars().take(LONGEST - 1).collect();
    format!("{head}…")
}

#[cfg(test)]
mod tests {
    use jieda_types::MaskedText;

    use super::*;

    fn turn(text: &str, decision: &str) -> HistoryTurn {
        HistoryTurn {
            speaker: Speaker::Customer,
            text: MaskedText::assume_masked(text),
            decision: Some(decision.into()),
            faq: None,
        }
    }

    fn check(turns: &[(&str, &str)], expected: &str) {
        let turns: Vec<HistoryTurn> = turns.iter().map(|(t, d)| turn(t, d)).collect();
        assert_eq!(summarize(&turns), expected);
    }

    #[test]
    fn the_matter_is_told_and_not_the_courtesies() {
        check(&[], "");
        check(&[("转人工", "handoff")], "转人工");
        check(
            &[
                ("你好，在吗", "smalltalk"),
                ("冰箱买了三天就不制冷了", "rephrase"),
                ("转人工", "handoff"),
            ],
            "冰箱买了三天就不制冷了",
        );
        check(
            &[
                ("冰箱买了三天就不制冷了。", "auto_reply"),
                ("已经重启过两次", "rephrase"),
                ("还是不行，你们派人来看", "handoff"),
            ],
            "冰箱买了三天就不制冷了；还是不行，你们派人来看",
        );
    }

    #[test]
    fn a_long_story_is_cut() {
        let long = "我上个月买的洗衣机".repeat(20);
        let summary = summarize(&[turn(&long, "handoff")]);
        assert_eq!(summary.chars().count(), LONGEST);
        assert!(summary.ends_with('…'));
    }
}
