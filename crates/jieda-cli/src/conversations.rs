//! Files of conversations: one JSON object a line.

use std::{fs, io::Write as _, path::Path};

use anyhow::Context as _;
use jieda::{Conversation, Faults, JsonlRow, read_jsonl};

/// Reads a file; all faulty lines are told at once.
pub(crate) fn read_conversations(file: &Path) -> anyhow::Result<Vec<Conversation>> {
    let (rows, errors) = read_jsonl::<Conversation>(file);
    if !errors.is_empty() {
        let warnings = Vec::new();
        return Err(Faults { errors, warnings }.into());
    }
    Ok(rows.into_iter().map(|row: JsonlRow<_>| row.value).collect())
}

/// Appends one conversation.
pub(crate) fn append(file: &Path, conversation: &Conversation) -> anyhow::Result<()> {
    let mut line = serde_json::to_string(conversation)?;
    line.push('\n');
    let appended = fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(file)
        .and_then(|mut out| out.write_all(line.as_bytes()));
    appended.with_context(|| format!("无法写入 {}", file.display()))
}
