//! What a candidate needs to know of its FAQ, in little memory.

use std::{cmp::Reverse, collections::HashMap};

use jieda_knowledge::KnowledgeBase;
use jieda_types::{FaqId, IntentId};

/// The FAQs of a knowledge base, by position.
#[derive(Debug)]
pub(super) struct Catalog {
    ids: Vec<FaqId>,
    priorities: Vec<i32>,
    /// Each intent once.
    intents: Vec<IntentId>,
    /// Which of them each FAQ has.
    intent_of: Vec<u32>,
    /// All phrasings, one behind the other.
    texts: String,
    /// Where each phrasing starts in `texts`; one more entry closes the last.
    text_starts: Vec<usize>,
    /// Which phrasing each FAQ's first is; one more entry closes the last.
    phrasing_starts: Vec<usize>,
}

impl Catalog {
    pub(super) fn of(kb: &KnowledgeBase) -> Self {
        let mut catalog = Self {
            ids: kb.faqs.iter().map(|faq| faq.id.clone()).collect(),
            priorities: kb.faqs.iter().map(|faq| faq.priority).collect(),
            intents: Vec::new(),
            intent_of: Vec::with_capacity(kb.faqs.len()),
            texts: String::new(),
            text_starts: vec![0],
            phrasing_starts: vec![0],
        };
        let mut numbers: HashMap<&IntentId, u32> = HashMap::new();
        for faq in &kb.faqs {
            let number = *numbers.entry(&faq.intent).or_insert_with(|| {
                catalog.intents.push(faq.intent.clone());
                catalog.intents.len() as u32 - 1
            });
            catalog.intent_of.push(number);
            for text in faq.phrasings() {
                catalog.texts.push_str(text);
                catalog.text_starts.push(catalog.texts.len());
            }
            catalog.phrasing_starts.push(catalog.text_starts.len() - 1);
        }
        catalog
    }

    pub(super) fn len(&self) -> usize {
        self.ids.len()
    }

    pub(super) fn ids(&self) -> &[FaqId] {
        &self.ids
    }

    /// What decides between equal scores: the higher priority, then the smaller id.
    pub(super) fn rank(&self, faq: usize) -> (Reverse<i32>, &FaqId) {
        (Reverse(self.priorities[faq]), &self.ids[faq])
    }

    pub(super) fn intent(&self, faq: usize) -> &IntentId {
        &self.intents[self.intent_of[faq] as usize]
    }

    /// The standard question is phrasing 0.
    pub(super) fn phrasing(&self, faq: usize, phrasing: usize) -> &str {
        let i = self.phrasing_starts[faq] + phrasing;
        &self.texts[self.text_starts[i]..self.text_starts[i + 1]]
    }

    pub(super) fn phrasing_counts(&self) -> impl Iterator<Item = usize> {
        self.phrasing_starts
            .windows(2)
            .map(|pair| pair[1] - pair[0])
    }
}
