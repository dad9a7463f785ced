//! Taking FAQs out of a knowledge base.

use std::collections::BTreeSet;

use jieda::KnowledgeBase;
use jieda_types::FaqId;

use super::ExperimentError;

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
