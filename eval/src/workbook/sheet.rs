//! A sheet with a head row, filled row by row.

use rust_xlsxwriter::{Format, FormatAlign, Workbook, Worksheet, XlsxError};

use crate::monthly::{Gini, Percent, Seconds, Stars, Value};

/// What a cell holds.
pub(super) enum Cell {
    Nothing,
    Text(String),
    Count(usize),
    /// Of 100.
    Percent(f64),
    Number(f64),
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<usize> for Cell {
    fn from(count: usize) -> Self {
        Self::Count(count)
    }
}

impl From<f64> for Cell {
    fn from(number: f64) -> Self {
        Self::Number(number)
    }
}

impl From<Percent> for Cell {
    fn from(percent: Percent) -> Self {
        Self::Percent(percent.get())
    }
}

impl From<Seconds> for Cell {
    fn from(seconds: Seconds) -> Self {
        Self::Number(seconds.get())
    }
}

impl From<Stars> for Cell {
    fn from(stars: Stars) -> Self {
        Self::Number(stars.get())
    }
}

impl From<Gini> for Cell {
    fn from(gini: Gini) -> Self {
        Self::Number(gini.get())
    }
}

impl From<Value> for Cell {
    fn from(value: Value) -> Self {
        match value {
            Value::Percent(percent) => percent.into(),
            Value::Seconds(seconds) => seconds.into(),
            Value::Stars(stars) => stars.into(),
        }
    }
}

impl<T: Into<Self>> From<Option<T>> for Cell {
    /// An empty cell and no 0, where nothing was measured.
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Nothing, Into::into)
    }
}

/// Most that a cell holds, in UTF-16 units.
const MOST_UNITS: usize = 32_767;

/// A sheet in the making.
pub(super) struct Sheet<'w> {
    sheet: &'w mut Worksheet,
    next: u32,
}

impl<'w> Sheet<'w> {
    /// A sheet with heads and widths, in characters.
    pub(super) fn new(
        workbook: &'w mut Workbook,
        name: &str,
        heads: &[(&str, f64)],
    ) -> Result<Self, XlsxError> {
        let head = Format::new()
            .set_bold()
            .set_background_color(0x00E8_ECF1)
            .set_text_wrap()
            .set_align(FormatAlign::VerticalCenter);
        let sheet = workbook.add_worksheet();
        sheet.set_name(name)?;
        for (column, (text, width)) in (0..).zip(heads) {
            sheet.set_column_width(column, *width)?;
            sheet.write_string_with_format(0, column, *text, &head)?;
        }
        sheet.set_freeze_panes(1, 0)?;
        Ok(Self { sheet, next: 1 })
    }

    /// The next row.
    pub(super) fn row(&mut self, cells: impl IntoIterator<Item = Cell>) -> Result<(), XlsxError> {
        let wrapped = Format::new().set_text_wrap().set_align(FormatAlign::Top);
        let percent = Format::new()
            .set_num_format("0.0%")
            .set_align(FormatAlign::Top);
        let top = Format::new().set_align(FormatAlign::Top);
        for (column, cell) in (0..).zip(cells) {
            match cell {
                Cell::Nothing => {}
                Cell::Text(text) => {
                    let text = cut(&text);
                    self.sheet
                        .write_string_with_format(self.next, column, text, &wrapped)?;
                }
                Cell::Count(count) => {
                    self.sheet
                        .write_number_with_format(self.next, column, count as f64, &top)?;
                }
                Cell::Percent(value) => {
                    let share = value / 100.0;
                    self.sheet
                        .write_number_with_format(self.next, column, share, &percent)?;
                }
                Cell::Number(number) => {
                    self.sheet
                        .write_number_with_format(self.next, column, number, &top)?;
                }
            }
        }
        self.next += 1;
        Ok(())
    }

    /// An empty row.
    pub(super) fn skip(&mut self) {
        self.next += 1;
    }
}

/// As much of a text as a cell holds.
fn cut(text: &str) -> &str {
    let mut units = 0;
    let end = text.char_indices().find(|(_, c)| {
        units += c.len_utf16();
        units > MOST_UNITS
    });
    &text[..end.map_or(text.len(), |(at, _)| at)]
}
