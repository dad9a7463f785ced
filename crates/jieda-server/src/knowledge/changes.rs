//! What a draft changes.

use std::collections::BTreeMap;

use jieda::KnowledgeBase;
use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use super::FaqDoc;

/// What differs between what is served and the draft.
#[derive(Debug, Clone, Default, PartialEq, Serialize, ToSchema)]
pub(crate) struct Changes {
    /// New FAQs.
    pub added: Vec<FaqDoc>,
    /// FAQs that are gone.
    pub removed: Vec<FaqDoc>,
    /// FAQs that are others.
    pub changed: Vec<ChangedFaqBody>,
    /// What else is another: `policy`, `intents`, `dictionary`, `variables`, `channels`.
    pub settings: Vec<&'static str>,
}

/// An FAQ of which some fields are others.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub(crate) struct ChangedFaqBody {
    /// Its id.
    pub id: String,
    /// Its standard question in the draft.
    pub question: String,
    /// Which fields.
    pub fields: Vec<FieldChangeBody>,
}

/// A field before and after.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub(crate) struct FieldChangeBody {
    /// Which.
    pub field: String,
    /// What is served.
    #[schema(value_type = serde_json::Value)]
    pub before: Value,
    /// What the draft says.
    #[schema(value_type = serde_json::Value)]
    pub after: Value,
}

impl Changes {
    /// How many there are.
    #[must_use]
    pub(crate) fn count(&self) -> usize {
        self.added.len() + self.removed.len() + self.changed.len() + self.settings.len()
    }
}

/// Compares what is served with a draft. The order of FAQs means nothing.
#[must_use]
pub(crate) fn changes(served: &KnowledgeBase, draft: &KnowledgeBase) -> Changes {
    let before: BTreeMap<_, _> = served.faqs.iter().map(|faq| (&faq.id, faq)).collect();
    let after: BTreeMap<_, _> = draft.faqs.iter().map(|faq| (&faq.id, faq)).collect();
    let mut found = Changes {
        removed: served
            .faqs
            .iter()
            .filter(|faq| !after.contains_key(&faq.id))
            .map(FaqDoc::of)
            .collect(),
        ..Changes::default()
    };
    for faq in &draft.faqs {
        match before.get(&faq.id) {
            None => found.added.push(FaqDoc::of(faq)),
            Some(old) if *old != faq => {
                let (old, new) = (fields(&FaqDoc::of(old)), fields(&FaqDoc::of(faq)));
                found.changed.push(ChangedFaqBody {
                    id: faq.id.to_string(),
                    question: faq.question.clone(),
                    fields: differing(&old, &new),
                });
            }
            Some(_) => {}
        }
    }
    let settings = [
        ("intents", served.intents != draft.intents),
        ("dictionary", served.dictionary != draft.dictionary),
        ("variables", served.variables != draft.variables),
        ("channels", served.channels != draft.channels),
    ];
    found.settings = settings
        .into_iter()
        .filter_map(|(name, differs)| differs.then_some(name))
        .collect();
    found
}

fn fields(faq: &FaqDoc) -> Map<String, Value> {
    match json!(faq) {
        Value::Object(fields) => fields,
        _ => Map::new(),
    }
}

fn differing(old: &Map<String, Value>, new: &Map<String, Value>) -> Vec<FieldChangeBody> {
    let differs = |name: &&String| old.get(*name) != new.get(*name);
    let change = |name: &String| FieldChangeBody {
        field: name.clone(),
        before: old.get(name).cloned().unwrap_or_default(),
        after: new.get(name).cloned().unwrap_or_default(),
    };
    new.keys().filter(differs).map(change).collect()
}
