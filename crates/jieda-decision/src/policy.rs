//! The policy file: thresholds, rules and texts. Raw → checked; unknown keys are refused.

use jieda_types::{ClarifyOption, Confidence, HandoffReason, SmallTalk};
use serde::Deserialize;

use crate::Rule;

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

/// When to answer, and when to ask back.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Thresholds {
    /// From this confidence on the answer is sent.
    pub reply: Confidence,
    /// From this confidence on the customer is asked which question is meant.
    pub clarify: Confidence,
    /// A candidate is offered as an option while its fused score is at most this much below the
    /// best one's.
    pub option_gap: f32,
    /// Most options of a clarifying question, 1 to 3.
    pub max_options: usize,
    /// So many turns in a row without a match lead to a human.
    pub failure_limit: u32,
}

/// What a customer may read.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Texts {
    /// First failed match.
    pub rephrase: String,
    /// Before the options of a clarifying question.
    pub clarify_before: String,
    /// After them.
    pub clarify_after: String,
    /// When there is a single option; `{question}` stands for it.
    pub clarify_one: String,
    /// A human was asked for.
    pub handoff_human_request: String,
    /// The customer complains.
    pub handoff_complaint: String,
    /// Too many failed matches.
    pub handoff_repeated_failure: String,
    /// The answer lacks a value.
    pub handoff_missing_variable: String,
    /// The conversation is with a human already.
    pub handed_over: String,
    /// 你好.
    pub greeting: String,
    /// 谢谢.
    pub thanks: String,
    /// 再见.
    pub goodbye: String,
    /// 你是谁.
    pub about_bot: String,
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
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// When to answer, and when to ask back.
    pub thresholds: Thresholds,
    /// What a customer may read.
    pub texts: Texts,
    /// Rules on words, tried in order; the first that fires decides.
    pub rules: Vec<Rule>,
}

impl Policy {
    /// Reads and checks a policy.
    ///
    /// # Errors
    /// [`PolicyError`].
    pub fn from_toml(text: &str) -> Result<Self, PolicyError> {
        let policy: Self = toml::from_str(text).map_err(|e| PolicyError::File(e.to_string()))?;
        policy.check()?;
        Ok(policy)
    }

    /// The policy that ships with jieda.
    ///
    /// # Errors
    /// Never, for the file that a test reads.
    pub fn shipped() -> Result<Self, PolicyError> {
        Self::from_toml(include_str!("../policy.toml"))
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
    fn senseless_values_are_refused() {
        check("failure_limit = 2", "failure_limit = 0", "failure_limit");
        check("max_options = 3", "max_options = 4", "max_options");
        check("max_options = 3", "max_optoins = 3", "max_optoins");
        check("reply = 0.", "reply = 7.", "probability");
        check("{question}", "?", "clarify_one");
    }
}
