//! TOML read key by key, so that every problem of a file is told at once and with its place.

use std::{collections::BTreeMap, path::Path};

use jieda::{Problem, ProblemCode};
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

/// A file that is read, and what is wrong with it.
pub(super) struct TomlFile<'t> {
    path: &'t Path,
    text: &'t str,
    /// Everything that is wrong so far.
    pub(super) problems: Vec<Problem>,
}

/// The keys of a table that were not asked for yet.
pub(super) struct Fields<'t> {
    /// Where the table begins, in bytes.
    pub(super) at: usize,
    left: BTreeMap<String, Field<'t>>,
}

/// A key with its value.
pub(super) struct Field<'t> {
    /// Where the key stands, in bytes.
    pub(super) at: usize,
    /// The value.
    pub(super) value: DeValue<'t>,
}

impl<'t> TomlFile<'t> {
    /// Parses a file; what is no TOML is told and left out.
    pub(super) fn parse(path: &'t Path, text: &'t str) -> (Self, Fields<'t>) {
        let mut file = Self {
            path,
            text,
            problems: Vec::new(),
        };
        let (table, errors) = DeTable::parse_recoverable(text);
        for error in errors {
            let at = error.span().map_or(0, |span| span.start);
            file.fault(at, format!("不是合法的 TOML：{}", error.message()));
        }
        (file, Fields::of(0, table.into_inner()))
    }

    /// Tells what is wrong at a place, in bytes.
    pub(super) fn fault(&mut self, at: usize, message: String) {
        let before = self.text.get(..at).unwrap_or(self.text);
        let line_start = before.rfind('\n').map_or(0, |i| i + 1);
        self.problems.push(Problem {
            row: Some(before.matches('\n').count() + 1),
            column: Some(before[line_start..].chars().count() + 1),
            ..Problem::new(self.path, ProblemCode::InvalidConfig, message)
        });
    }

    /// A text that is not empty; what else stands there is told.
    pub(super) fn text(&mut self, fields: &mut Fields<'t>, key: &str) -> Option<Placed<String>> {
        let Field { at, value } = fields.left.remove(key)?;
        match value.as_str().map(str::trim) {
            Some(text) if !text.is_empty() => Some(Placed {
                at,
                value: text.to_owned(),
            }),
            _ => {
                self.fault(at, format!("{key} 应当是一段不为空的文字，写在引号里"));
                None
            }
        }
    }

    /// The same; a missing one is told.
    pub(super) fn required(
        &mut self,
        fields: &mut Fields<'t>,
        key: &str,
    ) -> Option<Placed<String>> {
        if !fields.left.contains_key(key) {
            self.fault(fields.at, format!("缺少 {key}"));
        }
        self.text(fields, key)
    }

    /// A list of texts.
    pub(super) fn texts(
        &mut self,
        fields: &mut Fields<'t>,
        key: &str,
    ) -> Option<Vec<Placed<String>>> {
        let Field { at, value } = fields.left.remove(key)?;
        let DeValue::Array(items) = value else {
            self.fault(at, format!("{key} 应当是一组文字，如 [\"…\", \"…\"]"));
            return None;
        };
        let mut texts = Vec::new();
        for item in items {
            let at = item.span().start;
            match item.get_ref().as_str() {
                Some(text) => texts.push(Placed {
                    at,
                    value: text.to_owned(),
                }),
                None => self.fault(at, format!("{key} 里的每一项都应当是文字，写在引号里")),
            }
        }
        Some(texts)
    }

    /// The tables of a list.
    pub(super) fn tables(&mut self, fields: &mut Fields<'t>, key: &str) -> Vec<Fields<'t>> {
        let Some(Field { at, value }) = fields.left.remove(key) else {
            return Vec::new();
        };
        let DeValue::Array(items) = value else {
            self.fault(at, format!("{key} 应当写成 [[{key}]]"));
            return Vec::new();
        };
        let mut tables = Vec::new();
        for item in items {
            let at = item.span().start;
            match item.into_inner() {
                DeValue::Table(table) => tables.push(Fields::of(at, table)),
                _ => self.fault(at, format!("{key} 应当写成 [[{key}]]")),
            }
        }
        tables
    }

    /// A table; none where it is missing.
    pub(super) fn table(&mut self, fields: &mut Fields<'t>, key: &str) -> Option<Fields<'t>> {
        let Field { at, value } = fields.left.remove(key)?;
        match value {
            DeValue::Table(table) => Some(Fields::of(at, table)),
            _ => {
                self.fault(at, format!("{key} 应当写成 [{key}]"));
                None
            }
        }
    }

    /// Tells the keys that nobody asked for.
    pub(super) fn end(&mut self, fields: Fields<'t>, known: &[&str]) {
        for (key, field) in fields.left {
            let known = known.join("、");
            self.fault(field.at, format!("不认识的键 {key}，可用的有 {known}"));
        }
    }
}

impl<'t> Fields<'t> {
    fn of(at: usize, table: DeTable<'t>) -> Self {
        let field = |(key, value): (Spanned<_>, Spanned<DeValue<'t>>)| {
            let at = key.span().start;
            let key: std::borrow::Cow<'t, str> = key.into_inner();
            (
                key.into_owned(),
                Field {
                    at,
                    value: value.into_inner(),
                },
            )
        };
        Self {
            at,
            left: table.into_iter().map(field).collect(),
        }
    }

    /// All keys that are left.
    pub(super) fn rest(&mut self) -> BTreeMap<String, Field<'t>> {
        std::mem::take(&mut self.left)
    }
}

/// A value and where its key stands, in bytes.
pub(super) struct Placed<T> {
    pub(super) at: usize,
    pub(super) value: T,
}
