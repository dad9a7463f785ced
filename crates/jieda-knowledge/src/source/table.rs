//! From a table to records: finding the header, and joining the rows of one FAQ.
//!
//! A row continues the FAQ above when it only adds similar questions: id, question and answer are
//! empty (as in merged cells) or repeat those above.

use std::{collections::BTreeMap, ops::ControlFlow};

use super::{
    Source,
    columns::{Column, IntentField, column_of, intent_field_of},
    grid::{Grid, GridRow, Value},
    record::{Cell, FaqRecord, IntentRecord},
    split::{split_labels, split_questions},
};
use crate::{FaqField, Problem, ProblemCode, place::Place, problem::column_letters};

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
    if let Some((at, header)) = candidates().find(|(_, row)| is_intent_header(row)) {
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

/// Whether a row names the columns of FAQs.
pub(crate) fn is_faq_header(row: &GridRow) -> bool {
    has(row, FaqField::Question) && has(row, FaqField::Answer)
}

fn has(row: &GridRow, field: FaqField) -> bool {
    row.cells.keys().any(|&column| {
        column_of(row.text(column)).is_some_and(|named| named.column == Column::Field(field))
    })
}

fn is_intent_header(row: &GridRow) -> bool {
    let fields: Vec<_> = row
        .cells
        .keys()
        .filter_map(|&column| intent_field_of(row.text(column)))
        .collect();
    fields.contains(&IntentField::Name) && fields.len() > 1
}

/// The columns of a table of FAQs.
struct Columns {
    /// Number, field and the header that people see, from left to right.
    used: Vec<(usize, FaqField, String)>,
}

impl Columns {
    fn of(place: &Place, header: &GridRow, problems: &mut Vec<Problem>) -> Self {
        let place = place.row(header.number);
        // The surest name of each field; several columns may hold similar questions.
        let mut best: BTreeMap<FaqField, (usize, usize)> = BTreeMap::new();
        let mut used = Vec::new();
        for &number in header.cells.keys() {
            let text = header.text(number);
            if text.is_empty() {
                continue;
            }
            let place = place.column(number).field(text);
            let Some(named) = column_of(text) else {
                problems.push(unknown_column(&place, "不认识这一列，没有读入"));
                continue;
            };
            let Column::Field(field) = named.column else {
                continue;
            };
            if field != FaqField::Similar {
                match best.get(&field) {
                    Some(&(rank, other)) if rank == named.rank => {
                        problems.push(duplicate_column(&place, field, other));
                        continue;
                    }
                    Some(&(rank, other)) if rank < named.rank => {
                        problems.push(unknown_column(&place, &shadowed(field, other)));
                        continue;
                    }
                    Some(&(_, other)) => {
                        let place = place.column(other).field(header.text(other));
                        problems.push(unknown_column(&place, &shadowed(field, number)));
                        used.retain(|(column, _, _)| *column != other);
                    }
                    None => {}
                }
                best.insert(field, (named.rank, number));
            }
            used.push((number, field, text.to_owned()));
        }
        Self { used }
    }

    fn of_field(&self, field: FaqField) -> impl Iterator<Item = usize> {
        let of = move |(number, f, _): &(usize, FaqField, String)| (*f == field).then_some(*number);
        self.used.iter().filter_map(of)
    }
}

fn unknown_column(place: &Place, message: &str) -> Problem {
    place.problem(ProblemCode::UnknownColumn, message)
}

fn shadowed(field: FaqField, by: usize) -> String {
    let by = column_letters(by);
    format!("“{field}”取自 {by} 列，这一列没有读入")
}

fn duplicate_column(place: &Place, field: FaqField, other: usize) -> Problem {
    let message = format!("{} 列已经是“{field}”", column_letters(other));
    place
        .problem(ProblemCode::DuplicateColumn, message)
        .suggest("请只留一列，或改一个列名")
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
        let texts = [
            (FaqField::Id, above.id_text()),
            (FaqField::Question, above.question.text()),
            (FaqField::Answer, above.answer.text()),
        ];
        texts.into_iter().all(|(field, above)| {
            self.columns.of_field(field).all(|column| {
                let text = row.text(column);
                text.is_empty() || Some(text) == above
            })
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

fn read_intents(grid: &Grid, header: &GridRow, rows: &[GridRow], source: &mut Source) {
    let column = |field| {
        let mut columns = header.cells.keys().copied();
        columns.find(|&column| intent_field_of(header.text(column)) == Some(field))
    };
    let (id, name) = (column(IntentField::Id), column(IntentField::Name));
    let description = column(IntentField::Description);
    for row in rows.iter().filter(|row| !row.is_blank()) {
        let place = grid.place.row(row.number);
        let mut cell = |column: Option<usize>| {
            column.map(|column| {
                let place = place.column(column).field(header.text(column));
                Cell::new(row.text(column), place, &mut source.problems)
            })
        };
        let name = cell(name).unwrap_or_else(|| Cell::empty(place.clone()));
        let id = cell(id)
            .filter(Cell::is_filled)
            .unwrap_or_else(|| name.clone());
        let description = cell(description).and_then(|c| c.text().map(str::to_owned));
        source.intents.push(IntentRecord {
            id,
            name,
            description: description.unwrap_or_default(),
        });
    }
}
