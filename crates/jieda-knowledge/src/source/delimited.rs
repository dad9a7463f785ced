//! CSV and its like: comma, semicolon or tab, in the encodings that spreadsheets write.

use std::collections::BTreeMap;

use super::{
    Source,
    decode::read_text,
    grid::{Grid, GridRow, MAX_CELLS, Value},
    table::{self, TableKind, is_faq_header},
};
use crate::{Problem, ProblemCode, place::Place};

/// What may stand between fields.
const DELIMITERS: [u8; 3] = [b',', b';', b'\t'];
/// So many rows are read to find out.
const SAMPLE_ROWS: usize = 20;

/// Reads a CSV file of FAQs or intents.
pub(crate) fn read(place: &Place, source: &mut Source) {
    let Some(grid) = read_grid(place, &is_faq_header, &mut source.problems) else {
        return;
    };
    if !matches!(
        table::read(&grid, source),
        TableKind::Faqs | TableKind::Intents
    ) {
        let message = "没有同时写着“问题”和“答案”的表头";
        let problem = place.problem(ProblemCode::NoTable, message);
        source
            .problems
            .push(problem.suggest("请在第一行写上列名，如：编号,标准问题,相似问题,答案,意图"));
    }
}

/// Reads a CSV file as a table; none where it is blank, or nothing of it can be used. What its header looks like tells
/// by what it is divided.
pub(crate) fn read_grid(
    place: &Place,
    is_header: &dyn Fn(&GridRow) -> bool,
    problems: &mut Vec<Problem>,
) -> Option<Grid> {
    let text = read_text(place, problems)?;
    if text.trim().is_empty() {
        return None;
    }
    let Some(mut rows) = rows(&text, delimiter(&text, is_header), usize::MAX) else {
        let problem = place.problem(ProblemCode::TooLarge, "表格太大");
        problems.push(problem.suggest("请拆成几个文件"));
        return None;
    };
    if let Some(row) = unclosed_quote(&text, &rows) {
        let problem = place.row(row).problem(
            ProblemCode::InvalidCsv,
            "这一行有引号没有成对，后面的内容都被并进了这一格",
        );
        problems.push(problem.suggest("请补上引号；格子里的引号要写两个"));
        // The rows above are read all the same.
        rows.pop();
        if !rows.iter().any(is_header) {
            return None;
        }
    }
    Some(Grid {
        place: place.clone(),
        rows,
        merged: Vec::new(),
    })
}

/// The delimiter with which a header is found, else the one that makes most fields.
fn delimiter(text: &str, is_header: &dyn Fn(&GridRow) -> bool) -> u8 {
    let score = |&delimiter: &u8| {
        let rows = rows(text, delimiter, SAMPLE_ROWS).unwrap_or_default();
        let widest = rows.iter().map(|row| row.cells.len()).max().unwrap_or(0);
        (rows.iter().any(is_header), widest)
    };
    // The first of equals: `max_by_key` would take the last.
    let best = DELIMITERS.into_iter().rev().max_by_key(score);
    best.unwrap_or(b',')
}

/// The first rows; none if they have too many cells.
fn rows(text: &str, delimiter: u8, limit: usize) -> Option<Vec<GridRow>> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .from_reader(text.as_bytes());
    let mut rows = Vec::new();
    let mut next_line = 1;
    let mut number = 0;
    let mut cells_left = MAX_CELLS;
    // The reader skips blank lines; a spreadsheet counts them.
    for record in reader.records().map_while(Result::ok).take(limit) {
        let line = record.position().map_or(next_line, csv::Position::line);
        number += 1 + usize::try_from(line.saturating_sub(next_line)).unwrap_or(0);
        let breaks = record
            .iter()
            .map(|field| field.matches('\n').count() as u64);
        next_line = line + 1 + breaks.sum::<u64>();
        let filled = record
            .iter()
            .enumerate()
            .filter(|(_, text)| !text.is_empty());
        let cells: BTreeMap<usize, Value> = filled
            .map(|(i, text)| (i + 1, Value::Text(text.to_owned())))
            .take(cells_left + 1)
            .collect();
        cells_left = cells_left.checked_sub(cells.len())?;
        rows.push(GridRow { number, cells });
    }
    Some(rows)
}

/// The row in which a quote opens that is never closed: the rest of the file is in its field.
fn unclosed_quote(text: &str, rows: &[GridRow]) -> Option<usize> {
    let last = rows.last()?;
    let is_odd = text.matches('"').count() % 2 == 1;
    let is_long = last
        .cells
        .values()
        .any(|value| matches!(value, Value::Text(text) if text.contains('\n')));
    (is_odd && is_long).then_some(last.number)
}
