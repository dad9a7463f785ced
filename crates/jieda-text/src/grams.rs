//! Character uni- and bigrams: a dropped or wrong character loses the word but keeps bigrams.

/// A gram and the position of its first character among the kept characters of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gram {
    /// One or two characters.
    pub text: String,
    /// Where it starts, counted in kept characters.
    pub position: usize,
}

/// The uni- and bigrams of a normalised text. Only letters, Han characters and digits are kept, and
/// whitespace and hyphens do not separate: `x200 pro`, `x200-pro` and `x200pro` give the same
/// bigrams. Any other punctuation does separate.
///
/// ```
/// let texts: Vec<String> = jieda_text::grams("e 4 报错").into_iter().map(|g| g.text).collect();
/// assert_eq!(texts, ["e", "e4", "4", "4报", "报", "报错", "错"]);
/// ```
#[must_use]
pub fn grams(normalized: &str) -> Vec<Gram> {
    let mut out: Vec<Gram> = Vec::new();
    let mut position = 0;
    let mut chars = normalized.chars().filter(|&c| !is_glue(c)).peekable();
    while let Some(c) = chars.next() {
        if !c.is_alphanumeric() {
            continue;
        }
        out.push(Gram {
            text: c.to_string(),
            position,
        });
        if let Some(next) = chars.peek().filter(|next| next.is_alphanumeric()) {
            out.push(Gram {
                text: [c, *next].iter().collect(),
                position,
            });
        }
        position += 1;
    }
    out
}

fn is_glue(c: char) -> bool {
    c.is_whitespace() || c == '-'
}
