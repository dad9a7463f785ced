//! Deleting what is old.

use sqlx::{AssertSqlSafe, Row as _, SqliteConnection};
use tokio::sync::Mutex;

use super::{
    failed,
    old::{count, delete_some},
    pen::Pen,
};
use crate::{Purged, Retention, RetentionMode, StoreError};

/// Free pages that are given back in one step; writers get their turn in between.
const PAGES_AT_ONCE: u32 = 2048;

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
