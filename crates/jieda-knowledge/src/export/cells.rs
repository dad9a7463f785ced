//! Fields as texts of cells, so that reading gives the same fields.

use std::collections::{HashMap, HashSet};

use jieda_types::IntentId;

use super::Column;
use crate::{
    AnswerTemplate, Channel, Faq, FaqField, KnowledgeBase, Moment,
    source::{split_labels, split_questions},
};

/// Makes the texts of cells.
pub(super) struct CellTexts<'a> {
    /// How each intent is called: by its name, if that leads to no other.
    intents: HashMap<&'a IntentId, &'a str>,
}

impl<'a> CellTexts<'a> {
    pub(super) fn of(kb: &'a KnowledgeBase) -> Self {
        let ids: HashSet<&str> = kb.intents.iter().map(|i| i.id.as_str()).collect();
        let mut names = HashSet::new();
        let called = kb.intents.iter().map(|intent| {
            let name = intent.name.as_str();
            let is_clear = names.insert(name) && !ids.contains(name);
            (&intent.id, if is_clear { name } else { intent.id.as_str() })
        });
        Self {
            intents: called.collect(),
        }
    }

    /// How an intent is called.
    pub(super) fn intent<'b>(&'b self, id: &'b IntentId) -> &'b str {
        self.intents.get(id).copied().unwrap_or(id.as_str())
    }

    pub(super) fn cell(&self, faq: &Faq, column: Column) -> String {
        let moment = |moment: Option<Moment>| moment.map(|m| m.to_string()).unwrap_or_default();
        match column.field {
            FaqField::Id => faq.id.to_string(),
            FaqField::Question => faq.question.clone(),
            FaqField::Similar => joined(&faq.similar, "\n", split_questions),
            FaqField::Answer => faq.answer.source().to_owned(),
            FaqField::Variants => {
                let variant = faq.variants.get(column.part).map(AnswerTemplate::source);
                variant.unwrap_or_default().to_owned()
            }
            FaqField::Intent => self.intent(&faq.intent).to_owned(),
            FaqField::Tags => joined(&faq.tags, "、", split_labels),
            FaqField::Skill => faq.skill.clone().unwrap_or_default(),
            FaqField::Channels => {
                let names = faq.channels.iter().map(Channel::to_string);
                joined(&names.collect::<Vec<_>>(), "、", split_labels)
            }
            FaqField::ValidFrom => moment(faq.valid_from),
            FaqField::ValidUntil => moment(faq.valid_until),
            FaqField::Enabled => (if faq.enabled { "是" } else { "否" }).to_owned(),
            FaqField::Priority if faq.priority == 0 => String::new(),
            FaqField::Priority => faq.priority.to_string(),
        }
    }
}

/// Texts in one cell. Where the separator would not bring them back, one stands on each line, with a
/// break behind the last: a cell with a line break is divided by nothing else.
pub(super) fn joined(texts: &[String], separator: &str, split: fn(&str) -> Vec<String>) -> String {
    let text = texts.join(separator);
    if split(&text) == texts {
        text
    } else {
        texts.join("\n") + "\n"
    }
}
