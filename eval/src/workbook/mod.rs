//! The reports of [`crate::monthly`] as workbooks: the same figures as numbers, to go on counting with.

mod sheet;
mod tables;

mod month;

mod quarter;

#[cfg(test)]
mod tests;

use rust_xlsxwriter::XlsxError;

pub use month::monthly_workbook;
pub use quarter::quarterly_workbook;

/// A workbook that could not be made.
#[derive(Debug, thiserror::Error)]
#[error("the workbook could not be made")]
pub struct WorkbookError(#[from] XlsxError);
