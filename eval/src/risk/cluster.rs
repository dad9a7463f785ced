//! What turns of one conversation are worth: less than as many conversations.
//!
//! A customer who is misunderstood once is more often misunderstood again. So n turns are worth
//! n / (1 + (m − 1) ρ) independent ones (the design effect, Kish 1965, *Survey Sampling*): m is the number of
//! turns of the conversation that an average turn comes from, ρ how alike the outcomes of one conversation are.

use std::collections::HashMap;

use super::Observation;

/// One-sided 95 % point of the normal distribution.
const Z: f64 = 1.645;

/// How alike the outcomes of one conversation are, with room for error: the upper end of a one-sided
/// 95 % interval of the intraclass correlation, 0 to 1.
///
/// From the analysis of variance over *all* turns, with the standard error of Fisher (1925), and not over the
/// accepted ones: these have too few wrong replies to estimate anything from. What the confidence
/// explains of the likeness is in it still, which errs on the safe side.
pub(super) fn likeness(observations: &[Observation]) -> f64 {
    let mut clusters: HashMap<&str, (f64, f64)> = HashMap::new();
    // Turns on their own: each is a cluster, right or wrong.
    let (mut single, mut single_wrong) = (0.0, 0.0);
    for observation in observations {
        let wrong = f64::from(u8::from(observation.truth.is_wrong()));
        match observation.cluster.as_deref() {
            Some(name) => {
                let (turns, wrongs) = clusters.entry(name).or_default();
                *turns += 1.0;
                *wrongs += wrong;
            }
            None => {
                single += 1.0;
                single_wrong += wrong;
            }
        }
    }
    let groups = clusters.len() as f64 + single;
    let turns = observations.len() as f64;
    if turns <= groups {
        return 0.0;
    }
    if groups < 2.0 {
        return 1.0;
    }
    let mut sizes: Vec<(f64, f64)> = clusters.into_values().collect();
    // The order of a hash map must not change the last bit of a sum.
    sizes.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    let mean = (sizes.iter().map(|c| c.1).sum::<f64>() + single_wrong) / turns;
    let within: f64 = sizes.iter().map(|(m, w)| w * (m - w) / m).sum();
    let total = turns * mean * (1.0 - mean);
    let between_square = (total - within) / (groups - 1.0);
    let within_square = within / (turns - groups);
    let squares = sizes.iter().map(|(m, _)| m * m).sum::<f64>() + single;
    let size = (turns - squares / turns) / (groups - 1.0);
    let spread = between_square + (size - 1.0) * within_square;
    if spread <= 0.0 {
        // All outcomes are the same: nothing is known of their likeness.
        return 1.0;
    }
    let likeness = ((between_square - within_square) / spread).clamp(0.0, 1.0);
    let error = (1.0 - likeness)
        * (1.0 + (size - 1.0) * likeness)
        * (2.0 / (size * (size - 1.0).max(f64::EPSILON) * (groups - 1.0))).sqrt();
    (likeness + Z * error).min(1.0)
}

/// The design effect of so many turns, at least 1; `squares` is the sum of the squared sizes of the
/// conversations that they come from.
pub(super) fn design_effect(squares: f64, turns: usize, likeness: f64) -> f64 {
    if turns == 0 {
        return 1.0;
    }
    1.0 + (squares / turns as f64 - 1.0) * likeness
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::risk::Truth;

    fn turns(conversations: usize, outcome: impl Fn(usize, usize) -> bool) -> Vec<Observation> {
        (0..conversations)
            .flat_map(|c| (0..4).map(move |turn| (c, turn)))
            .map(|(c, turn)| Observation {
                confidence: 0.9,
                truth: Truth::Answerable {
                    rank: Some(if outcome(c, turn) { 2 } else { 1 }),
                },
                cluster: Some(c.to_string()),
            })
            .collect()
    }

    #[test]
    fn likeness_of_extremes() {
        // A conversation is all wrong or all right.
        assert_eq!(likeness(&turns(50, |c, _| c % 5 == 0)), 1.0);
        // The wrong turn is spread evenly: less alike than chance, which counts as 0; the rest is room for
        // error: 1.645 · √(2 / (4 · 3 · 399)).
        let even = likeness(&turns(400, |c, turn| c % 4 == turn));
        assert!((even - 1.645 * (2.0_f64 / (12.0 * 399.0)).sqrt()).abs() < 1e-9);
        // One conversation alone, or no difference at all: nothing is known.
        assert_eq!(likeness(&turns(1, |_, turn| turn == 0)), 1.0);
        assert_eq!(likeness(&turns(9, |_, _| false)), 1.0);
    }

    #[test]
    fn turns_on_their_own_are_independent() {
        let mut alone = turns(50, |c, _| c % 5 == 0);
        for turn in &mut alone {
            turn.cluster = None;
        }
        assert_eq!(likeness(&alone), 0.0);
    }

    #[test]
    fn design_effect_by_hand() {
        // Turns of conversations of 4, 1, 1, 1 and 1: mean size as seen by a turn 20 / 8 = 2.5.
        assert!((design_effect(20.0, 8, 0.2) - 1.3).abs() < 1e-12);
        assert_eq!(design_effect(2.0, 2, 0.9), 1.0);
        assert_eq!(design_effect(0.0, 0, 0.9), 1.0);
    }
}
