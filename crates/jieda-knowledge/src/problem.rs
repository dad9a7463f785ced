//! What can be wrong with the files of a knowledge base, for the person who edits them.

use std::{fmt, path::PathBuf};

use serde::Serialize;

/// The kind of a problem: stable, for programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ProblemCode {
    /// The folder or one of its files is not there.
    MissingFile,
    /// A file can't be read.
    Unreadable,
    /// Bytes that are no UTF-8.
    InvalidUtf8,
    /// A line that is no JSON.
    InvalidJson,
    /// JSON without the fields that it should have, or with others.
    InvalidRow,
    /// `kb.toml` is no valid TOML, or holds an unknown key.
    InvalidConfig,
    /// A faulty line of the dictionary.
    InvalidDictionary,
    /// An id that is empty or unfit.
    InvalidId,
    /// An id that was used before.
    DuplicateId,
    /// An FAQ of an intent that `intents.jsonl` does not list.
    UnknownIntent,
    /// A question, similar question or name without text.
    EmptyText,
    /// An answer without text.
    EmptyAnswer,
    /// A variable's braces are not closed, or its name is unfit.
    InvalidVariable,
    /// A file without a row.
    Empty,
    /// Two FAQs with the same phrasing: customers who use it get either. A warning.
    DuplicateQuestion,
}

impl ProblemCode {
    /// Whether the knowledge base is usable all the same.
    #[must_use]
    pub const fn is_warning(self) -> bool {
        matches!(self, Self::DuplicateQuestion)
    }
}

/// One problem, with its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// The file.
    pub file: PathBuf,
    /// The line, from 1, where there is one.
    pub line: Option<usize>,
    /// The column in characters, from 1, where it is known.
    pub column: Option<usize>,
    /// The kind.
    pub code: ProblemCode,
    /// What is wrong and what to do, in Chinese.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file.display())?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        if let Some(column) = self.column {
            write!(f, ":{column}")?;
        }
        write!(f, ": {}", self.message)
    }
}

/// All problems that keep a set of files from being used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize)]
pub struct Faults {
    /// What makes the files unusable, in the order of files and lines. Never empty.
    pub errors: Vec<Problem>,
    /// What else was noticed.
    pub warnings: Vec<Problem>,
}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, problem) in self.errors.iter().enumerate() {
            let separator = if i == 0 { "" } else { "\n" };
            write!(f, "{separator}{problem}")?;
        }
        Ok(())
    }
}

/// Gathers the problems of one file.
#[derive(Debug)]
pub(crate) struct FileProblems {
    file: PathBuf,
    pub(crate) found: Vec<Problem>,
}

impl FileProblems {
    pub(crate) fn new(file: PathBuf) -> Self {
        Self {
            file,
            found: Vec::new(),
        }
    }

    pub(crate) fn whole_file(&mut self, code: ProblemCode, message: impl Into<String>) {
        self.push(None, None, code, message.into());
    }

    pub(crate) fn at_line(&mut self, line: usize, code: ProblemCode, message: impl Into<String>) {
        self.push(Some(line), None, code, message.into());
    }

    pub(crate) fn push(
        &mut self,
        line: Option<usize>,
        column: Option<usize>,
        code: ProblemCode,
        message: String,
    ) {
        self.found.push(Problem {
            file: self.file.clone(),
            line,
            column,
            code,
            message,
        });
    }
}
