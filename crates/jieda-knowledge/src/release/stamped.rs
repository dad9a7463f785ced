//! JSON that carries a hash of itself, so that no flipped bit is taken for contents.
//!
//! The last member of the object is `sha256`, over every byte before it. Parsing compares bytes, not
//! values: a file that was reformatted by hand is refused like a damaged one.

use serde::{Serialize, de::DeserializeOwned};

use super::digest;

const BEFORE_HASH: &str = ",\n  \"sha256\": \"";
const AFTER_HASH: &str = "\"\n}\n";
/// How the pretty-printed object ends, before the hash is put in.
const END: &str = "\n}";

/// Renders a value with its hash. It must be a struct with at least one field.
pub(super) fn render<T: Serialize>(value: &T) -> Result<String, serde_json::Error> {
    let json = serde_json::to_string_pretty(value)?;
    let body = json.strip_suffix(END).unwrap_or(&json);
    let hash = digest::hex_of(body.as_bytes());
    Ok([body, BEFORE_HASH, &hash, AFTER_HASH].concat())
}

/// Parses what [`render`] gave.
///
/// # Errors
/// What is wrong, in a few words.
pub(super) fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, String> {
    let body = checked_body(bytes).ok_or("its contents do not match its own sha256")?;
    serde_json::from_str(&format!("{body}{END}")).map_err(|e| e.to_string())
}

fn checked_body(bytes: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(bytes).ok()?.strip_suffix(AFTER_HASH)?;
    let (body, hash) = text.rsplit_once(BEFORE_HASH)?;
    (digest::hex_of(body.as_bytes()) == hash).then_some(body)
}
