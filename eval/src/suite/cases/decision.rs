//! Cases of decisions.

use jieda::model::macro_f1;
use serde::{Deserialize, Serialize};

use super::{Case, named};
use crate::{
    decision::{Label, Turn, forecasts},
    metrics::{auc, brier, expected_calibration_error},
    risk::{Observation, RiskCoverage, Truth},
    suite::{Better, FigureOf, Measure, figure::rounded},
};

/// Bins of the calibration error.
const BINS: usize = 10;

/// What a text is, by its label.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LabelKind {
    /// An FAQ answers it.
    Answerable,
    /// No FAQ answers it.
    Unanswerable,
    /// It belongs to a human.
    Handoff,
    /// It only looks as if it did.
    LookAlike,
}

/// A text that was put to the engine.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DecisionCase {
    /// The conversation that it was taken from.
    pub conversation: String,
    /// What it is.
    pub label: LabelKind,
    /// Way of speaking, how far off it is, or why it belongs to a human.
    pub group: String,
    /// The FAQ that answers it.
    pub expected: String,
    /// What was decided.
    pub decision: String,
    /// The rule that decided.
    pub rule: String,
    /// Whether it was handed over at once, and not for want of an answer.
    pub handed_over: bool,
    /// Whether thresholds of the confidence had a say.
    pub weighed: bool,
    /// Confidence of the best candidate, four digits.
    pub confidence: f64,
    /// The best candidate.
    pub found: String,
    /// Where the right FAQ came, 1 for first.
    pub rank: Option<usize>,
    /// Whether what was done is right: the right reply, none to what no FAQ answers, a human where one is wanted.
    pub right: bool,
    /// The text.
    pub text: String,
}

impl DecisionCase {
    /// What became of a text.
    pub(crate) fn of(turn: &Turn) -> Self {
        let (label, group, expected) = match &turn.label {
            Label::Answerable { faq, style } => {
                (LabelKind::Answerable, style.as_str(), faq.to_string())
            }
            Label::Unanswerable { kind } => (LabelKind::Unanswerable, kind.as_str(), String::new()),
            Label::Handoff { reason } => (LabelKind::Handoff, reason.as_str(), String::new()),
            Label::NoHandoff => (LabelKind::LookAlike, "-", String::new()),
        };
        let right = match label {
            LabelKind::Answerable => turn.is_replied() && turn.rank == Some(1),
            LabelKind::Unanswerable => !turn.is_replied(),
            LabelKind::Handoff => turn.is_handed_over(),
            LabelKind::LookAlike => !turn.is_handed_over(),
        };
        Self {
            conversation: turn.conversation.clone().unwrap_or_default(),
            label,
            group: group.to_owned(),
            expected,
            decision: turn.decision.name().to_owned(),
            rule: turn.rule.clone(),
            handed_over: turn.is_handed_over(),
            weighed: turn.is_by_confidence(),
            confidence: rounded(turn.confidence),
            found: turn
                .found
                .as_ref()
                .map_or_else(String::new, ToString::to_string),
            rank: turn.rank,
            right,
            text: turn.text.clone(),
        }
    }

    fn is_replied(&self) -> bool {
        self.decision == "auto_reply"
    }

    /// Whether it is a query, of either kind.
    fn is_query(&self) -> bool {
        matches!(self.label, LabelKind::Answerable | LabelKind::Unanswerable)
    }

    /// As risk control sees it.
    fn observation(&self) -> Option<Observation> {
        let truth = match self.label {
            LabelKind::Answerable => Truth::Answerable { rank: self.rank },
            LabelKind::Unanswerable => Truth::Unanswerable,
            LabelKind::Handoff | LabelKind::LookAlike => return None,
        };
        Some(Observation {
            confidence: if self.weighed {
                self.confidence
            } else {
                f64::NAN
            },
            truth,
            cluster: None,
        })
    }
}

/// Of cases with this label, whether it hit.
fn among(case: &DecisionCase, label: LabelKind, hit: bool) -> Option<bool> {
    (case.label == label).then_some(hit)
}

fn observations(cases: &[&DecisionCase]) -> Vec<Observation> {
    cases.iter().filter_map(|case| case.observation()).collect()
}

impl Case for DecisionCase {
    const FIGURES: &'static [FigureOf<Self>] = &[
        FigureOf {
            name: "coverage",
            better: Better::Higher,
            of: Measure::Statistic(|cases| {
                let queries = cases.iter().filter(|case| case.is_query());
                let replies = queries.filter(|case| case.is_replied()).count();
                let answerable = cases
                    .iter()
                    .filter(|case| case.label == LabelKind::Answerable);
                replies as f64 / answerable.count() as f64
            }),
        },
        FigureOf {
            name: "wrong_rate",
            better: Better::Lower,
            of: Measure::ShareOfDone(|case| {
                (case.is_query() && case.is_replied()).then_some(!case.right)
            }),
        },
        FigureOf {
            name: "answered_right",
            better: Better::Higher,
            of: Measure::Share(|case| among(case, LabelKind::Answerable, case.right)),
        },
        FigureOf {
            name: "oos_answered_rate",
            better: Better::Lower,
            of: Measure::Share(|case| among(case, LabelKind::Unanswerable, case.is_replied())),
        },
        FigureOf {
            name: "handoff_recall",
            better: Better::Higher,
            of: Measure::Share(|case| among(case, LabelKind::Handoff, case.handed_over)),
        },
        FigureOf {
            name: "handoff_false_rate",
            better: Better::Lower,
            of: Measure::Share(|case| among(case, LabelKind::LookAlike, case.handed_over)),
        },
        FigureOf {
            // Both classes: to a human, and not; over texts that belong to one and look-alikes.
            name: "handoff_macro_f1",
            better: Better::Higher,
            of: Measure::Statistic(|cases| {
                let asked = cases.iter().filter(|case| !case.is_query());
                let guesses: Vec<(Option<bool>, bool)> = asked
                    .map(|case| (Some(case.handed_over), case.label == LabelKind::Handoff))
                    .collect();
                if guesses.is_empty() {
                    return f64::NAN;
                }
                macro_f1(&guesses, [true, false])
            }),
        },
        FigureOf {
            name: "ece",
            better: Better::Lower,
            of: Measure::Statistic(|cases| {
                expected_calibration_error(&forecasts(&observations(cases)), BINS)
            }),
        },
        FigureOf {
            name: "brier",
            better: Better::Lower,
            of: Measure::Statistic(|cases| brier(&forecasts(&observations(cases)))),
        },
        FigureOf {
            name: "auc",
            better: Better::Higher,
            of: Measure::Statistic(|cases| auc(&forecasts(&observations(cases)))),
        },
        FigureOf {
            name: "aurc",
            better: Better::Lower,
            of: Measure::Statistic(|cases| RiskCoverage::of(&observations(cases)).area()),
        },
    ];

    fn key(&self) -> String {
        format!(
            "{}\t{:?}\t{}\t{}",
            self.conversation, self.label, self.expected, self.text
        )
    }

    fn cluster(&self) -> Option<&str> {
        named(&self.conversation)
    }

    fn group(&self) -> &str {
        match self.label {
            LabelKind::LookAlike => "look_alike",
            _ => &self.group,
        }
    }

    fn is_right(&self) -> Option<bool> {
        Some(self.right)
    }

    fn text(&self) -> &str {
        &self.text
    }

    fn expected(&self) -> String {
        match self.label {
            LabelKind::Answerable => self.expected.clone(),
            LabelKind::Unanswerable => format!("不答（{}）", self.group),
            LabelKind::Handoff => format!("转人工（{}）", self.group),
            LabelKind::LookAlike => "不转人工".to_owned(),
        }
    }

    fn came(&self) -> String {
        format!("{} {}（{}）", self.decision, self.found, self.rule)
    }
}

#[cfg(test)]
mod tests {
    use jieda_types::{Decision, FaqId, HandoffReason};

    use super::*;
    use crate::decision::DecisionReport;

    fn turns(random: &mut fastrand::Rng) -> Vec<Turn> {
        let faq = |n: usize| FaqId::new(format!("f-{n}")).unwrap();
        (0..300)
            .map(|i| {
                let label = match i % 10 {
                    0 => Label::Unanswerable { kind: "far".into() },
                    1 => Label::Handoff {
                        reason: "safety".into(),
                    },
                    2 => Label::NoHandoff,
                    _ => Label::Answerable {
                        faq: faq(1),
                        style: "口语".into(),
                    },
                };
                let decision = match random.u8(..5) {
                    0 => Decision::Rephrase,
                    1 => Decision::Handoff {
                        reason: HandoffReason::Safety,
                    },
                    2 => Decision::Handoff {
                        reason: HandoffReason::RepeatedFailure,
                    },
                    _ => Decision::AutoReply { faq: faq(1) },
                };
                let rank = match label {
                    Label::Answerable { .. } => {
                        [None, Some(1), Some(1), Some(3)][random.usize(..4)]
                    }
                    _ => None,
                };
                Turn {
                    text: format!("第 {i} 句"),
                    label,
                    conversation: None,
                    channel: None,
                    decision,
                    rule: "confident".into(),
                    ahead: None,
                    confidence: rounded(random.f64()),
                    found: Some(faq(1)),
                    rank,
                }
            })
            .collect()
    }

    /// Cases that are counted again say what the report says.
    #[test]
    fn figures_are_those_of_the_report() {
        for seed in 0..20 {
            let turns = turns(&mut fastrand::Rng::with_seed(seed));
            let report = DecisionReport::of(&turns);
            let cases: Vec<DecisionCase> = turns.iter().map(DecisionCase::of).collect();
            let cases: Vec<&DecisionCase> = cases.iter().collect();
            let figure = |name: &str| {
                let figure = DecisionCase::FIGURES.iter().find(|f| f.name == name);
                figure.unwrap().of.value(&cases)
            };
            for (name, reported) in [
                ("coverage", report.coverage),
                ("wrong_rate", report.wrong_rate),
                ("oos_answered_rate", report.oos_answered_rate),
                ("handoff_recall", report.handoff_recall),
                ("handoff_false_rate", report.handoff_false_rate),
                ("ece", report.ece),
                ("brier", report.brier),
                ("auc", report.auc),
            ] {
                let counted = figure(name);
                assert!(
                    (counted - reported).abs() < 1e-12,
                    "{name}: {counted} is not {reported}"
                );
            }
        }
    }
}
