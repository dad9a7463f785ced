//! The cheapest thresholds, when a wrong answer and a handover have a price.

use serde::Serialize;

use super::Observation;

/// Queries that costs are stated for.
const PER: f64 = 1000.0;

/// What things cost, in any one unit of money.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Costs {
    /// A wrong automatic reply.
    pub wrong: f64,
    /// A query that a human answers.
    pub handover: f64,
    /// A clarifying question; none when there is no wish to ask.
    pub clarify: Option<Question>,
}

/// What a clarifying question costs.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Question {
    /// The question itself, whether it helps or not.
    pub cost: f64,
    /// Options that it offers. When the right FAQ is not among them, a handover follows.
    pub options: usize,
}

/// Confidences from which on something is done.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Thresholds {
    /// A reply is sent.
    pub reply: f64,
    /// A question is asked; none for never.
    pub clarify: Option<f64>,
}

/// Thresholds and what they cost on the sample.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Priced {
    /// The thresholds; none when a human answers everything.
    pub thresholds: Option<Thresholds>,
    /// Expected cost of 1,000 queries like those of the sample.
    pub per_thousand: f64,
}

/// What the sample costs in several ways. Nothing is promised of the wrong rate at the cheapest, and its cost is
/// that of the sample it was chosen on, a little too good.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct PriceList {
    /// The cheapest thresholds.
    pub cheapest: Priced,
    /// The tuned ones, when there are any.
    pub tuned: Option<Priced>,
    /// A human answers everything.
    pub all_handed_over: Priced,
}

/// Prices a sample.
#[must_use]
pub fn price(observations: &[Observation], costs: &Costs, tuned: Option<Thresholds>) -> PriceList {
    PriceList {
        cheapest: cheapest(observations, costs),
        tuned: tuned.map(|thresholds| priced(observations, costs, Some(thresholds))),
        all_handed_over: priced(observations, costs, None),
    }
}

fn priced(observations: &[Observation], costs: &Costs, thresholds: Option<Thresholds>) -> Priced {
    let cost = |observation: &Observation| match thresholds {
        Some(t) if observation.confidence >= t.reply => costs.reply(observation),
        Some(t) if t.clarify.is_some_and(|c| observation.confidence >= c) => {
            costs.question(observation)
        }
        _ => costs.handover,
    };
    let total: f64 = observations.iter().map(cost).sum();
    Priced {
        thresholds,
        per_thousand: per_thousand(total, observations),
    }
}

/// One pass from the highest confidence down. The cost is a sum of one part that depends on the reply threshold
/// and one that depends on the clarify threshold, so the best reply threshold above each clarify threshold is the
/// best so far.
fn cheapest(observations: &[Observation], costs: &Costs) -> Priced {
    let mut falling: Vec<&Observation> = observations
        .iter()
        .filter(|o| !o.confidence.is_nan())
        .collect();
    falling.sort_by(|a, b| b.confidence.total_cmp(&a.confidence));
    let all = costs.handover * observations.len() as f64;
    let mut best = (all, None);
    // Above everything: no reply is sent.
    let mut best_reply = (0.0, f64::INFINITY);
    // What replies and questions save against handovers, negative when they do.
    let (mut replies, mut questions) = (0.0, 0.0);
    for tied in falling.chunk_by(|a, b| a.confidence == b.confidence) {
        let Some(threshold) = tied.first().map(|o| o.confidence) else {
            continue;
        };
        for observation in tied {
            replies += costs.reply(observation) - costs.handover;
            questions += costs.question(observation) - costs.handover;
        }
        // A reply saves a question where both thresholds are below.
        let reply = replies - questions;
        if reply < best_reply.0 {
            best_reply = (reply, threshold);
        }
        if all + replies < best.0 {
            let thresholds = Thresholds {
                reply: threshold,
                clarify: None,
            };
            best = (all + replies, Some(thresholds));
        }
        let both = all + questions + best_reply.0;
        if costs.clarify.is_some() && both < best.0 {
            let thresholds = Thresholds {
                reply: best_reply.1,
                clarify: Some(threshold),
            };
            best = (both, Some(thresholds));
        }
    }
    Priced {
        thresholds: best.1,
        per_thousand: per_thousand(best.0, observations),
    }
}

fn per_thousand(total: f64, observations: &[Observation]) -> f64 {
    total / observations.len().max(1) as f64 * PER
}

impl Costs {
    fn reply(&self, observation: &Observation) -> f64 {
        if observation.truth.is_wrong() {
            self.wrong
        } else {
            0.0
        }
    }

    /// Without questions, what a query costs when nothing is sent.
    fn question(&self, observation: &Observation) -> f64 {
        match self.clarify {
            Some(question) if observation.truth.within(question.options) => question.cost,
            Some(question) => question.cost + self.handover,
            None => self.handover,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::risk::Truth;

    fn sample(turns: &[(f64, usize)]) -> Vec<Observation> {
        turns
            .iter()
            .map(|&(confidence, rank)| Observation {
                confidence,
                truth: match rank {
                    0 => Truth::Unanswerable,
                    rank => Truth::Answerable { rank: Some(rank) },
                },
                cluster: None,
            })
            .collect()
    }

    const COSTS: Costs = Costs {
        wrong: 20.0,
        handover: 5.0,
        clarify: None,
    };
    const ASKING: Costs = Costs {
        clarify: Some(Question {
            cost: 1.0,
            options: 3,
        }),
        ..COSTS
    };

    #[test]
    fn prices_by_hand() {
        let turns = sample(&[(0.9, 1), (0.8, 1), (0.7, 2), (0.6, 1), (0.2, 0)]);
        let tuned = Thresholds {
            reply: 0.6,
            clarify: None,
        };
        let list = price(&turns, &COSTS, Some(tuned));
        // Two replies are right, three go to a human: 15 of 5 queries.
        assert_eq!(list.cheapest.per_thousand, 3000.0);
        assert_eq!(list.cheapest.thresholds.unwrap().reply, 0.8);
        // One wrong, one handed over.
        assert_eq!(list.tuned.unwrap().per_thousand, 5000.0);
        assert_eq!(list.all_handed_over.per_thousand, 5000.0);
        // Questions at 0.7 and 0.6 help; the human gets one: 2 + 5.
        let asking = price(&turns, &ASKING, None).cheapest;
        assert_eq!(asking.per_thousand, 1400.0);
        assert_eq!(
            asking.thresholds,
            Some(Thresholds {
                reply: 0.8,
                clarify: Some(0.6)
            })
        );
    }

    #[test]
    fn nothing_pays() {
        let list = price(&sample(&[(0.9, 0), (0.8, 0)]), &ASKING, None);
        assert_eq!(list.cheapest, list.all_handed_over);
        assert_eq!(price(&[], &COSTS, None).cheapest.per_thousand, 0.0);
    }

    #[test]
    fn asking_alone_may_be_cheapest() {
        let list = price(&sample(&[(0.9, 2), (0.8, 3)]), &ASKING, None);
        assert_eq!(list.cheapest.per_thousand, 1000.0);
    }

    proptest! {
        #[test]
        fn no_thresholds_are_cheaper(turns in prop::collection::vec((0..10_u8, 0..6_usize), 1..40), asks in any::<bool>()) {
            let turns: Vec<_> = turns.iter().map(|&(c, rank)| (f64::from(c) / 10.0, rank)).collect();
            let turns = sample(&turns);
            let costs = if asks { ASKING } else { COSTS };
            let found = cheapest(&turns, &costs);
            prop_assert!((priced(&turns, &costs, found.thresholds).per_thousand - found.per_thousand).abs() < 1e-6);
            for reply in 0..=10 {
                for clarify in 0..=reply {
                    let thresholds = Thresholds {
                        reply: f64::from(reply) / 10.0,
                        clarify: asks.then_some(f64::from(clarify) / 10.0),
                    };
                    let other = priced(&turns, &costs, Some(thresholds)).per_thousand;
                    prop_assert!(found.per_thousand <= other + 1e-6);
                }
            }
        }
    }
}
