//! What SQLite says in words of its own.

use sqlx::SqliteConnection;

/// The lock first: what is read afterwards stays true until the commit.
pub(super) const BEGIN_WRITE: &str = "BEGIN IMMEDIATE";
/// What is read is of one moment.
pub(super) const BEGIN_READ: &str = "BEGIN";
pub(super) const BEGIN_PURGE: &str = "BEGIN IMMEDIATE";
/// Upper and lower case of Latin letters alike.
pub(super) const LIKE: &str = "LIKE";

/// What of a text can be stored: all.
pub(super) fn storable(text: &str) -> &str {
    text
}

/// The transaction has the whole database already.
#[expect(
    clippy::unused_async,
    reason = "other databases have something to wait for"
)]
pub(super) async fn lock_journal(_: &mut SqliteConnection, _: &str) -> Result<(), sqlx::Error> {
    Ok(())
}
