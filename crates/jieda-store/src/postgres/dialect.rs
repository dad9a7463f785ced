//! What PostgreSQL says in words of its own.

use std::borrow::Cow;

use sqlx::PgConnection;

/// Rows are locked as they are changed; a turn's number decides who was first.
pub(super) const BEGIN_WRITE: &str = "BEGIN ISOLATION LEVEL READ COMMITTED";
/// What is read is of one moment.
pub(super) const BEGIN_READ: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
/// What is old when the first table is looked at is what goes from all of them.
pub(super) const BEGIN_PURGE: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ";
/// Upper and lower case alike.
pub(super) const LIKE: &str = "ILIKE";

/// What of a text can be stored: all but NUL, which PostgreSQL has no text with.
pub(super) fn storable(text: &str) -> Cow<'_, str> {
    if text.contains('\0') {
        text.replace('\0', "").into()
    } else {
        text.into()
    }
}

/// One at a time appends to a journal.
pub(super) async fn lock_journal(
    connection: &mut PgConnection,
    journal: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))")
        .bind(format!("jieda.journal.{journal}"))
        .execute(connection)
        .await?;
    Ok(())
}
