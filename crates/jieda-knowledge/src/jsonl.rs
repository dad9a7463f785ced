//! JSON lines, read whole: every faulty line is reported, not only the first.

use std::path::Path;

use serde::de::DeserializeOwned;

use crate::{Problem, ProblemCode, place::Place, source::read_bytes};

const NOT_UTF8: &str = "不是 UTF-8 编码，请另存为 UTF-8";
pub(crate) const UTF16: &str = "是 UTF-16 编码，请另存为 UTF-8";

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
    let place = Place::file(path);
    let mut problems = Vec::new();
    let mut rows = Vec::new();
    if let Some(bytes) = read_bytes(&place, &mut problems) {
        if is_utf16(&bytes) {
            return (rows, vec![place.problem(ProblemCode::InvalidUtf8, UTF16)]);
        }
        let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&bytes);
        for (i, line) in bytes.split(|&b| b == b'\n').enumerate() {
            match parse_line(line, &place.row(i + 1)) {
                Ok(Some(value)) => rows.push(JsonlRow { line: i + 1, value }),
                Ok(None) => {}
                Err(problem) => problems.push(*problem),
            }
        }
        if rows.is_empty() && problems.is_empty() {
            problems.push(place.problem(ProblemCode::Empty, "文件里没有任何数据行"));
        }
    }
    (rows, problems)
}

/// Reads a text that must be UTF-8, or says why not.
pub(crate) fn read_utf8(place: &Place, problems: &mut Vec<Problem>) -> Option<String> {
    let bytes = read_bytes(place, problems)?;
    let text = String::from_utf8(bytes).ok();
    if text.is_none() {
        let problem = place.problem(ProblemCode::InvalidUtf8, NOT_UTF8);
        problems.push(problem);
    }
    text
}

pub(crate) fn is_utf16(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF")
}

/// The value of a line; none if it is blank.
pub(crate) fn parse_line<T: DeserializeOwned>(
    line: &[u8],
    place: &Place,
) -> Result<Option<T>, Box<Problem>> {
    let text = std::str::from_utf8(line).map_err(|e| {
        let before = String::from_utf8_lossy(&line[..e.valid_up_to()]);
        let place = place.column(before.chars().count() + 1);
        Box::new(place.problem(ProblemCode::InvalidUtf8, NOT_UTF8))
    })?;
    if text.trim().is_empty() {
        return Ok(None);
    }
    if text.trim_start().starts_with('[') {
        let message = "每行应当是一个 JSON 对象，即 {…}，这里是数组";
        let problem = place.column(1).problem(ProblemCode::InvalidRow, message);
        return Err(Box::new(problem));
    }
    serde_json::from_str(text).map(Some).map_err(|e| {
        // serde_json counts columns in bytes, and from the start of the line.
        let column = text
            .get(..e.column().saturating_sub(1))
            .map_or(e.column(), |before| before.chars().count() + 1);
        let place = place.column(column.max(1));
        let description = describe(&e);
        Box::new(if e.is_data() {
            place.problem(ProblemCode::InvalidRow, format!("字段不对：{description}"))
        } else {
            let message = format!("不是合法的 JSON：{description}");
            place.problem(ProblemCode::InvalidJson, message)
        })
    })
}

/// The library's message without its own line and column, which are ours to print; the commonest
/// ones in Chinese.
fn describe(e: &serde_json::Error) -> String {
    let text = e.to_string();
    let text = text
        .rsplit_once(" at line ")
        .map_or(text.as_str(), |(message, _)| message);
    let phrases = [
        ("unknown field ", "不认识的字段 "),
        (", expected one of ", "，可用："),
        ("missing field ", "缺少字段 "),
        ("invalid type: ", "类型不对："),
        (", expected ", "，应为 "),
    ];
    let is_known = text.contains(" field `") || text.starts_with("invalid type: ");
    if !is_known {
        return text.to_owned();
    }
    let translate = |text: String, (from, to): (&str, &str)| text.replacen(from, to, 1);
    phrases.into_iter().fold(text.to_owned(), translate)
}
