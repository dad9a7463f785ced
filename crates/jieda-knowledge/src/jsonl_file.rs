//! JSON lines of any size, read line by line.

use std::{
    fs::File,
    io::{self, BufRead as _, BufReader, Read as _},
    path::Path,
};

use serde::de::DeserializeOwned;

use crate::{
    JsonlRow, Problem, ProblemCode,
    jsonl::{UTF16, is_utf16, parse_line},
    place::Place,
};

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// A file with one JSON object a line that may be too large to be held: each line is given away as soon as it is read,
/// and can be read again.
///
/// ```
/// use jieda_knowledge::JsonlFile;
/// # let dir = tempfile::tempdir()?;
/// # let path = dir.path().join("numbers.jsonl");
/// std::fs::write(&path, "1\n\nzwei\n3\n")?;
/// let mut file = JsonlFile::open(&path).map_err(|problem| problem.to_string())?;
/// let mut lines = Vec::new();
/// let problems = file.each::<u32>(&mut |row, line| lines.push((row.value, line)));
/// assert_eq!(problems.len(), 1);
/// let (value, last) = lines[1];
/// assert_eq!((value, last.number), (3, 4));
/// assert_eq!(file.read::<u32>(last).map_err(|problem| problem.to_string())?, 3);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct JsonlFile {
    place: Place,
    file: BufReader<File>,
    /// Bytes from the beginning to what is read next.
    at: u64,
}

/// Where a line lies in its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JsonlLine {
    /// Its number, from 1.
    pub number: usize,
    offset: u64,
    bytes: usize,
}

impl JsonlFile {
    /// Opens a file.
    ///
    /// # Errors
    /// [`Problem`] when it isn't there or can't be read.
    pub fn open(path: &Path) -> Result<Self, Box<Problem>> {
        let place = Place::file(path);
        match File::open(path) {
            Ok(file) => Ok(Self {
                place,
                file: BufReader::new(file),
                at: 0,
            }),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Err(Box::new(
                place.problem(ProblemCode::MissingFile, "文件不存在"),
            )),
            Err(e) => Err(Box::new(unreadable(&place, &e))),
        }
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.place.path()
    }

    /// Reads the file from where it is to its end: every good row is given away with its line, the problems of the
    /// others come back. Blank lines are skipped, a byte order mark is allowed.
    pub fn each<T: DeserializeOwned>(
        &mut self,
        take: &mut dyn FnMut(JsonlRow<T>, JsonlLine),
    ) -> Vec<Problem> {
        let mut problems = Vec::new();
        let mut buffer = Vec::new();
        let mut has_rows = false;
        for number in 1.. {
            buffer.clear();
            let bytes = match self.file.read_until(b'\n', &mut buffer) {
                Ok(0) => break,
                Ok(bytes) => bytes,
                Err(e) => {
                    problems.push(unreadable(&self.place, &e));
                    break;
                }
            };
            if number == 1 && is_utf16(&buffer) {
                problems.push(self.place.problem(ProblemCode::InvalidUtf8, UTF16));
                break;
            }
            let line = JsonlLine {
                number,
                offset: self.at,
                bytes,
            };
            self.at += bytes as u64;
            match parse_line(bare(&buffer, line), &self.place.row(number)) {
                Ok(Some(value)) => {
                    has_rows = true;
                    let row = JsonlRow {
                        line: number,
                        value,
                    };
                    take(row, line);
                }
                Ok(None) => {}
                Err(problem) => problems.push(*problem),
            }
        }
        if !has_rows && problems.is_empty() {
            let problem = self
                .place
                .problem(ProblemCode::Empty, "文件里没有任何数据行");
            problems.push(problem);
        }
        problems
    }

    /// Reads a line again.
    ///
    /// # Errors
    /// [`Problem`] when the file has changed meanwhile, or can't be read.
    pub fn read<T: DeserializeOwned>(&mut self, line: JsonlLine) -> Result<T, Box<Problem>> {
        let place = self.place.row(line.number);
        let mut buffer = vec![0; line.bytes];
        self.read_bytes(line, &mut buffer)
            .map_err(|e| Box::new(unreadable(&place, &e)))?;
        match parse_line(bare(&buffer, line), &place)? {
            Some(value) => Ok(value),
            None => Err(Box::new(
                place.problem(ProblemCode::Unreadable, "读的时候文件变了"),
            )),
        }
    }

    fn read_bytes(&mut self, line: JsonlLine, buffer: &mut [u8]) -> io::Result<()> {
        // What lies near is in the buffer already; no file has more bytes than that.
        let step = i64::try_from(line.offset).unwrap_or(i64::MAX)
            - i64::try_from(self.at).unwrap_or(i64::MAX);
        self.file.seek_relative(step)?;
        self.at = line.offset;
        self.file.read_exact(buffer)?;
        self.at += buffer.len() as u64;
        Ok(())
    }
}

/// A line without its end, and the first without its byte order mark.
fn bare(bytes: &[u8], line: JsonlLine) -> &[u8] {
    let bytes = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    if line.number == 1 {
        bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes)
    } else {
        bytes
    }
}

fn unreadable(place: &Place, error: &io::Error) -> Problem {
    place.problem(ProblemCode::Unreadable, format!("无法读取：{error}"))
}
