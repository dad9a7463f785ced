//! How well intents are told.

use std::{collections::BTreeSet, time::Instant};

use jieda::{
    mixed_intents,
    model::{
        IntentExample, IntentFitError, IntentHead, IntentHeadInfo, IntentOptions, contradictions,
        macro_f1,
    },
    types::{Encoder, IntentId, IntentPrediction},
};
use serde::Serialize;

use super::AskedText;
use crate::metrics::{Forecast, auc, expected_calibration_error, fpr_at_tpr};

/// Bins of the calibration error.
pub(crate) const BINS: usize = 10;
/// Recall of in-scope texts at which false positives are counted.
pub(crate) const TPR: f64 = 0.95;

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
    let predictions = predict(head, test);
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

/// What a head says of each text, mixed with what the FAQs say where they were asked.
#[must_use]
pub fn predict(head: &IntentHead, asked: &[AskedText]) -> Vec<IntentPrediction> {
    asked
        .iter()
        .map(|asked| {
            let prediction = head.predict(&asked.example.text, &asked.example.vector);
            match &asked.by_faqs {
                Some(by_faqs) => mixed_intents(by_faqs.clone(), prediction),
                None => prediction,
            }
        })
        .collect()
}
