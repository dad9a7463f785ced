//! Turns of conversations that were played.

use jieda::model::macro_f1;
use serde::{Deserialize, Serialize};

use super::{Case, named};
use crate::{
    suite::{Better, FigureOf, Measure, figure::rounded},
    transcripts::{Act, Played, golden_transfer},
};

/// A turn that was played.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TranscriptCase {
    /// The conversation.
    pub conversation: String,
    /// Which of the customer's turns, from 1.
    pub turn: usize,
    /// Whether it can't be understood without those before.
    pub context: bool,
    /// What should be done.
    pub expected: Act,
    /// The FAQ that answers.
    pub expected_faq: String,
    /// What was done.
    pub decision: Act,
    /// Why it was handed over.
    pub reason: String,
    /// The rule that decided.
    pub rule: String,
    /// The FAQ that was sent, else the one that came first.
    pub found: String,
    /// The FAQ that comes first for the words alone.
    pub found_alone: String,
    /// Confidence in it, four digits.
    pub confidence: f64,
    /// Whether the decision is right, and the answer where one is expected.
    pub right: bool,
    /// What the customer said; empty for a button.
    pub text: String,
}

impl TranscriptCase {
    /// What became of the turns of a conversation.
    pub(crate) fn of(played: &Played) -> impl Iterator<Item = Self> + '_ {
        let text = |faq: &Option<jieda_types::FaqId>| {
            faq.as_ref().map_or_else(String::new, ToString::to_string)
        };
        played
            .turns
            .iter()
            .zip(1..)
            .map(move |(turn, number)| Self {
                conversation: played.id.clone(),
                turn: number,
                context: turn.context,
                expected: turn.expected.decision,
                expected_faq: text(&turn.expected.faq),
                decision: turn.reached.act,
                reason: turn
                    .reached
                    .reason
                    .map_or_else(String::new, |reason| reason.as_str().to_owned()),
                rule: turn.reached.rule.clone(),
                found: text(&turn.reached.found),
                found_alone: text(&turn.found_alone),
                confidence: rounded(turn.reached.confidence),
                right: turn.is_right(),
                text: turn.text.clone(),
            })
    }

    /// Whether the FAQ that answers came first, of turns that one answers.
    fn is_found(&self) -> Option<bool> {
        (!self.expected_faq.is_empty()).then_some(self.found == self.expected_faq)
    }

    /// Nobody is needed, and a question has its answer.
    fn is_solved(&self) -> bool {
        let calm = self.expected != Act::Handoff && self.decision != Act::Handoff;
        calm && (self.expected != Act::Reply || self.right)
    }
}

/// Conversations of turns that stand one after the other; one that was drawn twice is two.
fn conversations<'a>(
    cases: &'a [&'a TranscriptCase],
) -> impl Iterator<Item = &'a [&'a TranscriptCase]> {
    cases.chunk_by(|a, b| a.conversation == b.conversation && a.turn < b.turn)
}

/// The turn of the first handover.
fn handover(turns: &[&TranscriptCase], act: fn(&TranscriptCase) -> Act) -> Option<usize> {
    turns.iter().position(|turn| act(turn) == Act::Handoff)
}

fn reached(turns: &[&TranscriptCase]) -> Option<usize> {
    handover(turns, |turn| turn.decision)
}

fn expected(turns: &[&TranscriptCase]) -> Option<usize> {
    handover(turns, |turn| turn.expected)
}

/// The mean of a conversation's value over those that have one.
fn mean(cases: &[&TranscriptCase], value: impl Fn(&[&TranscriptCase]) -> Option<f64>) -> f64 {
    let (sum, of) = conversations(cases)
        .filter_map(value)
        .fold((0.0, 0), |(sum, of), value| (sum + value, of + 1));
    sum / f64::from(of)
}

fn share(is_hit: bool) -> f64 {
    f64::from(u8::from(is_hit))
}

fn gt_t(cases: &[&TranscriptCase], tolerance: u8) -> f64 {
    mean(cases, |turns| {
        Some(golden_transfer(reached(turns), expected(turns), tolerance))
    })
}

impl Case for TranscriptCase {
    const FIGURES: &'static [FigureOf<Self>] = &[
        FigureOf {
            name: "turn_accuracy",
            better: Better::Higher,
            of: Measure::Share(|turn| Some(turn.right)),
        },
        FigureOf {
            name: "decision_macro_f1",
            better: Better::Higher,
            of: Measure::Statistic(|turns| {
                let guesses: Vec<(Option<Act>, Act)> = turns
                    .iter()
                    .map(|turn| (Some(turn.decision), turn.expected))
                    .collect();
                let there = |act: &Act| guesses.iter().any(|(_, is)| is == act);
                macro_f1(&guesses, Act::ALL.into_iter().filter(there))
            }),
        },
        FigureOf {
            name: "context_recall@1",
            better: Better::Higher,
            of: Measure::Share(|turn| turn.context.then(|| turn.is_found()).flatten()),
        },
        FigureOf {
            name: "others_recall@1",
            better: Better::Higher,
            of: Measure::Share(|turn| (!turn.context).then(|| turn.is_found()).flatten()),
        },
        FigureOf {
            name: "transfer_precision",
            better: Better::Higher,
            of: Measure::Statistic(|turns| {
                mean(turns, |turns| {
                    reached(turns).map(|at| share(expected(turns) == Some(at)))
                })
            }),
        },
        FigureOf {
            name: "transfer_recall",
            better: Better::Higher,
            of: Measure::Statistic(|turns| {
                mean(turns, |turns| {
                    expected(turns).map(|at| share(reached(turns) == Some(at)))
                })
            }),
        },
        FigureOf {
            name: "gt_t@1",
            better: Better::Higher,
            of: Measure::Statistic(|turns| gt_t(turns, 1)),
        },
        FigureOf {
            name: "gt_t@2",
            better: Better::Higher,
            of: Measure::Statistic(|turns| gt_t(turns, 2)),
        },
        FigureOf {
            name: "gt_t@3",
            better: Better::Higher,
            of: Measure::Statistic(|turns| gt_t(turns, 3)),
        },
        FigureOf {
            name: "solved_without_human",
            better: Better::Higher,
            of: Measure::Statistic(|turns| {
                mean(turns, |turns| {
                    Some(share(turns.iter().all(|turn| turn.is_solved())))
                })
            }),
        },
    ];

    fn key(&self) -> String {
        format!("{}\t{}\t{}", self.conversation, self.turn, self.text)
    }

    fn cluster(&self) -> Option<&str> {
        named(&self.conversation)
    }

    fn group(&self) -> &str {
        if self.context { "context" } else { "others" }
    }

    fn is_right(&self) -> Option<bool> {
        Some(self.right)
    }

    fn text(&self) -> &str {
        &self.text
    }

    fn expected(&self) -> String {
        format!("{} {}", self.expected.as_str(), self.expected_faq)
    }

    fn came(&self) -> String {
        format!("{} {}（{}）", self.decision.as_str(), self.found, self.rule)
    }
}

#[cfg(test)]
mod tests {
    use jieda_types::{FaqId, HandoffReason};

    use super::*;
    use crate::transcripts::{Expected, PlayedTurn, Reached, TranscriptReport};

    fn played(random: &mut fastrand::Rng) -> Vec<Played> {
        let faq = |n: usize| Some(FaqId::new(format!("f-{n}")).unwrap());
        let act = |random: &mut fastrand::Rng| Act::ALL[random.usize(..Act::ALL.len())];
        (0..40)
            .map(|i| Played {
                id: format!("t{i}"),
                turns: (0..random.usize(1..7))
                    .map(|_| {
                        let (expected, reached) = (act(random), act(random));
                        PlayedTurn {
                            text: "那要多久".into(),
                            context: random.bool(),
                            expected: Expected {
                                decision: expected,
                                faq: (expected == Act::Reply).then(|| faq(1)).flatten(),
                                reason: None,
                            },
                            reached: Reached {
                                act: reached,
                                reason: (reached == Act::Handoff).then_some(HandoffReason::Safety),
                                rule: "r".into(),
                                found: faq(random.usize(1..3)),
                                confidence: 0.5,
                            },
                            found_alone: faq(1),
                        }
                    })
                    .collect(),
            })
            .collect()
    }

    /// Cases that are counted again say what the report says.
    #[test]
    fn figures_are_those_of_the_report() {
        for seed in 0..20 {
            let played = played(&mut fastrand::Rng::with_seed(seed));
            let report = TranscriptReport::of(&played);
            let cases: Vec<TranscriptCase> = played.iter().flat_map(TranscriptCase::of).collect();
            let cases: Vec<&TranscriptCase> = cases.iter().collect();
            let figure = |name: &str| {
                let figure = TranscriptCase::FIGURES.iter().find(|f| f.name == name);
                figure.unwrap().of.value(&cases)
            };
            for (name, reported) in [
                ("turn_accuracy", report.turn_accuracy),
                ("decision_macro_f1", report.decision_macro_f1),
                ("context_recall@1", report.context.recall),
                ("others_recall@1", report.others.recall),
                ("transfer_precision", report.handoff.precision),
                ("transfer_recall", report.handoff.recall),
                ("gt_t@1", report.handoff.gt_t[0]),
                ("gt_t@2", report.handoff.gt_t[1]),
                ("gt_t@3", report.handoff.gt_t[2]),
                ("solved_without_human", report.solved_without_human),
            ] {
                let counted = figure(name);
                assert!(
                    (counted - reported).abs() < 1e-12,
                    "{name}: {counted} is not {reported}"
                );
            }
        }
    }

    /// A draw may hold a conversation twice in a row: it is two.
    #[test]
    fn a_conversation_that_is_drawn_twice_counts_twice() {
        let played = played(&mut fastrand::Rng::with_seed(1));
        let cases: Vec<TranscriptCase> = played.iter().flat_map(TranscriptCase::of).collect();
        let first: Vec<&TranscriptCase> = cases.iter().filter(|c| c.conversation == "t0").collect();
        let twice = [&first[..], &first[..]].concat();
        assert_eq!(conversations(&first).count(), 1);
        assert_eq!(conversations(&twice).count(), 2);
        assert_eq!(gt_t(&first, 2), gt_t(&twice, 2));
    }
}
