//! Tables of intents.

use crate::source::{
    Source,
    columns::{IntentField, fold_header, intent_field_of},
    grid::{Grid, GridRow},
    record::{Cell, IntentRecord, unify_breaks},
    split::{split_labels, split_lines},
};

/// Whether a row names the columns of intents. Names such as 编号 and 名称 alone may belong to anything,
/// unless the sheet itself is called 意图.
pub(super) fn is_intent_header(sheet: Option<&str>, row: &GridRow) -> bool {
    let headers = || row.cells.keys().map(|&column| row.text(column));
    let fields: Vec<IntentField> = headers().filter_map(intent_field_of).collect();
    let is_about_intents = |name: &str| {
        let name = fold_header(name);
        name.starts_with("意图") || name.starts_with("intent")
    };
    fields.contains(&IntentField::Name)
        && fields.len() > 1
        && (sheet.is_some_and(is_about_intents) || headers().any(is_about_intents))
}

/// Reads the rows of a table of intents.
pub(super) fn read_intents(grid: &Grid, header: &GridRow, rows: &[GridRow], source: &mut Source) {
    let column = |field| {
        let mut columns = header.cells.keys().copied();
        columns.find(|&column| intent_field_of(header.text(column)) == Some(field))
    };
    let (id, name) = (column(IntentField::Id), column(IntentField::Name));
    let description = column(IntentField::Description);
    let (keywords, patterns) = (column(IntentField::Keywords), column(IntentField::Patterns));
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
        let mut list = |column: Option<usize>, split: fn(&str) -> Vec<String>| {
            let column = column?;
            let place = place.column(column).field(header.text(column));
            let texts = split(&unify_breaks(row.text(column)));
            let cells = texts
                .iter()
                .map(|text| Cell::new(text, place.clone(), &mut source.problems));
            Some(cells.collect())
        };
        source.intents.push(IntentRecord {
            keywords: list(keywords, split_labels),
            patterns: list(patterns, split_lines),
            id,
            name,
            description: description.unwrap_or_default(),
        });
    }
}
