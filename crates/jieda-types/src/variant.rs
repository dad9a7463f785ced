//! Which of several answers a conversation is given.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::FaqId;

/// The name of an answer among those of its FAQ: A is the answer, B the first variant, up to H.
///
/// ```
/// use jieda_types::VariantLabel;
/// let label = VariantLabel::nth(1).unwrap();
/// assert_eq!((label.to_string().as_str(), label.index()), ("B", 1));
/// assert_eq!(VariantLabel::nth(VariantLabel::MOST), None);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "char", into = "char")]
pub struct VariantLabel(u8);

impl VariantLabel {
    /// So many answers an FAQ has at most.
    pub const MOST: usize = 8;
    /// The answer that is served where nothing is tried.
    pub const A: Self = Self(0);

    /// The label of an answer, counted from 0; none beyond H.
    #[must_use]
    pub fn nth(index: usize) -> Option<Self> {
        let fits = index < Self::MOST;
        u8::try_from(index).ok().filter(|_| fits).map(Self)
    }

    /// Its place, counted from 0.
    #[must_use]
    pub fn index(self) -> usize {
        usize::from(self.0)
    }
}

impl From<VariantLabel> for char {
    fn from(label: VariantLabel) -> Self {
        Self::from(b'A' + label.0)
    }
}

impl TryFrom<char> for VariantLabel {
    type Error = InvalidVariantLabel;

    fn try_from(letter: char) -> Result<Self, Self::Error> {
        let index = u32::from(letter).checked_sub(u32::from('A'));
        let label = index.and_then(|index| Self::nth(usize::try_from(index).ok()?));
        label.ok_or(InvalidVariantLabel(letter))
    }
}

impl fmt::Display for VariantLabel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        char::from(*self).fmt(f)
    }
}

/// A letter that names no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an answer is called A to H, not {0}")]
pub struct InvalidVariantLabel(char);

/// Which answer a conversation was given, of those that are tried against each other.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct AnswerVariant {
    /// The FAQ.
    pub faq: FaqId,
    /// Identifies what is tried: the FAQ and the exact texts of all its answers. Whoever changes one of them begins
    /// another experiment.
    pub experiment: String,
    /// Which answer.
    pub label: VariantLabel,
}
