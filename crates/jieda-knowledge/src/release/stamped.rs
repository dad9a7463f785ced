//! JSON that carries a hash of itself, so that no flipped bit is taken for contents.
//!
//! The last member of the object is `sha256`, over every byte before it. Parsing compares bytes, not
//! values: a file that was reformatted by hand is refused like a damaged one.
//!
//! ```
//! use jieda_knowledge::release::stamped;
//! #[derive(Debug, PartialEq, serde::Serialize, serde::Deserialize)]
//! struct Note {
//!     text: String,
//! }
//! let note = Note { text: "双十一".into() };
//! let text = stamped::render(&note)?;
//! assert_eq!(stamped::parse::<Note>(text.as_bytes()), Ok(note));
//! assert!(stamped::parse::<Note>(text.replace('一', "二").as_bytes()).is_err());
//! # Ok::<(), serde_json::Error>(())
//! ```

use serde::{Serialize, de::DeserializeOwned};

use super::digest;

const BEFORE_HASH: &str = ",\n  \"sha256\": \"";
const AFTER_HASH: &str = "\"\n}\n";
/// How the pretty-printed object ends, before the hash is put in.
const END: &str = "\n}";

/// Renders a value with its hash. It must be a struct with at least one field.
///
/// # Errors
/// When the value can't be JSON.
pub fn render<T: Serialize>(value: &T) -> Result<String, serde_json::Error> {
    let json = serde_json::to_string_pretty(value)?;
    let body = json.strip_suffix(END).unwrap_or(&json);
    let hash = digest::hex_of(body.as_bytes());
    Ok([body, BEFORE_HASH, &hash, AFTER_HASH].concat())
}

/// Parses what [`render`] gave.
///
/// # Errors
/// What is wrong, in a few words.
pub fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, String> {
    let body = checked_body(bytes).ok_or("its contents do not match its own sha256")?;
    serde_json::from_str(&format!("{body}{END}")).map_err(|e| e.to_string())
}

fn checked_body(bytes: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(bytes).ok()?.strip_suffix(AFTER_HASH)?;
    let (body, hash) = text.rsplit_once(BEFORE_HASH)?;
    (digest::hex_of(body.as_bytes()) == hash).then_some(body)
}
