//! What is wrong with a file, and where.

use std::fmt;

use toml::de::DeTable;

use super::{Document, start_of};

/// A file that can't be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FileError {
    /// No valid TOML; with line and column.
    #[error("{0}")]
    Unreadable(String),
    /// Keys and values that make no sense: all of them.
    #[error("{}", list(.0))]
    Values(Vec<FileProblem>),
}

/// One key or value that makes no sense.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileProblem {
    /// Its line in the file, from 1; none for one that the file leaves out.
    pub line: Option<usize>,
    /// Its key, such as `offer.timeout` or `groups[2].level`.
    pub key: String,
    /// What is wrong with it, in Chinese.
    pub problem: String,
}

impl fmt::Display for FileProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, "第 {line} 行 ")?;
        }
        write!(f, "{}：{}", self.key, self.problem)
    }
}

fn list(problems: &[FileProblem]) -> String {
    let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
    lines.join("\n")
}

/// Collects problems, and finds their lines.
pub(crate) struct Problems<'a> {
    text: &'a str,
    document: Option<Document<'a>>,
    found: Vec<FileProblem>,
}

impl<'a> Problems<'a> {
    pub(crate) fn of(text: &'a str) -> Self {
        Self {
            text,
            document: DeTable::parse(text).ok(),
            found: Vec::new(),
        }
    }

    pub(crate) fn push(&mut self, key: impl Into<String>, problem: impl fmt::Display) {
        let key = key.into();
        let start = self.document.as_ref().and_then(|d| start_of(d, &key));
        let before = start.and_then(|start| self.text.get(..start));
        self.found.push(FileProblem {
            line: before.map(|before| before.matches('\n').count() + 1),
            key,
            problem: problem.to_string(),
        });
    }

    /// Takes a value, or the problem with it.
    pub(crate) fn take<T, E: fmt::Display>(
        &mut self,
        key: impl Into<String>,
        value: Result<T, E>,
    ) -> Option<T> {
        value.map_err(|problem| self.push(key, problem)).ok()
    }

    /// An error if anything was found, in the order of the lines.
    pub(crate) fn check(&mut self) -> Result<(), FileError> {
        if self.found.is_empty() {
            return Ok(());
        }
        let mut found = std::mem::take(&mut self.found);
        found.sort_by_key(|p| p.line);
        Err(FileError::Values(found))
    }
}
