//! A knowledge base's own words: product names, terms of the trade.

use std::fmt;

/// One word that jieba shall keep whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserWord {
    /// The word, as the author wrote it; it is normalised like any text before it is used.
    pub word: String,
    /// How common it is; without it, just enough to keep the word whole.
    pub frequency: Option<usize>,
    /// Part of speech, informational.
    pub tag: Option<String>,
}

/// A user dictionary: one word a line, `word`, `word frequency` or `word frequency tag`,
/// separated by spaces or tabs. Blank lines and lines that start with `#` are skipped.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct UserDictionary {
    /// The words, in the order of the file.
    pub words: Vec<UserWord>,
}

/// What is wrong with a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DictionaryProblem {
    /// Line number, from 1.
    pub line: usize,
    /// What is wrong, in Chinese, for the author of the dictionary.
    pub message: String,
}

/// All problems of a dictionary at once.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct DictionaryError {
    /// The problems, in the order of lines.
    pub problems: Vec<DictionaryProblem>,
}

impl fmt::Display for DictionaryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, p) in self.problems.iter().enumerate() {
            let separator = if i == 0 { "" } else { "\n" };
            write!(f, "{separator}{}: {}", p.line, p.message)?;
        }
        Ok(())
    }
}

impl UserDictionary {
    /// Reads a dictionary.
    ///
    /// # Errors
    /// [`DictionaryError`] with every faulty line.
    pub fn parse(text: &str) -> Result<Self, DictionaryError> {
        let mut words = Vec::new();
        let mut problems = Vec::new();
        for (i, line) in text.trim_start_matches('\u{FEFF}').lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            match parse_line(line) {
                Ok(word) => words.push(word),
                Err(message) => problems.push(DictionaryProblem {
                    line: i + 1,
                    message,
                }),
            }
        }
        if problems.is_empty() {
            Ok(Self { words })
        } else {
            Err(DictionaryError { problems })
        }
    }
}

fn parse_line(line: &str) -> Result<UserWord, String> {
    let mut fields = line.split_whitespace();
    let word = fields.next().unwrap_or_default().to_owned();
    let frequency = match fields.next() {
        None => None,
        Some(text) => Some(text.parse::<u32>().map_err(|_| {
            format!("词频“{text}”不是非负整数；格式：词语 [词频 [词性]]，写词性时必须先写词频")
        })? as usize),
    };
    let tag = fields.next().map(str::to_owned);
    if let Some(extra) = fields.next() {
        return Err(format!(
            "多余的内容“{extra}”；每行一个词，格式：词语 [词频 [词性]]"
        ));
    }
    Ok(UserWord {
        word,
        frequency,
        tag,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_words_with_and_without_frequency() {
        let text = "\u{FEFF}# 产品\n价保\n\n云际X200 50\n携号转网 3 n\n";
        let words = UserDictionary::parse(text)
            .map(|d| d.words)
            .unwrap_or_default();
        assert_eq!(words.len(), 3);
        assert_eq!(words[2].tag.as_deref(), Some("n"));
    }

    #[test]
    fn reports_every_faulty_line() {
        let error = UserDictionary::parse("好 n\n行\n坏 1 n x\n")
            .err()
            .map(|e| e.problems);
        let lines: Vec<usize> = error.unwrap_or_default().iter().map(|p| p.line).collect();
        assert_eq!(lines, [1, 3]);
    }
}
