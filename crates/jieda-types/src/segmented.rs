//! Text after normalisation and segmentation.

use serde::{Deserialize, Serialize};

/// A half-open range of bytes of the original text, always on character boundaries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ByteSpan {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl ByteSpan {
    /// The part of `text` that the span covers; empty when the span is not of this text.
    #[must_use]
    pub fn of(self, text: &str) -> &str {
        text.get(self.start..self.end).unwrap_or("")
    }
}

/// What kind of characters a token is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenKind {
    /// Letters, Han characters, digits: what an index keeps.
    Word,
    /// Emoji and other pictures.
    Emoji,
    /// Punctuation, symbols and whitespace.
    Punctuation,
}

/// A word of the normalised text. In search mode tokens may overlap: 身份证 and 身份.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Token {
    /// The normalised word.
    pub text: String,
    /// Where it stands in the original text.
    pub span: ByteSpan,
    /// Word, emoji or punctuation.
    pub kind: TokenKind,
}

/// An utterance, normalised and cut into words.
///
/// Invariants, kept by `jieda-text`: spans lie inside `original`, on character boundaries;
/// tokens are ordered by the start of their span, then by its end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Segmented {
    /// The text as it came in.
    pub original: String,
    /// The text that all later stages read.
    pub normalized: String,
    /// The words, in order.
    pub tokens: Vec<Token>,
}

impl Segmented {
    /// The words alone, without punctuation and emoji.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        self.tokens
            .iter()
            .filter(|t| t.kind == TokenKind::Word)
            .map(|t| t.text.as_str())
    }

    /// Whether nothing is left to search for.
    #[must_use]
    pub fn has_no_words(&self) -> bool {
        self.words().next().is_none()
    }
}
