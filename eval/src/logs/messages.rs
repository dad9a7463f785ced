//! JSON lines of any other system: a message each, or a conversation with its messages.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{
    LogOptions,
    fields::{Field, field_of},
    message::Message,
    values::rating,
};
use crate::transcripts::Expected;

/// What a line holds, with the name of its conversation.
pub(super) enum Line {
    Message(String, Box<Message>),
    Conversation(String, Vec<Message>),
}

/// Keys that a conversation keeps its messages under.
const LISTS: [&str; 2] = ["messages", "消息"];

/// A key at fault, and what is wrong with it.
type Fault = (Option<String>, String);

/// Reads a line.
pub(super) fn read(row: usize, value: &Value, options: &LogOptions) -> Result<Line, Vec<Fault>> {
    let Value::Object(object) = value else {
        return Err(vec![(None, "每行应当是一个 JSON 对象，即 {…}".into())]);
    };
    let list = LISTS.iter().find_map(|key| object.get(*key)?.as_array());
    let fields = Fields::of(object);
    let id = match list {
        // A conversation needs no other name for its id.
        Some(_) => fields
            .text(Field::Conversation)
            .or_else(|| text_of(object.get("id")?)),
        None => fields.text(Field::Conversation),
    };
    let unnamed = || {
        (
            Some("conversation_id".to_owned()),
            "没有写是哪个会话".to_owned(),
        )
    };
    let Some(list) = list else {
        let message = message(row, &fields, options);
        return match (id, message) {
            (Some(id), Ok(message)) => Ok(Line::Message(id, Box::new(message))),
            (id, message) => {
                let mut faults: Vec<Fault> = Vec::new();
                faults.extend(id.is_none().then(unnamed));
                faults.extend(message.err().into_iter().flatten());
                Err(faults)
            }
        };
    };
    let mut faults: Vec<Fault> = Vec::from_iter(id.is_none().then(unnamed));
    let mut messages = Vec::with_capacity(list.len());
    for (position, value) in list.iter().enumerate() {
        let read = match value {
            Value::Object(own) => message(row, &fields.with(own), options),
            _ => Err(vec![(None, "应当是一个 JSON 对象，即 {…}".into())]),
        };
        match read {
            Ok(message) => messages.push(message),
            Err(of_message) => faults.extend(
                of_message
                    .into_iter()
                    .map(|(key, message)| (key, format!("第 {} 条消息：{message}", position + 1))),
            ),
        }
    }
    // A rating of the whole conversation is given at its end.
    let rating = rating(&fields.text(Field::Rating).unwrap_or_default());
    match (rating, messages.last_mut()) {
        (Ok(rating), Some(last)) => last.rating = last.rating.or(rating),
        (Ok(_), None) => {}
        (Err(message), _) => faults.push((Some(fields.key(Field::Rating)), message)),
    }
    match id {
        Some(id) if faults.is_empty() => Ok(Line::Conversation(id, messages)),
        _ => Err(faults),
    }
}

fn message(row: usize, fields: &Fields<'_>, options: &LogOptions) -> Result<Message, Vec<Fault>> {
    let read = Message::read(row, &options.timezone, &|field| {
        fields.text(field).unwrap_or_default()
    });
    let mut faults = Vec::new();
    // A label may stand in one object, as in transcripts.
    let label = match fields.label {
        None | Some(Value::Null) => None,
        Some(label) => serde_json::from_value::<Expected>(label.clone())
            .map_err(|e| faults.push((Some("expect".to_owned()), format!("标注不对：{e}"))))
            .ok(),
    };
    let mut message = match read {
        Ok(message) => message,
        Err(wrong) => {
            let named = wrong
                .into_iter()
                .map(|(field, message)| (Some(fields.key(field)), message));
            faults.extend(named);
            return Err(faults);
        }
    };
    message.expected = label.or(message.expected);
    let labelled = message.expected.as_ref().and_then(|e| e.faq.as_ref());
    if let Some(faq) = labelled.filter(|faq| !options.knows(faq)) {
        let wrong = format!("知识库里没有编号为“{faq}”的常见问题");
        faults.push((Some(fields.key(Field::ExpectedFaq)), wrong));
    }
    if faults.is_empty() {
        Ok(message)
    } else {
        Err(faults)
    }
}

/// The fields of an object, by whatever names.
struct Fields<'a> {
    /// By field: rank of the name, the name, the value.
    found: BTreeMap<Field, (usize, &'a str, &'a Value)>,
    label: Option<&'a Value>,
}

impl<'a> Fields<'a> {
    fn of(object: &'a Map<String, Value>) -> Self {
        let mut found: BTreeMap<Field, (usize, &'a str, &'a Value)> = BTreeMap::new();
        for (key, value) in object {
            let Some((field, rank)) = field_of(key) else {
                continue;
            };
            if found.get(&field).is_none_or(|&(best, _, _)| rank < best) {
                found.insert(field, (rank, key, value));
            }
        }
        Self {
            found,
            label: object.get("expect"),
        }
    }

    /// Those of a message above those of its conversation.
    fn with(&self, own: &'a Map<String, Value>) -> Self {
        let own = Self::of(own);
        let mut found = self.found.clone();
        // A rating of the conversation is none of every message.
        found.remove(&Field::Rating);
        found.extend(own.found);
        Self {
            found,
            label: own.label,
        }
    }

    fn text(&self, field: Field) -> Option<String> {
        text_of(self.found.get(&field)?.2)
    }

    /// The key that somebody has to correct.
    fn key(&self, field: Field) -> String {
        let usual = match field {
            Field::Conversation => "conversation_id",
            Field::Role => "role",
            Field::Text => "text",
            Field::Time => "time",
            Field::Rating => "rating",
            Field::Channel => "channel",
            Field::Customer => "customer_id",
            Field::Tier => "tier",
            Field::ExpectedDecision | Field::ExpectedFaq | Field::ExpectedReason => "expect",
        };
        let found = self.found.get(&field);
        found.map_or(usual, |&(_, key, _)| key).to_owned()
    }
}

/// A text or number, trimmed; none where nothing is there.
fn text_of(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Bool(yes) => yes.to_string(),
        Value::Null | Value::Array(_) | Value::Object(_) => return None,
    };
    Some(text).filter(|text| !text.is_empty())
}
