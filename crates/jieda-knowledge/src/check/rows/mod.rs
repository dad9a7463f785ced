//! Checks of single rows. A faulty cell is reported once, whatever else depends on it.

mod intent;
mod serving;
mod wording;

use std::collections::{HashMap, HashSet};

use jieda_types::FaqId;

use super::{
    intents::IntentBook,
    text::{has_no_word, one_line},
};
use crate::{
    Faq, FaqField, Problem, ProblemCode,
    kb_toml::Settings,
    place::Place,
    source::{Cell, FaqRecord},
};

/// A record and what it stands for.
#[derive(Debug)]
pub(crate) struct CheckedRow {
    pub(crate) record: FaqRecord,
    /// None if it is faulty.
    pub(crate) faq: Option<Faq>,
    /// Whether its id was used before: then it is likely a copy.
    pub(crate) repeats_id: bool,
}

impl CheckedRow {
    /// Whether customers can get it, as far as is known.
    pub(crate) fn is_enabled(&self) -> bool {
        self.faq.as_ref().is_none_or(|faq| faq.enabled)
    }

    /// Whether a customer may be served both, as far as is known.
    pub(crate) fn meets(&self, other: &Self) -> bool {
        let both = self.faq.as_ref().zip(other.faq.as_ref());
        both.is_none_or(|(a, b)| a.meets(b))
    }

    /// Its phrasings, each with its cell.
    pub(crate) fn phrasings(&self) -> impl Iterator<Item = (&Cell, &str)> {
        let similar = self.record.similar.iter().flatten();
        std::iter::once(&self.record.question)
            .chain(similar)
            .filter_map(|cell| cell.text().map(|text| (cell, text)))
            .filter(|(_, text)| !has_no_word(text))
    }

    /// How messages name it.
    pub(crate) fn label(&self) -> &str {
        let question = || self.record.question.text().unwrap_or_default();
        self.record.id_text().unwrap_or_else(question)
    }
}

/// Checks rows one by one.
pub(crate) struct RowChecker<'a> {
    settings: &'a Settings,
    pub(crate) intents: IntentBook,
    ids: HashMap<String, Place>,
    /// Tables in which a missing column was reported.
    reported: HashSet<(Place, FaqField)>,
    pub(crate) problems: Vec<Problem>,
}

impl<'a> RowChecker<'a> {
    pub(crate) fn new(settings: &'a Settings, intents: IntentBook) -> Self {
        Self {
            settings,
            intents,
            ids: HashMap::new(),
            reported: HashSet::new(),
            problems: Vec::new(),
        }
    }

    /// Checks a record.
    pub(crate) fn check(&mut self, record: FaqRecord) -> CheckedRow {
        let used_before = record.id_text().is_some_and(|id| self.ids.contains_key(id));
        let faq = self.faq(&record);
        CheckedRow {
            record,
            faq,
            repeats_id: used_before,
        }
    }

    fn faq(&mut self, record: &FaqRecord) -> Option<Faq> {
        // Everything is looked at before anything is given up: all faults come at once.
        let id = self.id(record);
        let question = self.question(&record.question);
        let similar = self.similar(record, question.as_deref().unwrap_or_default());
        let intent = self.intent(record);
        let enabled = self.enabled(record.enabled.as_ref());
        let channels = self.channels(record);
        let served = channels.as_deref().unwrap_or_default();
        let answer = self.answer(&record.answer, served, enabled.unwrap_or(true));
        let variants = self.variants(record, served);
        let valid_from = self.moment(record.valid_from.as_ref());
        let valid_until = self.moment(record.valid_until.as_ref());
        let valid = self.validity(record, valid_from.flatten(), valid_until.flatten());
        let priority = self.priority(record.priority.as_ref());
        let tags = labels(record.tags.as_deref().unwrap_or_default());
        let skill = optional(record.skill.as_ref());
        valid.then_some(())?;
        Some(Faq {
            id: id?,
            intent: intent?,
            question: question?,
            similar: similar?,
            answer: answer?,
            variants: variants?,
            tags: tags?,
            skill: skill?,
            channels: channels?,
            valid_from: valid_from?,
            valid_until: valid_until?,
            enabled: enabled?,
            priority: priority?,
        })
    }

    fn id(&mut self, record: &FaqRecord) -> Option<FaqId> {
        let Some(cell) = &record.id else {
            let suggestion = "请加上“编号”列；用导入命令会自动编号";
            self.missing_column(record, FaqField::Id, ProblemCode::MissingId, suggestion);
            return None;
        };
        let text = cell.text()?;
        if text.is_empty() {
            let problem = cell.place.problem(ProblemCode::MissingId, "没有编号");
            self.problems
                .push(problem.suggest("请填一个不重复的编号；用导入命令会自动编号"));
            return None;
        }
        let Ok(id) = FaqId::new(text) else {
            let message = format!("编号“{text}”不可用：不能超过 128 字节，不能有控制字符");
            let problem = cell.place.problem(ProblemCode::InvalidId, message);
            self.problems.push(problem);
            return None;
        };
        if let Some(first) = self.ids.get(text) {
            let message = format!("编号“{text}”重复，{}已经用过", first.seen_from(&cell.place));
            let problem = cell.place.problem(ProblemCode::DuplicateId, message);
            self.problems
                .push(problem.suggest("请换一个编号，或删去其中一条"));
            return None;
        }
        self.ids.insert(text.to_owned(), cell.place.clone());
        Some(id)
    }

    /// Reports a column that a table lacks, once a table.
    fn missing_column(
        &mut self,
        record: &FaqRecord,
        field: FaqField,
        code: ProblemCode,
        suggestion: &str,
    ) {
        let table = record.place.table();
        let problem = table.problem(code, format!("没有“{field}”列"));
        if self.reported.insert((table, field)) {
            self.problems.push(problem.suggest(suggestion));
        }
    }
}

/// Labels in one line each, without repeats; none if one is faulty.
fn labels(cells: &[Cell]) -> Option<Vec<String>> {
    let mut labels = Vec::new();
    for cell in cells {
        let label = one_line(cell.text()?);
        if !label.is_empty() && !labels.contains(&label) {
            labels.push(label);
        }
    }
    Some(labels)
}

/// The outer option is none for a fault, the inner one for an empty cell.
fn optional(cell: Option<&Cell>) -> Option<Option<String>> {
    let Some(cell) = cell else {
        return Some(None);
    };
    let text = one_line(cell.text()?);
    Some((!text.is_empty()).then_some(text))
}
