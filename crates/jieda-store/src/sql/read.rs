//! One conversation.

use jieda_types::ConversationId;
use sqlx::Connection as _;

use super::{
    DbConnection, dialect, failed,
    rows::{self, TURN},
};
use crate::{ConversationLog, ConversationRecord, StoreError};

const READING: &str = "reading a conversation";

/// All of a conversation, as it is at one moment.
pub(super) async fn log(
    connection: &mut DbConnection,
    id: &ConversationId,
) -> Result<Option<ConversationLog>, StoreError> {
    let reading = failed(READING);
    let mut moment = connection
        .begin_with(dialect::BEGIN_READ)
        .await
        .map_err(&reading)?;
    let Some(conversation) = self::conversation(&mut moment, id).await? else {
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

/// A conversation after its last turn.
pub(super) async fn conversation(
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
