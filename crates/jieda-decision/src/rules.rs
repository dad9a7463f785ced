//! Rules on words: requests for a human, complaints, and small talk.

use jieda_types::{HandoffReason, SmallTalk};
use serde::Deserialize;

use crate::words::Phrases;

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

/// Two groups of words that mean something together: 找个 … 客服.
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
    /// Whether it occurs in the customer's own words without being denied.
    fn occurs(&self, phrases: &Phrases) -> bool {
        let text = phrases.own();
        self.first.iter().any(|first| {
            let mut said = text.match_indices(first.as_str());
            said.any(|(at, _)| {
                if phrases.is_denied_at(at) {
                    return false;
                }
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

/// A rule on the words of one utterance. The text is compared in its normalised form, without
/// punctuation and spaces.
///
/// It fires when a phrase of `any` occurs, a pair of `near` does, or the whole text is one of
/// `exact` (a closing particle aside); unless a phrase of `unless` occurs, or the text is longer than
/// `max_chars`; and, where `filler` is given, only if nothing but phrases of `any` and `filler` is
/// there: 好的谢谢 is thanks, 谢谢但是没解决 is not. What is denied (不用转人工) or quoted occurs not.
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
    pub near: Vec<Near>,
    /// Whole texts.
    #[serde(default)]
    pub exact: Vec<String>,
    /// What else may stand beside the phrases of `any`; empty: anything.
    #[serde(default)]
    pub filler: Vec<String>,
    /// Phrases that keep it from firing.
    #[serde(default)]
    pub unless: Vec<String>,
    /// Longest text, in characters, that it applies to.
    #[serde(default)]
    pub max_chars: Option<usize>,
}

/// Particles that close a sentence and change nothing.
const PARTICLES: [char; 10] = ['啊', '吧', '呀', '哦', '哈', '呢', '了', '啦', '嘛', '哟'];

impl Rule {
    /// Whether it fires on a text.
    #[must_use]
    pub fn fires(&self, phrases: &Phrases) -> bool {
        let text = phrases.plain();
        if self.max_chars.is_some_and(|max| text.chars().count() > max)
            || self
                .unless
                .iter()
                .any(|phrase| text.contains(phrase.as_str()))
        {
            return false;
        }
        let core = text.trim_end_matches(PARTICLES);
        if self
            .exact
            .iter()
            .any(|whole| text == *whole || core == *whole)
        {
            return true;
        }
        let hit = self.any.iter().any(|phrase| phrases.affirms(phrase))
            || self.near.iter().any(|near| near.occurs(phrases));
        hit && (self.filler.is_empty() || self.made_of_phrases(text))
    }

    /// All phrases of the rule.
    pub(crate) fn phrases(&self) -> impl Iterator<Item = &String> {
        let near = self
            .near
            .iter()
            .flat_map(|near| near.first.iter().chain(&near.then));
        self.any
            .iter()
            .chain(near)
            .chain(&self.exact)
            .chain(&self.filler)
            .chain(&self.unless)
    }

    /// Whether the text can be cut into phrases of `any` and `filler` without a rest.
    fn made_of_phrases(&self, text: &str) -> bool {
        // reachable[i]: the first i bytes can be cut so.
        let mut reachable = vec![false; text.len() + 1];
        reachable[0] = true;
        for at in 0..text.len() {
            if !reachable[at] {
                continue;
            }
            for phrase in self.any.iter().chain(&self.filler) {
                if text[at..].starts_with(phrase.as_str()) {
                    reachable[at + phrase.len()] = true;
                }
            }
        }
        reachable[text.len()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(toml: &str) -> Rule {
        toml::from_str(&format!(
            "name = \"r\"\nthen = {{ smalltalk = \"thanks\" }}\n{toml}"
        ))
        .unwrap()
    }

    fn check(rule: &Rule, fires: &[&str], silent: &[&str]) {
        for text in fires {
            assert!(rule.fires(&Phrases::new(text)), "{text} should fire");
        }
        for text in silent {
            assert!(!rule.fires(&Phrases::new(text)), "{text} should not fire");
        }
    }

    #[test]
    fn fillers_bound_a_phrase() {
        let rule = rule("any = [\"谢谢\"]\nfiller = [\"好的\", \"你\", \"啦\"]");
        check(
            &rule,
            &["谢谢", "好的，谢谢你啦", "谢谢谢谢"],
            &["好的", "谢谢但是没解决", "退货谢谢"],
        );
    }

    #[test]
    fn pairs_stand_close_and_in_order() {
        let rule = rule("near = [{ first = [\"找个\"], then = [\"客服\"], within = 2 }]");
        check(
            &rule,
            &["找个客服", "快找个真的客服"],
            &["客服找个", "找个地方等你们客服"],
        );
    }

    #[test]
    fn exact_and_unless() {
        let rule =
            rule("exact = [\"人工\"]\nany = [\"转人工\"]\nunless = [\"不用\"]\nmax_chars = 6");
        check(
            &rule,
            &["人工", "人工呢", "转人工！"],
            &["人工费", "不用转人工", "转人工转人工转人工"],
        );
    }
}
