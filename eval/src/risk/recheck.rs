//! Whether a promise still holds at a threshold that is given.

use serde::Serialize;

use super::{Grid, Interval, Observation, Promise, Proportion, Tallies};

/// A promise, checked at one threshold that was fixed before.
///
/// Nothing is chosen here, so one exact test is enough (Clopper & Pearson 1934): on a sample that had no part in the
/// choice of the threshold, a bound within the promise is as good as the promise itself. On the very sample that the
/// threshold was [chosen](Tallies::choose) from, which is what most have, it is a regression check: the choice has
/// already been paid for by the sequence of tests, and what the bound shows is whether the knowledge base, the model
/// or the policy has moved since.
///
/// ```
/// use jieda_eval::risk::{Observation, Promise, Recheck, Truth};
/// let right = Observation { confidence: 0.95, truth: Truth::Answerable { rank: Some(1) }, cluster: None };
/// let promise = Promise::new(0.02, 0.95)?;
/// // 149 replies without an error carry 2 % at 95 %; 148 do not.
/// assert!(Recheck::of(&vec![right.clone(); 149], 0.9, promise).is_kept());
/// assert!(!Recheck::of(&vec![right; 148], 0.9, promise).is_kept());
/// # Ok::<(), jieda_eval::risk::PromiseError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Recheck {
    /// What was promised.
    pub promise: Promise,
    /// Confidence from which on a reply is sent.
    pub threshold: f64,
    /// Labelled queries of the sample.
    pub queries: usize,
    /// Of these, queries that some FAQ answers.
    pub answerable: usize,
    /// Queries that get a reply.
    pub replies: usize,
    /// Replies that are wrong.
    pub wrong: usize,
    /// Share of the replies that is wrong; 0 without replies.
    pub wrong_rate: f64,
    /// One-sided upper bound of the wrong rate, at the confidence of the promise; 1 without replies.
    pub upper_bound: f64,
    /// Two-sided interval of the wrong rate, at the confidence of the promise.
    pub interval: Interval,
    /// Replies / answerable queries.
    pub coverage: f64,
    /// How many of the replies are worth one independent one; above 1 when conversations have several turns.
    pub design_effect: f64,
}

impl Recheck {
    /// Counts what a threshold does with a sample. A threshold outside 0 to 1 sends nothing.
    #[must_use]
    pub fn of(observations: &[Observation], threshold: f64, promise: Promise) -> Self {
        let tallies = Tallies::of(observations, &Grid::new([threshold]));
        let tally = tallies.tallies.first();
        let wrong = tally.map_or(Proportion::new(0, 0), |tally| tally.effective(1.0));
        Self {
            promise,
            threshold,
            queries: tallies.queries,
            answerable: tallies.answerable,
            replies: tally.map_or(0, |tally| tally.accepted),
            wrong: tally.map_or(0, |tally| tally.wrong),
            wrong_rate: wrong.share(),
            upper_bound: wrong.upper_bound(promise.confidence()),
            interval: wrong.interval(promise.confidence()),
            coverage: tally.map_or(0.0, |tally| tallies.coverage(tally)),
            design_effect: tally.map_or(1.0, |tally| tally.design_effect),
        }
    }

    /// Whether the bound is within the promise. A sample without replies shows nothing, and keeps nothing.
    #[must_use]
    pub fn is_kept(&self) -> bool {
        let worth = 1.0 / self.design_effect;
        self.promise.is_carried_by(Proportion {
            hits: self.wrong as f64 * worth,
            of: self.replies as f64 * worth,
        })
    }

    /// Replies that would carry the promise with no wrong one among them, when even that is more than there are: then the
    /// sample is too small to say anything.
    #[must_use]
    pub fn replies_lacking(&self) -> Option<usize> {
        let needed = self.promise.samples_needed(0) as f64 * self.design_effect;
        let needed = needed.ceil() as usize;
        (self.replies < needed).then_some(needed)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::risk::Truth;

    fn sample(replies: usize, wrong: usize, turns: usize) -> Vec<Observation> {
        (0..replies)
            .map(|i| Observation {
                confidence: 0.9,
                truth: Truth::Answerable {
                    rank: Some(if i < wrong { 2 } else { 1 }),
                },
                cluster: (turns > 1).then(|| (i / turns).to_string()),
            })
            .chain((0..50).map(|_| Observation {
                confidence: 0.1,
                truth: Truth::Unanswerable,
                cluster: None,
            }))
            .collect()
    }

    #[test]
    fn figures_by_hand() {
        let promise = Promise::new(0.05, 0.95).unwrap();
        let check = |replies, wrong, turns, kept, lacking| {
            let r = Recheck::of(&sample(replies, wrong, turns), 0.86, promise);
            assert_eq!(r.is_kept(), kept, "{r:?}");
            assert_eq!(r.replies_lacking(), lacking, "{r:?}");
            assert_eq!((r.replies, r.wrong), (replies, wrong));
            assert_eq!((r.queries, r.answerable), (replies + 50, replies));
            assert_eq!(r.is_kept(), r.upper_bound <= 0.05 + 1e-9, "{r:?}");
        };
        // 59, 93 and 124 replies carry 5 % at 95 % with 0, 1 and 2 wrong ones.
        check(59, 0, 1, true, None);
        check(58, 0, 1, false, Some(59));
        check(93, 1, 1, true, None);
        check(92, 1, 1, false, None);
        check(124, 2, 1, true, None);
        check(124, 3, 1, false, None);
        // Two turns a conversation are worth one.
        check(118, 0, 2, true, None);
        check(116, 0, 2, false, Some(118));
        check(0, 0, 1, false, Some(59));
    }

    #[test]
    fn a_threshold_out_of_range_sends_nothing() {
        let promise = Promise::new(0.05, 0.95).unwrap();
        let r = Recheck::of(&sample(100, 0, 1), 1.5, promise);
        assert_eq!((r.replies, r.upper_bound), (0, 1.0));
    }

    proptest! {
        /// What was chosen on a sample passes the check on it: nothing has moved.
        #[test]
        fn what_was_chosen_is_kept(turns in prop::collection::vec((0..40_u8, 0..30_u8), 100..600), rate in 0.02..0.3_f64) {
            let sample: Vec<Observation> = turns
                .iter()
                .map(|&(c, luck)| Observation {
                    confidence: f64::from(c) / 40.0,
                    truth: Truth::Answerable { rank: Some(if luck > 5 + c / 2 { 2 } else { 1 }) },
                    cluster: None,
                })
                .collect();
            let promise = Promise::new(rate, 0.9).unwrap();
            if let Ok(choice) = Tallies::of(&sample, &Grid::default()).choose(promise) {
                let r = Recheck::of(&sample, choice.threshold, promise);
                prop_assert!(r.is_kept());
                prop_assert_eq!((r.replies, r.wrong), (choice.accepted, choice.wrong));
                prop_assert_eq!(r.upper_bound, choice.upper_bound);
            }
        }
    }
}
