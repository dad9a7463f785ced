//! Is the promise kept? Halves of one sample, again and again.

use serde::Serialize;

use super::{Grid, Observation, Promise, Proportion, Tallies, halves};

/// What became of the promise when one half of the sample was tuned on and the other tested on.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Default)]
pub struct Redraws {
    /// How often the sample was cut.
    pub draws: usize,
    /// How often the half could not carry the promise: nothing was promised.
    pub refused: usize,
    /// How often the wrong rate of the other half was at most the promised one, refusals counted as kept. That half is
    /// a small sample itself: where the true rate is just what was promised, it is above every other time by
    /// chance.
    pub kept: usize,
    /// How often the other half contradicts the promise: its wrong rate is above it by more than chance
    /// explains (exact lower bound, 95 %).
    pub contradicted: usize,
}

impl Redraws {
    /// Cuts the sample `draws` times, seeds 0, 1, 2 ….
    #[must_use]
    pub fn of(observations: &[Observation], promise: Promise, draws: usize) -> Self {
        let mut redraws = Self {
            draws,
            ..Self::default()
        };
        for seed in 0..draws {
            let [tune, test] = halves(observations, seed as u64);
            let Ok(choice) = Tallies::of(&tune, &Grid::default()).choose(promise) else {
                redraws.refused += 1;
                redraws.kept += 1;
                continue;
            };
            let replies = test.iter().filter(|o| o.confidence >= choice.threshold);
            let wrong = replies.clone().filter(|o| o.truth.is_wrong()).count();
            let wrong = Proportion::new(wrong, replies.count());
            redraws.kept += usize::from(wrong.share() <= promise.max_wrong_rate());
            // The lower end of a two-sided interval of 90 % is a one-sided bound of 95 %.
            redraws.contradicted += usize::from(wrong.interval(0.9).low > promise.max_wrong_rate());
        }
        redraws
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::risk::Truth;

    #[test]
    fn an_honest_confidence_keeps_the_promise() {
        let mut random = fastrand::Rng::with_seed(3);
        let observations: Vec<Observation> = (0..3000)
            .map(|_| {
                let confidence = random.f64().sqrt();
                let right = random.f64() < confidence;
                Observation {
                    confidence,
                    truth: Truth::Answerable {
                        rank: right.then_some(1),
                    },
                    cluster: None,
                }
            })
            .collect();
        let promise = Promise::new(0.1, 0.95).unwrap();
        let redraws = Redraws::of(&observations, promise, 60);
        assert_eq!(redraws.draws, 60);
        assert!(
            redraws.refused < 6 && redraws.contradicted <= 3,
            "{redraws:?}"
        );
        assert!(redraws.kept >= 50, "{redraws:?}");
    }
}
