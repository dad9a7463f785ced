//! Places in files, cheap to copy: every cell has one.

use std::{path::Path, sync::Arc};

use crate::{Problem, ProblemCode, problem::column_letters};

/// A file, or a place in it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Place {
    file: Arc<Path>,
    sheet: Option<Arc<str>>,
    row: Option<usize>,
    column: Option<usize>,
    field: Option<Arc<str>>,
}

impl Place {
    pub(crate) fn file(path: &Path) -> Self {
        Self {
            file: path.into(),
            sheet: None,
            row: None,
            column: None,
            field: None,
        }
    }

    pub(crate) fn sheet(&self, name: &str) -> Self {
        Self {
            sheet: Some(name.into()),
            ..self.clone()
        }
    }

    pub(crate) fn row(&self, row: usize) -> Self {
        Self {
            row: Some(row),
            ..self.clone()
        }
    }

    pub(crate) fn column(&self, column: usize) -> Self {
        Self {
            column: Some(column),
            ..self.clone()
        }
    }

    pub(crate) fn field(&self, field: impl Into<Arc<str>>) -> Self {
        Self {
            field: Some(field.into()),
            ..self.clone()
        }
    }

    /// The table or file that it is in.
    pub(crate) fn table(&self) -> Self {
        Self {
            row: None,
            column: None,
            field: None,
            ..self.clone()
        }
    }

    pub(crate) fn sheet_name(&self) -> Option<&str> {
        self.sheet.as_deref()
    }

    /// The file that it is in.
    pub(crate) fn file_alone(&self) -> Self {
        Self {
            sheet: None,
            ..self.table()
        }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.file
    }

    pub(crate) fn problem(&self, code: ProblemCode, message: impl Into<String>) -> Problem {
        Problem {
            sheet: self.sheet.as_deref().map(str::to_owned),
            row: self.row,
            column: self.column,
            field: self.field.as_deref().map(str::to_owned),
            ..Problem::new(&*self.file, code, message)
        }
    }

    /// How a message of `from` calls this place: as short as it is clear.
    pub(crate) fn seen_from(&self, from: &Self) -> String {
        let mut text = String::new();
        if self.file != from.file {
            let name = self.file.file_name().unwrap_or(self.file.as_os_str());
            text.push_str(&format!("{} ", name.to_string_lossy()));
        }
        if let Some(sheet) = &self.sheet
            && (self.file != from.file || self.sheet != from.sheet)
        {
            text.push_str(&format!("〔{sheet}〕"));
        }
        match (&self.sheet, self.row, self.column) {
            (Some(_), Some(row), Some(column)) => {
                text.push_str(&format!("{}{row}", column_letters(column)));
            }
            (_, Some(row), _) => text.push_str(&format!("第 {row} 行")),
            (_, None, _) => {}
        }
        text.trim_end().to_owned()
    }
}
