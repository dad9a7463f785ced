//! What can be wrong with the files of a knowledge base, for the person who edits them.

use std::{
    fmt,
    path::{Path, PathBuf},
};

use serde::Serialize;

/// The kind of a problem: stable, for programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ProblemCode {
    /// The folder or one of its files is not there.
    MissingFile,
    /// A file can't be read.
    Unreadable,
    /// A file can't be written.
    Unwritable,
    /// A file of a kind that can't be read, or that can't be told.
    UnknownFormat,
    /// A file, table or text beyond what is accepted.
    TooLarge,
    /// Bytes in an encoding that can't be told, or no UTF-8 where that is asked for.
    InvalidUtf8,
    /// A workbook that can't be opened: damaged, or with a password.
    InvalidWorkbook,
    /// A quote of a CSV file that is never closed.
    InvalidCsv,
    /// A line that is no JSON.
    InvalidJson,
    /// Text that is no YAML, or YAML of another shape.
    InvalidYaml,
    /// JSON without the fields that it should have, or with others.
    InvalidRow,
    /// `kb.toml` is no valid TOML, holds an unknown key, or names what doesn't exist.
    InvalidConfig,
    /// A faulty line of the dictionary.
    InvalidDictionary,
    /// No table with a question and an answer column.
    NoTable,
    /// Two columns for the same field.
    DuplicateColumn,
    /// A cell whose formula has failed.
    FormulaError,
    /// A text with invisible control characters.
    ControlCharacter,
    /// An FAQ without an id.
    MissingId,
    /// An id that is unfit.
    InvalidId,
    /// An id that was used before.
    DuplicateId,
    /// Two rows without ids and with the same standard question.
    AmbiguousRow,
    /// An FAQ without an intent.
    MissingIntent,
    /// An FAQ of an intent that isn't listed.
    UnknownIntent,
    /// A question, similar question or name without text.
    EmptyText,
    /// An answer without text.
    EmptyAnswer,
    /// An answer longer than one of its channels can carry.
    AnswerTooLong,
    /// An answer to be tried that is empty, a copy, or one too many.
    InvalidVariant,
    /// A variable's braces are not closed, or its name is unfit.
    InvalidVariable,
    /// A variable that is neither in `[variables]` nor in `supplied`.
    UndeclaredVariable,
    /// A date that can't be read or doesn't exist.
    InvalidDate,
    /// Validity that ends before it begins.
    NeverValid,
    /// Neither yes nor no.
    InvalidEnabled,
    /// No whole number.
    InvalidPriority,
    /// A channel's name that is unfit.
    InvalidChannel,
    /// A keyword without a word, a pattern that is no regular expression, or too many of an intent.
    InvalidIntentRule,
    /// A file without a row, or without an enabled FAQ.
    Empty,
    /// The folder holds what an import would contradict.
    ImportConflict,
    /// A warning: two FAQs with the same phrasing. Customers who use it get either.
    DuplicateQuestion,
    /// A warning: two FAQs with almost the same phrasing.
    NearDuplicate,
    /// A warning: two FAQs with almost the same phrasing and different answers.
    ConflictingAnswers,
    /// A warning: who asks with this phrasing is given another FAQ.
    Shadowed,
    /// A warning: an FAQ with a standard question alone.
    OnePhrasing,
    /// A warning: validity that is over.
    Expired,
    /// A warning: a variable that may come from the caller, which `kb.toml` doesn't say.
    UncheckedVariable,
    /// A warning: a channel that `kb.toml` doesn't list among others.
    UnknownChannel,
    /// A warning: a column or key of no known name.
    UnknownColumn,
    /// A warning: a table that looks like FAQs and was left out.
    IgnoredTable,
    /// A warning: FAQs without an intent, put under one name.
    NoIntent,
    /// A warning: an import adds an intent.
    NewIntent,
}

impl ProblemCode {
    /// Whether the knowledge base is usable all the same.
    #[must_use]
    pub const fn is_warning(self) -> bool {
        matches!(
            self,
            Self::DuplicateQuestion
                | Self::NearDuplicate
                | Self::ConflictingAnswers
                | Self::Shadowed
                | Self::OnePhrasing
                | Self::Expired
                | Self::UncheckedVariable
                | Self::UnknownChannel
                | Self::UnknownColumn
                | Self::IgnoredTable
                | Self::NoIntent
                | Self::NewIntent
        )
    }
}

/// One problem, with its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// The file.
    pub file: PathBuf,
    /// The sheet of a workbook.
    pub sheet: Option<String>,
    /// The row of a table or line of a text, from 1, where there is one.
    pub row: Option<usize>,
    /// The column, from 1, where it is known: of a table, or in characters of a line.
    pub column: Option<usize>,
    /// The header or name of the field.
    pub field: Option<String>,
    /// The kind.
    pub code: ProblemCode,
    /// What is wrong, in Chinese, without full stop.
    pub message: String,
    /// What to do, in Chinese, without full stop.
    pub suggestion: Option<String>,
}

impl Problem {
    /// A problem of a whole file; the other parts can be set afterwards.
    pub fn new(file: impl Into<PathBuf>, code: ProblemCode, message: impl Into<String>) -> Self {
        Self {
            file: file.into(),
            sheet: None,
            row: None,
            column: None,
            field: None,
            code,
            message: message.into(),
            suggestion: None,
        }
    }

    /// The same problem with a suggestion.
    #[must_use]
    pub fn suggest(self, suggestion: impl Into<String>) -> Self {
        Self {
            suggestion: Some(suggestion.into()),
            ..self
        }
    }
}

/// `faqs.xlsx〔Sheet1〕D12“答案”：没有答案。请补上` for tables, `faqs.jsonl:3:7“answer”: …` for texts.
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file.display())?;
        let is_table = self.sheet.is_some() || is_delimited(&self.file);
        if let Some(sheet) = &self.sheet {
            write!(f, "〔{sheet}〕")?;
        }
        let space = if self.sheet.is_some() { "" } else { " " };
        match (is_table, self.row, self.column) {
            (_, None, None) => {}
            (true, Some(row), Some(column)) => {
                write!(f, "{space}{}{row}", column_letters(column))?;
            }
            (true, Some(row), None) => write!(f, "{space}第 {row} 行")?,
            (true, None, Some(column)) => write!(f, "{space}{} 列", column_letters(column))?,
            (false, row, column) => {
                for part in [row, column].into_iter().flatten() {
                    write!(f, ":{part}")?;
                }
            }
        }
        if let Some(field) = &self.field {
            write!(f, "“{field}”")?;
        }
        let colon = if is_table { "：" } else { ": " };
        write!(f, "{colon}{}", self.message)?;
        match &self.suggestion {
            Some(suggestion) => write!(f, "。{suggestion}"),
            None => Ok(()),
        }
    }
}

/// The name of a spreadsheet's column: A, B, … Z, AA.
pub(crate) fn column_letters(mut column: usize) -> String {
    let mut letters = Vec::new();
    while column > 0 {
        let digit = (column - 1) % 26;
        letters.push(char::from(b'A' + u8::try_from(digit).unwrap_or(0)));
        column = (column - 1) / 26;
    }
    letters.iter().rev().collect()
}

fn is_delimited(file: &Path) -> bool {
    file.extension()
        .and_then(|e| e.to_str())
        .is_some_and(|e| ["csv", "tsv"].contains(&e.to_ascii_lowercase().as_str()))
}
