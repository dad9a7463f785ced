//! Exporting a knowledge base for whoever keeps it in a spreadsheet.
//!
//! What is written imports back to the same FAQs.

mod cells;
mod suggestions;
mod workbook;

use std::{
    io,
    path::{Path, PathBuf},
};

use jieda_types::{FaqId, VariantLabel};

use crate::{Faq, FaqField, KnowledgeBase, file};
use cells::CellTexts;
pub use suggestions::{FaqDraft, PhrasingsDraft, Reason, Suggestions, export_suggestions};

/// The longest text of a spreadsheet's cell, in UTF-16 units.
const MAX_CELL_UNITS: usize = 32_767;
/// By this Excel knows that a CSV file is UTF-8.
const BYTE_ORDER_MARK: &str = "\u{FEFF}";

/// Why an export failed.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// A text that no cell can hold; JSON lines hold it.
    #[error(
        "“{faq}”的{field}超过 {MAX_CELL_UNITS} 个字，表格的一格放不下；请导出为 jsonl，或缩短它"
    )]
    TooLong {
        /// The FAQ.
        faq: FaqId,
        /// The field.
        field: FaqField,
    },
    /// The workbook can't be made, such as one with more rows than a sheet has.
    #[error("做不成工作簿：{0}")]
    Workbook(#[from] rust_xlsxwriter::XlsxError),
    /// The table can't be made.
    #[error("做不成表格：{0}")]
    Table(#[from] csv::Error),
    /// The file can't be written.
    #[error("{}: 写不进去：{source}", path.display())]
    Unwritable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// Writes a workbook: a sheet 常见问题 with a row for each FAQ, and a sheet 意图.
///
/// # Errors
/// [`ExportError`]; then the file is as it was.
pub fn export_xlsx(kb: &KnowledgeBase, path: &Path) -> Result<(), ExportError> {
    let columns = Column::of(kb);
    let rows = rows(kb, &columns)?;
    write(path, &workbook::workbook(kb, &columns, &rows)?)
}

/// Writes a CSV file that Excel and WPS open as it is: UTF-8 with byte order mark. Intents are named
/// in it, but not described. A text that a spreadsheet would take for a formula has a tab before it,
/// which the import takes away.
///
/// # Errors
/// [`ExportError`]; then the file is as it was.
pub fn export_csv(kb: &KnowledgeBase, path: &Path) -> Result<(), ExportError> {
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(BYTE_ORDER_MARK.as_bytes().to_vec());
    let columns = Column::of(kb);
    writer.write_record(columns.iter().map(Column::header))?;
    for row in rows(kb, &columns)? {
        writer.write_record(row.iter().map(|text| without_formula(text)))?;
    }
    let bytes = writer
        .into_inner()
        .map_err(|e| csv::Error::from(e.into_error()))?;
    write(path, &bytes)
}

/// Writes FAQs as `faqs.jsonl` has them. Intents go by their ids.
///
/// # Errors
/// [`ExportError`]; then the file is as it was.
pub fn export_jsonl(kb: &KnowledgeBase, path: &Path) -> Result<(), ExportError> {
    write(path, file::json_lines(&kb.faqs).as_bytes())
}

/// A column of a table.
#[derive(Debug, Clone, Copy)]
struct Column {
    field: FaqField,
    /// Which text of a field that has a column for each.
    part: usize,
}

impl Column {
    /// A column for each field, and one for each answer that is tried.
    fn of(kb: &KnowledgeBase) -> Vec<Self> {
        let variants = kb.faqs.iter().map(|faq| faq.variants.len()).max();
        let parts = |field| match field {
            FaqField::Variants => variants.unwrap_or_default(),
            _ => 1,
        };
        let columns = FaqField::ALL.into_iter();
        columns
            .flat_map(|field| (0..parts(field)).map(move |part| Self { field, part }))
            .collect()
    }

    fn header(&self) -> String {
        let label = VariantLabel::nth(self.part + 1);
        match label.filter(|_| self.field == FaqField::Variants) {
            Some(label) => format!("{}{label}", FaqField::Answer),
            None => self.field.header().to_owned(),
        }
    }
}

/// The texts of a row, in the order of its columns.
type Row = Vec<String>;

fn rows(kb: &KnowledgeBase, columns: &[Column]) -> Result<Vec<Row>, ExportError> {
    let texts = CellTexts::of(kb);
    let row = |faq: &Faq| {
        let cell = |column: &Column| {
            let text = texts.cell(faq, *column);
            let is_short = text.encode_utf16().count() <= MAX_CELL_UNITS;
            is_short
                .then_some(text)
                .ok_or_else(|| ExportError::TooLong {
                    faq: faq.id.clone(),
                    field: column.field,
                })
        };
        columns.iter().map(cell).collect()
    };
    kb.faqs.iter().map(row).collect()
}

/// Spreadsheets run a CSV cell that begins like a formula.
fn without_formula(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@']) {
        format!("\t{text}")
    } else {
        text.to_owned()
    }
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), ExportError> {
    file::write(path, bytes).map_err(|source| ExportError::Unwritable {
        path: path.to_owned(),
        source,
    })
}
