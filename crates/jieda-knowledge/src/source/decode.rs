//! Text files in the encodings that Chinese spreadsheets and editors write.

use encoding_rs::{Encoding, GB18030};

use super::MAX_FILE_BYTES;
use crate::{Problem, ProblemCode, place::Place};

/// Reads a file of at most [`MAX_FILE_BYTES`], or says why not.
pub(crate) fn read_bytes(place: &Place, problems: &mut Vec<Problem>) -> Option<Vec<u8>> {
    let path = place.path();
    let problem = match std::fs::metadata(path) {
        Ok(meta) if !meta.is_file() => place.problem(ProblemCode::Unreadable, "不是文件"),
        Ok(meta) if meta.len() > MAX_FILE_BYTES => {
            let limit = MAX_FILE_BYTES >> 20;
            place
                .problem(ProblemCode::TooLarge, format!("文件超过 {limit} MB"))
                .suggest("请拆成几个文件")
        }
        Ok(_) => match std::fs::read(path) {
            Ok(bytes) => return Some(bytes),
            Err(e) => unreadable(place, &e),
        },
        Err(e) => unreadable(place, &e),
    };
    problems.push(problem);
    None
}

fn unreadable(place: &Place, error: &std::io::Error) -> Problem {
    if error.kind() == std::io::ErrorKind::NotFound {
        place.problem(ProblemCode::MissingFile, "文件不存在")
    } else {
        place.problem(ProblemCode::Unreadable, format!("无法读取：{error}"))
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
