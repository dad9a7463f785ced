//! Taking FAQs out of a knowledge base.

use std::collections::{BTreeMap, BTreeSet};

use jieda::KnowledgeBase;
use jieda_types::FaqId;

use super::ExperimentError;
use crate::truth::LabelledQuery;

/// Which FAQs are removed: a share of those that are enabled, drawn by a seed. Every further round removes others, as
/// long as there are any that were not removed yet.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Removal {
    /// The share that is removed in each round, in (0, 1).
    pub share: f64,
    /// The draw.
    pub seed: u64,
    /// Rounds, at most 1/share.
    pub rounds: usize,
}

impl Removal {
    pub(super) fn rounds(
        &self,
        kb: &KnowledgeBase,
    ) -> Result<Vec<BTreeSet<FaqId>>, ExperimentError> {
        let enabled = kb.faqs.iter().filter(|faq| faq.enabled);
        let mut ids: Vec<FaqId> = enabled.map(|faq| faq.id.clone()).collect();
        fastrand::Rng::with_seed(self.seed).shuffle(&mut ids);
        let removed = (self.share * ids.len() as f64).round() as usize;
        if removed == 0 || removed >= ids.len() {
            let faqs = ids.len();
            return Err(ExperimentError::Removal { removed, faqs });
        }
        let slices = ids.chunks_exact(removed).take(self.rounds.max(1));
        Ok(slices.map(|ids| ids.iter().cloned().collect()).collect())
    }
}

/// The knowledge base without these FAQs.
pub(super) fn without(kb: &KnowledgeBase, removed: &BTreeSet<FaqId>) -> KnowledgeBase {
    let left = kb.faqs.iter().filter(|faq| !removed.contains(&faq.id));
    KnowledgeBase {
        faqs: left.cloned().collect(),
        ..kb.clone()
    }
}

/// At most so many queries of each FAQ, drawn by a seed: a smaller log. They stay in order.
#[must_use]
pub fn thinned(queries: Vec<LabelledQuery>, most: usize, seed: u64) -> Vec<LabelledQuery> {
    let mut drawn: Vec<usize> = (0..queries.len()).collect();
    fastrand::Rng::with_seed(seed).shuffle(&mut drawn);
    let mut taken = BTreeMap::<FaqId, usize>::new();
    drawn.retain(|&i| {
        let count = taken.entry(queries[i].faq.clone()).or_default();
        *count += 1;
        *count <= most
    });
    let drawn: BTreeSet<usize> = drawn.into_iter().collect();
    let queries = queries.into_iter().enumerate();
    queries
        .filter(|(i, _)| drawn.contains(i))
        .map(|(_, query)| query)
        .collect()
}
