//! What may be kept of a customer's words.

use jieda_text::PersonalData;

/// A text with its personal data masked.
pub(crate) fn masked(text: &str) -> String {
    PersonalData::mask(text).into_text()
}
