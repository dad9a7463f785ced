//! One conversation.

use jieda_types::ConversationId;
use sqlx::{Connection as _, Pool};

use super::{
    Db, DbConnection, dialect, failed,
    rows::{self, TURN},
};
use crate::{ConversationLog, ConversationRecord, StoreError};

const READING: &str = "reading a conversation";

/// A conversation after its last turn.
pub(super) async fn conversation(
    readers: &Pool<Db>,
    id: &ConversationId,
) -> Result<Option<ConversationRecord>, StoreError> {
    let mut connection = readers.acquire().await.map_err(failed(READING))?;
    find(&mut connection, id).await
}

/// All of a conversation, in one transaction.
pub(super) async fn log(
    readers: &Pool<Db>,
    id: &ConversationId,
) -> Result<Option<ConversationLog>, StoreError> {
    let mut connection = readers.acquire().await.map_err(failed(READING))?;
    let log = whole(&mut connection, id).await;
    if log.is_err() {
        // Its transaction may have ended without anyone noticing.
        connection.close_on_drop();
    }
    log
}

async fn whole(
    connection: &mut DbConnection,
    id: &ConversationId,
) -> Result<Option<ConversationLog>, StoreError> {
    let reading = failed(READING);
    let mut moment = connection
        .begin_with(dialect::BEGIN_READ)
        .await
        .map_err(&reading)?;
    let Some(conversation) = find(&mut moment, id).await? else {
        return Ok(None);
    };
    let query = format!(
        "SELECT {TURN} FROM turn LEFT JOIN handover \
         ON handover.conversation = turn.conversation AND handover.turn = turn.number \
         WHERE turn.conversation = $1 ORDER BY turn.number"
    );
    let turns = sqlx::query(sqlx::AssertSqlSafe(query))
        .bind(id.as_str())
        .fetch_all(&mut *moment)
        .await
        .map_err(&reading)?;
    let feedback = sqlx::query("SELECT * FROM feedback WHERE conversation = $1 ORDER BY id")
        .bind(id.as_str())
        .fetch_all(&mut *moment)
        .await
        .map_err(&reading)?;
    Ok(Some(ConversationLog {
        conversation,
        turns: turns
            .iter()
            .map(|row| rows::turn(row).map(|found| found.turn))
            .collect::<Result<_, _>>()?,
        feedback: feedback
            .iter()
            .map(rows::feedback)
            .collect::<Result<_, _>>()?,
    }))
}

async fn find(
    connection: &mut DbConnection,
    id: &ConversationId,
) -> Result<Option<ConversationRecord>, StoreError> {
    let row = sqlx::query("SELECT * FROM conversation WHERE id = $1")
        .bind(id.as_str())
        .fetch_optional(connection)
        .await
        .map_err(failed(READING))?;
    row.as_ref().map(rows::conversation).transpose()
}
