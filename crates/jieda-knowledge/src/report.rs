//! Many problems at once.

use std::{collections::HashMap, fmt, path::PathBuf};

use serde::Serialize;

use crate::{Problem, ProblemCode};

/// What was found in the files of a knowledge base.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct CheckReport {
    /// What makes the files unusable, in the order of files and rows.
    pub errors: Vec<Problem>,
    /// What else was noticed.
    pub warnings: Vec<Problem>,
}

impl CheckReport {
    /// Whether the files can be used.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.errors.is_empty()
    }

    /// Sorts problems out, each list in the order of files, sheets and rows.
    pub(crate) fn of(problems: Vec<Problem>) -> Self {
        let (warnings, errors) = in_order(problems)
            .into_iter()
            .partition(|p| p.code.is_warning());
        Self { errors, warnings }
    }

    /// The warnings, if there is nothing else.
    ///
    /// # Errors
    /// [`Faults`] with everything, if there are errors.
    pub fn into_warnings(self) -> Result<Vec<Problem>, Faults> {
        let Self { errors, warnings } = self;
        if errors.is_empty() {
            Ok(warnings)
        } else {
            Err(Faults { errors, warnings })
        }
    }
}

/// All problems that keep a set of files from being used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize)]
pub struct Faults {
    /// What makes the files unusable, in the order of files and rows. Never empty.
    pub errors: Vec<Problem>,
    /// What else was noticed.
    pub warnings: Vec<Problem>,
}

impl Faults {
    /// Whether nothing is wrong with the contents: files can't be written.
    #[must_use]
    pub fn are_of_the_disk(&self) -> bool {
        self.errors
            .iter()
            .all(|p| p.code == ProblemCode::Unwritable)
    }
}

impl From<Problem> for Faults {
    fn from(problem: Problem) -> Self {
        Self {
            errors: vec![problem],
            warnings: Vec::new(),
        }
    }
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

/// Files and sheets stay in the order in which they first occur; inside, rows and columns count.
fn in_order(mut problems: Vec<Problem>) -> Vec<Problem> {
    let mut ranks: HashMap<(PathBuf, Option<String>), usize> = HashMap::new();
    let mut files: HashMap<PathBuf, usize> = HashMap::new();
    for problem in &problems {
        let next = files.len();
        files.entry(problem.file.clone()).or_insert(next);
        let next = ranks.len();
        let table = (problem.file.clone(), problem.sheet.clone());
        ranks.entry(table).or_insert(next);
    }
    problems.sort_by_cached_key(|p| {
        let table = (p.file.clone(), p.sheet.clone());
        (files[&p.file], ranks[&table], p.row, p.column)
    });
    problems
}
