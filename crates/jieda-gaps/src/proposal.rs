//! What to do about a gap.

use jieda::KnowledgeBase;
use jieda_types::{FaqId, IntentId};
use serde::Serialize;

use crate::{
    Draft, Near,
    draft::diverse,
    read::{Read, Tie},
};

/// From this share of a gap that one FAQ is expected to answer, the gap lacks phrasings of that FAQ and no answer.
/// Chosen on three industries that the encoder has not learned (`eval/results/gaps.md`): a phrasing that is given to the
/// wrong FAQ makes wrong answers, a new FAQ that was there already only costs a look.
const LEAST_SUPPORT: f64 = 0.5;
/// From this share of a gap that ties the same two FAQs, they get in each other's way.
const LEAST_TIED: f64 = 0.5;
/// Of these ties each of the two comes first at least so often: else it is clear which is meant.
const LEAST_FIRST: f64 = 0.25;
/// From this share of a gap that one FAQ answered badly, its answer is what's wrong.
const LEAST_RATED_LOW: f64 = 0.5;

/// What a person should do about a gap. The first that holds, in this order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Proposal {
    /// One FAQ answered at least half of it, and customers were not satisfied: look at its answer.
    ReviewAnswer {
        /// The FAQ.
        faq: FaqId,
    },
    /// At least half of it ties the same two FAQs: tell them apart, or join them.
    ConflictingFaqs {
        /// Both, the one that comes first more often first.
        faqs: [FaqId; 2],
    },
    /// One FAQ is near enough that it likely answers it: give it these phrasings.
    SimilarQuestion {
        /// The FAQ.
        faq: FaqId,
        /// Texts for which it comes first, the most telling first.
        similar: Vec<String>,
    },
    /// Nothing answers it: write an answer.
    NewFaq(Draft),
}

impl Proposal {
    /// The name in JSON.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::ReviewAnswer { .. } => "review_answer",
            Self::ConflictingFaqs { .. } => "conflicting_faqs",
            Self::SimilarQuestion { .. } => "similar_question",
            Self::NewFaq(_) => "new_faq",
        }
    }
}

/// A group, and what is known of it.
pub(crate) struct Grouped<'a> {
    pub(crate) kb: &'a KnowledgeBase,
    pub(crate) texts: &'a [&'a Read<'a>],
    /// Position of the medoid.
    pub(crate) medoid: usize,
    /// The nearest first.
    pub(crate) nearest: &'a [Near],
}

impl Grouped<'_> {
    pub(crate) fn proposal(&self) -> Proposal {
        if let Some(faq) = self.rated_low() {
            return Proposal::ReviewAnswer { faq };
        }
        if let Some(faqs) = self.tied() {
            return Proposal::ConflictingFaqs { faqs };
        }
        match self.nearest.first() {
            Some(near) if near.support >= LEAST_SUPPORT => Proposal::SimilarQuestion {
                faq: near.faq.clone(),
                similar: self.similar_to(&near.faq),
            },
            _ => Proposal::NewFaq(self.draft()),
        }
    }

    fn size(&self) -> f64 {
        self.texts.iter().map(|t| t.count() as f64).sum()
    }

    fn rated_low(&self) -> Option<FaqId> {
        let mut counts = std::collections::BTreeMap::<&FaqId, usize>::new();
        for (faq, count) in self.texts.iter().flat_map(|t| &t.asked.rated_low) {
            *counts.entry(faq).or_default() += count;
        }
        let (faq, count) = counts.into_iter().max_by_key(|&(_, count)| count)?;
        let is_served = self.kb.faq(faq).is_some();
        (is_served && count as f64 >= LEAST_RATED_LOW * self.size()).then(|| faq.clone())
    }

    fn tied(&self) -> Option<[FaqId; 2]> {
        // By pair: how often either comes first.
        let mut pairs = std::collections::BTreeMap::<[&FaqId; 2], [f64; 2]>::new();
        for text in self.texts.iter().filter(|t| t.tie == Tie::Near) {
            let [first, second, ..] = &text.candidates[..] else {
                continue;
            };
            let weight = text.count() as f64;
            let (pair, firsts) = if first.faq < second.faq {
                ([&first.faq, &second.faq], [weight, 0.0])
            } else {
                ([&second.faq, &first.faq], [0.0, weight])
            };
            let counts = pairs.entry(pair).or_default();
            *counts = [counts[0] + firsts[0], counts[1] + firsts[1]];
        }
        let total = |counts: &[f64; 2]| counts[0] + counts[1];
        let ([a, b], counts) = pairs
            .into_iter()
            .max_by(|x, y| total(&x.1).total_cmp(&total(&y.1)))?;
        let both_come_first =
            counts[0].min(counts[1]) >= LEAST_FIRST * total(&counts) && self.texts.len() > 1;
        if total(&counts) < LEAST_TIED * self.size() || !both_come_first {
            return None;
        }
        let [first, second] = if counts[1] > counts[0] {
            [b, a]
        } else {
            [a, b]
        };
        Some([first.clone(), second.clone()])
    }

    fn similar_to(&self, faq: &FaqId) -> Vec<String> {
        let first_for = |text: &Read<'_>| text.first() == Some(faq);
        let texts: Vec<&Read<'_>> = self
            .texts
            .iter()
            .copied()
            .filter(|t| first_for(t))
            .collect();
        let known: Vec<&str> = self
            .kb
            .faq(faq)
            .into_iter()
            .flat_map(jieda::Faq::phrasings)
            .collect();
        let vectors: Vec<_> = texts.iter().map(|t| &t.embedding).collect();
        let middle = medoid(&texts);
        std::iter::once(middle)
            .chain(diverse(&vectors, middle))
            .map(|i| texts[i].asked.text)
            .filter(|text| !known.contains(text))
            .map(str::to_owned)
            .collect()
    }

    fn draft(&self) -> Draft {
        let vectors: Vec<_> = self.texts.iter().map(|t| &t.embedding).collect();
        let text = |i: usize| self.texts[i].asked.text.to_owned();
        Draft {
            question: text(self.medoid),
            similar: diverse(&vectors, self.medoid)
                .into_iter()
                .map(text)
                .collect(),
            intent: self.intent(),
        }
    }

    /// The intent that the texts speak for together.
    fn intent(&self) -> Option<IntentId> {
        let mut sums = std::collections::BTreeMap::<&IntentId, f64>::new();
        for text in self.texts {
            for intent in &text.intents {
                *sums.entry(&intent.id).or_default() +=
                    text.count() as f64 * intent.confidence.get();
            }
        }
        sums.into_iter()
            .filter(|(id, _)| self.kb.intent(id).is_some())
            .max_by(|a, b| a.1.total_cmp(&b.1))
            .map(|(id, _)| id.clone())
    }
}

/// The text whose mean cosine with the others, by how often they were asked, is the highest; of equals the first.
pub(crate) fn medoid(texts: &[&Read<'_>]) -> usize {
    let closeness = |i: usize| -> f32 {
        let to =
            |other: &&Read<'_>| other.count() as f32 * other.embedding.cosine(&texts[i].embedding);
        texts.iter().map(to).sum()
    };
    let all = (0..texts.len()).map(|i| (i, closeness(i)));
    let best = all.reduce(|a, b| if b.1 > a.1 { b } else { a });
    best.map_or(0, |(i, _)| i)
}
