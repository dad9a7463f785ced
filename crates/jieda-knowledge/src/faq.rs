//! FAQs and intents.

use jieda_types::{FaqId, IntentId};
use serde::{Deserialize, Serialize};

use crate::AnswerTemplate;

/// What a customer may want.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Intent {
    /// Its id.
    pub id: IntentId,
    /// Its name, for people.
    pub name: String,
    /// What belongs to it.
    pub description: String,
}

/// A question with its answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Faq {
    /// Its id.
    pub id: FaqId,
    /// The intent that it belongs to.
    pub intent: IntentId,
    /// The standard question.
    pub question: String,
    /// Other ways to ask it.
    pub similar: Vec<String>,
    /// The answer, with `{variables}`.
    pub answer: AnswerTemplate,
    /// Free labels.
    pub tags: Vec<String>,
    /// Which group of agents handles it.
    pub skill: Option<String>,
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
}

/// A line of `intents.jsonl`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct IntentRow {
    pub(crate) id: String,
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) description: String,
}

/// A line of `faqs.jsonl`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FaqRow {
    pub(crate) id: String,
    pub(crate) intent: String,
    pub(crate) question: String,
    #[serde(default)]
    pub(crate) similar: Vec<String>,
    pub(crate) answer: String,
    #[serde(default)]
    pub(crate) tags: Vec<String>,
    #[serde(default)]
    pub(crate) skill: Option<String>,
    #[serde(default = "enabled")]
    pub(crate) enabled: bool,
}

fn enabled() -> bool {
    true
}
