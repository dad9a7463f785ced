//! Transcripts: a file of conversations, one JSON object a line.

use std::{collections::HashSet, path::Path};

use jieda::{Faults, KnowledgeBase, Problem, ProblemCode, read_jsonl};
use jieda_types::{Customer, FaqId, HandoffReason, Rating};
use serde::{Deserialize, Serialize};

/// A conversation, with what is expected at each turn of the customer's.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Transcript {
    /// Its id.
    pub id: String,
    /// Who asks.
    #[serde(default)]
    pub customer: Customer,
    /// The customer's turns, in order.
    pub turns: Vec<TranscriptTurn>,
}

/// One turn of the customer's: he says something, or presses a button to rate.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct TranscriptTurn {
    /// What he says.
    #[serde(default)]
    pub text: Option<String>,
    /// The rating that he gives by a button.
    #[serde(default)]
    pub satisfaction: Option<Rating>,
    /// What should become of it.
    pub expect: Expected,
    /// Whether it can't be understood without the turns before.
    #[serde(default)]
    pub context: bool,
}

/// What should become of a turn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expected {
    /// What is done.
    pub decision: Act,
    /// The FAQ that answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub faq: Option<FaqId>,
    /// Why there is no answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<ExpectedReason>,
}

/// What is done at a turn, as people label it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// An answer is sent.
    Reply,
    /// The customer is asked: which question, in other words, for a value.
    Clarify,
    /// A human takes over.
    Handoff,
    /// Greeting, thanks, rating.
    Smalltalk,
    /// Nothing is said, a human has the conversation.
    Silent,
}

impl Act {
    /// All acts.
    pub const ALL: [Self; 5] = [
        Self::Reply,
        Self::Clarify,
        Self::Handoff,
        Self::Smalltalk,
        Self::Silent,
    ];

    /// The name in files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Reply => "reply",
            Self::Clarify => "clarify",
            Self::Handoff => "handoff",
            Self::Smalltalk => "smalltalk",
            Self::Silent => "silent",
        }
    }
}

/// Why a turn gets no answer, as people label it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExpectedReason {
    /// No FAQ is sure enough.
    LowConfidence,
    /// Danger, fraud, law, a person in need.
    Sensitive,
    /// A reason of the engine's.
    #[serde(untagged)]
    Handoff(HandoffReason),
}

impl ExpectedReason {
    /// Whether a reason of the engine's is this one.
    #[must_use]
    pub fn is(self, reason: HandoffReason) -> bool {
        match self {
            Self::LowConfidence => false,
            Self::Sensitive => reason.is_sensitive(),
            Self::Handoff(expected) => expected == reason,
        }
    }
}

/// Reads transcripts and checks that their FAQs exist and that each turn says something.
///
/// # Errors
/// [`Faults`] with every faulty line.
pub fn read_transcripts(path: &Path, kb: &KnowledgeBase) -> Result<Vec<Transcript>, Faults> {
    let (rows, mut errors) = read_jsonl::<Transcript>(path);
    let known: HashSet<&FaqId> = kb.faqs.iter().map(|faq| &faq.id).collect();
    let is_known = |faq: &FaqId| known.contains(faq);
    for row in &rows {
        let unknown = unknown_faqs(&row.value, &is_known);
        errors.extend(faults(&row.value).chain(unknown).map(|message| Problem {
            row: Some(row.line),
            ..Problem::new(path, ProblemCode::InvalidRow, message)
        }));
    }
    errors.sort_by_key(|p| p.row);
    if errors.is_empty() {
        Ok(rows.into_iter().map(|row| row.value).collect())
    } else {
        Err(Faults {
            errors,
            warnings: Vec::new(),
        })
    }
}

/// What is wrong with a transcript by itself.
pub(crate) fn faults(transcript: &Transcript) -> impl Iterator<Item = String> + '_ {
    let turns = transcript.turns.iter().zip(1..);
    turns.flat_map(move |(turn, number)| {
        let id = &transcript.id;
        let nothing = match (&turn.text, turn.satisfaction) {
            (Some(_), None) | (None, Some(_)) => None,
            _ => Some(format!(
                "会话“{id}”第 {number} 轮：text 和 satisfaction 要有一个，也只能有一个"
            )),
        };
        let lacking = (turn.expect.decision == Act::Reply && turn.expect.faq.is_none())
            .then(|| format!("会话“{id}”第 {number} 轮：expect 是 reply，却没有 faq"));
        [nothing, lacking].into_iter().flatten()
    })
}

/// Labels that name FAQs which aren't there.
pub(crate) fn unknown_faqs<'a>(
    transcript: &'a Transcript,
    is_known: &'a dyn Fn(&FaqId) -> bool,
) -> impl Iterator<Item = String> + 'a {
    transcript
        .turns
        .iter()
        .zip(1..)
        .filter_map(|(turn, number)| {
            let faq = turn.expect.faq.as_ref().filter(|faq| !is_known(faq))?;
            let id = &transcript.id;
            Some(format!(
                "会话“{id}”第 {number} 轮：知识库里没有编号为“{faq}”的常见问题"
            ))
        })
}
