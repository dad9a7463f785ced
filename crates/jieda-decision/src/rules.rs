//! Rules on words: requests for a human, and small talk.

use jieda_types::{HandoffReason, SmallTalk};
use serde::Deserialize;

/// What a rule leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RuleAction {
    /// Hand the conversation over.
    Handoff(HandoffReason),
    /// Answer small talk.
    #[serde(rename = "smalltalk")]
    SmallTalk(SmallTalk),
}

/// Two groups of words that mean something together: 转 … 客服.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Near {
    /// Words that come first.
    pub first: Vec<String>,
    /// Words that follow.
    pub then: Vec<String>,
    /// Most characters between the two.
    pub within: usize,
}

impl Near {
    fn occurs(&self, text: &str) -> bool {
        self.first.iter().any(|first| {
            text.match_indices(first.as_str()).any(|(at, _)| {
                let after = &text[at + first.len()..];
                self.then.iter().any(|then| {
                    after
                        .find(then.as_str())
                        .is_some_and(|gap| after[..gap].chars().count() <= self.within)
                })
            })
        })
    }
}

/// A rule on the words of one utterance. It fires when a phrase of `any` occurs in the text, a pair
/// of `near` does, or the whole text is one of `exact`, unless a phrase of `unless` occurs, or the
/// text is longer than `max_chars`. Punctuation, spaces and closing particles do not count.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// The name that a trace shows.
    pub name: String,
    /// What it leads to.
    pub then: RuleAction,
    /// Phrases that may stand anywhere.
    #[serde(default)]
    pub any: Vec<String>,
    /// Pairs of words.
    #[serde(default)]
    pub near: Option<Near>,
    /// Whole texts.
    #[serde(default)]
    pub exact: Vec<String>,
    /// Phrases that keep it from firing.
    #[serde(default)]
    pub unless: Vec<String>,
    /// Longest text, in characters, that it applies to.
    #[serde(default)]
    pub max_chars: Option<usize>,
}

impl Rule {
    /// Whether it fires on a normalised text.
    #[must_use]
    pub fn fires(&self, normalized: &str) -> bool {
        let text: String = normalized.chars().filter(|c| c.is_alphanumeric()).collect();
        if self.max_chars.is_some_and(|max| text.chars().count() > max) {
            return false;
        }
        let core =
            text.trim_end_matches(['啊', '吧', '呀', '哦', '哈', '呢', '了', '啦', '嘛', '哟']);
        let near = self.near.as_ref().is_some_and(|near| near.occurs(&text));
        let hit = near
            || self.any.iter().any(|phrase| text.contains(phrase.as_str()))
            || self
                .exact
                .iter()
                .any(|whole| text == *whole || core == *whole);
        hit && !self
            .unless
            .iter()
            .any(|phrase| text.contains(phrase.as_str()))
    }
}
