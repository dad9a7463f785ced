//! What the knowledge base lacks, in short.

use jieda_gaps::{Gaps, Proposal};
use jieda_types::FaqId;
use serde::Serialize;

/// Most gaps that are told.
const MOST: usize = 10;
/// Texts of a gap that are told.
const TEXTS: usize = 3;

/// Gaps, the dearest first.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GapList {
    /// The first ones.
    pub gaps: Vec<GapRow>,
    /// All that were found.
    pub found: usize,
    /// Misses that they were found in.
    pub misses: usize,
}

/// A gap.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GapRow {
    /// The text in its middle.
    pub title: String,
    /// How often it was asked.
    pub size: usize,
    /// The name of the proposal, as [`Proposal::name`] has it.
    pub proposal: &'static str,
    /// What to do, for people.
    pub advice: &'static str,
    /// The FAQs that the proposal is about, by their questions.
    pub about: Vec<String>,
    /// What was said, the most frequent first.
    pub texts: Vec<String>,
}

impl GapList {
    /// The first gaps, in short.
    pub(super) fn of(gaps: &Gaps) -> Self {
        let rows = gaps.gaps.iter().take(MOST).map(|gap| {
            let about: Vec<_> = match &gap.proposal {
                Proposal::NewFaq(_) => Vec::new(),
                Proposal::SimilarQuestion { faq, .. } | Proposal::ReviewAnswer { faq } => vec![faq],
                Proposal::ConflictingFaqs { faqs } => faqs.iter().collect(),
            };
            let question = |faq: &FaqId| {
                let near = gap.nearest.iter().find(|near| near.faq == *faq);
                near.map_or_else(|| faq.to_string(), |near| near.question.clone())
            };
            GapRow {
                title: gap.title.clone(),
                size: gap.size,
                proposal: gap.proposal.name(),
                advice: gap.proposal.advice(),
                about: about.into_iter().map(question).collect(),
                texts: gap.queries.iter().take(TEXTS).cloned().collect(),
            }
        });
        Self {
            gaps: rows.collect(),
            found: gaps.gaps.len(),
            misses: gaps.misses,
        }
    }
}
