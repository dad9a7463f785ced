//! JSON lines, read whole: every faulty line is reported, not only the first.

use std::path::Path;

use serde::de::DeserializeOwned;

use crate::{Problem, ProblemCode, problem::FileProblems};

/// A row and the line it stood on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JsonlRow<T> {
    /// Line number, from 1.
    pub line: usize,
    /// The contents.
    pub value: T,
}

/// Reads a file with one JSON object a line; blank lines are skipped, a byte order mark is allowed.
/// Gives the good rows and the problems of the others.
pub fn read_jsonl<T: DeserializeOwned>(path: &Path) -> (Vec<JsonlRow<T>>, Vec<Problem>) {
    let mut problems = FileProblems::new(path.to_owned());
    let mut rows = Vec::new();
    if let Some(bytes) = read_bytes(path, &mut problems) {
        if bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF") {
            problems.whole_file(ProblemCode::InvalidUtf8, "是 UTF-16 编码，请另存为 UTF-8");
            return (rows, problems.found);
        }
        let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&bytes);
        for (i, line) in bytes.split(|&b| b == b'\n').enumerate() {
            if let Some(value) = parse_line(line, i + 1, &mut problems) {
                rows.push(JsonlRow { line: i + 1, value });
            }
        }
        if rows.is_empty() && problems.found.is_empty() {
            problems.whole_file(ProblemCode::Empty, "文件里没有任何数据行");
        }
    }
    (rows, problems.found)
}

/// Reads a file, or says why not.
pub(crate) fn read_bytes(path: &Path, problems: &mut FileProblems) -> Option<Vec<u8>> {
    match std::fs::read(path) {
        Ok(bytes) => Some(bytes),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
            problems.whole_file(ProblemCode::MissingFile, "文件不存在");
            None
        }
        Err(e) => {
            problems.whole_file(ProblemCode::Unreadable, format!("无法读取：{e}"));
            None
        }
    }
}

fn parse_line<T: DeserializeOwned>(
    line: &[u8],
    number: usize,
    problems: &mut FileProblems,
) -> Option<T> {
    let text = match std::str::from_utf8(line) {
        Ok(text) => text,
        Err(e) => {
            let column = String::from_utf8_lossy(&line[..e.valid_up_to()])
                .chars()
                .count()
                + 1;
            let message = "不是 UTF-8 编码，请另存为 UTF-8".to_owned();
            problems.push(
                Some(number),
                Some(column),
                ProblemCode::InvalidUtf8,
                message,
            );
            return None;
        }
    };
    if text.trim().is_empty() {
        return None;
    }
    if text.trim_start().starts_with('[') {
        let message = "每行应当是一个 JSON 对象，即 {…}，这里是数组".to_owned();
        problems.push(Some(number), Some(1), ProblemCode::InvalidRow, message);
        return None;
    }
    match serde_json::from_str(text) {
        Ok(value) => Some(value),
        Err(e) => {
            // serde_json counts columns in bytes, and from the start of the line.
            let column = text
                .get(..e.column().saturating_sub(1))
                .map_or(e.column(), |before| before.chars().count() + 1);
            let (code, message) = if e.is_data() {
                (
                    ProblemCode::InvalidRow,
                    format!("字段不对：{}", describe(&e)),
                )
            } else {
                (
                    ProblemCode::InvalidJson,
                    format!("不是合法的 JSON：{}", describe(&e)),
                )
            };
            problems.push(Some(number), Some(column.max(1)), code, message);
            None
        }
    }
}

/// The library's message without its own line and column, which are ours to print.
fn describe(e: &serde_json::Error) -> String {
    let text = e.to_string();
    text.rsplit_once(" at line ")
        .map_or(text.clone(), |(message, _)| message.to_owned())
}
