//! A table as it was read: values by row and column, before anybody knows what they mean.

use std::collections::BTreeMap;

use crate::place::Place;

/// Cells that are read of one file.
pub(crate) const MAX_CELLS: usize = 2_000_000;

/// A value of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Value {
    Text(String),
    /// What a failed formula shows.
    Error(String),
}

/// A row; numbers count from 1, as a spreadsheet does.
#[derive(Debug, Clone, Default)]
pub(crate) struct GridRow {
    pub(crate) number: usize,
    pub(crate) cells: BTreeMap<usize, Value>,
}

impl GridRow {
    /// The text of a cell, trimmed; empty where there is none.
    pub(crate) fn text(&self, column: usize) -> &str {
        match self.cells.get(&column) {
            Some(Value::Text(text)) => text.trim(),
            _ => "",
        }
    }

    pub(crate) fn is_blank(&self) -> bool {
        self.cells
            .values()
            .all(|value| matches!(value, Value::Text(text) if text.trim().is_empty()))
    }
}

/// Cells that are shown as one: their value stands in the first.
#[derive(Debug, Clone, Copy)]
pub(crate) struct MergedArea {
    pub(crate) first_row: usize,
    pub(crate) last_row: usize,
    pub(crate) first_column: usize,
    pub(crate) last_column: usize,
}

/// A table.
#[derive(Debug, Clone)]
pub(crate) struct Grid {
    /// The file or sheet.
    pub(crate) place: Place,
    /// Rows with cells, in order.
    pub(crate) rows: Vec<GridRow>,
    pub(crate) merged: Vec<MergedArea>,
}

impl Grid {
    /// For the rows of one column that lie in a merged area, below its first: last row and value.
    pub(crate) fn spread(&self, column: usize) -> BTreeMap<usize, (usize, Value)> {
        let covers = |area: &&MergedArea| (area.first_column..=area.last_column).contains(&column);
        self.merged
            .iter()
            .filter(covers)
            .filter_map(|area| {
                let row = self
                    .rows
                    .binary_search_by_key(&area.first_row, |row| row.number)
                    .ok()?;
                let value = self.rows[row].cells.get(&area.first_column)?;
                Some((area.first_row, (area.last_row, value.clone())))
            })
            .collect()
    }
}
