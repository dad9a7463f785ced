//! What is seen of an utterance.

use std::collections::{BTreeMap, HashSet};

use super::{Dialogue, Utterance};

/// Something that is seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Feature {
    /// A word of the utterance itself, by side.
    Word(u8, u32),
    /// A word of the utterance before it, by its side.
    Before(u8, u32),
    /// A word of anything that was said earlier.
    Earlier(u32),
    /// Which side speaks.
    Role(u8),
    /// Which side spoke before.
    RoleBefore(u8),
    /// Of the course of the dialogue.
    Course(Course),
}

/// What the course of the dialogue says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Course {
    /// ln(1 + utterances before it).
    Position,
    /// ln(1 + words).
    Length,
    /// Sentiment.
    Sentiment,
    /// Lowest sentiment so far.
    LowestSentiment,
    /// Greatest share of words in common with an earlier utterance of the same side (Jaccard).
    Repeated,
    /// Utterances in a row of the same side, up to it; logarithm.
    InARow,
}

/// What is seen of each utterance of a dialogue, with nothing of what comes after it.
pub(super) fn features(dialogue: &Dialogue) -> Vec<BTreeMap<Feature, f64>> {
    let turns = &dialogue.turns;
    (0..turns.len())
        .map(|at| seen(&turns[..at], &turns[at]))
        .collect()
}

fn seen(before: &[Utterance], now: &Utterance) -> BTreeMap<Feature, f64> {
    let mut seen = BTreeMap::new();
    words(&mut seen, &now.tokens, |word| Feature::Word(now.role, word));
    if let Some(last) = before.last() {
        words(&mut seen, &last.tokens, |word| {
            Feature::Before(last.role, word)
        });
        seen.insert(Feature::RoleBefore(last.role), 1.0);
    }
    let earlier: Vec<u32> = before
        .iter()
        .flat_map(|u| u.tokens.iter().copied())
        .collect();
    words(&mut seen, &earlier, Feature::Earlier);
    seen.insert(Feature::Role(now.role), 1.0);
    let sentiments = before.iter().chain([now]).map(|u| u.senti);
    let in_a_row = before
        .iter()
        .rev()
        .take_while(|u| u.role == now.role)
        .count();
    let course = [
        (Course::Position, (before.len() as f64).ln_1p()),
        (Course::Length, (now.tokens.len() as f64).ln_1p()),
        (Course::Sentiment, now.senti),
        (
            Course::LowestSentiment,
            sentiments.fold(f64::INFINITY, f64::min),
        ),
        (Course::Repeated, repeated(before, now)),
        (Course::InARow, (in_a_row as f64).ln_1p()),
    ];
    for (course, value) in course {
        seen.insert(Feature::Course(course), value);
    }
    seen
}

/// Different words, as a vector of length 1: long utterances shall not weigh more.
fn words(seen: &mut BTreeMap<Feature, f64>, tokens: &[u32], feature: impl Fn(u32) -> Feature) {
    let different: HashSet<u32> = tokens.iter().copied().collect();
    let weight = 1.0 / (different.len().max(1) as f64).sqrt();
    for word in different {
        seen.insert(feature(word), weight);
    }
}

fn repeated(before: &[Utterance], now: &Utterance) -> f64 {
    let set = |u: &Utterance| -> HashSet<u32> { u.tokens.iter().copied().collect() };
    let words = set(now);
    let same_side = before.iter().filter(|u| u.role == now.role);
    same_side
        .map(|u| {
            let other = set(u);
            let common = words.intersection(&other).count();
            common as f64 / (words.len() + other.len() - common).max(1) as f64
        })
        .fold(0.0, f64::max)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dialogue(text: &str) -> Dialogue {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn nothing_later_is_seen() {
        let whole = dialogue(
            r#"{"turns":[{"role":0,"tokens":[1,2],"senti":0.5,"label":0},{"role":1,"tokens":[3],"senti":-1,"label":1},
               {"role":0,"tokens":[1,2,4],"senti":0,"label":0}]}"#,
        );
        let mut cut = whole.clone();
        cut.turns.truncate(2);
        assert_eq!(features(&whole)[..2], features(&cut)[..]);
        let last = &features(&whole)[2];
        assert_eq!(last.get(&Feature::Before(1, 3)), Some(&1.0));
        assert_eq!(
            last.get(&Feature::Earlier(1)),
            Some(&(1.0 / 3.0_f64.sqrt()))
        );
        let course = |course| last[&Feature::Course(course)];
        // {1, 2} of {1, 2, 4}.
        assert_eq!(course(Course::Repeated), 2.0 / 3.0);
        assert_eq!(course(Course::LowestSentiment), -1.0);
        assert_eq!(course(Course::InARow), 0.0);
    }
}
