//! Old conversations, counted and deleted.

use sqlx::{AssertSqlSafe, Connection as _, Row as _};

use super::{DbConnection, dialect, failed};
use crate::{Purged, StoreError, WithHuman};

/// Conversations that go in one transaction.
const AT_ONCE: u32 = 256;

const PURGING: &str = "deleting old conversations";

const fn condition(with_human: WithHuman) -> &'static str {
    match with_human {
        WithHuman::Keep => "updated < $1 AND handed_over IS NULL",
        WithHuman::Delete => "updated < $1",
    }
}

/// Counts what would go.
pub(super) async fn count(
    connection: &mut DbConnection,
    (before, with_human): (i64, WithHuman),
) -> Result<Purged, StoreError> {
    let old = condition(with_human);
    let of = |table| {
        format!(
            "(SELECT count(*) FROM {table} WHERE conversation IN \
             (SELECT id FROM conversation WHERE {old}))"
        )
    };
    let query = format!(
        "SELECT (SELECT count(*) FROM conversation WHERE {old}), {}, {}, {}, \
         (SELECT count(*) FROM conversation WHERE updated < $1 AND handed_over IS NOT NULL)",
        of("turn"),
        of("feedback"),
        of("handover"),
    );
    let row = sqlx::query(AssertSqlSafe(query))
        .bind(before)
        .fetch_one(connection)
        .await
        .map_err(failed(PURGING))?;
    let number = |column: usize| -> Result<u64, StoreError> {
        let number: i64 = row.try_get(column).map_err(failed(PURGING))?;
        Ok(number.try_into().unwrap_or_default())
    };
    Ok(Purged {
        conversations: number(0)?,
        turns: number(1)?,
        feedback: number(2)?,
        handovers: number(3)?,
        kept_with_human: match with_human {
            WithHuman::Keep => number(4)?,
            WithHuman::Delete => 0,
        },
    })
}

/// Deletes some conversations in one transaction. The rows are deleted table by table, so that they are counted; nothing is left for the
/// cascade.
pub(super) async fn delete_some(
    connection: &mut DbConnection,
    (before, with_human): (i64, WithHuman),
) -> Result<Purged, StoreError> {
    let purging = failed(PURGING);
    let old = format!(
        "SELECT id FROM conversation WHERE {} ORDER BY updated, id LIMIT {AT_ONCE}",
        condition(with_human)
    );
    let begun = connection.begin_with(dialect::BEGIN_PURGE).await;
    let mut transaction = begun.map_err(&purging)?;
    let mut gone = [0; 4];
    let tables = [
        ("handover", "conversation"),
        ("feedback", "conversation"),
        ("turn", "conversation"),
        ("conversation", "id"),
    ];
    for (count, (table, id)) in gone.iter_mut().zip(tables) {
        let delete = format!("DELETE FROM {table} WHERE {id} IN ({old})");
        let done = sqlx::query(AssertSqlSafe(delete))
            .bind(before)
            .execute(&mut *transaction)
            .await
            .map_err(&purging)?;
        *count = done.rows_affected();
    }
    transaction.commit().await.map_err(purging)?;
    let [handovers, feedback, turns, conversations] = gone;
    Ok(Purged {
        conversations,
        turns,
        feedback,
        handovers,
        kept_with_human: 0,
    })
}
