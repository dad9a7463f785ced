//! Journals.

use jiff::Timestamp;
use sqlx::{Connection as _, Row as _};

use super::{DbConnection, DbRow, dialect, failed};
use crate::{
    StoreError,
    journal::{Bookmark, Entry, NewEntry},
};

pub(super) async fn append(
    connection: &mut DbConnection,
    (journal, last): (&str, u64),
    entries: &[NewEntry],
) -> Result<u64, StoreError> {
    let doing = failed("writing a journal");
    let mut whole = connection
        .begin_with(dialect::BEGIN_WRITE)
        .await
        .map_err(&doing)?;
    dialect::lock_journal(&mut whole, journal)
        .await
        .map_err(&doing)?;
    let query = "SELECT coalesce(max(number), 0) FROM journal WHERE name = $1";
    let row = sqlx::query(query)
        .bind(journal)
        .fetch_one(&mut *whole)
        .await;
    let found: i64 = row.and_then(|row| row.try_get(0)).map_err(&doing)?;
    if u64::try_from(found) != Ok(last) {
        return Err(StoreError::Overtaken {
            journal: journal.to_owned(),
            last,
            found: found.unsigned_abs(),
        });
    }
    let mut number = found;
    for entry in entries {
        number += 1;
        sqlx::query("INSERT INTO journal (name, number, at, body) VALUES ($1, $2, $3, $4)")
            .bind(journal)
            .bind(number)
            .bind(entry.at.as_microsecond())
            .bind(&entry.body)
            .execute(&mut *whole)
            .await
            .map_err(&doing)?;
    }
    whole.commit().await.map_err(&doing)?;
    Ok(number.unsigned_abs())
}

pub(super) async fn entries(
    connection: &mut DbConnection,
    (journal, after): (&str, u64),
    limit: u32,
) -> Result<Vec<Entry>, StoreError> {
    let query = "SELECT number, at, body FROM journal WHERE name = $1 AND number > $2 ORDER BY number LIMIT $3";
    let rows = sqlx::query(query)
        .bind(journal)
        .bind(i64::try_from(after).unwrap_or(i64::MAX))
        .bind(i64::from(limit))
        .fetch_all(connection)
        .await
        .map_err(failed("reading a journal"))?;
    rows.iter().map(entry).collect()
}

pub(super) async fn forget(
    connection: &mut DbConnection,
    (journal, number): (&str, u64),
    time: Timestamp,
) -> Result<u64, StoreError> {
    let query = "DELETE FROM journal WHERE name = $1 AND number < $2 AND at < $3 \
                 AND number < (SELECT max(number) FROM journal WHERE name = $1)";
    let done = sqlx::query(query)
        .bind(journal)
        .bind(i64::try_from(number).unwrap_or(i64::MAX))
        .bind(time.as_microsecond())
        .execute(connection)
        .await
        .map_err(failed("shortening a journal"))?;
    Ok(done.rows_affected())
}

pub(super) async fn set_bookmark(
    connection: &mut DbConnection,
    reader: &str,
    number: u64,
) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO bookmark (reader, number) VALUES ($1, $2) ON CONFLICT (reader) DO UPDATE SET number = excluded.number")
        .bind(reader)
        .bind(i64::try_from(number).unwrap_or(i64::MAX))
        .execute(connection)
        .await
        .map_err(failed("writing a bookmark"))?;
    Ok(())
}

pub(super) async fn move_bookmark(
    connection: &mut DbConnection,
    reader: &str,
    (from, to): (Option<u64>, u64),
) -> Result<Bookmark, StoreError> {
    let whole = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    let query = match from {
        None => {
            "INSERT INTO bookmark (reader, number) VALUES ($1, $2) ON CONFLICT (reader) DO NOTHING"
        }
        Some(_) => "UPDATE bookmark SET number = $2 WHERE reader = $1 AND number = $3",
    };
    let query = sqlx::query(query).bind(reader).bind(whole(to));
    let query = match from {
        None => query,
        Some(from) => query.bind(whole(from)),
    };
    let done = query
        .execute(connection)
        .await
        .map_err(failed("writing a bookmark"))?;
    Ok(match done.rows_affected() {
        0 => Bookmark::Elsewhere,
        _ => Bookmark::Moved,
    })
}

pub(super) async fn bookmark(
    connection: &mut DbConnection,
    reader: &str,
) -> Result<Option<u64>, StoreError> {
    let row = sqlx::query("SELECT number FROM bookmark WHERE reader = $1")
        .bind(reader)
        .fetch_optional(connection)
        .await
        .map_err(failed("reading a bookmark"))?;
    row.map(|row| number(&row)).transpose()
}

fn entry(row: &DbRow) -> Result<Entry, StoreError> {
    let reading = failed("reading a journal");
    let at: i64 = row.try_get("at").map_err(&reading)?;
    Ok(Entry {
        number: number(row)?,
        at: Timestamp::from_microsecond(at).map_err(damaged)?,
        body: row.try_get("body").map_err(&reading)?,
    })
}

fn number(row: &DbRow) -> Result<u64, StoreError> {
    let number: i64 = row.try_get("number").map_err(failed("reading a journal"))?;
    u64::try_from(number).map_err(damaged)
}

fn damaged(error: impl std::fmt::Display) -> StoreError {
    StoreError::Damaged {
        what: format!("journal: {error}"),
    }
}
