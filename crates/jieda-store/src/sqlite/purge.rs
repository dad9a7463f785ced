//! Deleting what is old.

use sqlx::{AssertSqlSafe, Connection as _, Row as _, SqliteConnection};
use tokio::sync::Mutex;

use crate::{
    Purged, Retention, RetentionMode, StoreError, WithHuman,
    sqlite::{file::failed, pen::Pen},
};

/// Conversations that go in one transaction.
const AT_ONCE: u32 = 256;
/// Free pages that are given back in one step; writers get their turn in between.
const PAGES_AT_ONCE: u32 = 2048;

const PURGING: &str = "deleting old conversations";
const GIVING_BACK: &str = "giving space back";

/// Deletes, or counts.
pub(super) async fn purge(
    writer: &Mutex<Pen>,
    retention: &Retention,
) -> Result<Purged, StoreError> {
    let before = retention.before.as_microsecond();
    let old = (before, retention.with_human);
    let mut purged = {
        let mut writer = writer.lock().await;
        let mut connection = writer.take().await?;
        let counted = count(&mut connection, old).await;
        writer.put_back(connection, counted)?
    };
    if retention.mode == RetentionMode::Count {
        return Ok(purged);
    }
    let kept_with_human = purged.kept_with_human;
    purged = Purged {
        kept_with_human,
        ..Purged::default()
    };
    loop {
        let mut writer = writer.lock().await;
        let mut connection = writer.take().await?;
        let gone = delete_some(&mut connection, old).await;
        let gone = writer.put_back(connection, gone)?;
        if gone.conversations == 0 {
            break;
        }
        purged.conversations += gone.conversations;
        purged.turns += gone.turns;
        purged.feedback += gone.feedback;
        purged.handovers += gone.handovers;
    }
    give_back(writer).await?;
    Ok(purged)
}

const fn condition(with_human: WithHuman) -> &'static str {
    match with_human {
        WithHuman::Keep => "updated < ?1 AND handed_over IS NULL",
        WithHuman::Delete => "updated < ?1",
    }
}

async fn count(
    connection: &mut SqliteConnection,
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
         (SELECT count(*) FROM conversation WHERE updated < ?1 AND handed_over IS NOT NULL)",
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

/// One transaction. The rows are deleted table by table, so that they are counted; nothing is left for the
/// cascade.
async fn delete_some(
    connection: &mut SqliteConnection,
    (before, with_human): (i64, WithHuman),
) -> Result<Purged, StoreError> {
    let purging = failed(PURGING);
    let old = format!(
        "SELECT id FROM conversation WHERE {} ORDER BY updated, id LIMIT {AT_ONCE}",
        condition(with_human)
    );
    let begun = connection.begin_with("BEGIN IMMEDIATE").await;
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

/// Gives free pages back to the file system, and empties the log, which still holds what was deleted.
async fn give_back(writer: &Mutex<Pen>) -> Result<(), StoreError> {
    loop {
        let mut writer = writer.lock().await;
        let mut connection = writer.take().await?;
        let rest = give_back_some(&mut connection).await;
        if writer.put_back(connection, rest)? == Rest::Nothing {
            break;
        }
    }
    let mut writer = writer.lock().await;
    let mut connection = writer.take().await?;
    // With a reader at work it empties less; the next checkpoint does the rest.
    let emptied = sqlx::raw_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        .execute(&mut connection)
        .await;
    let emptied = emptied.map(|_| ()).map_err(failed(GIVING_BACK));
    writer.put_back(connection, emptied)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rest {
    Something,
    Nothing,
}

async fn give_back_some(connection: &mut SqliteConnection) -> Result<Rest, StoreError> {
    let free = free_pages(connection).await?;
    if free == 0 {
        return Ok(Rest::Nothing);
    }
    let step = format!("PRAGMA incremental_vacuum({PAGES_AT_ONCE})");
    sqlx::raw_sql(AssertSqlSafe(step))
        .execute(&mut *connection)
        .await
        .map_err(failed(GIVING_BACK))?;
    // A file that was made otherwise keeps its free pages.
    if free_pages(connection).await? < free {
        Ok(Rest::Something)
    } else {
        Ok(Rest::Nothing)
    }
}

async fn free_pages(connection: &mut SqliteConnection) -> Result<i64, StoreError> {
    let failed = failed(GIVING_BACK);
    let row = sqlx::query("SELECT freelist_count FROM pragma_freelist_count")
        .fetch_one(connection)
        .await
        .map_err(&failed)?;
    row.try_get(0).map_err(failed)
}
