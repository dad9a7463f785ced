//! Pages of results: each begins after the last row of the one before, so that rows which come meanwhile
//! shift nothing.

use std::{fmt, num::NonZeroU32, str::FromStr};

/// Which end comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Order {
    /// The latest time first.
    #[default]
    Newest,
    /// The earliest time first.
    Oldest,
}

/// Which part of the results is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Which end comes first.
    pub order: Order,
    /// Begin after this row: [`Slice::next`] of the page before, in the same order.
    pub after: Option<Cursor>,
    /// Most rows.
    pub limit: NonZeroU32,
}

impl Page {
    /// The first page of the newest rows; at least one row.
    #[must_use]
    pub fn newest(limit: u32) -> Self {
        Self::first(Order::Newest, limit)
    }

    /// The first page of the oldest rows; at least one row.
    #[must_use]
    pub fn oldest(limit: u32) -> Self {
        Self::first(Order::Oldest, limit)
    }

    /// The first page; at least one row.
    #[must_use]
    pub fn first(order: Order, limit: u32) -> Self {
        Self {
            order,
            after: None,
            limit: NonZeroU32::new(limit).unwrap_or(NonZeroU32::MIN),
        }
    }

    /// The page that begins after a row.
    #[must_use]
    pub fn after(self, cursor: Cursor) -> Self {
        Self {
            after: Some(cursor),
            ..self
        }
    }
}

/// A page of results.
#[derive(Debug, Clone, PartialEq)]
pub struct Slice<T> {
    /// The rows, in the order that was asked for.
    pub items: Vec<T>,
    /// Where the next page begins; none when this is the last.
    pub next: Option<Cursor>,
}

/// A place between two rows. As text it can be handed to a client and taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    /// Microseconds since 1970.
    pub(crate) at: i64,
    /// What tells rows of the same time apart.
    pub(crate) row: String,
}

/// A text that is no [`Cursor`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no cursor of a page")]
pub struct InvalidCursor(pub String);

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}~{}", self.at, self.row)
    }
}

impl FromStr for Cursor {
    type Err = InvalidCursor;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parts = text.split_once('~');
        let cursor = parts.and_then(|(at, row)| {
            Some(Self {
                at: at.parse().ok()?,
                row: row.to_owned(),
            })
        });
        cursor.ok_or_else(|| InvalidCursor(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_survives_as_text() {
        let cursor = Cursor {
            at: -5,
            row: "a~b".into(),
        };
        assert_eq!(cursor.to_string().parse(), Ok(cursor));
        for wrong in ["", "5", "x~1"] {
            assert!(wrong.parse::<Cursor>().is_err(), "{wrong}");
        }
    }
}
