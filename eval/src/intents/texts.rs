//! Texts and their intents, from files and knowledge bases.

use std::path::Path;

use jieda::{Faults, KnowledgeBase, Problem, ProblemCode, read_jsonl, types::IntentId};
use serde::Deserialize;

use crate::truth::{LabelledQuery, UnanswerableQuery};

/// What stands for "none of the intents" in a file, besides null.
const NONE: &str = "none";

/// A text and its intent.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct IntentText {
    /// What the customer said.
    pub text: String,
    /// Its intent; none where it has none of them.
    pub intent: Option<IntentId>,
    /// What kind of a text without an intent it is: near, far, gibberish.
    pub kind: Option<String>,
}

/// Texts of any conversation: small talk, thanks, requests for a human, complaints, and what only looks like them.
/// They come with the program (`models/default-intents`).
///
/// # Errors
/// Never, for the files that a test reads.
pub fn default_intents() -> Result<Vec<IntentText>, serde_json::Error> {
    [
        include_str!("../../../models/default-intents/intents.jsonl"),
        include_str!("../../../models/default-intents/angry-questions.jsonl"),
        include_str!("../../../models/default-intents/ordinary-questions.jsonl"),
        include_str!("../../../models/default-intents/follow-ups.jsonl"),
        include_str!("../../../models/default-intents/sensitive.jsonl"),
        include_str!("../../../models/default-intents/handoff.jsonl"),
    ]
    .iter()
    .flat_map(|file| file.lines())
    .map(|line| {
        let line: Line = serde_json::from_str(line)?;
        Ok(IntentText {
            text: line.text,
            intent: line
                .intent
                .filter(|id| id != NONE)
                .and_then(|id| IntentId::new(id).ok()),
            kind: None,
        })
    })
    .collect()
}

#[derive(Deserialize)]
struct Line {
    text: String,
    #[serde(default)]
    intent: Option<String>,
    #[serde(default)]
    kind: Option<String>,
}

/// Reads `{"text","intent"}` lines; an intent of null or `none` stands for none of them.
///
/// # Errors
/// [`Faults`] with every faulty line.
pub fn read_intents(path: &Path) -> Result<Vec<IntentText>, Faults> {
    let (rows, mut errors) = read_jsonl::<Line>(path);
    let mut texts = Vec::new();
    for row in rows {
        let Line { text, intent, kind } = row.value;
        let fault = |message: String| Problem {
            row: Some(row.line),
            ..Problem::new(path, ProblemCode::InvalidRow, message)
        };
        if text.trim().is_empty() {
            errors.push(fault("text 是空的".into()));
            continue;
        }
        let intent = intent.filter(|id| id != NONE).map(IntentId::new);
        match intent.transpose() {
            Ok(intent) => texts.push(IntentText { text, intent, kind }),
            Err(e) => errors.push(fault(format!("intent 不能用作编号：{e}"))),
        }
    }
    errors.sort_by_key(|p| p.row);
    if errors.is_empty() {
        Ok(texts)
    } else {
        Err(Faults {
            errors,
            warnings: Vec::new(),
        })
    }
}

/// What a knowledge base says of its intents: every phrasing of every enabled FAQ.
#[must_use]
pub fn of_knowledge_base(kb: &KnowledgeBase) -> Vec<IntentText> {
    let enabled = kb.faqs.iter().filter(|faq| faq.enabled);
    enabled
        .flat_map(|faq| {
            faq.phrasings().map(|text| IntentText {
                text: text.to_owned(),
                intent: Some(faq.intent.clone()),
                kind: None,
            })
        })
        .collect()
}

/// Labelled queries, each with the intent of its FAQ.
#[must_use]
pub fn of_queries(kb: &KnowledgeBase, queries: &[LabelledQuery]) -> Vec<IntentText> {
    queries
        .iter()
        .filter_map(|query| {
            Some(IntentText {
                text: query.text.clone(),
                intent: Some(kb.faq(&query.faq)?.intent.clone()),
                kind: None,
            })
        })
        .collect()
}

/// Queries without an answer, as texts without an intent.
#[must_use]
pub fn of_unanswerable(queries: &[UnanswerableQuery]) -> Vec<IntentText> {
    queries
        .iter()
        .map(|query| IntentText {
            text: query.text.clone(),
            intent: None,
            kind: query.kind.clone(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_default_intents_are_sound() {
        let texts = default_intents().unwrap();
        assert!(texts.len() > 1500);
        let intents: BTreeSet<&str> = texts
            .iter()
            .filter_map(|t| t.intent.as_ref())
            .map(IntentId::as_str)
            .collect();
        let expected = [
            "complaint",
            "fraud_loss",
            "human_request",
            "legal_threat",
            "safety",
            "smalltalk",
            "thanks",
            "vulnerable",
        ];
        assert_eq!(intents, BTreeSet::from(expected));
        assert!(texts.iter().any(|t| t.intent.is_none()));
    }

    #[test]
    fn lines_are_read_and_faults_are_named_together() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("i.jsonl");
        let read = |text: &str| {
            std::fs::write(&path, text).unwrap();
            read_intents(&path)
        };
        let texts = read(
            "{\"text\":\"退款到哪了\",\"intent\":\"refund/progress\"}\n{\"text\":\"嗯\",\"intent\":null,\"kind\":\"far\"}\n{\"text\":\"天\",\"intent\":\"none\"}\n",
        )
        .unwrap();
        assert_eq!(
            texts[0].intent.as_ref().unwrap().as_str(),
            "refund/progress"
        );
        assert_eq!(
            (texts[1].intent.clone(), texts[2].intent.clone()),
            (None, None)
        );
        assert_eq!(texts[1].kind.as_deref(), Some("far"));
        let faults =
            read("{\"text\":\" \",\"intent\":\"a\"}\nx\n{\"text\":\"a\",\"intent\":\"\"}\n")
                .unwrap_err();
        let rows: Vec<_> = faults.errors.iter().map(|p| p.row).collect();
        assert_eq!(rows, [Some(1), Some(2), Some(3)]);
    }
}
