//! Names: cheap to copy around, compared by their text.

use std::{fmt, sync::Arc};

use serde::{Deserialize, Serialize};

/// Nothing but whitespace is no name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a name must not be empty")]
pub struct EmptyName;

macro_rules! name {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(Arc<str>);

        impl $name {
            /// Takes a text, without the whitespace around it.
            ///
            /// # Errors
            /// [`EmptyName`].
            pub fn new(text: &str) -> Result<Self, EmptyName> {
                match text.trim() {
                    "" => Err(EmptyName),
                    text => Ok(Self(text.into())),
                }
            }

            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl TryFrom<String> for $name {
            type Error = EmptyName;
            fn try_from(text: String) -> Result<Self, EmptyName> {
                Self::new(&text)
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> String {
                name.0.as_ref().to_owned()
            }
        }
    };
}

name! {
    /// A skill of agents, and the group of all who have it, such as 售后.
    Skill
}
name! {
    /// Where a customer writes or calls, such as `app`.
    Channel
}
name! {
    /// A language, such as `zh` or 粤语.
    Language
}
name! {
    /// A customer's tier, such as `VIP`.
    Tier
}
name! {
    /// An item of a score sheet, such as `accuracy`.
    ItemId
}

macro_rules! number {
    ($(#[$doc:meta])* $name:ident($inner:ty)) => {
        $(#[$doc])*
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
        )]
        #[serde(transparent)]
        pub struct $name(pub $inner);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }
    };
}

number! {
    /// Names an agent; the caller's own number.
    AgentId(u32)
}
number! {
    /// Names a ticket; the caller's own number, never used again while the ticket is open.
    TicketId(u64)
}
