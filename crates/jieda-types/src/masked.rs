//! A text that may be kept.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A text whose personal data is masked: what stores and logs take, so that a customer's own words don't
/// get there by accident. `jieda-text` makes it (`Masked::to_masked_text`).
///
/// ```
/// use jieda_types::MaskedText;
///
/// let text = MaskedText::assume_masked("我的手机号是138****1234");
/// assert_eq!(text.as_str(), "我的手机号是138****1234");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct MaskedText(String);

impl MaskedText {
    /// Takes the caller's word that the text was masked, or comes from no customer.
    #[must_use]
    pub fn assume_masked(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for MaskedText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
