//! The workbook: what it looks like.

use rust_xlsxwriter::{
    Color, DataValidation, DataValidationErrorStyle, Format, FormatAlign, Formula, Workbook,
    Worksheet, XlsxError,
};

use super::{Column, Row, cells::joined};
use crate::{FaqField, Intent, IntentPattern, KnowledgeBase, source::split_labels};

const FAQ_SHEET: &str = "常见问题";
const INTENT_SHEET: &str = "意图";
const INTENT_HEADERS: [(&str, f64); 5] = [
    ("意图编号", 20.0),
    ("意图名称", 20.0),
    ("意图说明", 60.0),
    ("关键词", 30.0),
    ("正则", 30.0),
];
/// A column that the import passes over.
pub(super) const NOTE: (&str, f64) = ("备注", 24.0);
/// Of these, the columns that every list of intents has; the others are for those with rules.
const PLAIN_HEADERS: usize = 3;

/// Makes the workbook from the texts of its cells.
pub(super) fn workbook(
    kb: &KnowledgeBase,
    columns: &[Column],
    rows: &[Row],
) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    faq_sheet(workbook.add_worksheet(), (columns, rows), kb.intents.len())?;
    intent_sheet(workbook.add_worksheet(), kb)?;
    workbook.save_to_buffer()
}

fn faq_sheet(
    sheet: &mut Worksheet,
    (columns, rows): (&[Column], &[Row]),
    intents: usize,
) -> Result<(), XlsxError> {
    sheet.set_name(FAQ_SHEET)?;
    let names: Vec<String> = columns.iter().map(Column::header).collect();
    let widths = columns.iter().map(|column| width(column.field));
    let headers: Vec<_> = names.iter().map(String::as_str).zip(widths).collect();
    header(sheet, &headers)?;
    for (row, texts) in (1..).zip(rows) {
        line(sheet, row, texts.iter().map(String::as_str))?;
    }
    let last_row = row_number(rows.len());
    // Room for rows that are still to come.
    let end = last_row.saturating_add(1000).min(1_000_000);
    for (column, shown) in (0..).zip(columns) {
        let validation = match shown.field {
            FaqField::Enabled => DataValidation::new().allow_list_strings(&["是", "否"])?,
            FaqField::Intent => match intent_choice(intents) {
                Some(choice) => choice,
                None => continue,
            },
            _ => continue,
        };
        sheet.add_data_validation(1, column, end, column, &validation)?;
    }
    let last_column = u16::try_from(columns.len()).unwrap_or(u16::MAX) - 1;
    sheet.autofilter(0, 0, last_row, last_column)?;
    Ok(())
}

/// A cell that offers the names of the sheet 意图; none where that is empty.
pub(super) fn intent_choice(intents: usize) -> Option<DataValidation> {
    let list = format!("='{INTENT_SHEET}'!$B$2:$B${}", intents + 1);
    (intents > 0).then(|| {
        DataValidation::new()
            .allow_list_formula(Formula::new(list))
            .set_error_style(DataValidationErrorStyle::Warning)
    })
}

pub(super) fn intent_sheet(sheet: &mut Worksheet, kb: &KnowledgeBase) -> Result<(), XlsxError> {
    sheet.set_name(INTENT_SHEET)?;
    let has_rules = |intent: &Intent| !intent.keywords.is_empty() || !intent.patterns.is_empty();
    let columns = if kb.intents.iter().any(has_rules) {
        INTENT_HEADERS.len()
    } else {
        PLAIN_HEADERS
    };
    header(sheet, &INTENT_HEADERS[..columns])?;
    for (row, intent) in (1..).zip(&kb.intents) {
        let keywords = joined(&intent.keywords, "、", split_labels);
        let patterns: Vec<&str> = intent.patterns.iter().map(IntentPattern::as_str).collect();
        let patterns = patterns.join("\n");
        let texts = [
            intent.id.as_str(),
            &intent.name,
            &intent.description,
            &keywords,
            &patterns,
        ];
        line(sheet, row, texts.into_iter().take(columns))?;
    }
    Ok(())
}

pub(super) fn header(sheet: &mut Worksheet, columns: &[(&str, f64)]) -> Result<(), XlsxError> {
    let format = Format::new()
        .set_bold()
        .set_background_color(Color::RGB(0x00DD_EBF7))
        .set_align(FormatAlign::VerticalCenter);
    for (column, (name, width)) in (0..).zip(columns) {
        sheet.set_column_width(column, *width)?;
        sheet.write_string_with_format(0, column, *name, &format)?;
    }
    sheet.set_freeze_panes(1, 0)?;
    Ok(())
}

/// Texts stay texts, whatever they begin with.
pub(super) fn line<'a>(
    sheet: &mut Worksheet,
    row: u32,
    texts: impl Iterator<Item = &'a str>,
) -> Result<(), XlsxError> {
    let format = Format::new().set_text_wrap().set_align(FormatAlign::Top);
    for (column, text) in (0..).zip(texts) {
        if !text.is_empty() {
            sheet.write_string_with_format(row, column, text, &format)?;
        }
    }
    Ok(())
}

/// In characters.
pub(super) fn width(field: FaqField) -> f64 {
    match field {
        FaqField::Question => 30.0,
        FaqField::Similar => 36.0,
        FaqField::Answer | FaqField::Variants => 60.0,
        FaqField::Intent | FaqField::Tags | FaqField::ValidFrom | FaqField::ValidUntil => 16.0,
        FaqField::Id | FaqField::Skill | FaqField::Channels => 12.0,
        FaqField::Enabled | FaqField::Priority => 8.0,
    }
}

fn row_number(rows: usize) -> u32 {
    u32::try_from(rows).unwrap_or(u32::MAX)
}
