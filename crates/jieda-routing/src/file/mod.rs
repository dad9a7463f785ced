//! Files of rules: what a user's file leaves out is as in the one that ships; what is wrong is told all at
//! once, with lines.

mod overlay;
mod problem;
mod value;

use serde::de::DeserializeOwned;
use toml::de::{DeTable, DeValue};

pub use problem::{FileError, FileProblem};

pub(crate) use problem::Problems;
pub(crate) use value::{duration, positive, within};

use overlay::{unlike, with};

/// Reads a file over the one that ships, which is complete and so says which keys there are and what kind
/// of value each has.
///
/// # Errors
/// [`FileError`], with every unknown key and every value of the wrong kind.
pub(crate) fn read<'a, T: DeserializeOwned>(
    shipped: &str,
    given: &'a str,
) -> Result<(T, Problems<'a>), FileError> {
    let unreadable = |e: toml::de::Error| FileError::Unreadable(e.to_string());
    let mut problems = Problems::of(given);
    let complete: toml::Table = toml::from_str(shipped).map_err(unreadable)?;
    let own: toml::Table = toml::from_str(given).map_err(unreadable)?;
    unlike(&complete, &own, "", &mut problems);
    problems.check()?;
    let value = toml::Value::Table(with(complete, own));
    let raw = value.try_into().map_err(unreadable)?;
    Ok((raw, problems))
}

/// A file over the one that ships, as one file.
///
/// # Errors
/// [`FileError::Unreadable`].
pub(crate) fn complete(shipped: &str, given: &str) -> Result<String, FileError> {
    let unreadable = |e: toml::de::Error| FileError::Unreadable(e.to_string());
    let complete: toml::Table = toml::from_str(shipped).map_err(unreadable)?;
    let own: toml::Table = toml::from_str(given).map_err(unreadable)?;
    let whole = toml::to_string(&with(complete, own));
    whole.map_err(|e| FileError::Unreadable(e.to_string()))
}

/// The table of a document, and the byte where each of its values begins.
type Document<'a> = toml::Spanned<DeTable<'a>>;

/// The byte at which the innermost part of a key such as `groups[2].level` begins that the document has.
fn start_of(document: &Document<'_>, key: &str) -> Option<usize> {
    let mut table = Some(document.get_ref());
    let mut start = None;
    for part in key.split('.') {
        let (name, index) = match part.split_once('[') {
            Some((name, index)) => (name, index.trim_end_matches(']').parse::<usize>().ok()),
            None => (part, None),
        };
        let entry = table.and_then(|t| t.iter().find(|(key, _)| key.get_ref() == name));
        let Some((key, mut value)) = entry else { break };
        start = Some(key.span().start);
        let element = index.and_then(|index| value.get_ref().as_array()?.get(index));
        if let Some(element) = element {
            value = element;
            start = Some(value.span().start);
        }
        table = DeValue::as_table(value.get_ref());
    }
    start
}
