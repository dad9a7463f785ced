//! What may be kept of a customer's words.

use jieda_text::PersonalData;
use jieda_types::MaskedText;

/// A text with its personal data masked.
pub(crate) fn masked(text: &str) -> MaskedText {
    PersonalData::mask(text).to_masked_text()
}
