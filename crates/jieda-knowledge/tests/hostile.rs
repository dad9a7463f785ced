//! Bytes of any kind are refused with a message, and take nothing down.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may fail by panic"
)]

mod support;

use std::io::{Cursor, Write};

use jieda_knowledge::{Import, ImportMode};
use proptest::prelude::*;
use support::{check_now, folder, workbook};
use zip::{ZipWriter, write::SimpleFileOptions};

const NAMES: [&str; 5] = [
    "faqs.xlsx",
    "faqs.csv",
    "faqs.yaml",
    "faqs.md",
    "faqs.jsonl",
];

/// Checks and imports a file.
fn read(name: &str, bytes: &[u8]) -> String {
    let dir = folder(&[(name, bytes)]);
    let report = check_now(dir.path());
    let into = dir.path().join("kb");
    let import = Import::new().file(dir.path().join(name));
    let imported = import.into_dir(&into, ImportMode::Merge);
    match imported {
        Ok(_) => report.errors.iter().map(ToString::to_string).collect(),
        Err(faults) => faults.to_string(),
    }
}

fn base() -> Vec<u8> {
    workbook(&[
        &["编号", "问题", "相似问", "答案", "意图", "生效时间"],
        &["a", "退款多久", "几天退", "3 天。", "退款", "2026-01-01"],
    ])
}

/// The parts of a workbook.
fn unpack(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let names: Vec<String> = archive
        .file_names()
        .map(|n| n.unwrap().into_owned())
        .collect();
    names
        .into_iter()
        .map(|name| {
            let mut contents = Vec::new();
            std::io::copy(&mut archive.by_name(&name).unwrap(), &mut contents).unwrap();
            (name, contents)
        })
        .collect()
}

fn pack(parts: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, contents) in parts {
        writer
            .start_file(name.as_str(), SimpleFileOptions::default())
            .unwrap();
        writer.write_all(contents).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// The workbook with another first sheet.
fn with_sheet(rows: &str) -> Vec<u8> {
    let mut parts = unpack(&base());
    let sheet = parts
        .iter_mut()
        .find(|(name, _)| name.ends_with("sheet1.xml"))
        .unwrap();
    sheet.1 = format!(
        "<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\">\
         <sheetData>{rows}</sheetData></worksheet>"
    )
    .into_bytes();
    pack(&parts)
}

fn cell(place: &str, text: &str) -> String {
    format!("<c r=\"{place}\" t=\"inlineStr\"><is><t>{text}</t></is></c>")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        for name in NAMES {
            read(name, &bytes);
        }
    }

    #[test]
    fn random_text(text in "(编号|问题|答案|相似问|[-#:,;|\"{}\\[\\]&*>`<! \t\n=0-9a-z]){0,60}") {
        for name in NAMES {
            read(name, text.as_bytes());
        }
    }

    #[test]
    fn damaged_workbooks(at in any::<prop::sample::Index>(), byte in any::<u8>(), cut in any::<bool>()) {
        let mut bytes = base();
        let at = at.index(bytes.len());
        if cut {
            bytes.truncate(at);
        } else {
            bytes[at] = byte;
        }
        read("faqs.xlsx", &bytes);
    }

    #[test]
    fn workbooks_with_damaged_parts(
        part in any::<prop::sample::Index>(),
        at in any::<prop::sample::Index>(),
        put in "[<>\"=/&;A-Z0-9.e-]{0,12}",
    ) {
        let mut parts = unpack(&base());
        let part = part.index(parts.len());
        let contents = &mut parts[part].1;
        let at = at.index(contents.len());
        let end = (at + put.len()).min(contents.len());
        contents.splice(at..end, put.bytes());
        read("faqs.xlsx", &pack(&parts));
    }
}

#[test]
fn cells_at_opposite_corners() {
    let rows = format!(
        "<row r=\"1\">{}{}</row><row r=\"1048576\">{}{}</row>",
        cell("A1", "问题"),
        cell("B1", "答案"),
        cell("A1048576", "甲吗"),
        cell("XFD1048576", "乙"),
    );
    let text = read("faqs.xlsx", &with_sheet(&rows));
    assert!(text.contains("B1048576“答案”：没有答案"), "{text}");
}

#[test]
fn a_workbook_that_unpacks_without_end() {
    let mut parts = unpack(&base());
    parts.push(("xl/media/image1.png".to_owned(), vec![0; 300 << 20]));
    let bytes = pack(&parts);
    assert!(bytes.len() < 4 << 20);
    let text = read("faqs.xlsx", &bytes);
    assert!(text.contains("工作簿太大"), "{text}");
}

#[test]
fn one_long_text_in_very_many_cells() {
    let mut parts = unpack(&base());
    let strings = parts
        .iter_mut()
        .find(|(name, _)| name.ends_with("sharedStrings.xml"))
        .unwrap();
    let long = "长".repeat(1 << 20);
    strings.1 = format!(
        "<sst xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><si><t>{long}</t></si></sst>"
    )
    .into_bytes();
    let bytes = pack(&parts);
    let rows: String = (1..2000)
        .map(|r| format!("<row r=\"{r}\"><c r=\"A{r}\" t=\"s\"><v>0</v></c></row>"))
        .collect();
    let mut parts = unpack(&bytes);
    let sheet = parts
        .iter_mut()
        .find(|(name, _)| name.ends_with("sheet1.xml"))
        .unwrap();
    sheet.1 = format!(
        "<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\">\
         <sheetData>{rows}</sheetData></worksheet>"
    )
    .into_bytes();
    let text = read("faqs.xlsx", &pack(&parts));
    assert!(text.contains("工作簿太大"), "{text}");
}

#[test]
fn deep_and_endless_texts() {
    for (name, text) in [
        ("faqs.yaml", "[".repeat(100_000)),
        ("faqs.yaml", "- ".repeat(100_000)),
        ("faqs.md", format!("# a\n{}", "> ".repeat(50_000))),
        ("faqs.md", format!("# a\n{}", "[".repeat(50_000))),
        ("faqs.csv", format!("问题,答案\n{}", ",".repeat(1_000_000))),
        ("faqs.csv", format!("问题,答案\n{}", "a,".repeat(3_000_000))),
        ("faqs.yaml", "? ".repeat(50_000)),
        ("faqs.yaml", "a: ".repeat(50_000)),
        ("faqs.yaml", format!("- {}", "&a ".repeat(50_000))),
        ("faqs.yaml", format!("- \"{}", "\\".repeat(100_000))),
        ("faqs.yaml", "- a\n".repeat(50_000)),
        ("faqs.md", format!("# a\n{}", "![".repeat(50_000))),
        ("faqs.md", format!("# a\n{}", "*a_".repeat(30_000))),
        ("faqs.md", format!("# a\n{}", "- ".repeat(30_000))),
        ("faqs.md", format!("# a\n{}", "<!--".repeat(30_000))),
        ("faqs.jsonl", "[".repeat(100_000)),
        ("faqs.jsonl", "{\"tags\":".repeat(100_000)),
    ] {
        let faults = read(name, text.as_bytes());
        // Markdown of any kind is an answer, if there is a word in it.
        assert!(name == "faqs.md" || !faults.is_empty(), "{name}");
    }
}
