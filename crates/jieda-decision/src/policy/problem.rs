//! What is wrong with a policy file, and where.

use std::fmt;

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

/// A policy that can't be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    /// No valid TOML, a missing or an unknown key; with line and column.
    #[error("{0}")]
    File(String),
    /// Values that make no sense: all of them.
    #[error("{}", list(.0))]
    Values(Vec<PolicyProblem>),
}

/// One value that makes no sense.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyProblem {
    /// Its line in the file, from 1; none for one that the file leaves out.
    pub line: Option<usize>,
    /// Its key, such as `thresholds.reply` or `rules[2].any`.
    pub key: String,
    /// What is wrong with it, in Chinese.
    pub problem: String,
}

impl fmt::Display for PolicyProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, "第 {line} 行 ")?;
        }
        write!(f, "{}：{}", self.key, self.problem)
    }
}

fn list(problems: &[PolicyProblem]) -> String {
    let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
    lines.join("\n")
}

/// Collects problems, and finds their lines.
pub(super) struct Problems<'a> {
    text: &'a str,
    document: Option<Spanned<DeTable<'a>>>,
    found: Vec<PolicyProblem>,
}

impl<'a> Problems<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        Self {
            text,
            document: DeTable::parse(text).ok(),
            found: Vec::new(),
        }
    }

    pub(super) fn push(&mut self, key: impl Into<String>, problem: impl Into<String>) {
        let key = key.into();
        self.found.push(PolicyProblem {
            line: self.line(&key),
            key,
            problem: problem.into(),
        });
    }

    pub(super) fn into_result(self) -> Result<(), PolicyError> {
        if self.found.is_empty() {
            Ok(())
        } else {
            Err(PolicyError::Values(self.found))
        }
    }

    /// The line of a key such as `rules[2].any`: of the innermost part of it that the file has.
    fn line(&self, key: &str) -> Option<usize> {
        let mut table = Some(self.document.as_ref()?.get_ref());
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
        let before = self.text.get(..start?)?;
        Some(before.matches('\n').count() + 1)
    }
}
