//! A masked text, and the way back that stays in memory.

use std::fmt;

use jieda_types::{ByteSpan, MaskedText};

use super::Kind;

/// One place of a masked text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MaskedPlace {
    /// What stood there.
    pub kind: Kind,
    /// Its bytes in the original.
    pub original: ByteSpan,
    /// The bytes of what is shown instead, in the masked text.
    pub masked: ByteSpan,
}

/// A text whose personal data is masked. What was masked is known to the [`Vault`] alone.
///
/// It is not `Serialize`: what may be written down is [`text`](Self::text) or
/// [`to_masked_text`](Self::to_masked_text).
#[derive(Debug)]
pub struct Masked {
    text: String,
    places: Vec<MaskedPlace>,
    vault: Vault,
}

impl Masked {
    pub(super) fn new(text: String, places: Vec<MaskedPlace>, vault: Vault) -> Self {
        Self {
            text,
            places,
            vault,
        }
    }

    /// The masked text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The masked text as what a store takes.
    #[must_use]
    pub fn to_masked_text(&self) -> MaskedText {
        MaskedText::assume_masked(self.text.clone())
    }

    /// Where something is masked, in order.
    #[must_use]
    pub fn places(&self) -> &[MaskedPlace] {
        &self.places
    }

    /// What was masked.
    #[must_use]
    pub fn vault(&self) -> &Vault {
        &self.vault
    }

    /// The text alone.
    #[must_use]
    pub fn into_text(self) -> String {
        self.text
    }
}

/// What was masked, in memory only: it has no serial form, can't be cloned, and its `Debug` says nothing
/// but how many there are.
///
/// ```
/// use jieda_text::PersonalData;
///
/// let masked = PersonalData::mask("我的手机号是13800001234");
/// assert_eq!(masked.text(), "我的手机号是138****1234");
/// assert_eq!(masked.vault().original("138****1234"), Some("13800001234"));
/// assert!(!format!("{masked:?}").contains("13800001234"));
/// ```
#[derive(Default)]
pub struct Vault(pub(super) Vec<(String, String)>);

impl Vault {
    /// The original of what is shown instead, such as `138****5678`; the first, where two look alike.
    #[must_use]
    pub fn original(&self, shown: &str) -> Option<&str> {
        let kept = self.0.iter().find(|(mask, _)| mask == shown);
        kept.map(|(_, original)| original.as_str())
    }

    /// The original of a place, by its number in [`Masked::places`].
    #[must_use]
    pub fn nth(&self, place: usize) -> Option<&str> {
        self.0.get(place).map(|(_, original)| original.as_str())
    }

    /// How many originals it holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether nothing was masked.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Vault({} hidden)", self.0.len())
    }
}
