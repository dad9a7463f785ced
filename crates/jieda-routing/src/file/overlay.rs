//! One file over another.

use toml::{Table, Value};

use super::Problems;

/// Finds the keys of a file that the complete one doesn't have, and values of another kind. The tables of a
/// list are compared with the first one of the complete list.
pub(super) fn unlike(complete: &Table, own: &Table, at: &str, problems: &mut Problems<'_>) {
    for (key, value) in own {
        let path = if at.is_empty() {
            key.clone()
        } else {
            format!("{at}.{key}")
        };
        match complete.get(key) {
            None => {
                let known: Vec<&str> = complete.keys().map(String::as_str).collect();
                let problem = format!("没有这个键，可以写：{}", known.join("、"));
                problems.push(path, problem);
            }
            Some(like) => unlike_value(like, value, &path, problems),
        }
    }
}

fn unlike_value(like: &Value, value: &Value, path: &str, problems: &mut Problems<'_>) {
    match (like, value) {
        (Value::Table(like), Value::Table(own)) => unlike(like, own, path, problems),
        (Value::Array(like), Value::Array(own)) => {
            let Some(first) = like.first() else { return };
            for (i, value) in own.iter().enumerate() {
                unlike_value(first, value, &format!("{path}[{i}]"), problems);
            }
        }
        // A whole number is a number.
        (Value::Float(_), Value::Integer(_)) => {}
        _ if like.same_type(value) => {}
        _ => {
            let problem = format!("应为{}，不是{}", kind(like), kind(value));
            problems.push(path, problem);
        }
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::String(_) => "文本",
        Value::Integer(_) => "整数",
        Value::Float(_) => "数",
        Value::Boolean(_) => "true 或 false",
        Value::Datetime(_) => "日期",
        Value::Array(_) => "列表",
        Value::Table(_) => "表",
    }
}

/// The complete file with what the other one says; lists replace lists as a whole.
pub(super) fn with(mut complete: Table, own: Table) -> Table {
    for (key, value) in own {
        let merged = match (complete.remove(&key), value) {
            (Some(Value::Table(complete)), Value::Table(own)) => Value::Table(with(complete, own)),
            (_, value) => value,
        };
        complete.insert(key, merged);
    }
    complete
}
