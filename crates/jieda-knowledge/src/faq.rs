//! FAQs and intents.

use jieda_types::{AnswerVariant, FaqId, IntentId, VariantLabel};
use jiff::civil::DateTime;
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::{AnswerTemplate, Channel, IntentPattern, Moment, Served};

/// What a customer may want.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Intent {
    /// Its id.
    pub id: IntentId,
    /// Its name, for people.
    pub name: String,
    /// What belongs to it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// Words that speak for it: a customer's text that contains one makes the intent more likely, not certain. They are
    /// compared after both were normalised: case, width, Traditional characters don't count.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub keywords: Vec<String>,
    /// Regular expressions that do the same, matched against the normalised text: half-width, Simplified.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub patterns: Vec<IntentPattern>,
}

/// A question with its answer. In JSON, what was left empty is left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Faq {
    /// Its id.
    pub id: FaqId,
    /// The intent that it belongs to.
    pub intent: IntentId,
    /// The standard question: one line.
    pub question: String,
    /// Other ways to ask it, one line each.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub similar: Vec<String>,
    /// The answer, with `{variables}`.
    pub answer: AnswerTemplate,
    /// Answers that are tried against it: B, C … Each conversation is given one of them all, see
    /// [`assigned`](Self::assigned). The search knows [`answer`](Self::answer) alone, so that what is found does not
    /// depend on what is tried.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub variants: Vec<AnswerTemplate>,
    /// Free labels.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Which group of agents handles it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub skill: Option<String>,
    /// Where it is served; empty for everywhere.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub channels: Vec<Channel>,
    /// From when it is served.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<Moment>,
    /// Until when it is served.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Moment>,
    /// Whether it is served at all.
    #[serde(skip_serializing_if = "is_true")]
    pub enabled: bool,
    /// Which of two equal matches comes first: the higher one.
    #[serde(skip_serializing_if = "is_zero")]
    pub priority: i32,
}

impl Faq {
    /// The standard question, then the similar ones.
    pub fn phrasings(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.question.as_str()).chain(self.similar.iter().map(String::as_str))
    }

    /// Question and answer as one text, as it is encoded and indexed.
    #[must_use]
    pub fn question_and_answer(&self) -> String {
        format!("{}。{}", self.question, self.answer.plain())
    }

    /// The answer, then those that are tried against it, each with its label.
    pub fn answers(&self) -> impl Iterator<Item = (VariantLabel, &AnswerTemplate)> {
        let answers = std::iter::once(&self.answer).chain(&self.variants);
        // No FAQ has more answers than there are labels: that is checked where it is read.
        (0..).map_while(VariantLabel::nth).zip(answers)
    }

    /// The answer that a conversation is given, and where several are tried, which of them: drawn with equal chances
    /// by a hash (SHA-256) of the experiment and the conversation's id, so that the same conversation is always given
    /// the same, on any machine. Without an id it is the answer, outside of any experiment.
    #[must_use]
    pub fn assigned(&self, conversation: Option<&str>) -> (&AnswerTemplate, Option<AnswerVariant>) {
        let Some(conversation) = conversation.filter(|_| !self.variants.is_empty()) else {
            return (&self.answer, None);
        };
        let experiment = self.experiment();
        let drawn = hash(&[&experiment, conversation]);
        let answers: Vec<_> = self.answers().collect();
        // The upper half of a product of 64 bits each, which is below the number of answers: uniform but for 2^-61.
        let place = (u128::from(drawn) * answers.len() as u128) >> 64;
        let (label, answer) = answers[usize::try_from(place).unwrap_or_default()];
        let variant = AnswerVariant {
            faq: self.id.clone(),
            experiment,
            label,
        };
        (answer, Some(variant))
    }

    /// Identifies what is tried: a hash of the id and of the exact texts of all answers.
    #[must_use]
    pub fn experiment(&self) -> String {
        let texts = self.answers().map(|(_, answer)| answer.source());
        let parts: Vec<&str> = std::iter::once(self.id.as_str()).chain(texts).collect();
        format!("{:016x}", hash(&parts))
    }

    /// Whether there can be a customer who is served both, by channels and dates.
    #[must_use]
    pub fn meets(&self, other: &Self) -> bool {
        let share_a_channel = self.channels.is_empty()
            || other.channels.is_empty()
            || self.channels.iter().any(|c| other.channels.contains(c));
        share_a_channel && !one_after_the_other(self, other) && !one_after_the_other(other, self)
    }

    /// Whether it is served at a time of the knowledge base's time zone to a customer of a channel.
    /// A caller that doesn't tell channels apart gives none, and gets the FAQs of all.
    #[must_use]
    pub fn served(&self, at: DateTime, channel: Option<&Channel>) -> Served {
        if !self.enabled {
            Served::Disabled
        } else if self.valid_from.is_some_and(|from| at < from.start()) {
            Served::NotYetValid
        } else if self.valid_until.is_some_and(|until| until.is_over(at)) {
            Served::Expired
        } else if channel.is_some_and(|c| !self.channels.is_empty() && !self.channels.contains(c)) {
            Served::OtherChannel
        } else {
            Served::Yes
        }
    }
}

/// Whether one of two validities is over before the other begins.
fn one_after_the_other(first: &Faq, second: &Faq) -> bool {
    let ends_and_begins = first.valid_until.zip(second.valid_from);
    ends_and_begins.is_some_and(|(until, from)| until.is_over(from.start()))
}

/// The first 64 bits of a hash. Each part comes after its length: other parts give another input.
fn hash(parts: &[&str]) -> u64 {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    let first = hash.finalize().into_iter().take(8);
    first.fold(0, |bits, byte| (bits << 8) | u64::from(byte))
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives references")]
fn is_true(value: &bool) -> bool {
    *value
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives references")]
fn is_zero(value: &i32) -> bool {
    *value == 0
}
