//! Reading FAQ files of every format into one kind of record.
//!
//! Whatever the format, what comes out is [`FaqRecord`]s: texts, each with its place. What they mean
//! is checked elsewhere (`check`), once for all formats.

mod columns;
mod decode;
mod delimited;
mod grid;
mod json_lines;
mod markdown;
mod record;
mod split;
mod table;
mod tables;
mod workbook;
mod yaml;
mod yaml_tree;

use std::path::Path;

pub use columns::fold_header;
pub(crate) use decode::read_bytes;
pub(crate) use json_lines::IntentRow;
pub(crate) use record::{Cell, FaqRecord, IntentRecord};
pub(crate) use split::{split_labels, split_questions};
pub use tables::{Table, TableRow, read_tables};

use crate::{Problem, ProblemCode, place::Place};

/// The largest file that is read, in bytes.
const MAX_FILE_BYTES: u64 = 32 << 20;

/// What the files hold, and what is wrong with them.
#[derive(Debug, Default)]
pub(crate) struct Source {
    pub(crate) faqs: Vec<FaqRecord>,
    pub(crate) intents: Vec<IntentRecord>,
    pub(crate) problems: Vec<Problem>,
}

/// The formats of FAQ files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    Workbook,
    Delimited,
    JsonLines,
    Yaml,
    Markdown,
}

impl Format {
    /// The format of a file, by its extension.
    pub(crate) fn of(path: &Path) -> Option<Self> {
        let extension = path.extension()?.to_str()?.to_ascii_lowercase();
        match extension.as_str() {
            "xlsx" | "xlsm" => Some(Self::Workbook),
            "csv" | "tsv" => Some(Self::Delimited),
            "jsonl" => Some(Self::JsonLines),
            "yaml" | "yml" => Some(Self::Yaml),
            "md" | "markdown" => Some(Self::Markdown),
            _ => None,
        }
    }
}

impl Source {
    /// Adds the contents of a file.
    pub(crate) fn read(&mut self, path: &Path) {
        let place = Place::file(path);
        if let Some(problem) = unreadable(&place) {
            self.problems.push(problem);
            return;
        }
        let held = self.faqs.len() + self.intents.len();
        let problems = self.problems.len();
        match Format::of(path) {
            Some(Format::Workbook) => workbook::read(&place, self),
            Some(Format::Delimited) => delimited::read(&place, self),
            Some(Format::JsonLines) => json_lines::read(&place, self),
            Some(Format::Yaml) => yaml::read(&place, self),
            Some(Format::Markdown) => markdown::read(&place, self),
            None => self.problems.push(unknown_format(&place)),
        }
        let faulty = self.problems[problems..]
            .iter()
            .any(|p| !p.code.is_warning());
        if self.faqs.len() + self.intents.len() == held && !faulty {
            let problem = place.problem(ProblemCode::Empty, "文件里没有任何数据行");
            self.problems.push(problem);
        }
    }
}

/// Why a file isn't even opened. One that isn't there is reported by whoever opens it.
fn unreadable(place: &Place) -> Option<Problem> {
    let meta = std::fs::metadata(place.path()).ok()?;
    if !meta.is_file() {
        return Some(place.problem(ProblemCode::Unreadable, "不是文件"));
    }
    let limit = MAX_FILE_BYTES >> 20;
    (meta.len() > MAX_FILE_BYTES).then(|| {
        place
            .problem(ProblemCode::TooLarge, format!("文件超过 {limit} MB"))
            .suggest("请拆成几个文件")
    })
}

fn unknown_format(place: &Place) -> Problem {
    let extension = place.path().extension().unwrap_or_default();
    let suggestion = match extension.to_ascii_lowercase().to_str() {
        Some("xls" | "et" | "ods" | "numbers") => "请用 Excel 或 WPS 另存为 xlsx",
        _ => "可用的格式：xlsx、csv、tsv、jsonl、yaml、md",
    };
    place
        .problem(ProblemCode::UnknownFormat, "不认识这种文件")
        .suggest(suggestion)
}
