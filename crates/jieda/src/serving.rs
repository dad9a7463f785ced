//! Which FAQs may answer on an occasion.

use jieda_knowledge::{Channel, Faq, KnowledgeBase, Served};
use jieda_retrieval::FaqMask;
use jiff::civil::DateTime;

use crate::Occasion;

/// Knows whether any FAQ is ever out, so that most knowledge bases pay nothing.
#[derive(Debug)]
pub(crate) struct Admission {
    is_restricted: bool,
}

impl Admission {
    pub(crate) fn new(kb: &KnowledgeBase) -> Self {
        let restricted = |faq: &Faq| {
            !faq.enabled
                || faq.valid_from.is_some()
                || faq.valid_until.is_some()
                || !faq.channels.is_empty()
        };
        Self {
            is_restricted: kb.faqs.iter().any(restricted),
        }
    }

    /// The FAQs that may answer; none when all may.
    pub(crate) fn mask(&self, kb: &KnowledgeBase, occasion: &Occasion) -> Option<FaqMask> {
        self.is_restricted.then(|| {
            let gate = Gate::new(kb, occasion);
            FaqMask::of(kb.faqs.len(), |position| gate.admits(&kb.faqs[position]))
        })
    }
}

/// An occasion, as the clocks of the knowledge base show it.
pub(crate) struct Gate<'a> {
    at: Option<DateTime>,
    channel: Option<&'a Channel>,
}

impl<'a> Gate<'a> {
    pub(crate) fn new(kb: &KnowledgeBase, occasion: &'a Occasion) -> Self {
        Self {
            at: occasion.at.map(|time| kb.local_time(time)),
            channel: occasion.channel.as_ref(),
        }
    }

    /// Whether an FAQ may answer.
    pub(crate) fn admits(&self, faq: &Faq) -> bool {
        let Some(at) = self.at else {
            let is_elsewhere =
                |channel| !faq.channels.is_empty() && !faq.channels.contains(channel);
            return faq.enabled && !self.channel.is_some_and(is_elsewhere);
        };
        faq.served(at, self.channel) == Served::Yes
    }
}
