//! The reply threshold: the lowest at which the promise holds, or what the sample lacks.

use serde::Serialize;

use super::{Interval, Promise, Proportion, Tallies, Tally, sequence::Walk};

/// Up to 800 times the sample is looked at: more than anyone will label.
const GROWTHS: i32 = 30;

/// A reply threshold at which the promise holds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Choice {
    /// Confidence from which on a reply is sent.
    pub threshold: f64,
    /// Labelled queries of the sample.
    pub queries: usize,
    /// Replies that the threshold sends in the sample.
    pub accepted: usize,
    /// Replies that are wrong.
    pub wrong: usize,
    /// Share of the replies that are wrong.
    pub wrong_rate: f64,
    /// One-sided upper bound of the wrong rate, at the confidence of the promise: at most what it allows.
    pub upper_bound: f64,
    /// Two-sided interval of the wrong rate, at the confidence of the promise.
    pub interval: Interval,
    /// Replies / answerable queries.
    pub coverage: f64,
    /// Replies / all queries.
    pub answered: f64,
    /// How many of the replies are worth one independent one; above 1 when conversations have several turns.
    pub design_effect: f64,
}

/// The sample can't carry the promise.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Refusal {
    /// What it lacks.
    pub why: Why,
    /// Labelled queries of the sample.
    pub queries: usize,
    /// Labelled queries that it would take, in all, if more turned out as these did. None when that would
    /// not help either: at every threshold too many replies are wrong.
    pub queries_needed: Option<usize>,
}

/// What a sample lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Why {
    /// Even if every query got a reply, and every reply were right, there would be too few.
    TooFew {
        /// Replies that count: those of the lowest threshold, as independent ones.
        accepted: usize,
        /// Fewest replies that can carry the promise, all of them right.
        needed: usize,
    },
    /// Too many replies are wrong where the sequence starts.
    TooManyWrong {
        /// Wrong replies there.
        wrong: usize,
        /// All replies there.
        accepted: usize,
    },
}

impl Refusal {
    /// Labelled queries that are still missing; none when no number of them would help.
    #[must_use]
    pub fn more_queries(&self) -> Option<usize> {
        self.queries_needed
            .map(|needed| needed.saturating_sub(self.queries))
    }
}

impl Tallies {
    /// The lowest threshold at which the promise holds.
    ///
    /// # Errors
    /// [`Refusal`] when the sample can't carry the promise at any.
    pub fn choose(&self, promise: Promise) -> Result<Choice, Refusal> {
        match self.walk(promise, 1.0) {
            Walk::Reached(tally) => Ok(self.choice(tally, promise)),
            Walk::NoStart => Err(self.refusal(
                Why::TooFew {
                    accepted: self
                        .tallies
                        .last()
                        .map_or(0, |t| t.effective(1.0).of as usize),
                    needed: promise.samples_needed(0),
                },
                promise,
            )),
            Walk::FailedAt(start) => Err(self.refusal(
                Why::TooManyWrong {
                    wrong: start.wrong,
                    accepted: start.accepted,
                },
                promise,
            )),
        }
    }

    fn choice(&self, tally: &Tally, promise: Promise) -> Choice {
        let effective = tally.effective(1.0);
        Choice {
            threshold: tally.threshold,
            queries: self.queries,
            accepted: tally.accepted,
            wrong: tally.wrong,
            wrong_rate: effective.share(),
            upper_bound: effective.upper_bound(promise.confidence()),
            interval: effective.interval(promise.confidence()),
            coverage: self.coverage(tally),
            answered: Proportion::new(tally.accepted, self.queries).share(),
            design_effect: tally.design_effect,
        }
    }

    /// Replies / answerable queries.
    pub(super) fn coverage(&self, tally: &Tally) -> f64 {
        Proportion::new(tally.accepted, self.answerable).share()
    }

    fn refusal(&self, why: Why, promise: Promise) -> Refusal {
        Refusal {
            why,
            queries: self.queries,
            queries_needed: self.queries_needed(promise),
        }
    }

    /// The smallest sample of the same composition that some threshold passes with. Tried are the sizes at which
    /// one more threshold passes its test, and for those that pass but are not reached since a higher one
    /// does not, sizes that grow by a quarter.
    fn queries_needed(&self, promise: Promise) -> Option<usize> {
        let passing = self
            .tallies
            .iter()
            .filter_map(|tally| scale_needed(tally, promise));
        let growing = (1..=GROWTHS).map(|k| 1.25_f64.powi(k));
        let mut sizes: Vec<usize> = passing
            .chain(growing)
            .map(|scale| (scale * self.queries as f64 - 1e-9).ceil() as usize)
            .filter(|&size| size > self.queries)
            .collect();
        sizes.sort_unstable();
        sizes.dedup();
        sizes.into_iter().find(|&size| {
            let scale = size as f64 / self.queries as f64;
            matches!(self.walk(promise, scale), Walk::Reached(_))
        })
    }
}

/// How many times as large the sample must be for this threshold to pass; none when its wrong rate is too high
/// for any.
fn scale_needed(tally: &Tally, promise: Promise) -> Option<f64> {
    let now = tally.effective(1.0);
    if now.of <= 0.0 || now.share() >= promise.max_wrong_rate() {
        return None;
    }
    let enough = |scale: f64| promise.is_carried_by(tally.effective(scale));
    let mut high = 1.0;
    while !enough(high) {
        high *= 2.0;
        // Next to the promised rate the answer is "more than anyone will label".
        if high > 1e6 {
            return None;
        }
    }
    let mut low = 0.0;
    for _ in 0..50 {
        let middle = f64::midpoint(low, high);
        if enough(middle) {
            high = middle;
        } else {
            low = middle;
        }
    }
    // A whole number of replies.
    Some((high * now.of - 1e-9).ceil() / now.of)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::risk::{Grid, Observation, Truth};

    /// So many queries of this confidence, the first of them wrong.
    fn block(confidence: f64, queries: usize, wrong: usize) -> Vec<Observation> {
        (0..queries)
            .map(|i| Observation {
                confidence,
                truth: Truth::Answerable {
                    rank: Some(if i < wrong { 2 } else { 1 }),
                },
                cluster: None,
            })
            .collect()
    }

    fn tune(blocks: &[Vec<Observation>]) -> Result<Choice, Refusal> {
        let promise = Promise::new(0.02, 0.95).unwrap();
        Tallies::of(&blocks.concat(), &Grid::default()).choose(promise)
    }

    #[test]
    fn goes_down_until_the_promise_breaks() {
        // 1 % wrong in 1,000 passes (17 would); with 90 wrong of 1,000 more it does not.
        let choice = tune(&[block(0.995, 1000, 10), block(0.7, 1000, 90)]).unwrap();
        // The lowest round number above 0.7.
        assert_eq!(choice.threshold, 0.705);
        assert_eq!((choice.accepted, choice.wrong), (1000, 10));
        assert_eq!((choice.coverage, choice.answered), (0.5, 0.5));
        assert_eq!(choice.wrong_rate, 0.01);
        assert!(choice.upper_bound <= 0.02 && choice.upper_bound > 0.01);
        assert!(choice.interval.low < 0.01 && choice.interval.high > choice.upper_bound);
    }

    #[test]
    fn unanswerable_replies_are_wrong_and_no_coverage() {
        let mut unanswerable = block(0.1, 500, 0);
        for o in &mut unanswerable {
            o.truth = Truth::Unanswerable;
        }
        let choice = tune(&[block(0.99, 300, 0), unanswerable]).unwrap();
        assert_eq!((choice.threshold, choice.wrong), (0.105, 0));
        assert_eq!((choice.coverage, choice.answered), (1.0, 0.375));
    }

    #[test]
    fn refusals_say_what_is_missing() {
        let check = |blocks: &[Vec<Observation>], why: Why, more: Option<usize>| {
            let refusal = tune(blocks).unwrap_err();
            assert_eq!((refusal.why, refusal.more_queries()), (why, more));
        };
        let few = |accepted| Why::TooFew {
            accepted,
            needed: 149,
        };
        // 149 right ones are enough, and no more than enough.
        assert!(tune(&[block(0.99, 149, 0)]).is_ok());
        check(&[block(0.99, 148, 0)], few(148), Some(1));
        // 50 of 100 are wrong at 0.5: 149 accepted at 0.9 take 298 queries.
        check(
            &[block(0.9, 50, 0), block(0.5, 50, 50)],
            few(100),
            Some(198),
        );
        check(&[block(0.9, 100, 10)], few(100), None);
        check(&[], few(0), None);
        let wrong = Why::TooManyWrong {
            wrong: 30,
            accepted: 300,
        };
        check(&[block(0.9, 300, 30)], wrong, None);
        let close = Why::TooManyWrong {
            wrong: 3,
            accepted: 300,
        };
        // With 1 % wrong, 3 of 300 fall short; the same rate passes from 5.42 of 542 on.
        let refusal = tune(&[block(0.999, 300, 3)]).unwrap_err();
        assert_eq!(refusal.why, close);
        let needed = refusal.queries_needed.unwrap();
        assert!(
            Proportion {
                hits: 0.01 * needed as f64,
                of: needed as f64
            }
            .chance_of_so_few(0.02)
                <= 0.05
        );
        assert!((400..800).contains(&needed), "{needed}");
    }

    #[test]
    fn turns_of_a_conversation_count_less() {
        let alone = [block(0.99, 400, 2), block(0.2, 400, 300)];
        assert_eq!(tune(&alone).unwrap().accepted, 400);
        // Four turns each: 400 accepted count as 100.
        let together: Vec<Vec<Observation>> = alone
            .iter()
            .enumerate()
            .map(|(b, block)| {
                let mut block = block.clone();
                for (i, o) in block.iter_mut().enumerate() {
                    o.cluster = Some(format!("{b} {}", i / 4));
                }
                block
            })
            .collect();
        let refusal = tune(&together).unwrap_err();
        assert!(refusal.queries_needed.unwrap() > 800, "{refusal:?}");
    }

    #[test]
    fn more_labels_buy_more() {
        let sample = [
            block(0.99, 300, 0),
            block(0.8, 200, 5),
            block(0.3, 300, 200),
        ]
        .concat();
        let tallies = Tallies::of(&sample, &Grid::default());
        let promise = Promise::new(0.02, 0.95).unwrap();
        assert_eq!(tallies.choose(promise).unwrap().accepted, 300);
        let outlook = tallies.outlook(promise);
        let seen: Vec<_> = outlook
            .iter()
            .map(|o| (o.factor, o.queries, o.threshold, o.answered))
            .collect();
        // 5 of 500 is not enough, 10 of 1,000 is.
        let wide = Some(0.305);
        assert_eq!(
            seen,
            [
                (2, 1600, wide, 0.625),
                (4, 3200, wide, 0.625),
                (8, 6400, wide, 0.625)
            ]
        );
    }

    proptest! {
        #[test]
        fn what_is_chosen_keeps_the_bound(turns in prop::collection::vec((0..40_u8, 0..30_u8), 100..600), rate in 0.02..0.3_f64) {
            let sample: Vec<Observation> = turns
                .iter()
                .flat_map(|&(c, luck)| block(f64::from(c) / 40.0, 1, usize::from(luck > 5 + c / 2)))
                .collect();
            let promise = Promise::new(rate, 0.9).unwrap();
            let tallies = Tallies::of(&sample, &Grid::default());
            match tallies.choose(promise) {
                Ok(choice) => {
                    prop_assert!(choice.upper_bound <= rate + 1e-9);
                    let sent = sample.iter().filter(|o| o.confidence >= choice.threshold);
                    prop_assert_eq!(sent.clone().count(), choice.accepted);
                    prop_assert_eq!(sent.filter(|o| o.truth.is_wrong()).count(), choice.wrong);
                }
                Err(refusal) => prop_assert!(refusal.queries_needed.is_none_or(|n| n > sample.len())),
            }
        }
    }
}
