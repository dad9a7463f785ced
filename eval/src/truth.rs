//! Labelled data: queries with the FAQ that answers them, and queries that no FAQ answers.

use std::{collections::HashSet, path::Path};

use jieda::{Channel, Faults, KnowledgeBase, Problem, ProblemCode, read_jsonl};
use jieda_types::FaqId;
use serde::{Deserialize, Serialize};

/// What a label is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Split {
    /// To learn from.
    Train,
    /// To measure on; nothing is ever chosen by it.
    Test,
}

impl std::str::FromStr for Split {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "train" => Ok(Self::Train),
            "test" => Ok(Self::Test),
            _ => Err(format!("unknown split `{text}`; known: train, test")),
        }
    }
}

/// A query and the FAQ that answers it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct LabelledQuery {
    /// What the customer said.
    pub text: String,
    /// The FAQ that answers it.
    pub faq: FaqId,
    /// Way of speaking: 口语, 简短 …
    #[serde(default)]
    pub style: Option<String>,
    /// The channel that it came in on, such as app: it is asked there.
    #[serde(default)]
    pub channel: Option<String>,
    /// What the label is for; none means either.
    #[serde(default)]
    pub split: Option<Split>,
    /// The conversation that it is a turn of, where it was taken from one.
    #[serde(default)]
    pub conversation: Option<String>,
}

/// A query that no FAQ answers.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct UnanswerableQuery {
    /// What the customer said.
    pub text: String,
    /// How far off it is: near, far, gibberish.
    #[serde(default)]
    pub kind: Option<String>,
    /// What the label is for.
    #[serde(default)]
    pub split: Option<Split>,
    /// The conversation that it is a turn of, where it was taken from one.
    #[serde(default)]
    pub conversation: Option<String>,
}

/// A text that must go to a human at once, or only looks like one.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct HandoffQuery {
    /// What the customer said.
    pub text: String,
    /// Why a human must take over: human_request, complaint, safety …; none for a text that must not go to a
    /// human.
    pub reason: Option<String>,
    /// What the label is for.
    #[serde(default)]
    pub split: Option<Split>,
}

/// Reads labelled queries and checks that their FAQs exist.
///
/// # Errors
/// [`Faults`] with every faulty line.
pub fn read_queries(path: &Path, kb: &KnowledgeBase) -> Result<Vec<LabelledQuery>, Faults> {
    let (rows, mut errors) = read_jsonl::<LabelledQuery>(path);
    let known: HashSet<&FaqId> = kb.faqs.iter().map(|faq| &faq.id).collect();
    for row in &rows {
        let query = &row.value;
        let unknown = (!known.contains(&query.faq))
            .then(|| format!("知识库“{}”里没有编号为“{}”的常见问题", kb.name, query.faq));
        let channel = query.channel.as_deref();
        let nameless = channel
            .filter(|name| Channel::new(name).is_err())
            .map(|name| format!("channel“{name}”不能用作渠道名"));
        errors.extend(
            [unknown, nameless]
                .into_iter()
                .flatten()
                .map(|message| Problem {
                    row: Some(row.line),
                    ..Problem::new(path, ProblemCode::InvalidRow, message)
                }),
        );
    }
    sound(rows.into_iter().map(|row| row.value).collect(), errors)
}

/// Reads unanswerable queries.
///
/// # Errors
/// [`Faults`] with every faulty line.
pub fn read_unanswerable(path: &Path) -> Result<Vec<UnanswerableQuery>, Faults> {
    let (rows, errors) = read_jsonl::<UnanswerableQuery>(path);
    sound(rows.into_iter().map(|row| row.value).collect(), errors)
}

/// Reads texts that must go to a human, and look-alikes.
///
/// # Errors
/// [`Faults`] with every faulty line.
pub fn read_handoff(path: &Path) -> Result<Vec<HandoffQuery>, Faults> {
    let (rows, errors) = read_jsonl::<HandoffQuery>(path);
    sound(rows.into_iter().map(|row| row.value).collect(), errors)
}

fn sound<T>(rows: Vec<T>, mut errors: Vec<Problem>) -> Result<Vec<T>, Faults> {
    errors.sort_by_key(|p| p.row);
    if errors.is_empty() {
        Ok(rows)
    } else {
        Err(Faults {
            errors,
            warnings: Vec::new(),
        })
    }
}
