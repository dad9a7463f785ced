//! The header of a table of FAQs.

use std::collections::BTreeMap;

use crate::{
    FaqField, Problem, ProblemCode,
    place::Place,
    problem::column_letters,
    source::{
        columns::{Column, column_of},
        grid::GridRow,
    },
};

/// The columns of a table of FAQs.
pub(super) struct Columns {
    /// Number, field and the header that people see, from left to right.
    pub(super) used: Vec<(usize, FaqField, String)>,
}

impl Columns {
    pub(super) fn of(place: &Place, header: &GridRow, problems: &mut Vec<Problem>) -> Self {
        let place = place.row(header.number);
        // The surest name of each field; several columns may hold similar questions, or variants.
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
            if !field.may_take_several_columns() {
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

    pub(super) fn of_field(&self, field: FaqField) -> impl Iterator<Item = usize> {
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

/// Whether a row names the columns of FAQs.
pub(crate) fn is_faq_header(row: &GridRow) -> bool {
    has(row, FaqField::Question) && has(row, FaqField::Answer)
}

pub(super) fn has(row: &GridRow, field: FaqField) -> bool {
    row.cells.keys().any(|&column| {
        column_of(row.text(column)).is_some_and(|named| named.column == Column::Field(field))
    })
}
