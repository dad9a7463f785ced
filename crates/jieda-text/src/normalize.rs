//! Normalisation: what differs only in writing becomes the same text.
//!
//! In order: compatibility forms and full width → plain (NFKC per character); lower case; control
//! and invisible characters dropped, emoji reduced to their base; whitespace → one space, trimmed;
//! Traditional → Simplified; runs of emphatic punctuation, emoji and characters shortened.
//! The passes repeat until nothing changes, so that normalising twice is normalising once.
//! Digits are never shortened: 100000 is not 100.

use jieda_types::ByteSpan;
use unicode_normalization::UnicodeNormalization;

use crate::{
    TextError,
    characters::{is_emoji, is_emphatic, is_han, is_invisible},
    mapped::{self, Mapped},
    simplify::Simplifier,
};

/// Passes until the text is left as it is. Two are the rule; each further one needs a phrase that
/// only an earlier conversion brought together.
const MAX_PASSES: usize = 8;

/// A normalised text, aligned with its original.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Normalized {
    /// The normalised text.
    pub text: String,
    /// For each character of `text` the bytes of the original that it stands for. Starts and ends
    /// never decrease.
    pub spans: Vec<ByteSpan>,
}

/// Normalises texts. Cheap to share, holds the Traditional → Simplified tables.
pub struct Normalizer {
    simplifier: Simplifier,
}

impl std::fmt::Debug for Normalizer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Normalizer").finish_non_exhaustive()
    }
}

impl Normalizer {
    /// Loads the tables (about 0.2 ms).
    ///
    /// # Errors
    /// [`TextError`] when the built-in tables are damaged.
    pub fn new() -> Result<Self, TextError> {
        Ok(Self {
            simplifier: Simplifier::new()?,
        })
    }

    /// Normalises a text. Never fails; an all-invisible text becomes empty.
    #[must_use]
    pub fn normalize(&self, text: &str) -> Normalized {
        let mut chars = mapped::from_str(text);
        for _ in 0..MAX_PASSES {
            let next = collapse(&self.simplifier.simplify(spaces(fold(&chars))));
            let settled =
                next.len() == chars.len() && next.iter().zip(&chars).all(|(a, b)| a.ch == b.ch);
            chars = next;
            if settled {
                break;
            }
        }
        Normalized {
            text: mapped::to_string(&chars),
            spans: chars.into_iter().map(|m| m.span).collect(),
        }
    }
}

/// Compatibility forms, case, invisible characters: one character at a time.
fn fold(chars: &[Mapped]) -> Vec<Mapped> {
    let mut out = Vec::with_capacity(chars.len());
    for &Mapped { ch, span } in chars {
        if ch.is_ascii() && !ch.is_ascii_control() {
            out.push(Mapped {
                ch: ch.to_ascii_lowercase(),
                span,
            });
            continue;
        }
        // A compatibility form may unfold to something that itself folds: ㏂ → "a.m.".
        for plain in std::iter::once(ch).nfkc().flat_map(char::to_lowercase) {
            if plain.is_whitespace() {
                out.push(Mapped { ch: ' ', span });
            } else if !plain.is_control() && !is_invisible(plain) {
                out.push(Mapped { ch: plain, span });
            }
        }
    }
    out
}

/// Runs of spaces become one; none at either end.
fn spaces(chars: Vec<Mapped>) -> Vec<Mapped> {
    let mut out: Vec<Mapped> = Vec::with_capacity(chars.len());
    for m in chars {
        if m.ch != ' ' || out.last().is_some_and(|last| last.ch != ' ') {
            out.push(m);
        }
    }
    if out.last().is_some_and(|last| last.ch == ' ') {
        out.pop();
    }
    out
}

/// Shortens runs of one character to what carries meaning.
fn collapse(chars: &[Mapped]) -> Vec<Mapped> {
    let mut out = Vec::with_capacity(chars.len());
    for run in chars.chunk_by(|a, b| a.ch == b.ch) {
        let keep = run.len().min(longest_run(run[0].ch, run.len()));
        out.extend_from_slice(&run[..keep]);
        // The last one kept stands for the rest, so that no byte is left without a character.
        if let (Some(kept), Some(end)) = (out.last_mut(), run.last()) {
            kept.span.end = end.span.end;
        }
    }
    out
}

/// How many of a run of `length` times `ch` are kept. Chinese doubles words (天天, 看看), so that
/// two stay; Latin letters are cut only from four on (www and XXX are names).
fn longest_run(ch: char, length: usize) -> usize {
    if is_emphatic(ch) || is_emoji(ch) {
        1
    } else if (is_han(ch) && length >= 3) || (ch.is_alphabetic() && length >= 4) {
        2
    } else {
        length
    }
}
