//! What keywords and patterns of intents say of a text.

use jieda_knowledge::{Intent, IntentPattern};
use jieda_types::{Confidence, IntentId};

/// A rule of an intent that a text fulfils, and what it added.
#[derive(Debug, Clone, PartialEq)]
pub struct IntentEvidence {
    /// The intent that it speaks for.
    pub intent: IntentId,
    /// The rule.
    pub rule: IntentRule,
    /// The intent's probability without any rule.
    pub before: Confidence,
    /// The same with all rules that the text fulfils.
    pub after: Confidence,
}

/// A rule that a text fulfils.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IntentRule {
    /// The text contains this word.
    Keyword(String),
    /// A part of the text matches this pattern.
    Pattern {
        /// As it was written.
        pattern: String,
        /// The part of the normalised text.
        found: String,
    },
}

/// The rules of all intents that have any.
#[derive(Debug, Clone, Default)]
pub(crate) struct IntentRules(Vec<RulesOf>);

#[derive(Debug, Clone)]
struct RulesOf {
    intent: IntentId,
    keywords: Vec<Keyword>,
    patterns: Vec<IntentPattern>,
}

#[derive(Debug, Clone)]
struct Keyword {
    written: String,
    normalized: String,
}

impl IntentRules {
    /// `normalize` is what the texts will have gone through.
    pub(crate) fn of(intents: &[Intent], normalize: impl Fn(&str) -> String) -> Self {
        let has_rules = |i: &&Intent| !i.keywords.is_empty() || !i.patterns.is_empty();
        let rules = intents.iter().filter(has_rules).map(|intent| RulesOf {
            intent: intent.id.clone(),
            keywords: intent
                .keywords
                .iter()
                .map(|word| Keyword {
                    written: word.clone(),
                    normalized: normalize(word),
                })
                .filter(|word| !word.normalized.is_empty())
                .collect(),
            patterns: intent.patterns.clone(),
        });
        Self(rules.collect())
    }

    /// The rules that a normalised text fulfils, in the order of the intents.
    pub(crate) fn fulfilled(&self, normalized: &str) -> Vec<(IntentId, IntentRule)> {
        let mut found = Vec::new();
        for rules in &self.0 {
            let keywords = rules.keywords.iter();
            let keywords = keywords
                .filter(|word| contains_word(normalized, &word.normalized))
                .map(|word| IntentRule::Keyword(word.written.clone()));
            let patterns = rules.patterns.iter().filter_map(|pattern| {
                Some(IntentRule::Pattern {
                    found: pattern.find(normalized)?.to_owned(),
                    pattern: pattern.as_str().to_owned(),
                })
            });
            let all = keywords.chain(patterns);
            found.extend(all.map(|rule| (rules.intent.clone(), rule)));
        }
        found
    }
}

/// Latin letters and digits must stand alone: `vip` is not in `viper`, nor `5g` in `15g`. Chinese has no such
/// border.
fn contains_word(text: &str, word: &str) -> bool {
    let joins = |a: Option<char>, b: Option<char>| {
        let latin = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
        latin(a) && latin(b)
    };
    text.match_indices(word).any(|(start, _)| {
        let (before, after) = (&text[..start], &text[start + word.len()..]);
        !joins(before.chars().next_back(), word.chars().next())
            && !joins(word.chars().next_back(), after.chars().next())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn latin_words_stand_alone() {
        let check = |text: &str, word: &str, expected: bool| {
            assert_eq!(contains_word(text, word), expected, "{text} {word}");
        };
        check("我是vip会员", "vip", true);
        check("viper是什么", "vip", false);
        check("viper还是vip", "vip", true);
        check("15g流量", "5g", false);
        check("5g流量", "5g", true);
        check("退款到哪了", "退款", true);
        check("不退不换", "退款", false);
    }

    #[test]
    fn rules_are_told_with_what_they_found() {
        let intent = |id: &str, keywords: &[&str], patterns: &[&str]| Intent {
            id: IntentId::new(id).unwrap(),
            name: id.to_owned(),
            description: String::new(),
            keywords: keywords.iter().map(|&w| w.to_owned()).collect(),
            patterns: patterns
                .iter()
                .map(|p| IntentPattern::new(p).unwrap())
                .collect(),
        };
        let intents = [
            intent("refund", &["退款", "VIP"], &["退.{0,3}钱"]),
            intent("plain", &[], &[]),
            intent("invoice", &["！"], &["发票"]),
        ];
        let rules = IntentRules::of(&intents, |word| {
            word.to_lowercase().trim_matches('！').to_owned()
        });
        let told: Vec<String> = rules
            .fulfilled("vip怎么退我的钱")
            .iter()
            .map(|(id, rule)| format!("{id} {rule:?}"))
            .collect();
        assert_eq!(
            told,
            [
                "refund Keyword(\"VIP\")",
                "refund Pattern { pattern: \"退.{0,3}钱\", found: \"退我的钱\" }"
            ]
        );
        // A keyword of which normalising leaves nothing is not in every text.
        assert!(rules.fulfilled("发货").is_empty());
    }
}
