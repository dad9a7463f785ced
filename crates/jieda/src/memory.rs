//! Texts that were read before.

use std::sync::Arc;

use jieda_decision::Reading;
use jieda_retrieval::FaqMask;
use jieda_types::{Candidates, Encoded, IntentPrediction, Segmented};
use quick_cache::{Equivalent, sync::Cache};

use crate::IntentEvidence;

/// What a text says by itself, whatever the conversation.
#[derive(Debug)]
pub(crate) struct Heard {
    pub(crate) segmented: Segmented,
    pub(crate) encoded: Option<Encoded>,
    pub(crate) candidates: Candidates,
    /// Intents by the FAQs alone: what the confidence sees.
    pub(crate) by_faqs: IntentPrediction,
    pub(crate) intents: IntentPrediction,
    pub(crate) intent_evidence: Vec<IntentEvidence>,
    /// Alone, or by its words.
    pub(crate) reading: Reading,
}

/// The texts that one engine remembers, by masked text and the FAQs that were served; the least used are forgotten
/// first. It dies with its engine: a new release remembers nothing of the old one.
#[derive(Debug)]
pub(crate) struct Memory(Option<Cache<Key, Arc<Heard>>>);

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Key {
    text: Box<str>,
    mask: Option<FaqMask>,
}

/// A key that owns nothing. Its hash is the one of [`Key`]: the same fields in the same order.
#[derive(Hash)]
struct Asked<'a> {
    text: &'a str,
    mask: Option<&'a FaqMask>,
}

impl Equivalent<Key> for Asked<'_> {
    fn equivalent(&self, key: &Key) -> bool {
        self.text == &*key.text && self.mask == key.mask.as_ref()
    }
}

impl Memory {
    /// For so many texts; 0 for none.
    pub(crate) fn of(texts: usize) -> Self {
        Self((texts > 0).then(|| Cache::new(texts)))
    }

    pub(crate) fn recall(&self, text: &str, mask: Option<&FaqMask>) -> Option<Arc<Heard>> {
        self.0.as_ref()?.get(&Asked { text, mask })
    }

    pub(crate) fn keep(&self, text: &str, mask: Option<FaqMask>, heard: &Arc<Heard>) {
        if let Some(cache) = &self.0 {
            let text = text.into();
            cache.insert(Key { text, mask }, Arc::clone(heard));
        }
    }
}
