//! What the workbooks hold, read again.

use std::fs;

use jieda::{Table, read_tables};

use super::*;
use crate::monthly::{Material, Monthly, Quarterly, sample::Sample};

/// The sheets: each begins with its heads.
fn read(bytes: &[u8]) -> Vec<Table> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("report.xlsx");
    fs::write(&path, bytes).unwrap();
    read_tables(&path, &|row| row.number == 1).unwrap()
}

/// A row by its first cell.
fn row<'t>(table: &'t Table, first: &str) -> Vec<&'t str> {
    let row = table.rows.iter().find(|row| row.text(1) == first).unwrap();
    row.cells.values().map(String::as_str).collect()
}

#[test]
fn a_month_has_its_seven_sheets() {
    let sheets = read(&monthly_workbook(&Sample::new().november()).unwrap());
    let heads: Vec<&str> = sheets.iter().map(|sheet| sheet.header.text(1)).collect();
    assert_eq!(
        heads,
        ["指标", "日期", "月份", "月份", "渠道", "编号", "类别"]
    );
    assert_eq!(
        row(&sheets[0], "接起率")[..5],
        ["接起率", "%", "0.333333", "0.5", "0.8"]
    );
    assert_eq!(
        row(&sheets[0], "负荷基尼系数")[..3],
        ["负荷基尼系数", "0–1", "0.0714"]
    );
    assert_eq!(sheets[1].rows.len(), 30);
    assert_eq!(
        row(&sheets[1], "2026-11-02"),
        ["2026-11-02", "2", "0", "0", "0"]
    );
    assert_eq!(row(&sheets[5], "a1")[..4], ["a1", "怎么退货", "1", "1"]);
}

#[test]
fn what_was_not_measured_is_an_empty_cell() {
    let sample = Sample::new();
    let nothing = Material {
        talks: None,
        log: None,
        ..sample.material()
    };
    let monthly = Monthly::of(&nothing, "2026-11".parse().unwrap()).unwrap();
    let sheets = read(&monthly_workbook(&monthly).unwrap());
    assert_eq!(row(&sheets[1], "2026-11-02"), ["2026-11-02"]);
    assert!(row(&sheets[0], "缺：人工服务")[1].contains("没有分配日志"));
}

#[test]
fn a_quarter_has_a_column_for_each_month() {
    let sample = Sample::new();
    let quarter = Quarterly::of(&sample.material(), "2026Q4".parse().unwrap()).unwrap();
    let sheets = read(&quarterly_workbook(&quarter).unwrap());
    assert_eq!(row(&sheets[0], "坐席接起"), ["坐席接起", "次", "2", "5"]);
    assert_eq!(sheets[0].header.text(4), "2026-11");
}
