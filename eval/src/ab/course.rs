//! What happened after an answer.

use std::collections::BTreeMap;

use jieda_types::{AnswerVariant, FaqId, Rating};
use serde::Serialize;

/// One thing that matters in a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// It was given one of several answers.
    Given(AnswerVariant),
    /// It was given the answer of an FAQ that has one.
    Answered(FaqId),
    /// It went to a human.
    HandedOver,
    /// It was rated.
    Rated(Rating),
    /// The customer said whether it was solved.
    Solved(Solved),
}

/// Whether a customer says that what he came for was solved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Solved {
    /// It was.
    Yes,
    /// It was not.
    No,
}

/// A conversation that is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Course {
    /// When the last thing happened, in any unit: cases are counted in this order, so that what was counted at one look
    /// is what the next one begins with.
    pub settled: i64,
    /// What happened, in order; feedback on a turn after that turn.
    pub steps: Vec<Step>,
}

/// How long nothing must have happened until a conversation counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settling {
    /// Minutes.
    pub minutes: u32,
}

impl Default for Settling {
    /// Two hours.
    fn default() -> Self {
        Self { minutes: 120 }
    }
}

/// What came of an answer, until another FAQ answered or the conversation ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Outcome {
    /// The conversation went to a human.
    pub handed_over: bool,
    /// The customer asked for the same FAQ once more.
    pub asked_again: bool,
    /// He rated at most 3 of 5, or said that it was not solved.
    pub rated_low: bool,
    /// He rated 4 or 5, or said that it was solved, and did not do the opposite.
    pub rated_high: bool,
}

impl Course {
    /// By trial, the answer that the conversation was given first, and what came of it.
    #[must_use]
    pub fn outcomes(&self) -> BTreeMap<String, (AnswerVariant, Outcome)> {
        let mut outcomes = BTreeMap::new();
        for (at, step) in self.steps.iter().enumerate() {
            if let Step::Given(variant) = step {
                outcomes
                    .entry(variant.experiment.clone())
                    .or_insert_with(|| {
                        (
                            variant.clone(),
                            outcome(&variant.faq, &self.steps[at + 1..]),
                        )
                    });
            }
        }
        outcomes
    }
}

fn outcome(faq: &FaqId, after: &[Step]) -> Outcome {
    let mut outcome = Outcome::default();
    for step in after {
        match step {
            Step::Given(AnswerVariant { faq: other, .. }) | Step::Answered(other) => {
                if other != faq {
                    break;
                }
                outcome.asked_again = true;
            }
            Step::HandedOver => outcome.handed_over = true,
            Step::Rated(rating) if rating.get() <= LOW => outcome.rated_low = true,
            Step::Solved(Solved::No) => outcome.rated_low = true,
            Step::Rated(_) | Step::Solved(Solved::Yes) => outcome.rated_high = true,
        }
    }
    outcome.rated_high &= !outcome.rated_low;
    outcome
}

/// Ratings up to here are low.
const LOW: u8 = 3;

#[cfg(test)]
mod tests {
    use jieda_types::VariantLabel;

    use super::*;

    fn faq(id: &str) -> FaqId {
        FaqId::new(id).unwrap()
    }

    fn given(id: &str) -> Step {
        Step::Given(AnswerVariant {
            faq: faq(id),
            experiment: format!("of-{id}"),
            label: VariantLabel::A,
        })
    }

    fn rated(rating: i64) -> Step {
        Step::Rated(Rating::new(rating).unwrap())
    }

    fn check(steps: Vec<Step>, expected: &[(&str, &str)]) {
        let course = Course { settled: 0, steps };
        let outcomes = course.outcomes();
        let told: Vec<(&str, String)> = outcomes
            .iter()
            .map(|(experiment, (_, o))| {
                let names = [
                    (o.handed_over, "handed_over"),
                    (o.asked_again, "asked_again"),
                    (o.rated_low, "rated_low"),
                    (o.rated_high, "rated_high"),
                ];
                let names = names.iter().filter(|(on, _)| *on).map(|(_, name)| *name);
                (experiment.as_str(), names.collect::<Vec<_>>().join(" "))
            })
            .collect();
        let told: Vec<(&str, &str)> = told.iter().map(|(e, o)| (*e, o.as_str())).collect();
        assert_eq!(told, expected);
    }

    #[test]
    fn an_answer_counts_for_what_happens_until_another_one() {
        check(vec![Step::HandedOver], &[]);
        check(vec![given("a")], &[("of-a", "")]);
        check(
            vec![Step::HandedOver, given("a"), Step::HandedOver],
            &[("of-a", "handed_over")],
        );
        check(
            vec![given("a"), Step::Answered(faq("b")), Step::HandedOver],
            &[("of-a", "")],
        );
        check(
            vec![given("a"), rated(5), given("b"), rated(2), Step::HandedOver],
            &[("of-a", "rated_high"), ("of-b", "handed_over rated_low")],
        );
        check(
            vec![given("a"), given("a"), rated(4), Step::Solved(Solved::No)],
            &[("of-a", "asked_again rated_low")],
        );
        check(
            vec![given("a"), Step::Solved(Solved::Yes), rated(3)],
            &[("of-a", "rated_low")],
        );
    }
}
