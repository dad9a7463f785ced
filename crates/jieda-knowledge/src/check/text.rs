//! Texts made comparable.

use std::collections::HashSet;

use unicode_normalization::UnicodeNormalization;

/// Nothing that a customer could read or ask.
pub(super) fn has_no_word(text: &str) -> bool {
    !text.chars().any(char::is_alphanumeric)
}

/// The text in one line: line breaks and runs of whitespace are single spaces.
pub(crate) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Two phrasings with the same key are the same to a customer: width, case, spaces and the mark at the
/// end don't count.
pub(crate) fn phrasing_key(text: &str) -> String {
    let folded: String = text
        .nfkc()
        .flat_map(char::to_lowercase)
        .filter(|c| !c.is_whitespace())
        .collect();
    folded
        .trim_end_matches(['?', '!', '.', '。', '~', '…', ';', ','])
        .to_owned()
}

/// Letters and digits alone.
pub(super) fn letters(text: &str) -> String {
    text.nfkc()
        .flat_map(char::to_lowercase)
        .filter(|c| c.is_alphanumeric())
        .collect()
}

/// Pairs of characters, each once.
pub(super) fn bigrams(letters: &str) -> HashSet<(char, char)> {
    letters.chars().zip(letters.chars().skip(1)).collect()
}

/// How alike two texts are, from 0 to 1: the Dice coefficient of their bigrams.
pub(super) fn likeness(a: &str, b: &str) -> f64 {
    let (a, b) = (letters(a), letters(b));
    if a == b {
        return 1.0;
    }
    let (a, b) = (bigrams(&a), bigrams(&b));
    dice(a.intersection(&b).count(), a.len() + b.len())
}

/// Dice coefficient from what two sets share and their sizes together.
#[expect(
    clippy::cast_precision_loss,
    reason = "sizes of texts are far below 2^52"
)]
pub(super) fn dice(shared: usize, sizes: usize) -> f64 {
    if sizes == 0 {
        0.0
    } else {
        2.0 * shared as f64 / sizes as f64
    }
}
