//! The policy file: thresholds, rules and texts. Raw → checked; unknown keys are refused.

use jieda_types::{ClarifyOption, Confidence, HandoffReason, SmallTalk};
use serde::{Deserialize, Serialize};

use crate::{IntentRule, Rule};

/// Most options that a clarifying question may have.
const MOST_OPTIONS: usize = 3;

/// A policy that can't be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    /// No valid TOML, a missing or an unknown key; with line and column.
    #[error("the policy can't be read: {0}")]
    File(String),
    /// A value that makes no sense.
    #[error("the policy's `{key}` {problem}")]
    Value {
        /// Which key.
        key: &'static str,
        /// What is wrong with it.
        problem: String,
    },
}

/// A table of the file, and the same with every key left out at will: what a file leaves out keeps the
/// shipped value.
macro_rules! table {
    (
        $(#[$meta:meta])* $name:ident, $given:ident {
            $($(#[$field_meta:meta])* $field:ident: $type:ty,)+
        }
    ) => {
        $(#[$meta])*
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            $($(#[$field_meta])* pub $field: $type,)+
        }

        #[derive(Default, Deserialize)]
        #[serde(deny_unknown_fields, default)]
        struct $given {
            $($field: Option<$type>,)+
        }

        impl $given {
            fn or(self, shipped: $name) -> $name {
                $name {
                    $($field: self.$field.unwrap_or(shipped.$field),)+
                }
            }
        }
    };
}

table! {
    /// When to answer, and when to ask back.
    #[derive(Debug, Clone, Copy, PartialEq)]
    Thresholds, GivenThresholds {
        /// From this confidence on the answer is sent.
        reply: Confidence,
        /// From this confidence on the customer is asked which question is meant.
        clarify: Confidence,
        /// A candidate is offered as an option while its fused score is at most this much below the
        /// best one's.
        option_gap: f32,
        /// Most options of a clarifying question, 1 to 3.
        max_options: usize,
        /// So many turns in a row without a match lead to a human.
        failure_limit: u32,
    }
}

table! {
    /// What a customer may read.
    #[derive(Debug, Clone, PartialEq, Eq)]
    Texts, GivenTexts {
        /// First failed match.
        rephrase: String,
        /// Before the options of a clarifying question.
        clarify_before: String,
        /// After them.
        clarify_after: String,
        /// When there is a single option; `{question}` stands for it.
        clarify_one: String,
        /// A human was asked for.
        handoff_human_request: String,
        /// The customer complains.
        handoff_complaint: String,
        /// Too many failed matches.
        handoff_repeated_failure: String,
        /// The answer lacks a value.
        handoff_missing_variable: String,
        /// The conversation is with a human already.
        handed_over: String,
        /// 你好.
        greeting: String,
        /// 谢谢.
        thanks: String,
        /// 再见.
        goodbye: String,
        /// 你是谁.
        about_bot: String,
        /// Any other small talk.
        chat: String,
    }
}

/// How thresholds were chosen, and what they promise. Written by `jieda tune`, read by people.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tuned {
    /// The day, such as 2026-11-29.
    pub date: String,
    /// What the sample was taken from: a knowledge base, and its release where there is one.
    pub knowledge: String,
    /// The encoder whose vectors the confidence was computed from.
    pub encoder: String,
    /// Queries of the sample, those that no FAQ answers included.
    pub samples: usize,
    /// Of these, queries that no FAQ answers.
    pub unanswerable: usize,
    /// The promise: at most this share of automatic replies is wrong …
    pub max_wrong_rate: f64,
    /// … with this confidence, on traffic like the sample.
    pub confidence: f64,
    /// Share of the answerable queries that get a reply.
    pub coverage: f64,
    /// Share of the sample's replies that are wrong.
    pub wrong_rate: f64,
    /// Upper bound of that share at this confidence.
    pub wrong_rate_bound: f64,
}

impl Texts {
    /// The text of a handover.
    #[must_use]
    pub fn handoff(&self, reason: HandoffReason) -> &str {
        match reason {
            HandoffReason::HumanRequest => &self.handoff_human_request,
            HandoffReason::Complaint => &self.handoff_complaint,
            HandoffReason::RepeatedFailure => &self.handoff_repeated_failure,
            HandoffReason::MissingVariable => &self.handoff_missing_variable,
        }
    }

    /// The answer to small talk.
    #[must_use]
    pub fn small_talk(&self, kind: SmallTalk) -> &str {
        match kind {
            SmallTalk::Greeting => &self.greeting,
            SmallTalk::Thanks => &self.thanks,
            SmallTalk::Goodbye => &self.goodbye,
            SmallTalk::AboutBot => &self.about_bot,
            SmallTalk::Chat => &self.chat,
        }
    }

    /// A clarifying question.
    #[must_use]
    pub fn clarify(&self, options: &[ClarifyOption]) -> String {
        if let [only] = options {
            return self.clarify_one.replace("{question}", &only.question);
        }
        let list: Vec<String> = options
            .iter()
            .enumerate()
            .map(|(i, o)| format!("{}. {}", i + 1, o.question))
            .collect();
        format!(
            "{}\n{}\n{}",
            self.clarify_before,
            list.join("\n"),
            self.clarify_after
        )
    }
}

/// A checked policy.
#[derive(Debug, Clone, PartialEq)]
pub struct Policy {
    /// When to answer, and when to ask back.
    pub thresholds: Thresholds,
    /// Where the thresholds come from, when they were tuned.
    pub tuned: Option<Tuned>,
    /// What a customer may read.
    pub texts: Texts,
    /// Rules on words, tried in order; the first that fires decides.
    pub rules: Vec<Rule>,
    /// Rules on intents, tried where no rule on words fires.
    pub intents: Vec<IntentRule>,
}

/// The file that ships: complete.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Complete {
    thresholds: Thresholds,
    texts: Texts,
    rules: Vec<Rule>,
    intents: Vec<IntentRule>,
}

/// A user's file: what it leaves out is shipped.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Given {
    thresholds: GivenThresholds,
    tuned: Option<Tuned>,
    texts: GivenTexts,
    rules: Option<Vec<Rule>>,
    intents: Option<Vec<IntentRule>>,
}

impl Policy {
    /// Reads and checks a policy. What the file leaves out is as in the one that ships; `rules` and
    /// `intents` replace the shipped ones as a whole.
    ///
    /// # Errors
    /// [`PolicyError`].
    pub fn from_toml(text: &str) -> Result<Self, PolicyError> {
        let unreadable = |e: toml::de::Error| PolicyError::File(e.to_string());
        let given: Given = toml::from_str(text).map_err(unreadable)?;
        let shipped: Complete =
            toml::from_str(include_str!("../policy.toml")).map_err(unreadable)?;
        let policy = Self {
            thresholds: given.thresholds.or(shipped.thresholds),
            tuned: given.tuned,
            texts: given.texts.or(shipped.texts),
            rules: given.rules.unwrap_or(shipped.rules),
            intents: given.intents.unwrap_or(shipped.intents),
        };
        policy.check()?;
        Ok(policy)
    }

    /// The policy that ships with jieda.
    ///
    /// # Errors
    /// Never, for the file that a test reads.
    pub fn shipped() -> Result<Self, PolicyError> {
        Self::from_toml("")
    }

    fn check(&self) -> Result<(), PolicyError> {
        let value = |key, problem: String| Err(PolicyError::Value { key, problem });
        let t = &self.thresholds;
        if t.clarify > t.reply {
            return value(
                "thresholds.clarify",
                format!("is above reply ({} > {})", t.clarify, t.reply),
            );
        }
        if !(1..=MOST_OPTIONS).contains(&t.max_options) {
            return value(
                "thresholds.max_options",
                format!("must be 1 to {MOST_OPTIONS}"),
            );
        }
        if t.failure_limit == 0 {
            return value("thresholds.failure_limit", "must be at least 1".into());
        }
        if !t.option_gap.is_finite() || t.option_gap < 0.0 {
            return value("thresholds.option_gap", "must be a number from 0 up".into());
        }
        if !self.texts.clarify_one.contains("{question}") {
            return value("texts.clarify_one", "must contain {question}".into());
        }
        for rule in &self.rules {
            if rule.any.is_empty() && rule.exact.is_empty() && rule.near.is_empty() {
                return value(
                    "rules",
                    format!("hold `{}`, which has no phrase and never fires", rule.name),
                );
            }
            let unfit = |phrase: &&String| {
                phrase.is_empty()
                    || !phrase
                        .chars()
                        .all(|c| c.is_alphanumeric() && c.to_lowercase().eq([c]))
            };
            if let Some(phrase) = rule.phrases().find(unfit) {
                let name = &rule.name;
                return value(
                    "rules",
                    format!(
                        "hold `{name}`, whose phrase `{phrase}` can never match: texts are compared \
                         in lower case, without punctuation and spaces"
                    ),
                );
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(from: &str, to: &str, expected: &str) {
        let shipped = include_str!("../policy.toml");
        assert!(shipped.contains(from), "{from}");
        let error = Policy::from_toml(&shipped.replacen(from, to, 1))
            .unwrap_err()
            .to_string();
        assert!(error.contains(expected), "{error}");
    }

    #[test]
    fn the_shipped_policy_is_sound() {
        let policy = Policy::shipped().unwrap();
        assert!(policy.rules.len() >= 4);
    }

    #[test]
    fn what_is_left_out_is_shipped() {
        let shipped = Policy::shipped().unwrap();
        let policy = Policy::from_toml("thresholds.reply = 0.9").unwrap();
        assert_eq!(policy.thresholds.reply.get(), 0.9);
        assert_eq!(policy.thresholds.clarify, shipped.thresholds.clarify);
        assert_eq!(policy.texts, shipped.texts);
        assert_eq!(policy.rules, shipped.rules);
        let none = Policy::from_toml("rules = []").unwrap();
        assert!(none.rules.is_empty());
        let error = Policy::from_toml("[thresholds]\nreplay = 0.9").unwrap_err();
        assert!(error.to_string().contains("line 2"), "{error}");
    }

    #[test]
    fn senseless_values_are_refused() {
        check("failure_limit = 2", "failure_limit = 0", "failure_limit");
        check("max_options = 3", "max_options = 4", "max_options");
        check("max_options = 3", "max_optoins = 3", "max_optoins");
        check("reply = 0.", "reply = 7.", "probability");
        check("{question}", "?", "clarify_one");
    }
}
