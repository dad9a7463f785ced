//! Characters that remember where they came from.

use jieda_types::ByteSpan;

/// A character of a text in the making, and the bytes of the original that it stands for.
///
/// Invariant of a sequence: starts never decrease, ends never decrease, and every span lies on
/// character boundaries of the original.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mapped {
    pub(crate) ch: char,
    pub(crate) span: ByteSpan,
}

/// The characters of a text, each standing for itself.
pub(crate) fn from_str(text: &str) -> Vec<Mapped> {
    text.char_indices()
        .map(|(start, ch)| Mapped {
            ch,
            span: ByteSpan {
                start,
                end: start + ch.len_utf8(),
            },
        })
        .collect()
}

/// The text alone.
pub(crate) fn to_string(chars: &[Mapped]) -> String {
    chars.iter().map(|m| m.ch).collect()
}

/// From the start of the first to the end of the last.
pub(crate) fn hull(chars: &[Mapped]) -> Option<ByteSpan> {
    match (chars.first(), chars.last()) {
        (Some(first), Some(last)) => Some(ByteSpan {
            start: first.span.start,
            end: last.span.end,
        }),
        _ => None,
    }
}
