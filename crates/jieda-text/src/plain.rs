//! A text as the finders of personal data and entities read it: one character for each visible one,
//! half width, with its bytes in the original.

use jieda_types::ByteSpan;
use unicode_normalization::UnicodeNormalization;

use crate::characters::{is_han, is_invisible, is_plate_end, is_plate_province};

/// How masks in brackets begin.
const MASKS: &[&str] = &["身份证尾号", "银行卡尾号", "证件尾号", "账号]", "地址]"];
/// Most characters of a mask in brackets.
const LONGEST_MASK: usize = 12;

/// Folded characters. Letters keep their case; nothing is joined or repeated less.
#[derive(Debug)]
pub(crate) struct Plain {
    pub(crate) chars: Vec<char>,
    spans: Vec<ByteSpan>,
}

impl Plain {
    pub(crate) fn new(text: &str) -> Self {
        let mut chars = Vec::with_capacity(text.len() / 2);
        let mut spans = Vec::with_capacity(text.len() / 2);
        for (start, c) in text.char_indices() {
            if is_invisible(c) {
                continue;
            }
            chars.push(fold(c));
            spans.push(ByteSpan {
                start,
                end: start + c.len_utf8(),
            });
        }
        Self { chars, spans }
    }

    /// Blanks out what is masked already: `138****5678`, `[地址]`. Nothing is found in it or over it.
    pub(crate) fn hide_masks(&mut self) {
        let hidden: Vec<(usize, usize)> = self.masks();
        for (start, end) in hidden {
            self.chars[start..end].fill('\0');
        }
    }

    /// Where something is masked, in order.
    pub(crate) fn masks(&self) -> Vec<(usize, usize)> {
        let mut masks = Vec::new();
        let mut i = 0;
        while i < self.chars.len() {
            let mut end = i + 1;
            if self.at(i) == '[' && self.word_at(i + 1, MASKS).is_some() {
                let close = self.skip_some(i, LONGEST_MASK, |c| c != ']');
                if self.at(close) == ']' {
                    end = close + 1;
                    masks.push((i, end));
                }
            } else if self.at(i) == '*' {
                let stars = self.skip(i, |c| c == '*');
                end = stars;
                if stars - i >= 3 {
                    let around =
                        |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '@' | '.');
                    let mut start = i;
                    let floor = masks.last().map_or(0, |m| m.1);
                    while start > floor && around(self.before(start)) {
                        start -= 1;
                    }
                    // 京A***45.
                    if start > floor && start < i && is_plate_province(self.before(start)) {
                        start -= 1;
                    }
                    end = self.skip(stars, around);
                    // 川A***1学: the last character of a plate may be one of these.
                    if is_plate_province(self.at(start)) && is_plate_end(self.at(end)) {
                        end += 1;
                    }
                    masks.push((start, end));
                }
            }
            i = end;
        }
        masks
    }

    /// The character at a place; NUL, which nothing looks for, outside.
    pub(crate) fn at(&self, i: usize) -> char {
        self.chars.get(i).copied().unwrap_or('\0')
    }

    /// The character before a place.
    pub(crate) fn before(&self, i: usize) -> char {
        i.checked_sub(1).map_or('\0', |i| self.at(i))
    }

    /// Whether the characters before `end` are these.
    pub(crate) fn ends_with(&self, end: usize, what: &str) -> bool {
        let mut i = end;
        what.chars().rev().all(|c| {
            let same = self.before(i).eq_ignore_ascii_case(&c);
            i = i.saturating_sub(1);
            same
        })
    }

    /// Whether the characters from `start` are these.
    pub(crate) fn starts_with(&self, start: usize, what: &str) -> bool {
        (start..)
            .zip(what.chars())
            .all(|(i, c)| self.at(i).eq_ignore_ascii_case(&c))
    }

    /// The longest of `words` that ends before `end`, in characters.
    pub(crate) fn word_before(&self, end: usize, words: &[&str]) -> Option<usize> {
        let lengths = words
            .iter()
            .filter(|word| self.ends_with(end, word))
            .map(|word| word.chars().count());
        lengths.max()
    }

    /// The longest of `words` that starts at `start`, in characters.
    pub(crate) fn word_at(&self, start: usize, words: &[&str]) -> Option<usize> {
        // Tried at every place with many words: most are out by their first character.
        let first = self.at(start);
        let lengths = words
            .iter()
            .filter(|word| {
                let begins = |c: char| c.eq_ignore_ascii_case(&first);
                word.chars().next().is_some_and(begins) && self.starts_with(start, word)
            })
            .map(|word| word.chars().count());
        lengths.max()
    }

    /// The first place from `start` on whose character is not one of these.
    pub(crate) fn skip(&self, start: usize, is: impl Fn(char) -> bool) -> usize {
        self.skip_some(start, usize::MAX, is)
    }

    /// The same, but `most` characters on at most: what is tried at every place must not read to the end.
    pub(crate) fn skip_some(&self, start: usize, most: usize, is: impl Fn(char) -> bool) -> usize {
        let last = self.chars.len().min(start.saturating_add(most));
        let mut i = start;
        while i < last && is(self.at(i)) {
            i += 1;
        }
        i
    }

    /// The bytes of the original that characters stand for; with the invisible ones between them.
    pub(crate) fn span(&self, start: usize, end: usize) -> ByteSpan {
        match (
            self.spans.get(start),
            end.checked_sub(1).and_then(|i| self.spans.get(i)),
        ) {
            (Some(first), Some(last)) if start < end => ByteSpan {
                start: first.start,
                end: last.end,
            },
            _ => ByteSpan { start: 0, end: 0 },
        }
    }

    /// The characters as a text.
    pub(crate) fn text(&self, start: usize, end: usize) -> String {
        self.chars
            .get(start..end)
            .map(|chars| chars.iter().collect())
            .unwrap_or_default()
    }
}

fn fold(c: char) -> char {
    if c.is_ascii() || is_han(c) {
        return c;
    }
    if c.is_whitespace() {
        return ' ';
    }
    // Compatibility forms of one character: full width, circled and mathematical digits.
    let mut plain = std::iter::once(c).nfkc();
    match (plain.next(), plain.next()) {
        (Some(one), None) => one,
        _ => c,
    }
}

/// The value of a Chinese digit that is read out: 幺三八 is 138.
pub(crate) fn spoken_digit(c: char) -> Option<char> {
    Some(match c {
        '零' | '〇' => '0',
        '一' | '幺' | '壹' => '1',
        '二' | '贰' => '2',
        '三' | '叁' => '3',
        '四' | '肆' => '4',
        '五' | '伍' => '5',
        '六' | '陆' => '6',
        '七' | '柒' => '7',
        '八' | '捌' => '8',
        '九' | '玖' => '9',
        _ => return None,
    })
}
