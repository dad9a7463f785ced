//! What changed between two knowledge bases.

use std::collections::HashMap;

use jieda_types::FaqId;
use serde::Serialize;

use super::{
    EntryChange, FieldChange, FieldValue,
    entries::{self, Table},
    fields,
};
use crate::{Faq, KnowledgeBase};

/// What changed between two knowledge bases. The order of FAQs in a file means nothing, so that
/// moving them is no change. Disabling an FAQ changes one of
/// its fields.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KnowledgeDiff {
    /// The old knowledge base at a glance.
    pub old: Summary,
    /// The new one.
    pub new: Summary,
    /// FAQs that are new, changed or renamed, in the order of the new file; then those that are gone,
    /// in the order of the old one.
    pub faqs: Vec<FaqChange>,
    /// Intents, by id.
    pub intents: Vec<EntryChange>,
    /// Words of the dictionary.
    pub words: Vec<EntryChange>,
    /// Variables, by name.
    pub variables: Vec<EntryChange>,
    /// What else `kb.toml` says: description, time zone, limits of channels.
    pub settings: Vec<EntryChange>,
}

/// A knowledge base at a glance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Its name.
    pub name: String,
    /// Its number of FAQs.
    pub faqs: usize,
    /// Its number of phrasings: standard and similar questions.
    pub phrasings: usize,
}

/// An FAQ that is not the same in both.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum FaqChange {
    /// It is new.
    Added {
        /// Its id.
        id: FaqId,
        /// Its standard question.
        question: String,
        /// All that it holds.
        fields: Vec<FieldValue>,
    },
    /// Some of its fields changed.
    Changed {
        /// Its id.
        id: FaqId,
        /// Its standard question, in the new file.
        question: String,
        /// Which fields, and how. Never empty.
        fields: Vec<FieldChange>,
    },
    /// It has another id, with the same question and answer.
    Renamed {
        /// The old id.
        from: FaqId,
        /// The new id.
        to: FaqId,
        /// Its standard question.
        question: String,
        /// What else changed.
        fields: Vec<FieldChange>,
    },
    /// It is gone.
    Removed {
        /// Its id.
        id: FaqId,
        /// Its standard question.
        question: String,
        /// All that it held.
        fields: Vec<FieldValue>,
    },
}

/// How many FAQs changed how.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct FaqCounts {
    /// New ones.
    pub added: usize,
    /// Ones that are gone.
    pub removed: usize,
    /// Ones with other fields.
    pub changed: usize,
    /// Ones with another id.
    pub renamed: usize,
}

impl KnowledgeDiff {
    /// Compares two knowledge bases.
    #[must_use]
    pub fn between(old: &KnowledgeBase, new: &KnowledgeBase) -> Self {
        let entries =
            |table: fn(&KnowledgeBase) -> Table| entries::compare(&table(old), &table(new));
        Self {
            old: Summary::of(old),
            new: Summary::of(new),
            faqs: faqs(&old.faqs, &new.faqs),
            intents: entries(entries::intents),
            words: entries(entries::words),
            variables: entries(entries::variables),
            settings: entries(entries::settings),
        }
    }

    /// Whether both are the same, but for their names.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let tables = [&self.intents, &self.words, &self.variables, &self.settings];
        self.faqs.is_empty() && tables.iter().all(|table| table.is_empty())
    }

    /// How many FAQs changed how.
    #[must_use]
    pub fn counts(&self) -> FaqCounts {
        let mut counts = FaqCounts::default();
        for change in &self.faqs {
            *match change {
                FaqChange::Added { .. } => &mut counts.added,
                FaqChange::Removed { .. } => &mut counts.removed,
                FaqChange::Changed { .. } => &mut counts.changed,
                FaqChange::Renamed { .. } => &mut counts.renamed,
            } += 1;
        }
        counts
    }

    /// Old ids with the new ones, of FAQs that were renamed.
    #[must_use]
    pub fn renamed(&self) -> HashMap<&FaqId, &FaqId> {
        let ids = self.faqs.iter().filter_map(|change| match change {
            FaqChange::Renamed { from, to, .. } => Some((from, to)),
            _ => None,
        });
        ids.collect()
    }
}

impl Summary {
    fn of(kb: &KnowledgeBase) -> Self {
        Self {
            name: kb.name.clone(),
            faqs: kb.faqs.len(),
            phrasings: kb.faqs.iter().map(|faq| faq.phrasings().count()).sum(),
        }
    }
}

fn faqs(old: &[Faq], new: &[Faq]) -> Vec<FaqChange> {
    let mut gone: HashMap<&FaqId, &Faq> = old.iter().map(|faq| (&faq.id, faq)).collect();
    let kept: Vec<Option<&Faq>> = new.iter().map(|faq| gone.remove(&faq.id)).collect();
    // By question and answer, in the order of the old file, last first.
    let mut orphans: HashMap<(&str, &str), Vec<&Faq>> = HashMap::new();
    for faq in old.iter().rev().filter(|faq| gone.contains_key(&faq.id)) {
        orphans.entry(contents(faq)).or_default().push(faq);
    }
    let mut changes = Vec::new();
    for (faq, kept) in new.iter().zip(kept) {
        let before = kept.or_else(|| orphans.get_mut(&contents(faq)).and_then(Vec::pop));
        if let Some(before) = before {
            gone.remove(&before.id);
        }
        changes.extend(change(before, faq));
    }
    let removed = old.iter().filter(|faq| gone.contains_key(&faq.id));
    changes.extend(removed.map(|faq| FaqChange::Removed {
        id: faq.id.clone(),
        question: faq.question.clone(),
        fields: fields::values(faq),
    }));
    changes
}

fn contents(faq: &Faq) -> (&str, &str) {
    (&faq.question, faq.answer.source())
}

fn change(before: Option<&Faq>, faq: &Faq) -> Option<FaqChange> {
    let (id, question) = (faq.id.clone(), faq.question.clone());
    let Some(before) = before else {
        let fields = fields::values(faq);
        return Some(FaqChange::Added {
            id,
            question,
            fields,
        });
    };
    let fields = fields::changes(before, faq);
    if before.id != faq.id {
        Some(FaqChange::Renamed {
            from: before.id.clone(),
            to: id,
            question,
            fields,
        })
    } else if fields.is_empty() {
        None
    } else {
        Some(FaqChange::Changed {
            id,
            question,
            fields,
        })
    }
}
