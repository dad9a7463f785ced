//! The fields of FAQs, in one table. A new field is one more line in it.

use std::collections::HashMap;

use serde::Serialize;

use super::inline::{self, Span};
use crate::{Faq, Moment};

/// The fields that are compared, in the order in which they are shown.
const FIELDS: [Field; 12] = [
    Field::new("question", "标准问题", |faq| prose(&faq.question)),
    Field::new("similar", "相似问题", |faq| list(&faq.similar)),
    Field::new("answer", "答案", |faq| prose(faq.answer.source())),
    Field::new("variants", "备选答案", |faq| {
        Value::List(faq.variants.iter().map(|a| a.source().to_owned()).collect())
    }),
    Field::new("intent", "意图", |faq| text(faq.intent.as_str())),
    Field::new("tags", "标签", |faq| list(&faq.tags)),
    Field::new("skill", "技能组", |faq| {
        text(faq.skill.as_deref().unwrap_or_default())
    }),
    Field::new("channels", "渠道", |faq| {
        Value::List(faq.channels.iter().map(ToString::to_string).collect())
    }),
    Field::new("valid_from", "生效时间", |faq| moment(faq.valid_from)),
    Field::new("valid_until", "失效时间", |faq| moment(faq.valid_until)),
    Field::new("enabled", "启用", |faq| {
        text(if faq.enabled { "" } else { "停用" })
    }),
    Field::new("priority", "优先级", |faq| match faq.priority {
        0 => text(""),
        priority => text(&priority.to_string()),
    }),
];

/// The value of a field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Value {
    /// A name or number, compared whole; empty when there is none.
    Text(String),
    /// Sentences, compared word by word.
    Prose(String),
    /// Several texts, compared one by one.
    List(Vec<String>),
}

/// A field of an FAQ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldValue {
    /// The field's name in `faqs.jsonl`.
    pub field: &'static str,
    /// Its name for people.
    pub label: &'static str,
    /// What it holds.
    pub value: Value,
}

/// A field of an FAQ that changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldChange {
    /// The field's name in `faqs.jsonl`.
    pub field: &'static str,
    /// Its name for people.
    pub label: &'static str,
    /// How it changed.
    #[serde(flatten)]
    pub change: Change,
}

/// How a field changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Change {
    /// One value took the place of another; an empty one is none.
    Replaced {
        /// The old value.
        old: String,
        /// The new value.
        new: String,
    },
    /// Sentences were edited.
    Edited {
        /// Both texts, cut where they differ.
        spans: Vec<Span>,
    },
    /// Texts were added to a list or removed from it.
    Items {
        /// What is new, in its order.
        added: Vec<String>,
        /// What is gone, in its order.
        removed: Vec<String>,
    },
    /// A list holds the same texts in another order.
    Reordered,
}

/// The fields of an FAQ that hold something.
pub(super) fn values(faq: &Faq) -> Vec<FieldValue> {
    let value = |field: &Field| FieldValue {
        field: field.name,
        label: field.label,
        value: (field.value)(faq),
    };
    let values = FIELDS.iter().map(value);
    values.filter(|field| !field.value.is_empty()).collect()
}

/// The fields in which two FAQs differ.
pub(super) fn changes(old: &Faq, new: &Faq) -> Vec<FieldChange> {
    let change = |field: &Field| {
        Some(FieldChange {
            field: field.name,
            label: field.label,
            change: compare((field.value)(old), (field.value)(new))?,
        })
    };
    FIELDS.iter().filter_map(change).collect()
}

struct Field {
    name: &'static str,
    label: &'static str,
    value: fn(&Faq) -> Value,
}

impl Field {
    const fn new(name: &'static str, label: &'static str, value: fn(&Faq) -> Value) -> Self {
        Self { name, label, value }
    }
}

impl Value {
    fn is_empty(&self) -> bool {
        match self {
            Self::Text(text) | Self::Prose(text) => text.is_empty(),
            Self::List(items) => items.is_empty(),
        }
    }

    fn into_text(self) -> String {
        match self {
            Self::Text(text) | Self::Prose(text) => text,
            Self::List(items) => items.join("；"),
        }
    }
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn moment(moment: Option<Moment>) -> Value {
    Value::Text(moment.map_or_else(String::new, |m| m.to_string()))
}

fn prose(text: &str) -> Value {
    Value::Prose(text.to_owned())
}

fn list(items: &[String]) -> Value {
    Value::List(items.to_vec())
}

fn compare(old: Value, new: Value) -> Option<Change> {
    if old == new {
        return None;
    }
    Some(match (old, new) {
        (Value::Prose(old), Value::Prose(new)) => Change::Edited {
            spans: inline::compare(&old, &new),
        },
        (Value::List(old), Value::List(new)) => {
            let (added, removed) = (without(&new, &old), without(&old, &new));
            if added.is_empty() && removed.is_empty() {
                Change::Reordered
            } else {
                Change::Items { added, removed }
            }
        }
        (old, new) => Change::Replaced {
            old: old.into_text(),
            new: new.into_text(),
        },
    })
}

/// The items that are not among others; one that is there twice must be among the others twice.
fn without(items: &[String], others: &[String]) -> Vec<String> {
    let mut left: HashMap<&str, usize> = HashMap::new();
    for other in others {
        *left.entry(other).or_default() += 1;
    }
    let mut missing = Vec::new();
    for item in items {
        match left.get_mut(item.as_str()) {
            Some(n) if *n > 0 => *n -= 1,
            _ => missing.push(item.clone()),
        }
    }
    missing
}
