//! Down to which confidence a clarifying question pays.

use serde::Serialize;

use super::{Observation, Proportion};

/// When a question pays.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Rule {
    /// Options that a question offers; the right FAQ among them makes it a success.
    pub options: usize,
    /// Share of the questions that must succeed, 0 to 1.
    pub share: f64,
    /// Fewest questions to judge by.
    pub least: usize,
}

/// Three options, every second question a success, judged by 20 at least.
impl Default for Rule {
    fn default() -> Self {
        Self {
            options: 3,
            share: 0.5,
            least: 20,
        }
    }
}

/// The band of confidence in which to ask: from `threshold` up to the reply threshold.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Band {
    /// Confidence from which on a question is asked.
    pub threshold: f64,
    /// Queries of the sample that would be asked back.
    pub asked: usize,
    /// Those whose right FAQ is among the options.
    pub helped: usize,
}

impl Band {
    /// Share of the questions that help.
    #[must_use]
    pub fn share(&self) -> f64 {
        Proportion::new(self.helped, self.asked).share()
    }
}

/// The clarify threshold for this reply threshold; none when asking does not pay anywhere, or the sample has too few
/// queries to tell.
///
/// It is the one with the greatest gain, (questions that help) − share × (questions): as if a success
/// were worth 1 and a question cost `share`. So the share holds in the whole band, and in every part at its lower
/// end as well: good questions above can't pay for hopeless ones below. Rounded down to a hundredth where no
/// query of the sample is in between.
#[must_use]
pub fn choose(observations: &[Observation], reply: f64, rule: &Rule) -> Option<Band> {
    let mut below: Vec<&Observation> = observations
        .iter()
        .filter(|o| o.confidence < reply)
        .collect();
    below.sort_by(|a, b| b.confidence.total_cmp(&a.confidence));
    let (mut asked, mut helped) = (0, 0);
    let mut best: Option<(f64, Band)> = None;
    for tied in below.chunk_by(|a, b| a.confidence == b.confidence) {
        asked += tied.len();
        helped += tied.iter().filter(|o| o.truth.within(rule.options)).count();
        let gain = helped as f64 - rule.share * asked as f64;
        let better = best.as_ref().is_none_or(|(most, _)| gain >= *most);
        if let Some(first) = tied.first()
            && asked >= rule.least
            && gain >= 0.0
            && better
        {
            let threshold = first.confidence;
            best = Some((
                gain,
                Band {
                    threshold,
                    asked,
                    helped,
                },
            ));
        }
    }
    let (_, mut band) = best?;
    let round = (band.threshold * 100.0).floor() / 100.0;
    if below
        .iter()
        .all(|o| o.confidence < round || o.confidence >= band.threshold)
    {
        band.threshold = round;
    }
    Some(band)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::risk::Truth;

    fn at(confidence: f64, rank: usize) -> Observation {
        Observation {
            confidence,
            truth: Truth::Answerable { rank: Some(rank) },
            cluster: None,
        }
    }

    const RULE: Rule = Rule {
        options: 3,
        share: 0.5,
        least: 1,
    };

    #[test]
    fn bands_by_hand() {
        let check = |observations: &[(f64, usize)], expected: Option<(f64, usize, usize)>| {
            let observations: Vec<_> = observations.iter().map(|&(c, r)| at(c, r)).collect();
            let band = choose(&observations, 0.9, &RULE);
            assert_eq!(band.map(|b| (b.threshold, b.asked, b.helped)), expected);
        };
        // The reply at 0.95 is no question; 0.3 and 0.2 pay for each other; 0.1 helps nobody.
        check(
            &[(0.95, 1), (0.8, 2), (0.3, 9), (0.2, 3), (0.1, 9)],
            Some((0.2, 3, 2)),
        );
        // 0.8 could pay for 0.5, but asking there is hopeless.
        check(&[(0.8, 1), (0.5, 4), (0.5, 5)], Some((0.8, 1, 1)));
        check(&[(0.8, 4), (0.5, 4)], None);
        check(&[(0.95, 1)], None);
        check(&[], None);
    }

    #[test]
    fn too_few_to_tell() {
        let observations = [at(0.8, 1), at(0.7, 1)];
        assert!(choose(&observations, 0.9, &Rule::default()).is_none());
    }

    #[test]
    fn thresholds_are_round_where_it_changes_nothing() {
        let band = choose(&[at(0.456, 1), at(0.449, 9)], 0.9, &RULE).unwrap();
        assert_eq!(band.threshold, 0.45);
        let band = choose(&[at(0.456, 1), at(0.452, 9)], 0.9, &RULE).unwrap();
        assert_eq!(band.threshold, 0.456);
    }

    proptest! {
        #[test]
        fn the_share_holds_in_the_band(turns in prop::collection::vec((0..100_u8, 1..6_usize), 0..80)) {
            let observations: Vec<_> =
                turns.iter().map(|&(c, rank)| at(f64::from(c) / 100.0, rank)).collect();
            if let Some(band) = choose(&observations, 0.8, &RULE) {
                prop_assert!(band.share() >= RULE.share);
                let inside = observations
                    .iter()
                    .filter(|o| o.confidence >= band.threshold && o.confidence < 0.8);
                prop_assert_eq!(inside.count(), band.asked);
            }
        }
    }
}
