//! Text files in the encodings that Chinese spreadsheets and editors write.

use encoding_rs::{Encoding, GB18030};

use crate::{Problem, ProblemCode, place::Place};

/// Reads a file, or says why not.
pub(crate) fn read_bytes(place: &Place, problems: &mut Vec<Problem>) -> Option<Vec<u8>> {
    match std::fs::read(place.path()) {
        Ok(bytes) => Some(bytes),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
            problems.push(place.problem(ProblemCode::MissingFile, "文件不存在"));
            None
        }
        Err(e) => {
            let message = format!("无法读取：{e}");
            problems.push(place.problem(ProblemCode::Unreadable, message));
            None
        }
    }
}

/// Reads a text: with a byte order mark what it says, else UTF-8, else GB18030 (and so GBK).
pub(crate) fn read_text(place: &Place, problems: &mut Vec<Problem>) -> Option<String> {
    let bytes = read_bytes(place, problems)?;
    let text = decode(&bytes);
    if text.is_none() {
        let message = "编码认不出来：不是 UTF-8、UTF-16，也不是 GB18030";
        let problem = place.problem(ProblemCode::InvalidUtf8, message);
        problems.push(problem.suggest("请另存为 UTF-8"));
    }
    text
}

fn decode(bytes: &[u8]) -> Option<String> {
    let (encoding, rest) = match Encoding::for_bom(bytes) {
        Some((encoding, length)) => (encoding, &bytes[length..]),
        None => match std::str::from_utf8(bytes) {
            Ok(text) => return Some(text.to_owned()),
            Err(_) => (GB18030, bytes),
        },
    };
    encoding
        .decode_without_bom_handling_and_without_replacement(rest)
        .map(std::borrow::Cow::into_owned)
}
