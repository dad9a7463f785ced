//! Identifiers. Each is a distinct type, so that an FAQ's id is never passed for an intent's.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The longest id that is accepted, in bytes.
const MAX_ID_BYTES: usize = 128;

/// Why a text can't be an id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidId {
    /// Nothing but whitespace.
    #[error("an id must not be empty")]
    Empty,
    /// More than 128 bytes.
    #[error("an id has at most {MAX_ID_BYTES} bytes, this one has {0}")]
    TooLong(usize),
    /// Whitespace around or control characters inside would make two ids look the same.
    #[error("an id has no whitespace around it and no control characters")]
    Invisible,
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[cfg_attr(feature = "schema", schemars(extend("minLength" = 1)))]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Checks and wraps a text.
            ///
            /// # Errors
            /// [`InvalidId`] when it is empty, too long, or holds invisible characters.
            pub fn new(text: impl Into<String>) -> Result<Self, InvalidId> {
                let text = text.into();
                if text.trim().is_empty() {
                    return Err(InvalidId::Empty);
                }
                if text.len() > MAX_ID_BYTES {
                    return Err(InvalidId::TooLong(text.len()));
                }
                if text.trim() != text || text.chars().any(char::is_control) {
                    return Err(InvalidId::Invisible);
                }
                Ok(Self(text))
            }

            /// The id as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidId;
            fn try_from(text: String) -> Result<Self, InvalidId> {
                Self::new(text)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0
            }
        }
    };
}

id! {
    /// Names an FAQ inside its knowledge base, such as `ec-026`.
    FaqId
}
id! {
    /// Names an intent inside its knowledge base, such as `refund_progress`.
    IntentId
}
id! {
    /// Names a conversation, such as `app-20261129-1f3a`. The caller's own, unique in his store.
    ConversationId
}
id! {
    /// Identity of an encoder: vectors of two encoders with different ids must never be compared.
    EncoderId
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_checked() {
        assert_eq!(FaqId::new("ec-001").map(String::from), Ok("ec-001".into()));
        assert_eq!(FaqId::new("  "), Err(InvalidId::Empty));
        assert_eq!(FaqId::new(" a"), Err(InvalidId::Invisible));
        assert_eq!(FaqId::new("a\u{0}b"), Err(InvalidId::Invisible));
        assert_eq!(FaqId::new("x".repeat(200)), Err(InvalidId::TooLong(200)));
        assert!(serde_json::from_str::<FaqId>("\"\"").is_err());
    }
}
