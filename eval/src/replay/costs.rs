//! What it costs, depending on how much worse a wrong reply is than a handover.

use jieda::Thresholds;
use serde::Serialize;

use super::figures::rounded;
use crate::risk::{
    Observation,
    cost::{Costs, price},
};

/// Prices of a wrong reply, in handovers.
pub const RATIOS: [f64; 7] = [1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0];

/// One point of the cost curve. Costs are in handovers, for 1,000 labelled questions; what is not answered goes to a
/// human.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct CostPoint {
    /// Price of a wrong reply.
    pub wrong_reply: f64,
    /// At the reply threshold in force.
    pub in_force: f64,
    /// At the cheapest reply threshold, which was chosen on this very log and so looks a little too good.
    pub cheapest: f64,
    /// That threshold; none when it is cheapest to hand everything over.
    pub cheapest_reply: Option<f64>,
}

/// The cost curve of labelled turns: nothing of a log without any.
pub(super) fn curve(observations: &[Observation], thresholds: &Thresholds) -> Vec<CostPoint> {
    if observations.is_empty() {
        return Vec::new();
    }
    let in_force = crate::risk::cost::Thresholds {
        reply: thresholds.reply.get(),
        clarify: None,
    };
    let point = |wrong_reply| {
        let costs = Costs {
            wrong: wrong_reply,
            handover: 1.0,
            clarify: None,
        };
        let prices = price(observations, &costs, Some(in_force));
        CostPoint {
            wrong_reply,
            in_force: rounded(prices.tuned.map_or(f64::NAN, |priced| priced.per_thousand)),
            cheapest: rounded(prices.cheapest.per_thousand),
            cheapest_reply: prices.cheapest.thresholds.map(|t| t.reply),
        }
    };
    RATIOS.map(point).to_vec()
}

#[cfg(test)]
mod tests {
    use jieda::Policy;

    use super::*;
    use crate::risk::Truth;

    #[test]
    fn the_dearer_a_wrong_reply_the_fewer_are_sent() {
        let policy = Policy::shipped().unwrap();
        let policy = policy.overlaid("thresholds.reply = 0.5").unwrap();
        let sample = |confidence, rank| Observation {
            confidence,
            truth: Truth::Answerable { rank: Some(rank) },
            cluster: None,
        };
        let observations = [
            sample(0.9, 1),
            sample(0.6, 2),
            sample(0.55, 1),
            sample(0.1, 1),
        ];
        let curve = curve(&observations, &policy.thresholds);
        // One wrong and one handed over of four.
        let at = |ratio: f64| *curve.iter().find(|p| p.wrong_reply == ratio).unwrap();
        assert_eq!(at(1.0).in_force, 500.0);
        assert_eq!(at(10.0).in_force, 2750.0);
        assert_eq!(at(1.0).cheapest, 250.0);
        assert_eq!(at(1.0).cheapest_reply, Some(0.1));
        assert_eq!(at(10.0).cheapest, 750.0);
        assert_eq!(at(10.0).cheapest_reply, Some(0.9));
        assert!(super::curve(&[], &policy.thresholds).is_empty());
    }
}
