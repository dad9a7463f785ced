//! From a table to records: finding the header, and joining the rows of one FAQ.
//!
//! A row continues the FAQ above when it only adds similar questions: all else is empty (as in merged
//! cells) or repeats what is above.

mod header;
mod intents;

use std::{collections::BTreeMap, ops::ControlFlow};

pub(crate) use header::is_faq_header;

use super::{
    Source,
    grid::{Grid, GridRow, Value},
    record::{Cell, FaqRecord},
    split::{split_labels, split_questions},
};
use crate::{FaqField, Problem, ProblemCode, place::Place};
use header::{Columns, has};
use intents::{is_intent_header, read_intents};

/// The header is looked for in so many rows.
const HEADER_SEARCH_ROWS: usize = 20;

/// What a table turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TableKind {
    Faqs,
    Intents,
    /// It has a question column, but none for answers.
    QuestionsOnly,
    Other,
}

/// Reads a table into `source`, if it is one of FAQs or of intents.
pub(crate) fn read(grid: &Grid, source: &mut Source) -> TableKind {
    let candidates = || grid.rows.iter().take(HEADER_SEARCH_ROWS).enumerate();
    if let Some((at, header)) = candidates().find(|(_, row)| is_faq_header(row)) {
        let columns = Columns::of(&grid.place, header, &mut source.problems);
        let rows = &grid.rows[at + 1..];
        FaqTable::new(grid, columns).read(rows, header, source);
        return TableKind::Faqs;
    }
    if let Some((at, header)) =
        candidates().find(|(_, row)| is_intent_header(grid.place.sheet_name(), row))
    {
        read_intents(grid, header, &grid.rows[at + 1..], source);
        return TableKind::Intents;
    }
    let asks = candidates().any(|(_, row)| has(row, FaqField::Question));
    if asks {
        TableKind::QuestionsOnly
    } else {
        TableKind::Other
    }
}

/// Reads the rows of a table of FAQs.
struct FaqTable<'a> {
    grid: &'a Grid,
    columns: Columns,
    /// By column, the values of merged areas. Those that make an FAQ are not spread: the rows below
    /// would be FAQs of their own.
    spread: BTreeMap<usize, BTreeMap<usize, (usize, Value)>>,
}

impl<'a> FaqTable<'a> {
    fn new(grid: &'a Grid, columns: Columns) -> Self {
        let of_one_faq = [
            FaqField::Id,
            FaqField::Question,
            FaqField::Similar,
            FaqField::Answer,
            FaqField::Variants,
        ];
        let spread = columns
            .used
            .iter()
            .filter(|(_, field, _)| !of_one_faq.contains(field))
            .map(|&(column, _, _)| (column, grid.spread(column)))
            .collect();
        Self {
            grid,
            columns,
            spread,
        }
    }

    fn read(&self, rows: &[GridRow], header: &GridRow, source: &mut Source) {
        let first = source.faqs.len();
        for row in rows {
            if self.is_empty(row) || self.repeats(header, row) {
                continue;
            }
            let above = source.faqs[first..].last_mut();
            match above.filter(|above| self.continues(above, row)) {
                Some(above) => self.add_similar(above, row, &mut source.problems),
                None => source.faqs.push(self.record(row, &mut source.problems)),
            }
        }
    }

    fn is_empty(&self, row: &GridRow) -> bool {
        let is_blank = |&(column, _, _): &(usize, FaqField, String)| match row.cells.get(&column) {
            None => true,
            Some(Value::Text(text)) => text.trim().is_empty(),
            Some(Value::Error(_)) => false,
        };
        self.columns.used.iter().all(is_blank)
    }

    /// The header stands again on top of each printed page.
    fn repeats(&self, header: &GridRow, row: &GridRow) -> bool {
        let same =
            |&(column, _, _): &(usize, FaqField, String)| row.text(column) == header.text(column);
        self.columns.used.iter().all(same)
    }

    fn continues(&self, above: &FaqRecord, row: &GridRow) -> bool {
        let has_error = row.cells.values().any(|v| matches!(v, Value::Error(_)));
        let adds = self
            .columns
            .of_field(FaqField::Similar)
            .any(|column| !row.text(column).is_empty());
        if has_error || !adds {
            return false;
        }
        self.columns.used.iter().all(|&(column, field, _)| {
            let text = row.text(column);
            text.is_empty()
                || match field {
                    FaqField::Similar => true,
                    FaqField::Variants => above.texts(field).contains(&text),
                    FaqField::Tags | FaqField::Channels => above.texts(field) == split_labels(text),
                    _ => above.texts(field) == [text],
                }
        })
    }

    fn add_similar(&self, record: &mut FaqRecord, row: &GridRow, problems: &mut Vec<Problem>) {
        for (column, field, header) in &self.columns.used {
            if *field == FaqField::Similar {
                let place = self.place(row, *column, header);
                let text = match row.cells.get(column) {
                    Some(Value::Text(text)) => text.as_str(),
                    _ => "",
                };
                let texts = split_questions(text);
                record.add(*field, cells(&texts, &place, problems));
            }
        }
    }

    fn record(&self, row: &GridRow, problems: &mut Vec<Problem>) -> FaqRecord {
        let mut record = FaqRecord::new(self.grid.place.row(row.number));
        for (column, field, header) in &self.columns.used {
            let place = self.place(row, *column, header);
            let text = match self.value(row, *column) {
                Some(Value::Error(error)) => {
                    problems.push(formula_error(&place, error));
                    record.set(*field, Cell::faulty(place));
                    continue;
                }
                Some(Value::Text(text)) => text.as_str(),
                None => "",
            };
            match field {
                FaqField::Similar => {
                    record.add(*field, cells(&split_questions(text), &place, problems));
                }
                FaqField::Tags | FaqField::Channels => {
                    record.add(*field, cells(&split_labels(text), &place, problems));
                }
                _ => record.set(*field, Cell::new(text, place, problems)),
            }
        }
        record
    }

    fn place(&self, row: &GridRow, column: usize, header: &str) -> Place {
        self.grid.place.row(row.number).column(column).field(header)
    }

    fn value<'r>(&'r self, row: &'r GridRow, column: usize) -> Option<&'r Value> {
        let own = row.cells.get(&column);
        if own.is_some_and(|value| !matches!(value, Value::Text(t) if t.trim().is_empty())) {
            return own;
        }
        let (_, (last_row, value)) = self.spread.get(&column)?.range(..=row.number).next_back()?;
        (row.number <= *last_row).then_some(value)
    }
}

fn cells(texts: &[String], place: &Place, problems: &mut Vec<Problem>) -> Vec<Cell> {
    // One report a cell of the table, however many of its parts are faulty.
    let cells = texts.iter().try_fold(Vec::new(), |mut cells, text| {
        let before = problems.len();
        cells.push(Cell::new(text, place.clone(), problems));
        if problems.len() > before {
            ControlFlow::Break(vec![Cell::faulty(place.clone())])
        } else {
            ControlFlow::Continue(cells)
        }
    });
    match cells {
        ControlFlow::Continue(cells) | ControlFlow::Break(cells) => cells,
    }
}

fn formula_error(place: &Place, error: &str) -> Problem {
    place
        .problem(ProblemCode::FormulaError, format!("公式出错：{error}"))
        .suggest("请改好公式，或直接填写内容")
}
