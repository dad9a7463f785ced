//! Trials, and what is known of each.

use std::collections::{BTreeMap, BTreeSet};

use jieda_types::{FaqId, VariantLabel};
use serde::Serialize;

use super::{Course, Goals, Metric, Outcome, Verdict};
use crate::stats::{Arm, EqualShares, SequentialTest, Side, Spread, Tally};

/// Below this chance, conversations are taken to have got lost on one side.
const UNBALANCED: f64 = 0.001;

/// All trials of some conversations.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Trials {
    /// By FAQ, in the order in which they began.
    pub trials: Vec<Trial>,
}

/// The answers of an FAQ as they were at one time, and what came of them.
#[derive(Debug, Clone, PartialEq)]
pub struct Trial {
    /// The FAQ.
    pub faq: FaqId,
    /// Identifies the answers.
    pub experiment: String,
    /// Conversations in the order in which they settled.
    pub cases: Vec<(VariantLabel, Outcome)>,
}

/// A trial and what is said of its variants.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct JudgedTrial {
    /// The FAQ.
    pub faq: FaqId,
    /// Identifies the answers.
    pub experiment: String,
    /// Conversations.
    pub conversations: usize,
    /// The chance of shares as uneven as these where each answer is drawn as often as any other; always valid.
    pub balance_p: f64,
    /// What was counted of each answer, A first.
    pub answers: Vec<Measured>,
    /// Each variant against A.
    pub variants: Vec<JudgedVariant>,
}

/// What was counted of an answer.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Measured {
    /// Which.
    pub label: VariantLabel,
    /// Conversations that were given it.
    pub conversations: u64,
    /// By the names of metrics, the share of conversations.
    pub rates: BTreeMap<&'static str, f64>,
}

/// A variant against A.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct JudgedVariant {
    /// Which.
    pub label: VariantLabel,
    /// What is said of it.
    pub verdict: Verdict,
    /// The variant's rate of the goal less A's.
    pub goal: Spread,
    /// The always-valid p-value of the goal, two-sided, corrected for the number of variants.
    pub goal_p: f64,
    /// The variant's rate of the guard less A's.
    pub guard: Spread,
    /// The always-valid p-value that the guard got worse, one-sided, corrected likewise.
    pub guard_p: f64,
}

impl Trials {
    /// Finds the trials of conversations that are over, in any order.
    pub fn of(courses: impl IntoIterator<Item = Course>) -> Self {
        let mut courses: Vec<_> = courses.into_iter().collect();
        courses.sort_by_key(|course| course.settled);
        let mut begun: BTreeMap<String, usize> = BTreeMap::new();
        let mut trials: Vec<Trial> = Vec::new();
        for course in &courses {
            for (experiment, (variant, outcome)) in course.outcomes() {
                let at = *begun.entry(experiment.clone()).or_insert_with(|| {
                    trials.push(Trial {
                        faq: variant.faq.clone(),
                        experiment,
                        cases: Vec::new(),
                    });
                    trials.len() - 1
                });
                trials[at].cases.push((variant.label, outcome));
            }
        }
        trials.sort_by(|a, b| a.faq.cmp(&b.faq));
        Self { trials }
    }

    /// What is said of all variants.
    #[must_use]
    pub fn judge(&self, goals: &Goals) -> Vec<JudgedTrial> {
        self.trials.iter().map(|trial| trial.judge(goals)).collect()
    }
}

impl Trial {
    /// What is said of its variants.
    #[must_use]
    pub fn judge(&self, goals: &Goals) -> JudgedTrial {
        let seen: BTreeSet<_> = self.cases.iter().map(|(label, _)| *label).collect();
        // The letters are drawn without a gap: what is below the last one has not come yet.
        let last = seen.last().map_or(0, |label| label.index());
        let labels: Vec<_> = (0..=last).filter_map(VariantLabel::nth).collect();
        let mut shares = EqualShares::of(labels.len());
        for (label, _) in &self.cases {
            shares.observe(label.index());
        }
        let variants = labels.iter().skip(1);
        let judged =
            variants.map(|&label| self.compare(label, goals, (labels.len() - 1, shares.p())));
        JudgedTrial {
            faq: self.faq.clone(),
            experiment: self.experiment.clone(),
            conversations: self.cases.len(),
            balance_p: shares.p(),
            variants: judged.collect(),
            answers: labels.iter().map(|&label| self.measure(label)).collect(),
        }
    }

    fn measure(&self, label: VariantLabel) -> Measured {
        let tally = |metric: Metric| {
            let mut tally = Tally::default();
            for (_, outcome) in self.cases.iter().filter(|(l, _)| *l == label) {
                tally.cases += 1;
                tally.events += u64::from(metric.holds(*outcome));
            }
            tally
        };
        let rates = Metric::ALL.map(|metric| (metric.name(), tally(metric).rate()));
        Measured {
            label,
            conversations: tally(Metric::Resolved).cases,
            rates: rates.into_iter().collect(),
        }
    }

    fn compare(
        &self,
        label: VariantLabel,
        goals: &Goals,
        (variants, balance): (usize, f64),
    ) -> JudgedVariant {
        let mut goal = SequentialTest::new(Side::Either);
        let mut guard = SequentialTest::new(Side::Either);
        let mut harm = SequentialTest::new(Side::TreatmentHigher);
        for &(given, outcome) in &self.cases {
            let arm = match given {
                VariantLabel::A => Arm::Control,
                given if given == label => Arm::Treatment,
                _ => continue,
            };
            goal.observe(arm, goals.goal.holds(outcome));
            guard.observe(arm, goals.guard.holds(outcome));
            harm.observe(arm, goals.guard.harmed(outcome));
        }
        let corrected = |p: f64| (p * variants as f64).min(1.0);
        let (goal_p, guard_p) = (corrected(goal.p()), corrected(harm.p()));
        let alpha = goals.alpha / variants as f64;
        let spread = goal.difference(alpha);
        let gains = (spread.difference > 0.0) == goals.goal.more_is_better();
        let verdict = if balance < UNBALANCED {
            Verdict::Unbalanced
        } else if guard_p <= goals.alpha {
            Verdict::Harmful
        } else if goal_p > goals.alpha {
            Verdict::Undecided
        } else if gains {
            Verdict::Better
        } else {
            Verdict::Worse
        };
        JudgedVariant {
            label,
            verdict,
            goal: spread,
            goal_p,
            guard: guard.difference(alpha),
            guard_p,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct World {
        /// By answer, the chance of a handover and of a low rating.
        answers: Vec<(f64, f64)>,
    }

    impl World {
        /// Verdicts on B after so many conversations.
        fn verdict(&self, seed: u64, conversations: usize) -> JudgedTrial {
            let mut random = fastrand::Rng::with_seed(seed);
            let cases = (0..conversations).map(|_| {
                let label = random.usize(..self.answers.len());
                let (handed_over, rated_low) = self.answers[label];
                let outcome = Outcome {
                    handed_over: random.f64() < handed_over,
                    rated_low: random.f64() < rated_low,
                    ..Outcome::default()
                };
                (VariantLabel::nth(label).unwrap(), outcome)
            });
            Trial {
                faq: FaqId::new("f").unwrap(),
                experiment: "e".into(),
                cases: cases.collect(),
            }
            .judge(&Goals::default())
        }

        fn share(&self, verdict: Verdict) -> f64 {
            const RUNS: u64 = 300;
            let told = (0..RUNS).filter(|&seed| {
                let judged = self.verdict(seed, 3000);
                judged.variants.iter().any(|v| v.verdict == verdict)
            });
            told.count() as f64 / RUNS as f64
        }
    }

    #[test]
    fn what_is_better_wins_unless_it_harms() {
        let check = |answers: &[(f64, f64)], verdict, at_least: f64| {
            let world = World {
                answers: answers.to_vec(),
            };
            let share = world.share(verdict);
            assert!(share >= at_least, "{answers:?} {verdict:?}: {share}");
        };
        check(&[(0.3, 0.05), (0.2, 0.05)], Verdict::Better, 0.9);
        check(&[(0.2, 0.05), (0.3, 0.05)], Verdict::Worse, 0.9);
        check(&[(0.4, 0.02), (0.2, 0.10)], Verdict::Harmful, 0.9);
        check(&[(0.3, 0.05), (0.3, 0.05)], Verdict::Undecided, 0.93);
        // Of several variants that are all as good as A, hardly ever one is praised or blamed.
        let same = World {
            answers: vec![(0.3, 0.05); 4],
        };
        for verdict in [Verdict::Better, Verdict::Worse, Verdict::Harmful] {
            let share = same.share(verdict);
            assert!(share <= 0.05, "{verdict:?}: {share}");
        }
    }

    #[test]
    fn lost_conversations_are_noticed() {
        let world = World {
            answers: vec![(0.3, 0.05), (0.2, 0.05)],
        };
        let whole = world.verdict(1, 2000);
        assert!(whole.balance_p > 0.05, "{}", whole.balance_p);
        let cases = (0..900).map(|i| {
            (
                VariantLabel::nth(usize::from(i % 3 == 0)).unwrap(),
                Outcome::default(),
            )
        });
        let trial = Trial {
            faq: FaqId::new("f").unwrap(),
            experiment: "e".into(),
            cases: cases.collect(),
        };
        let judged = trial.judge(&Goals::default());
        assert_eq!(judged.variants[0].verdict, Verdict::Unbalanced);
    }
}
