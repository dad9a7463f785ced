//! Adding turns and feedback.

use std::num::NonZeroU32;

use jieda_types::{ConversationId, Handover};
use jiff::Timestamp;
use serde::Serialize;
use sqlx::{Connection as _, Row as _};

use super::{DbConnection, dialect, failed};
use crate::{Answer, Event, Feedback, StoreError, Turn, Write};

/// Stores a batch in one transaction.
pub(super) async fn batch(
    connection: &mut DbConnection,
    batch: &[Write],
) -> Result<Vec<Result<(), StoreError>>, StoreError> {
    let beginning = failed("beginning to write");
    // The lock first: what is read below stays true until the commit.
    let begun = connection.begin_with(dialect::BEGIN_WRITE).await;
    let mut transaction = begun.map_err(beginning)?;
    let mut results = Vec::with_capacity(batch.len());
    for write in batch {
        // A refused write has changed nothing: each asks first.
        let result = match one(&mut transaction, write).await {
            Err(e) if !e.is_of_the_write() => return Err(e),
            result => result,
        };
        results.push(result);
    }
    transaction.commit().await.map_err(failed("committing"))?;
    Ok(results)
}

async fn one(connection: &mut DbConnection, write: &Write) -> Result<(), StoreError> {
    match write {
        Write::Turn {
            conversation,
            turn,
            after,
        } => {
            let json = TurnJson {
                customer: json(&turn.customer)?,
                state: json(&turn.state)?,
            };
            move_on(connection, conversation, (turn, &json), *after).await?;
            insert_turn(connection, conversation, (turn, &json)).await?;
            match &turn.handover {
                None => Ok(()),
                Some(package) => {
                    insert_handover(connection, conversation, (turn.number, package)).await
                }
            }
        }
        Write::Feedback {
            conversation,
            feedback,
        } => insert_feedback(connection, conversation, feedback).await,
    }
}

/// What both the conversation and its turn hold of a turn.
struct TurnJson {
    customer: String,
    state: String,
}

/// Opens the conversation or moves it on to the turn, if the turn is its next.
async fn move_on(
    connection: &mut DbConnection,
    id: &ConversationId,
    (turn, json): (&Turn, &TurnJson),
    after: Option<Timestamp>,
) -> Result<(), StoreError> {
    const OPEN: &str = "INSERT INTO conversation \
        (customer, channel, handed_over, state, release, updated, last_turn, id, opened) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $6) ON CONFLICT DO NOTHING";
    const MOVE: &str = "UPDATE conversation SET customer = $1, channel = $2, handed_over = $3, \
        state = $4, release = coalesce($5, release), updated = CASE WHEN updated > $6 THEN updated ELSE $6 END, last_turn = $7 \
        WHERE id = $8 AND last_turn = $7 - 1 AND ($9 IS NULL OR EXISTS \
        (SELECT 1 FROM turn WHERE conversation = $8 AND number = $7 - 1 AND at = $9))";
    let number = turn.number.get();
    let sql = if number == 1 { OPEN } else { MOVE };
    let query = sqlx::query(sql)
        .bind(&json.customer)
        .bind(turn.channel.as_deref().map(dialect::storable))
        .bind(turn.state.handed_over.map(|reason| reason.as_str()))
        .bind(&json.state)
        .bind(turn.answer.as_ref().map(|answer| &answer.release))
        .bind(turn.at.as_microsecond())
        .bind(i64::from(number))
        .bind(id.as_str());
    let query = match number {
        1 => query,
        _ => query.bind(after.map(|after| after.as_microsecond())),
    };
    let done = query
        .execute(&mut *connection)
        .await
        .map_err(failed("writing a conversation"))?;
    if done.rows_affected() == 1 {
        return Ok(());
    }
    let last = last_turn(connection, id).await?.unwrap_or(0);
    let conversation = id.clone();
    // The one before is there, and is not the one that this was made on.
    Err(if last + 1 >= number {
        StoreError::Conflict {
            conversation,
            number,
        }
    } else {
        StoreError::Gap {
            conversation,
            number,
            last,
        }
    })
}

async fn insert_turn(
    connection: &mut DbConnection,
    id: &ConversationId,
    (turn, both): (&Turn, &TurnJson),
) -> Result<(), StoreError> {
    const INSERT: &str = "INSERT INTO turn \
        (conversation, number, at, customer, channel, event, text, variables, rating, state, \
         reply, decision, verdict, reason, faq, confidence, rule, availability, release, policy, \
         latency, trace, variant, request) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, \
         $19, $20, $21, $22, $23, $24)";
    let variables = match &turn.event {
        Event::Said { variables, .. } if !variables.is_empty() => Some(json(variables)?),
        _ => None,
    };
    let rating = match &turn.event {
        Event::Rated { rating } => Some(i64::from(rating.get())),
        _ => None,
    };
    let answer = turn.answer.as_ref();
    let latency = |a: &Answer| i64::try_from(a.latency.as_micros()).unwrap_or(i64::MAX);
    let availability = answer.and_then(|a| a.availability);
    let variant = answer.and_then(|a| a.variant.as_ref());
    sqlx::query(INSERT)
        .bind(id.as_str())
        .bind(i64::from(turn.number.get()))
        .bind(turn.at.as_microsecond())
        .bind(&both.customer)
        .bind(turn.channel.as_deref().map(dialect::storable))
        .bind(turn.event.name())
        .bind(
            turn.event
                .text()
                .map(|text| dialect::storable(text.as_str())),
        )
        .bind(variables)
        .bind(rating)
        .bind(&both.state)
        .bind(answer.map(|a| dialect::storable(a.reply.as_str())))
        .bind(answer.map(|a| a.decision.name()))
        .bind(answer.map(|a| json(&a.decision)).transpose()?)
        .bind(answer.and_then(|a| a.decision.reason()))
        .bind(answer.and_then(|a| a.faq().map(|faq| faq.as_str())))
        .bind(answer.map(|a| a.confidence.get()))
        .bind(answer.map(|a| &a.rule))
        .bind(availability.map(|a| json(&a)).transpose()?)
        .bind(answer.map(|a| &a.release))
        .bind(answer.map(|a| &a.policy))
        .bind(answer.map(latency))
        .bind(answer.map(|a| a.trace.as_str()))
        .bind(variant.map(json).transpose()?)
        .bind(turn.request.as_deref().map(dialect::storable))
        .execute(connection)
        .await
        .map_err(failed("writing a turn"))?;
    Ok(())
}

async fn insert_handover(
    connection: &mut DbConnection,
    id: &ConversationId,
    (turn, package): (NonZeroU32, &Handover),
) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO handover (conversation, turn, package) VALUES ($1, $2, $3)")
        .bind(id.as_str())
        .bind(i64::from(turn.get()))
        .bind(json(package)?)
        .execute(connection)
        .await
        .map_err(failed("writing a handover"))?;
    Ok(())
}

async fn insert_feedback(
    connection: &mut DbConnection,
    id: &ConversationId,
    feedback: &Feedback,
) -> Result<(), StoreError> {
    // The same again is the same attempt, whose commit was cut off.
    const INSERT: &str = "INSERT INTO feedback (conversation, turn, at, rating, outcome, comment) \
        SELECT $1, $2, $3, $4, $5, $6 WHERE NOT EXISTS (SELECT 1 FROM feedback \
        WHERE conversation = $1 AND at = $3 AND coalesce(turn, 0) = coalesce($2, 0) \
        AND coalesce(rating, 0) = coalesce($4, 0) AND coalesce(outcome, '') = coalesce($5, '') \
        AND coalesce(comment, '') = coalesce($6, ''))";
    let last = last_turn(connection, id).await?;
    let last = last.ok_or_else(|| StoreError::UnknownConversation(id.clone()))?;
    let turn = feedback.turn.map(NonZeroU32::get);
    if let Some(number) = turn.filter(|number| *number > last) {
        let conversation = id.clone();
        return Err(StoreError::UnknownTurn {
            conversation,
            number,
        });
    }
    sqlx::query(INSERT)
        .bind(id.as_str())
        .bind(turn.map(i64::from))
        .bind(feedback.at.as_microsecond())
        .bind(feedback.rating.map(|rating| i64::from(rating.get())))
        .bind(feedback.outcome.map(|outcome| outcome.as_str()))
        .bind(
            feedback
                .comment
                .as_ref()
                .map(|text| dialect::storable(text.as_str())),
        )
        .execute(connection)
        .await
        .map_err(failed("writing feedback"))?;
    Ok(())
}

async fn last_turn(
    connection: &mut DbConnection,
    id: &ConversationId,
) -> Result<Option<u32>, StoreError> {
    let reading = failed("looking up a conversation");
    let row = sqlx::query("SELECT last_turn FROM conversation WHERE id = $1")
        .bind(id.as_str())
        .fetch_optional(connection)
        .await
        .map_err(&reading)?;
    let last = row.map(|row| row.try_get::<i64, _>(0)).transpose();
    let last = last.map_err(reading)?;
    Ok(last.map(|last| u32::try_from(last).unwrap_or(u32::MAX)))
}

fn json(value: &impl Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|e| StoreError::Database {
        doing: "writing JSON",
        source: std::sync::Arc::new(e),
    })
}
