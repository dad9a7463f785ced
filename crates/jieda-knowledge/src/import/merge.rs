//! What was there and what comes, together.

use std::collections::{HashMap, HashSet};

use jieda_types::FaqId;

use super::{ChangedFaq, ImportMode, ImportReport};
use crate::{Faq, FaqField, check::CheckedRow};

/// The rows of the folder after the import.
pub(super) struct Merged {
    pub(super) rows: Vec<CheckedRow>,
    /// Ids that the files hold.
    incoming: HashSet<FaqId>,
}

impl Merged {
    /// In merge mode what was there keeps its order, and what is new comes last.
    pub(super) fn new(
        existing: Vec<CheckedRow>,
        incoming: Vec<CheckedRow>,
        mode: ImportMode,
    ) -> Self {
        let id = |row: &CheckedRow| row.faq.as_ref().map(|faq| faq.id.clone());
        let ids = incoming.iter().filter_map(id).collect();
        let rows = match mode {
            ImportMode::Replace => incoming,
            ImportMode::Merge => {
                let mut rows = existing;
                let positions = rows.iter().enumerate();
                let positions: HashMap<String, usize> = positions
                    .filter_map(|(i, row)| Some((row.record.id_text()?.to_owned(), i)))
                    .collect();
                for row in incoming {
                    let position = row.record.id_text().and_then(|id| positions.get(id));
                    match position.filter(|_| !row.repeats_id) {
                        Some(&i) => rows[i] = row,
                        None => rows.push(row),
                    }
                }
                rows
            }
        };
        Self {
            rows,
            incoming: ids,
        }
    }

    /// The FAQs, as far as they are sound.
    pub(super) fn faqs(&self) -> Vec<Faq> {
        self.rows.iter().filter_map(|row| row.faq.clone()).collect()
    }

    /// What differs from before.
    pub(super) fn report(&self, before: &[Faq]) -> ImportReport {
        let mut report = ImportReport::default();
        let mut old: HashMap<&FaqId, &Faq> = before.iter().map(|faq| (&faq.id, faq)).collect();
        for faq in self.rows.iter().filter_map(|row| row.faq.as_ref()) {
            let id = faq.id.clone();
            match old.remove(&id) {
                None => report.added.push(id),
                Some(_) if !self.incoming.contains(&id) => {}
                Some(old) if old == faq => report.unchanged.push(id),
                Some(old) => report.changed.push(ChangedFaq {
                    id,
                    fields: differing(old, faq),
                }),
            }
        }
        let is_gone = |faq: &&Faq| old.contains_key(&faq.id);
        report.removed = before
            .iter()
            .filter(is_gone)
            .map(|faq| faq.id.clone())
            .collect();
        report
    }
}

fn differing(a: &Faq, b: &Faq) -> Vec<FaqField> {
    let differs = |field: &FaqField| match field {
        FaqField::Id => a.id != b.id,
        FaqField::Question => a.question != b.question,
        FaqField::Similar => a.similar != b.similar,
        FaqField::Answer => a.answer != b.answer,
        FaqField::Variants => a.variants != b.variants,
        FaqField::Intent => a.intent != b.intent,
        FaqField::Tags => a.tags != b.tags,
        FaqField::Skill => a.skill != b.skill,
        FaqField::Channels => a.channels != b.channels,
        FaqField::ValidFrom => a.valid_from != b.valid_from,
        FaqField::ValidUntil => a.valid_until != b.valid_until,
        FaqField::Enabled => a.enabled != b.enabled,
        FaqField::Priority => a.priority != b.priority,
    };
    FaqField::ALL.into_iter().filter(differs).collect()
}
