//! Differences inside a text.

use serde::Serialize;
use similar::{Algorithm, ChangeTag, utils::diff_unicode_words};

/// An unchanged piece between two changes that is shorter reads better as part of the change.
const SHORTEST_SAME: usize = 2;
/// Texts with less in common, in percent of their characters, read better one after the other.
const LEAST_COMMON: usize = 40;
/// Beyond this length a text is no answer to a customer, and the comparison would take long.
const LONGEST: usize = 20_000;

/// Whether a piece of text is in the old text, in the new one, or in both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SpanKind {
    /// In both.
    Same,
    /// In the old text only.
    Removed,
    /// In the new text only.
    Added,
}

/// A piece of text. The pieces that are not added make up the old text, those that are not removed
/// the new one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Span {
    /// Where it is.
    pub kind: SpanKind,
    /// The piece.
    pub text: String,
}

/// Compares two texts by words: Latin words and numbers whole, Han characters one by one.
pub(super) fn compare(old: &str, new: &str) -> Vec<Span> {
    if old.len().max(new.len()) > LONGEST {
        return whole(old, new);
    }
    let pieces = diff_unicode_words(Algorithm::Myers, old, new);
    let spans = join_short(&pieces);
    let same = spans.iter().filter(|span| span.kind == SpanKind::Same);
    let common: usize = same.map(|span| span.text.chars().count()).sum();
    let all = old.chars().count() + new.chars().count();
    if 200 * common < LEAST_COMMON * all {
        whole(old, new)
    } else {
        spans
    }
}

fn whole(old: &str, new: &str) -> Vec<Span> {
    let mut spans = Vec::new();
    push(&mut spans, SpanKind::Removed, old);
    push(&mut spans, SpanKind::Added, new);
    spans
}

/// Takes short unchanged pieces between changes into the changes, and puts what was removed before
/// what was added.
fn join_short(pieces: &[(ChangeTag, &str)]) -> Vec<Span> {
    let mut spans = Vec::new();
    let (mut removed, mut added) = (String::new(), String::new());
    for (i, &(tag, text)) in pieces.iter().enumerate() {
        let inside = i > 0 && i + 1 < pieces.len();
        match tag {
            ChangeTag::Delete => removed.push_str(text),
            ChangeTag::Insert => added.push_str(text),
            ChangeTag::Equal if inside && text.chars().count() < SHORTEST_SAME => {
                removed.push_str(text);
                added.push_str(text);
            }
            ChangeTag::Equal => {
                push(&mut spans, SpanKind::Removed, &std::mem::take(&mut removed));
                push(&mut spans, SpanKind::Added, &std::mem::take(&mut added));
                push(&mut spans, SpanKind::Same, text);
            }
        }
    }
    push(&mut spans, SpanKind::Removed, &removed);
    push(&mut spans, SpanKind::Added, &added);
    spans
}

fn push(spans: &mut Vec<Span>, kind: SpanKind, text: &str) {
    if !text.is_empty() {
        let text = text.to_owned();
        spans.push(Span { kind, text });
    }
}
