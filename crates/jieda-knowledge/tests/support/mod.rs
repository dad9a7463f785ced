//! Folders and workbooks for tests.

#![allow(dead_code, reason = "each test file uses a part")]

use std::{fs, path::Path};

use jieda_knowledge::{CheckReport, KnowledgeBase};
use rust_xlsxwriter::Workbook;
use tempfile::TempDir;

/// A folder with these files.
pub(crate) fn folder(files: &[(&str, &[u8])]) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (name, contents) in files {
        fs::write(dir.path().join(name), contents).unwrap();
    }
    dir
}

/// A workbook with one sheet of texts; a text that begins with `\0` is written as a formula.
pub(crate) fn workbook(rows: &[&[&str]]) -> Vec<u8> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    for (r, row) in (0..).zip(rows) {
        for (c, text) in (0..).zip(*row) {
            if !text.is_empty() {
                sheet.write_string(r, c, *text).unwrap();
            }
        }
    }
    workbook.save_to_buffer().unwrap()
}

/// Checks a folder as of noon on 2026-06-01 in Shanghai.
pub(crate) fn check_now(dir: &Path) -> CheckReport {
    KnowledgeBase::check(dir, "2026-06-01T04:00:00Z".parse().unwrap())
}

/// Errors, then warnings, one a line, without the folder's path.
pub(crate) fn lines(report: &CheckReport, dir: &Path) -> String {
    let problems = report.errors.iter().chain(&report.warnings);
    let lines: Vec<String> = problems.map(|p| format!("{p}\n")).collect();
    lines.concat().replace(&format!("{}/", dir.display()), "")
}
