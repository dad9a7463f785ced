//! Intents: texts to learn them from, and how well they are told.

use std::{collections::BTreeSet, path::Path, time::Instant};

use jieda::{
    Faults, JiebaSegmenter, KnowledgeBase, Problem, ProblemCode, mixed_intents,
    model::{
        IntentExample, IntentFitError, IntentHead, IntentHeadInfo, IntentOptions, contradictions,
        macro_f1,
    },
    read_jsonl,
    types::{Encoder, IntentId, IntentPrediction, Segmenter as _, StageError, TextRole},
};
use serde::{Deserialize, Serialize};

use crate::{
    metrics::{Forecast, auc, expected_calibration_error, fpr_at_tpr},
    truth::{LabelledQuery, UnanswerableQuery},
};

/// What stands for "none of the intents" in a file, besides null.
const NONE: &str = "none";
const CHUNK: usize = 64;
const BINS: usize = 10;
/// Recall of in-scope texts at which false positives are counted.
const TPR: f64 = 0.95;

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
        include_str!("../../models/default-intents/intents.jsonl"),
        include_str!("../../models/default-intents/angry-questions.jsonl"),
        include_str!("../../models/default-intents/ordinary-questions.jsonl"),
        include_str!("../../models/default-intents/follow-ups.jsonl"),
        include_str!("../../models/default-intents/sensitive.jsonl"),
        include_str!("../../models/default-intents/handoff.jsonl"),
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

/// Normalises and encodes texts; one that stands there twice with the same intent is taken once. `progress` is
/// told (done, all).
///
/// # Errors
/// [`StageError`] when the model fails.
pub fn encode(
    texts: &[IntentText],
    segmenter: &JiebaSegmenter,
    encoder: &dyn Encoder,
    progress: &mut dyn FnMut(usize, usize),
) -> Result<Vec<IntentExample>, StageError> {
    let normalized: BTreeSet<(String, Option<IntentId>)> = texts
        .iter()
        .map(|t| (segmenter.normalize(&t.text), t.intent.clone()))
        .filter(|(text, _)| !text.is_empty())
        .collect();
    let normalized: Vec<_> = normalized.into_iter().collect();
    let mut examples = Vec::with_capacity(normalized.len());
    progress(0, normalized.len());
    for chunk in normalized.chunks(CHUNK) {
        let batch: Vec<&str> = chunk.iter().map(|(text, _)| text.as_str()).collect();
        let encoded = encoder.encode(&batch, TextRole::Query)?;
        for ((text, intent), encoded) in chunk.iter().zip(encoded) {
            examples.push(IntentExample {
                text: text.clone(),
                intent: intent.clone(),
                vector: encoded.embedding,
            });
        }
        progress(examples.len(), normalized.len());
    }
    Ok(examples)
}

/// A text to ask.
#[derive(Debug, Clone, PartialEq)]
pub struct AskedText {
    /// The text, its intent and its vector.
    pub example: IntentExample,
    /// What kind of a text without an intent it is.
    pub kind: Option<String>,
    /// What the FAQs that were found say of it, where there is a knowledge base: an engine mixes both.
    pub by_faqs: Option<IntentPrediction>,
}

/// How well a head tells intents that it was not shown the texts of.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct IntentReport {
    /// Texts that it was fitted on.
    pub train: usize,
    /// Texts with an intent that it was asked.
    pub test: usize,
    /// Texts without one that it was asked.
    pub oos: usize,
    /// Intents that it knows.
    pub intents: usize,
    /// Share of the texts with an intent whose intent came first.
    pub accuracy: f64,
    /// Mean of F1 over the intents of the test.
    pub macro_f1: f64,
    /// Expected calibration error of the first intent's probability, 10 bins of equal size.
    pub ece: f64,
    /// Area under the ROC curve of "none of these", texts without an intent against those with one; null without such
    /// texts.
    pub oos_auroc: Option<f64>,
    /// Share of the texts without an intent that pass when 95 % of the others do.
    pub fpr95: Option<f64>,
    /// `oos_auroc` by how far off the texts are.
    pub oos_auroc_by_kind: std::collections::BTreeMap<String, f64>,
    /// Texts that stand under more than one intent in what it was fitted on.
    pub contradictions: usize,
    /// Time to fit it, cross-validation included, in seconds.
    pub fit_seconds: f64,
    /// Time of one prediction, in milliseconds; the encoder's is not in it.
    pub predict_ms: f64,
    /// How it came about.
    pub head: IntentHeadInfo,
}

/// Fits a head and asks it.
///
/// # Errors
/// [`IntentFitError`] when there is nothing to tell apart.
pub fn evaluate(
    encoder: &dyn Encoder,
    train: &[IntentExample],
    test: &[AskedText],
    options: &IntentOptions,
    progress: &mut dyn FnMut(usize, usize),
) -> Result<IntentReport, IntentFitError> {
    let start = Instant::now();
    let head = IntentHead::fit(encoder.id().clone(), train, options, progress)?;
    let fit_seconds = start.elapsed().as_secs_f64();
    Ok(IntentReport {
        fit_seconds,
        contradictions: contradictions(train).len(),
        ..judge(&head, test)
    })
}

/// Asks a head that is there; what was contradictory in its texts, and how long it took, is not known.
#[must_use]
pub fn judge(head: &IntentHead, test: &[AskedText]) -> IntentReport {
    let start = Instant::now();
    let predictions: Vec<_> = test
        .iter()
        .map(|asked| {
            let prediction = head.predict(&asked.example.text, &asked.example.vector);
            match &asked.by_faqs {
                Some(by_faqs) => mixed_intents(by_faqs.clone(), prediction),
                None => prediction,
            }
        })
        .collect();
    let predict_ms = start.elapsed().as_secs_f64() * 1e3 / test.len().max(1) as f64;

    let mut guesses = Vec::new();
    let mut first = Vec::new();
    let mut scope: Vec<(Forecast, Option<&str>)> = Vec::new();
    for (AskedText { example, kind, .. }, prediction) in test.iter().zip(&predictions) {
        let none = prediction.none.map_or(0.0, |none| none.get());
        scope.push((
            Forecast {
                probability: none,
                outcome: example.intent.is_none(),
            },
            kind.as_deref(),
        ));
        let (Some(intent), Some(top)) = (&example.intent, prediction.top()) else {
            continue;
        };
        guesses.push((Some(&top.id), intent));
        first.push(Forecast {
            probability: top.confidence.get(),
            outcome: top.id == *intent,
        });
    }
    let there: BTreeSet<&IntentId> = guesses.iter().map(|(_, intent)| *intent).collect();
    let right = first.iter().filter(|f| f.outcome).count();
    let all: Vec<Forecast> = scope.iter().map(|(f, _)| *f).collect();
    let oos = all.iter().filter(|f| f.outcome).count();
    let kinds: BTreeSet<&str> = scope
        .iter()
        .filter(|(f, _)| f.outcome)
        .filter_map(|(_, kind)| *kind)
        .collect();
    let of_kind = |wanted: &str| -> Vec<Forecast> {
        scope
            .iter()
            .filter(|(f, kind)| !f.outcome || *kind == Some(wanted))
            .map(|(f, _)| *f)
            .collect()
    };
    IntentReport {
        train: head.info().examples,
        test: guesses.len(),
        oos,
        intents: head.intents().len(),
        accuracy: right as f64 / first.len().max(1) as f64,
        macro_f1: macro_f1(&guesses, there),
        ece: expected_calibration_error(&first, BINS),
        oos_auroc: (oos > 0).then(|| auc(&all)),
        fpr95: (oos > 0).then(|| fpr_at_tpr(&all, TPR)),
        oos_auroc_by_kind: kinds
            .into_iter()
            .map(|kind| (kind.to_owned(), auc(&of_kind(kind))))
            .collect(),
        contradictions: 0,
        fit_seconds: 0.0,
        predict_ms,
        head: head.info().clone(),
    }
}

#[cfg(test)]
mod tests {
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
