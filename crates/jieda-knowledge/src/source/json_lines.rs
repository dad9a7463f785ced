//! `faqs.jsonl`: one FAQ a line. Fields are typed, and unknown ones refused.

use serde::Deserialize;

use super::{
    Source,
    record::{Cell, FaqRecord},
};
use crate::{FaqField, JsonlRow, Problem, place::Place, read_jsonl};

/// A line of `faqs.jsonl`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct FaqRow {
    #[serde(default)]
    id: Option<String>,
    #[serde(default)]
    intent: Option<String>,
    question: String,
    #[serde(default)]
    similar: Vec<String>,
    answer: String,
    #[serde(default)]
    variants: Vec<String>,
    #[serde(default)]
    tags: Vec<String>,
    #[serde(default)]
    skill: Option<String>,
    #[serde(default)]
    channels: Vec<String>,
    #[serde(default)]
    valid_from: Option<String>,
    #[serde(default)]
    valid_until: Option<String>,
    #[serde(default = "enabled")]
    enabled: bool,
    #[serde(default)]
    priority: i32,
}

fn enabled() -> bool {
    true
}

/// A line of `intents.jsonl`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct IntentRow {
    pub(crate) id: String,
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) description: String,
    #[serde(default)]
    pub(crate) keywords: Vec<String>,
    #[serde(default)]
    pub(crate) patterns: Vec<String>,
}

/// Reads a file of FAQs.
pub(crate) fn read(place: &Place, source: &mut Source) {
    let (rows, mut found) = read_jsonl::<FaqRow>(place.path());
    source.problems.append(&mut found);
    for JsonlRow { line, value } in rows {
        let record = record(&place.row(line), value, &mut source.problems);
        source.faqs.push(record);
    }
}

fn record(place: &Place, row: FaqRow, problems: &mut Vec<Problem>) -> FaqRecord {
    let mut record = FaqRecord::whole(place.clone());
    let enabled = if row.enabled { "是" } else { "否" };
    let fields = [
        (FaqField::Id, row.id),
        (FaqField::Question, Some(row.question)),
        (FaqField::Answer, Some(row.answer)),
        (FaqField::Intent, row.intent),
        (FaqField::Skill, row.skill),
        (FaqField::ValidFrom, row.valid_from),
        (FaqField::ValidUntil, row.valid_until),
        (FaqField::Enabled, Some(enabled.to_owned())),
        (FaqField::Priority, Some(row.priority.to_string())),
    ];
    for (field, text) in fields {
        if let Some(text) = text {
            let cell = Cell::new(&text, place.field(field.key()), problems);
            record.set(field, cell);
        }
    }
    let lists = [
        (FaqField::Similar, row.similar),
        (FaqField::Variants, row.variants),
        (FaqField::Tags, row.tags),
        (FaqField::Channels, row.channels),
    ];
    for (field, texts) in lists {
        for (i, text) in texts.iter().enumerate() {
            let place = place.field(format!("{}[{}]", field.key(), i + 1));
            let cell = Cell::new(text, place, problems);
            record.set(field, cell);
        }
    }
    record
}
