//! Tables of anything, read as FAQ files are: any encoding, any delimiter, hostile workbooks.

use std::{collections::BTreeMap, path::Path};

use super::{
    Format, delimited,
    grid::{Grid, GridRow, Value},
    unreadable, workbook,
};
use crate::{Faults, Problem, ProblemCode, place::Place};

/// The header is looked for in so many rows.
const HEADER_SEARCH_ROWS: usize = 20;

/// A table with its header.
#[derive(Debug, Clone)]
pub struct Table {
    place: Place,
    /// The row that names the columns.
    pub header: TableRow,
    /// The rows below it that hold anything.
    pub rows: Vec<TableRow>,
}

/// A row of a table.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TableRow {
    /// Its number, from 1, as a spreadsheet counts.
    pub number: usize,
    /// Its texts, trimmed, by the number of the column, from 1; none is empty. A formula that failed shows its error.
    pub cells: BTreeMap<usize, String>,
}

impl Table {
    /// A problem of a row, or of one cell of it.
    pub fn problem(
        &self,
        row: usize,
        column: Option<usize>,
        code: ProblemCode,
        message: impl Into<String>,
    ) -> Problem {
        let place = self.place.row(row);
        let place = match column {
            None => place,
            Some(column) => {
                let header = self.header.text(column);
                place.column(column).field(header)
            }
        };
        place.problem(code, message)
    }
}

impl TableRow {
    /// The text of a cell; empty where there is none.
    #[must_use]
    pub fn text(&self, column: usize) -> &str {
        self.cells.get(&column).map_or("", String::as_str)
    }
}

/// Reads the tables of a CSV file or workbook whose header `is_header` knows, be it below a title. Hidden sheets, and
/// those without such a header, are passed over.
///
/// # Errors
/// [`Faults`]: the file can't be read, or holds no such table.
pub fn read_tables(
    path: &Path,
    is_header: &dyn Fn(&TableRow) -> bool,
) -> Result<Vec<Table>, Faults> {
    let place = Place::file(path);
    let mut problems = Vec::from_iter(unreadable(&place));
    let is_grid_header = |row: &GridRow| is_header(&table_row(row));
    let grids = match Format::of(path) {
        _ if !problems.is_empty() => Vec::new(),
        Some(Format::Workbook) => workbook::read_grids(&place, &mut problems).unwrap_or_default(),
        _ => delimited::read_grid(&place, &is_grid_header, &mut problems)
            .into_iter()
            .collect(),
    };
    if problems.is_empty() {
        let tables: Vec<Table> = grids
            .iter()
            .filter_map(|grid| table(grid, is_header))
            .collect();
        if !tables.is_empty() {
            return Ok(tables);
        }
        problems.push(place.problem(ProblemCode::NoTable, "没有找到表头"));
    }
    Err(Faults {
        errors: problems,
        warnings: Vec::new(),
    })
}

fn table(grid: &Grid, is_header: &dyn Fn(&TableRow) -> bool) -> Option<Table> {
    let mut rows = grid.rows.iter().map(table_row);
    let header = rows
        .by_ref()
        .take(HEADER_SEARCH_ROWS)
        .find(|row| is_header(row))?;
    let repeats = |row: &TableRow| row.cells == header.cells;
    Some(Table {
        place: grid.place.clone(),
        // The header stands again on top of each printed page.
        rows: rows
            .filter(|row| !row.cells.is_empty() && !repeats(row))
            .collect(),
        header,
    })
}

fn table_row(row: &GridRow) -> TableRow {
    let text = |value: &Value| match value {
        Value::Text(text) | Value::Error(text) => text.trim().to_owned(),
    };
    let cells = row
        .cells
        .iter()
        .map(|(&column, value)| (column, text(value)));
    TableRow {
        number: row.number,
        cells: cells.filter(|(_, text)| !text.is_empty()).collect(),
    }
}
