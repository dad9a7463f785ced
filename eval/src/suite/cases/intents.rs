//! Texts whose intents were asked.

use std::collections::BTreeSet;

use jieda::{model::macro_f1, types::IntentPrediction};
use serde::{Deserialize, Serialize};

use super::Case;
use crate::{
    intents::{AskedText, BINS, TPR},
    metrics::{Forecast, auc, expected_calibration_error, fpr_at_tpr},
    suite::{Better, FigureOf, Measure, figure::rounded},
};

/// A text whose intent was asked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct IntentCase {
    /// How far off a text without an intent is.
    pub kind: String,
    /// Its intent; empty where it has none.
    pub expected: String,
    /// The likeliest intent.
    pub found: String,
    /// Its probability, four digits.
    pub confidence: f64,
    /// Probability of "none of these", four digits.
    pub none: f64,
    /// Whether the likeliest one is right; empty where there is none.
    pub right: Option<bool>,
    /// The text, normalised.
    pub text: String,
}

impl IntentCase {
    /// What was said of a text.
    pub(crate) fn of(asked: &AskedText, prediction: &IntentPrediction) -> Self {
        let top = prediction.top();
        let expected = asked.example.intent.as_ref();
        Self {
            kind: asked.kind.clone().unwrap_or_default(),
            expected: expected.map_or_else(String::new, ToString::to_string),
            found: top.map_or_else(String::new, |top| top.id.to_string()),
            confidence: rounded(top.map_or(0.0, |top| top.confidence.get())),
            none: rounded(prediction.none.map_or(0.0, |none| none.get())),
            right: expected.map(|expected| top.is_some_and(|top| top.id == *expected)),
            text: asked.example.text.clone(),
        }
    }

    fn scope(&self) -> Forecast {
        Forecast {
            probability: self.none,
            outcome: self.right.is_none(),
        }
    }
}

/// "None of these", where there are texts of both kinds.
fn scopes(cases: &[&IntentCase]) -> Option<Vec<Forecast>> {
    let scopes: Vec<Forecast> = cases.iter().map(|case| case.scope()).collect();
    let outside = scopes.iter().filter(|scope| scope.outcome).count();
    (0 < outside && outside < scopes.len()).then_some(scopes)
}

impl Case for IntentCase {
    const FIGURES: &'static [FigureOf<Self>] = &[
        FigureOf {
            name: "accuracy",
            better: Better::Higher,
            of: Measure::Share(|case| case.right),
        },
        FigureOf {
            name: "macro_f1",
            better: Better::Higher,
            of: Measure::Statistic(|cases| {
                let inside = cases.iter().filter(|case| case.right.is_some());
                let guesses: Vec<(Option<&str>, &str)> = inside
                    .map(|case| (Some(case.found.as_str()), case.expected.as_str()))
                    .collect();
                let there: BTreeSet<&str> = guesses.iter().map(|(_, is)| *is).collect();
                macro_f1(&guesses, there)
            }),
        },
        FigureOf {
            name: "intent_ece",
            better: Better::Lower,
            of: Measure::Statistic(|cases| {
                let first: Vec<Forecast> = cases
                    .iter()
                    .filter_map(|case| {
                        Some(Forecast {
                            probability: case.confidence,
                            outcome: case.right?,
                        })
                    })
                    .collect();
                expected_calibration_error(&first, BINS)
            }),
        },
        FigureOf {
            name: "oos_auroc",
            better: Better::Higher,
            of: Measure::Statistic(|cases| scopes(cases).map_or(f64::NAN, |scopes| auc(&scopes))),
        },
        FigureOf {
            name: "fpr95",
            better: Better::Lower,
            of: Measure::Statistic(|cases| {
                scopes(cases).map_or(f64::NAN, |scopes| fpr_at_tpr(&scopes, TPR))
            }),
        },
    ];

    fn key(&self) -> String {
        format!("{}\t{}\t{}", self.kind, self.expected, self.text)
    }

    fn cluster(&self) -> Option<&str> {
        None
    }

    fn group(&self) -> &str {
        if self.expected.is_empty() {
            &self.kind
        } else {
            &self.expected
        }
    }

    fn is_right(&self) -> Option<bool> {
        self.right
    }

    fn text(&self) -> &str {
        &self.text
    }

    fn expected(&self) -> String {
        self.expected.clone()
    }

    fn came(&self) -> String {
        format!("{}（{:.2}）", self.found, self.confidence)
    }
}
