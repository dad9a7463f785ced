//! What is found.

use jieda_types::{Confidence, FaqId};
use serde::Serialize;

use crate::{Causes, Proposal, Seen};

/// Gaps, and what they were found in.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Gaps {
    /// The dearest first; of the same cost, the one that was asked most often.
    pub gaps: Vec<Gap>,
    /// Misses that went in.
    pub misses: usize,
    /// Different texts among them.
    pub texts: usize,
    /// Texts that are no gap any more: the engine answers them by now, or they can't be read.
    pub settled: usize,
    /// Texts that were not looked at, the least frequent ones: there were more than
    /// [`most_texts`](crate::MiningOptions::most_texts).
    pub left_out: usize,
    /// Texts in groups that are too small to be shown.
    pub too_small: usize,
}

/// Texts that mean about the same, and got no good answer.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Gap {
    /// The medoid: the text whose mean cosine with the others, by how often they were asked, is the highest.
    pub title: String,
    /// Its texts, the most frequent first.
    pub queries: Vec<String>,
    /// How often they were asked together.
    pub size: usize,
    /// What that costs.
    pub cost: f64,
    /// Why they are misses.
    pub causes: Causes,
    /// Mean cosine between the medoid and the texts, from -1 to 1: how sure it is that they belong together.
    pub cohesion: f32,
    /// FAQs that come first for its texts, the nearest first.
    pub nearest: Vec<Near>,
    /// What to do about it.
    pub proposal: Proposal,
    /// Text by text, in the order of `queries`.
    pub evidence: Vec<Evidence>,
}

/// An FAQ that comes first for some of the texts.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Near {
    /// The FAQ.
    pub faq: FaqId,
    /// Its standard question.
    pub question: String,
    /// How often a text was asked that it comes first for.
    pub count: usize,
    /// The share of the gap that it is expected to answer, from 0 to 1: the mean over all texts of the probability that
    /// it answers the text, 0 where another FAQ comes first.
    pub support: f64,
}

/// One text of a gap.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Evidence {
    /// The text.
    pub text: String,
    /// How often it was asked.
    pub count: usize,
    /// Why it is a miss.
    pub causes: Causes,
    /// The FAQ that comes first.
    pub faq: Option<FaqId>,
    /// The probability that it answers the text.
    pub confidence: Confidence,
    /// The last time that it was said, where that is known.
    pub seen: Option<Seen>,
}
