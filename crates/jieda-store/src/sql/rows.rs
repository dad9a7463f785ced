//! From rows to records. What can't be read is damage, told with its place.

use std::{fmt::Display, num::NonZeroU32, time::Duration};

use jieda_types::{Confidence, ConversationId, MaskedText, Rating};
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use sqlx::{ColumnIndex as _, Decode, Row as _, Type};

use super::{Db, DbRow};
use crate::{Answer, ConversationRecord, Event, Feedback, FoundTurn, StoreError, Trace, Turn};

/// Columns of [`turn`], in queries that name the tables `turn` and `handover` so.
pub(super) const TURN: &str = "turn.*, handover.package AS package";

/// A row of `conversation`.
pub(super) fn conversation(row: &DbRow) -> Result<ConversationRecord, StoreError> {
    let row = Reading {
        row,
        table: "conversation",
    };
    Ok(ConversationRecord {
        id: row.parsed("id", |id: String| ConversationId::new(id))?,
        opened: row.time("opened")?,
        updated: row.time("updated")?,
        customer: row.json("customer")?,
        channel: row.get("channel")?,
        last_turn: row.number("last_turn")?,
        release: row.get("release")?,
        handed_over: row
            .get::<Option<String>>("handed_over")?
            .map(|reason| row.named("handed_over", &reason))
            .transpose()?,
        state: row.json("state")?,
    })
}

/// A row of [`TURN`].
pub(super) fn turn(row: &DbRow) -> Result<FoundTurn, StoreError> {
    let row = Reading { row, table: "turn" };
    let turn = Turn {
        number: row.number("number")?,
        at: row.time("at")?,
        customer: row.json("customer")?,
        channel: row.get("channel")?,
        event: event(&row)?,
        answer: answer(&row)?,
        state: row.json("state")?,
        request: row.get("request")?,
        handover: row.maybe_json("package")?,
    };
    Ok(FoundTurn {
        conversation: row.parsed("conversation", |id: String| ConversationId::new(id))?,
        turn,
    })
}

/// A row of `feedback`.
pub(super) fn feedback(row: &DbRow) -> Result<Feedback, StoreError> {
    let row = Reading {
        row,
        table: "feedback",
    };
    let turn: Option<i64> = row.get("turn")?;
    let outcome: Option<String> = row.get("outcome")?;
    Ok(Feedback {
        at: row.time("at")?,
        turn: turn.map(|n| row.turn_number("turn", n)).transpose()?,
        rating: row.rating()?,
        outcome: outcome.map(|o| row.named("outcome", &o)).transpose()?,
        comment: row.masked("comment")?,
    })
}

fn event(row: &Reading<'_>) -> Result<Event, StoreError> {
    let text = || {
        let text = row.masked("text")?;
        text.ok_or_else(|| row.damaged("text", "nothing"))
    };
    let name: String = row.get("event")?;
    Ok(match name.as_str() {
        "said" => Event::Said {
            text: text()?,
            variables: row.maybe_json("variables")?.unwrap_or_default(),
        },
        "rated" => Event::Rated {
            rating: row
                .rating()?
                .ok_or_else(|| row.damaged("rating", "nothing"))?,
        },
        "agent_said" => Event::AgentSaid { text: text()? },
        "handed_back" => Event::HandedBack,
        other => return Err(row.damaged("event", other)),
    })
}

fn answer(row: &Reading<'_>) -> Result<Option<Answer>, StoreError> {
    let Some(decision) = row.maybe_json("verdict")? else {
        return Ok(None);
    };
    let latency: i64 = row.get("latency")?;
    let availability = row.maybe_json("availability")?;
    Ok(Some(Answer {
        decision,
        reply: MaskedText::assume_masked(row.get::<String>("reply")?),
        confidence: row.parsed("confidence", Confidence::new)?,
        rule: row.get("rule")?,
        availability,
        variant: row.maybe_json("variant")?,
        release: row.get("release")?,
        policy: row.get("policy")?,
        latency: Duration::from_micros(latency.try_into().unwrap_or_default()),
        trace: row.parsed("trace", Trace::parse)?,
    }))
}

struct Reading<'r> {
    row: &'r DbRow,
    table: &'static str,
}

impl<'r> Reading<'r> {
    fn get<T: Decode<'r, Db> + Type<Db>>(&self, column: &'static str) -> Result<T, StoreError> {
        self.row
            .try_get(column)
            .map_err(|e| self.damaged(column, e))
    }

    fn parsed<R, T, E>(
        &self,
        column: &'static str,
        parse: impl FnOnce(R) -> Result<T, E>,
    ) -> Result<T, StoreError>
    where
        R: Decode<'r, Db> + Type<Db>,
        E: Display,
    {
        parse(self.get(column)?).map_err(|e| self.damaged(column, e))
    }

    fn json<T: DeserializeOwned>(&self, column: &'static str) -> Result<T, StoreError> {
        self.parsed(column, serde_json::from_str::<T>)
    }

    fn maybe_json<T: DeserializeOwned>(
        &self,
        column: &'static str,
    ) -> Result<Option<T>, StoreError> {
        let text: Option<&str> = self.get(column)?;
        text.map(serde_json::from_str)
            .transpose()
            .map_err(|e| self.damaged(column, e))
    }

    /// A value of an enum, by its name in JSON.
    fn named<T: DeserializeOwned>(
        &self,
        column: &'static str,
        name: &str,
    ) -> Result<T, StoreError> {
        serde_json::from_value(name.into()).map_err(|e| self.damaged(column, e))
    }

    fn time(&self, column: &'static str) -> Result<Timestamp, StoreError> {
        self.parsed(column, Timestamp::from_microsecond)
    }

    fn number(&self, column: &'static str) -> Result<NonZeroU32, StoreError> {
        self.turn_number(column, self.get(column)?)
    }

    fn turn_number(&self, column: &'static str, number: i64) -> Result<NonZeroU32, StoreError> {
        let turn = u32::try_from(number).ok().and_then(NonZeroU32::new);
        turn.ok_or_else(|| self.damaged(column, number))
    }

    fn rating(&self) -> Result<Option<Rating>, StoreError> {
        let rating: Option<i64> = self.get("rating")?;
        rating
            .map(Rating::new)
            .transpose()
            .map_err(|e| self.damaged("rating", e))
    }

    fn masked(&self, column: &'static str) -> Result<Option<MaskedText>, StoreError> {
        // It was masked when it was stored.
        let text: Option<String> = self.get(column)?;
        Ok(text.map(MaskedText::assume_masked))
    }

    fn damaged(&self, column: &'static str, what: impl Display) -> StoreError {
        let place = ["conversation", "id"]
            .into_iter()
            .find_map(|column| {
                column.index(self.row).ok()?;
                self.row.try_get::<String, _>(column).ok()
            })
            .unwrap_or_default();
        StoreError::Damaged {
            what: format!(
                "table {}, conversation `{place}`, column {column}: {what}",
                self.table
            ),
        }
    }
}
