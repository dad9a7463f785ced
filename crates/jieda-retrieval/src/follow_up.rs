//! Follow-ups: 那要多久呢 finds what it means with the turns before. Pure functions.
//!
//! A short text that says little by itself is searched twice: alone, and joined to the words that opened the topic.
//! With g = σ(b + w · ln(characters)), the likelihood that a text of this length leaves something out, the score of an
//! FAQ is
//!
//! > score = alone + g · (j · joined + l · \[it answered last\] + i · \[its intent answered last\]).
//!
//! Five numbers, learned from conversations by listwise maximum likelihood (`jieda eval fit`); how they do on an
//! industry that they have not seen stands beside them, in `follow-up.toml`. A longer list of hints (pronouns, 那 and
//! 如果 at the beginning, closeness to the turn before) added nothing to the length.

use std::collections::HashMap;

use jieda_types::{Candidate, Candidates, FaqId, IntentId, Score};
use serde::{Deserialize, Serialize};

/// Weights of a follow-up's evidence.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FollowUpWeights {
    /// b: log-odds that a text of one character is a follow-up.
    pub bias: f64,
    /// w: what a longer text takes away from them, for each e-fold of its characters.
    pub length: f64,
    /// j: of the score that the text has when it is joined to the topic.
    pub joined: f64,
    /// l: for the FAQ that answered last.
    pub last: f64,
    /// i: for FAQs of the intent that was answered last.
    pub intent: f64,
}

/// A weights file that can't be used.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum FollowUpError {
    /// No valid file.
    #[error("the weights of follow-ups can't be read: {0}")]
    File(String),
    /// A number is not finite.
    #[error("the weights of follow-ups are not all finite")]
    NotFinite,
}

/// What answered last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Answered<'a> {
    /// The FAQ.
    pub faq: Option<&'a FaqId>,
    /// Its intent.
    pub intent: Option<&'a IntentId>,
}

/// The weights file: everything beside `[weights]` tells how they came about.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WeightsFile {
    weights: FollowUpWeights,
    #[allow(dead_code, reason = "provenance, for readers of the file")]
    #[serde(default)]
    provenance: toml::Table,
}

impl FollowUpWeights {
    /// Below this likelihood a text is read alone: it would hardly move, and one more text is to be encoded.
    pub const LEAST: f64 = 0.3;

    /// Reads a weights file.
    ///
    /// # Errors
    /// [`FollowUpError`].
    pub fn from_toml(text: &str) -> Result<Self, FollowUpError> {
        let file: WeightsFile =
            toml::from_str(text).map_err(|e| FollowUpError::File(e.to_string()))?;
        let w = file.weights;
        let finite = [w.bias, w.length, w.joined, w.last, w.intent]
            .iter()
            .all(|value| value.is_finite());
        finite.then_some(w).ok_or(FollowUpError::NotFinite)
    }

    /// The weights that ship with jieda.
    ///
    /// # Errors
    /// Never, for the file that a test reads.
    pub fn shipped() -> Result<Self, FollowUpError> {
        Self::from_toml(include_str!("../follow-up.toml"))
    }

    /// g: the likelihood that a text of so many characters leaves out what it is about.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let weights = jieda_retrieval::FollowUpWeights::shipped()?;
    /// assert!(weights.likelihood(5) > 0.8);
    /// assert!(weights.likelihood(40) < 0.2);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn likelihood(&self, characters: usize) -> f64 {
        let log_odds = self.bias + self.length * (characters.max(1) as f64).ln();
        1.0 / (1.0 + (-log_odds).exp())
    }

    /// Joins both rankings. An FAQ that only one of them has counts as the last of the other. What the turns before
    /// add to a score is in [`Candidate::context`].
    #[must_use]
    pub fn blend(
        &self,
        alone: &Candidates,
        joined: &Candidates,
        answered: Answered<'_>,
        characters: usize,
    ) -> Candidates {
        let likelihood = self.likelihood(characters);
        let lowest = |c: &Candidates| c.ranked.last().map_or(0.0, |last| last.score.0);
        let (lowest_alone, lowest_joined) = (lowest(alone), lowest(joined));
        let joined_scores: HashMap<&FaqId, f32> =
            joined.ranked.iter().map(|c| (&c.faq, c.score.0)).collect();
        let add = |candidate: &Candidate, score: f32| {
            let joined = joined_scores.get(&candidate.faq);
            let mut added = self.joined * f64::from(*joined.unwrap_or(&lowest_joined));
            if answered.faq == Some(&candidate.faq) {
                added += self.last;
            }
            if answered.intent == Some(&candidate.intent) {
                added += self.intent;
            }
            let context = (likelihood * added) as f32;
            Candidate {
                score: Score(score + context),
                context,
                ..candidate.clone()
            }
        };
        let mut ranked: Vec<Candidate> = alone.ranked.iter().map(|c| add(c, c.score.0)).collect();
        let only_joined = joined
            .ranked
            .iter()
            .filter(|c| alone.rank_of(&c.faq).is_none());
        ranked.extend(only_joined.map(|c| add(c, lowest_alone)));
        // Stable: equals stay in the order of the text alone.
        ranked.sort_by(|a, b| Score::best_first(&a.score, &b.score));
        Candidates {
            ranked,
            ..alone.clone()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ranking(scores: &[(&str, &str, f32)]) -> Candidates {
        let candidate = |&(faq, intent, score): &(&str, &str, f32)| Candidate {
            faq: FaqId::new(faq).unwrap(),
            intent: IntentId::new(intent).unwrap(),
            question: String::new(),
            matched: String::new(),
            score: Score(score),
            context: 0.0,
            parts: Vec::new(),
        };
        Candidates {
            ranked: scores.iter().map(candidate).collect(),
            ..Candidates::default()
        }
    }

    const WEIGHTS: FollowUpWeights = FollowUpWeights {
        bias: 100.0,
        length: 0.0,
        joined: 0.5,
        last: 0.3,
        intent: 0.1,
    };

    #[test]
    fn scores_add_up_by_hand() {
        let alone = ranking(&[("a", "x", 1.0), ("b", "y", 0.5)]);
        let joined = ranking(&[("b", "y", 2.0), ("c", "y", 1.0)]);
        let (b, y) = (FaqId::new("b").unwrap(), IntentId::new("y").unwrap());
        let answered = Answered {
            faq: Some(&b),
            intent: Some(&y),
        };
        let blended = WEIGHTS.blend(&alone, &joined, answered, 5);
        let found: Vec<(&str, f32)> = blended
            .ranked
            .iter()
            .map(|c| (c.faq.as_str(), c.score.0))
            .collect();
        // b: 0.5 + 0.5·2 + 0.3 + 0.1; a: 1 + 0.5·1, the last of the other; c: 0.5, the last, + 0.5·1 + 0.1.
        assert_eq!(found, [("b", 1.9), ("a", 1.5), ("c", 1.1)]);
        assert!(blended.ranked.iter().all(|c| c.context > 0.0));
    }

    #[test]
    fn a_long_text_moves_nothing() {
        let weights = FollowUpWeights {
            bias: -100.0,
            ..WEIGHTS
        };
        let alone = ranking(&[("a", "x", 1.0), ("b", "y", 0.5)]);
        let joined = ranking(&[("b", "y", 9.0), ("a", "x", 1.0)]);
        let blended = weights.blend(&alone, &joined, Answered::default(), 50);
        assert_eq!(blended.ranked[0].score, alone.ranked[0].score);
    }

    #[test]
    fn faulty_files_are_refused() {
        let check = |text: &str| FollowUpWeights::from_toml(text).unwrap_err();
        check("");
        check("[weights]\nbias = 1\nlength = 1\njoined = 1\nlast = 1\nintent = 1\nmore = 1");
        assert_eq!(
            check("[weights]\nbias = nan\nlength = 1\njoined = 1\nlast = 1\nintent = 1"),
            FollowUpError::NotFinite
        );
        FollowUpWeights::shipped().unwrap();
    }
}
