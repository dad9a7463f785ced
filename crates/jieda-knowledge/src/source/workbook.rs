//! Workbooks of Excel and WPS.
//!
//! Cells are read one after the other and never as a rectangle: two cells at opposite corners of a
//! sheet would make one of 17 thousand million. What a workbook unpacks to is measured before it is
//! opened.

use std::{
    io::{Cursor, Read, Seek},
    panic::{AssertUnwindSafe, catch_unwind},
};

use calamine::{CellErrorType, DataRef, ExcelDateTime, Reader, SheetVisible, Xlsx, XlsxError};

use super::{
    Source,
    decode::read_bytes,
    grid::{Grid, GridRow, MAX_CELLS, MergedArea, Value},
    table::{self, TableKind},
};
use crate::{Problem, ProblemCode, place::Place};

/// What a workbook may unpack to, in bytes.
const MAX_UNPACKED_BYTES: u64 = 256 << 20;
/// Texts of all cells together, in bytes: many cells may show one long text.
const MAX_TEXT_BYTES: usize = 128 << 20;

/// Reads the visible sheets of a workbook of FAQs and intents.
pub(crate) fn read(place: &Place, source: &mut Source) {
    if let Some(grids) = read_grids(place, &mut source.problems) {
        read_sheets(place, &grids, source);
    }
}

/// Reads the visible sheets of a workbook as tables.
pub(crate) fn read_grids(place: &Place, problems: &mut Vec<Problem>) -> Option<Vec<Grid>> {
    let bytes = read_bytes(place, problems)?;
    // Should a file make the library panic, it doesn't take the caller down.
    let opened = catch_unwind(AssertUnwindSafe(|| open(place, bytes)));
    let damaged = || Err(damaged(place, "内容损坏"));
    match opened.unwrap_or_else(|_| damaged()) {
        Ok(grids) => Some(grids),
        Err(problem) => {
            problems.push(*problem);
            None
        }
    }
}

fn read_sheets(place: &Place, grids: &[Grid], source: &mut Source) {
    let mut has_faqs = false;
    let mut ignored = Vec::new();
    for grid in grids {
        match table::read(grid, source) {
            TableKind::Faqs => has_faqs = true,
            TableKind::QuestionsOnly => ignored.push(&grid.place),
            TableKind::Intents | TableKind::Other => {}
        }
    }
    if !has_faqs {
        let message = "没有一张表同时有“问题”列和“答案”列";
        let problem = place.problem(ProblemCode::NoTable, message);
        source
            .problems
            .push(problem.suggest("请在表头写上列名，如：编号、标准问题、相似问题、答案、意图"));
        return;
    }
    for sheet in ignored {
        let problem = sheet.problem(
            ProblemCode::IgnoredTable,
            "有“问题”列而没有“答案”列，没有读入",
        );
        source.problems.push(problem);
    }
}

fn open(place: &Place, bytes: Vec<u8>) -> Result<Vec<Grid>, Box<Problem>> {
    // Old workbooks and ones with a password are in Microsoft's container of before 2007.
    if bytes.starts_with(b"\xD0\xCF\x11\xE0") {
        let message = "是旧版工作簿，或者设了密码";
        let problem = place.problem(ProblemCode::InvalidWorkbook, message);
        return Err(Box::new(problem.suggest("请去掉密码，另存为 xlsx")));
    }
    let size = unpacked_size(&bytes).ok_or_else(|| damaged(place, "不是完整的 xlsx 文件"))?;
    if size > MAX_UNPACKED_BYTES {
        return Err(too_large(place));
    }
    let damaged = |e: XlsxError| damaged(place, &e.to_string());
    let mut workbook = Xlsx::new(Cursor::new(bytes)).map_err(damaged)?;
    let sheets: Vec<String> = workbook
        .sheets_metadata()
        .iter()
        .filter(|sheet| sheet.visible == SheetVisible::Visible)
        .map(|sheet| sheet.name.clone())
        .collect();
    let mut budget = Budget {
        cells: MAX_CELLS,
        text: MAX_TEXT_BYTES,
    };
    let mut grids = Vec::new();
    for name in sheets {
        let merged = workbook
            .merge_cells_by_sheet_name(&name)
            .unwrap_or_default();
        let rows = match rows(&mut workbook, &name, &mut budget) {
            Ok(rows) => rows.ok_or_else(|| too_large(place))?,
            // A sheet of a chart, or one that is listed and not there.
            Err(XlsxError::NotAWorksheet(_) | XlsxError::WorksheetNotFound(_)) => continue,
            Err(e) => return Err(damaged(e)),
        };
        grids.push(Grid {
            place: place.sheet(&name),
            rows,
            merged: merged.iter().map(area).collect(),
        });
    }
    Ok(grids)
}

/// What is left of the limits.
struct Budget {
    cells: usize,
    text: usize,
}

/// The rows of a sheet; none if they are beyond the limits.
fn rows<R: Read + Seek>(
    workbook: &mut Xlsx<R>,
    name: &str,
    budget: &mut Budget,
) -> Result<Option<Vec<GridRow>>, XlsxError> {
    let mut rows = std::collections::BTreeMap::<usize, GridRow>::new();
    let mut cells = workbook.worksheet_cells_reader(name)?;
    while let Some(cell) = cells.next_cell()? {
        let Some(value) = value(cell.get_value()) else {
            continue;
        };
        let length = match &value {
            Value::Text(text) | Value::Error(text) => text.len(),
        };
        let left = (budget.cells.checked_sub(1), budget.text.checked_sub(length));
        let (Some(cells), Some(text)) = left else {
            return Ok(None);
        };
        *budget = Budget { cells, text };
        let (row, column) = cell.get_position();
        let number = row as usize + 1;
        let row = rows.entry(number).or_default();
        row.number = number;
        row.cells.insert(column as usize + 1, value);
    }
    Ok(Some(rows.into_values().collect()))
}

fn value(data: &DataRef<'_>) -> Option<Value> {
    Some(Value::Text(match data {
        DataRef::Empty => return None,
        DataRef::Error(error) => return Some(Value::Error(error_text(error).to_owned())),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
            text.clone()
        }
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number.to_string(),
        DataRef::Bool(true) => "TRUE".to_owned(),
        DataRef::Bool(false) => "FALSE".to_owned(),
        DataRef::DateTime(moment) => date_text(*moment),
    }))
}

/// As `Moment` is written; a time of day alone without the day that Excel counts from.
fn date_text(moment: ExcelDateTime) -> String {
    let (year, month, day, hour, minute, second, _) = moment.to_ymd_hms_milli();
    let time = if second == 0 {
        format!("{hour:02}:{minute:02}")
    } else {
        format!("{hour:02}:{minute:02}:{second:02}")
    };
    if moment.is_duration() || (0.0..1.0).contains(&moment.as_f64()) {
        time
    } else if (hour, minute, second) == (0, 0, 0) {
        format!("{year:04}-{month:02}-{day:02}")
    } else {
        format!("{year:04}-{month:02}-{day:02} {time}")
    }
}

fn error_text(error: &CellErrorType) -> &'static str {
    match error {
        CellErrorType::Div0 => "#DIV/0!",
        CellErrorType::NA => "#N/A",
        CellErrorType::Name => "#NAME?",
        CellErrorType::Null => "#NULL!",
        CellErrorType::Num => "#NUM!",
        CellErrorType::Ref => "#REF!",
        CellErrorType::Value => "#VALUE!",
        _ => "#ERROR!",
    }
}

fn area(area: &calamine::Dimensions) -> MergedArea {
    MergedArea {
        first_row: area.start.0 as usize + 1,
        last_row: area.end.0 as usize + 1,
        first_column: area.start.1 as usize + 1,
        last_column: area.end.1 as usize + 1,
    }
}

/// What a zip file really unpacks to, counted: the sizes that it states may lie. Stops at the limit;
/// none if it is no zip file.
fn unpacked_size(bytes: &[u8]) -> Option<u64> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).ok()?;
    let mut total = 0;
    for i in 0..archive.len() {
        let entry = archive.by_index(i).ok()?;
        let limit = MAX_UNPACKED_BYTES - total + 1;
        total += std::io::copy(&mut entry.take(limit), &mut std::io::sink()).ok()?;
        if total > MAX_UNPACKED_BYTES {
            break;
        }
    }
    Some(total)
}

fn damaged(place: &Place, why: &str) -> Box<Problem> {
    let message = format!("打不开这个工作簿：{why}");
    let problem = place.problem(ProblemCode::InvalidWorkbook, message);
    Box::new(problem.suggest("请用 Excel 或 WPS 打开，另存为 xlsx"))
}

fn too_large(place: &Place) -> Box<Problem> {
    let problem = place.problem(ProblemCode::TooLarge, "工作簿太大");
    Box::new(problem.suggest("请删去空行和无关的工作表，或拆成几个文件"))
}
