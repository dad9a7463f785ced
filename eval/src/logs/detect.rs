//! Which kind of log a file is.

use std::{
    fmt,
    fs::File,
    io::{BufRead as _, BufReader},
    path::Path,
    str::FromStr,
};

use serde::Serialize;
use serde_json::Value;

/// The longest first line that is looked at, in bytes.
const MOST_BYTES: u64 = 64 << 20;

/// Kinds of logs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// What `jieda log export` writes: decisions, times, values and states of every turn.
    Export,
    /// What `jieda chat --save` writes: the history, with the decisions.
    Saved,
    /// Conversations with the decision expected at each turn.
    Transcripts,
    /// JSON lines: one message each, or one conversation with its messages.
    Messages,
    /// CSV or workbook: one message a row.
    Table,
}

impl Format {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Export,
        Self::Saved,
        Self::Transcripts,
        Self::Messages,
        Self::Table,
    ];

    /// The name on the command line.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Export => "export",
            Self::Saved => "saved",
            Self::Transcripts => "transcripts",
            Self::Messages => "messages",
            Self::Table => "table",
        }
    }

    /// The kind of a file, by its extension and the shape of its first line. A file that can't be read is taken for
    /// messages: whoever reads it then says why.
    #[must_use]
    pub fn of(path: &Path) -> Self {
        let extension = path.extension().unwrap_or_default().to_ascii_lowercase();
        match extension.to_str() {
            Some("csv" | "tsv" | "xlsx" | "xlsm" | "xls" | "et") => Self::Table,
            _ => first_object(path).map_or(Self::Messages, |object| Self::of_object(&object)),
        }
    }

    fn of_object(object: &Value) -> Self {
        let first_turn = &object["turns"][0];
        if first_turn["event"].is_string() || object["last_turn"].is_number() {
            Self::Export
        } else if object["history"].is_array() {
            Self::Saved
        } else if object["turns"].is_array() {
            Self::Transcripts
        } else {
            Self::Messages
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Format {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|format| format.as_str() == name);
        found.ok_or_else(|| {
            let names = Self::ALL.map(Self::as_str);
            format!("expected one of {}", names.join(", "))
        })
    }
}

fn first_object(path: &Path) -> Option<Value> {
    let mut lines = BufReader::new(std::io::Read::take(File::open(path).ok()?, MOST_BYTES));
    let mut line = Vec::new();
    loop {
        line.clear();
        if lines.read_until(b'\n', &mut line).ok()? == 0 {
            return None;
        }
        let text = line.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&line);
        if !text.trim_ascii().is_empty() {
            return serde_json::from_slice(text).ok();
        }
    }
}
