//! What retrieval found, with every part of every score.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{FaqId, IntentId, Score};

/// A piece of evidence that an FAQ answers a query. The fused score is a convex combination of
/// these after normalisation per query.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Signal {
    /// Cosine with the FAQ's best phrasing (standard question or similar question).
    VectorBest,
    /// Mean cosine over all phrasings of the FAQ.
    VectorMean,
    /// Cosine with the standard question followed by the answer.
    VectorAnswer,
    /// BM25 of jieba words over the phrasings.
    WordsQuestion,
    /// BM25 of character uni- and bigrams over the phrasings.
    GramsQuestion,
    /// BM25 of jieba words over phrasings and answer.
    WordsAll,
    /// BM25 of character uni- and bigrams over phrasings and answer.
    GramsAll,
}

impl Signal {
    /// All signals, in the order in which they are stored and shown.
    pub const ALL: [Self; 7] = [
        Self::VectorBest,
        Self::VectorMean,
        Self::VectorAnswer,
        Self::WordsQuestion,
        Self::GramsQuestion,
        Self::WordsAll,
        Self::GramsAll,
    ];

    /// Position in [`Signal::ALL`].
    #[must_use]
    pub const fn index(self) -> usize {
        self as usize
    }

    /// Whether the encoder produced it; the others are BM25.
    #[must_use]
    pub const fn is_vector(self) -> bool {
        matches!(
            self,
            Self::VectorBest | Self::VectorMean | Self::VectorAnswer
        )
    }

    /// The name used in files and on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::VectorBest => "vector_best",
            Self::VectorMean => "vector_mean",
            Self::VectorAnswer => "vector_answer",
            Self::WordsQuestion => "words_question",
            Self::GramsQuestion => "grams_question",
            Self::WordsAll => "words_all",
            Self::GramsAll => "grams_all",
        }
    }
}

impl fmt::Display for Signal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// One signal's share in a fused score.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ScorePart {
    /// Which signal.
    pub signal: Signal,
    /// The raw value: a cosine, or a BM25 score.
    pub raw: f32,
    /// The value after normalisation over the FAQs of this query.
    pub normalized: f32,
    /// The weight of the signal; weights add up to 1.
    pub weight: f32,
}

impl ScorePart {
    /// What this signal adds to the fused score.
    #[must_use]
    pub fn contribution(&self) -> f32 {
        self.normalized * self.weight
    }
}

/// An FAQ that may answer the query.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Candidate {
    /// The FAQ.
    pub faq: FaqId,
    /// The intent that it belongs to.
    pub intent: IntentId,
    /// Its standard question, for people to read.
    pub question: String,
    /// The phrasing whose vector is nearest to the query; the standard question in BM25 mode.
    pub matched: String,
    /// The fused score: the sum of the parts' contributions, and of what the context adds.
    pub score: Score,
    /// What the turns before add to the score; 0 for a text that is read alone.
    #[serde(default)]
    pub context: f32,
    /// The parts, in the order of [`Signal::ALL`]; a signal of weight 0 is there to be seen, and as
    /// evidence for the confidence. Vector signals are left out in BM25 mode.
    pub parts: Vec<ScorePart>,
}

impl Candidate {
    /// The raw value of a signal, if it took part.
    #[must_use]
    pub fn raw(&self, signal: Signal) -> Option<f32> {
        self.parts
            .iter()
            .find(|p| p.signal == signal)
            .map(|p| p.raw)
    }
}

/// Candidates, best first, and what the decision needs to know of the query as a whole.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Candidates {
    /// Best first; ties broken by the FAQs' priority, then by id, so that a ranking is reproducible.
    pub ranked: Vec<Candidate>,
    /// The FAQ that the vectors alone would put first.
    pub vector_top: Option<FaqId>,
    /// The FAQ that BM25 alone would put first; none when no word is shared with any FAQ.
    pub lexical_top: Option<FaqId>,
    /// Share in `[0, 1]` of the query's words that the best candidate's text contains, weighted by
    /// their rarity.
    pub covered: f32,
}

impl Candidates {
    /// The best candidate.
    #[must_use]
    pub fn top(&self) -> Option<&Candidate> {
        self.ranked.first()
    }

    /// Position of an FAQ, 1 for the best.
    #[must_use]
    pub fn rank_of(&self, faq: &FaqId) -> Option<usize> {
        self.ranked
            .iter()
            .position(|c| c.faq == *faq)
            .map(|i| i + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signals_know_their_place_and_name() {
        for (i, signal) in Signal::ALL.into_iter().enumerate() {
            assert_eq!(signal.index(), i);
            let json = serde_json::to_string(&signal).unwrap_or_default();
            assert_eq!(json, format!("\"{}\"", signal.name()));
        }
    }
}
