//! Dialogues of numbers.

use std::path::Path;

use jieda::{Faults, read_jsonl};
use serde::Deserialize;

/// A dialogue.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Dialogue {
    /// What was said, by either side.
    pub turns: Vec<Utterance>,
}

/// What one side said.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Utterance {
    /// Which side; what the numbers mean is the set's.
    pub role: u8,
    /// Its words, as numbers.
    pub tokens: Vec<u32>,
    /// Its sentiment, as the set has it.
    pub senti: f64,
    /// 1 where a human should take over.
    label: u8,
}

impl Utterance {
    /// Whether a human should take over here.
    #[must_use]
    pub fn is_handoff(&self) -> bool {
        self.label == 1
    }
}

/// Reads one dialogue a line.
///
/// # Errors
/// [`Faults`] with every faulty line.
pub fn read_dialogues(path: &Path) -> Result<Vec<Dialogue>, Faults> {
    let (rows, errors) = read_jsonl::<Dialogue>(path);
    if errors.is_empty() {
        Ok(rows.into_iter().map(|row| row.value).collect())
    } else {
        Err(Faults {
            errors,
            warnings: Vec::new(),
        })
    }
}
