//! Filters and pages as SQL. Values are always bound, never part of the text.

use sqlx::QueryBuilder;

use super::{
    Db, DbConnection, DbRow, dialect, failed,
    rows::{self, TURN},
};
use crate::{ConversationRecord, Cursor, Filter, FoundTurn, Order, Page, Slice, StoreError};

/// A page of turns.
pub(super) async fn turns(
    connection: &mut DbConnection,
    filter: &Filter,
    page: &Page,
) -> Result<Slice<FoundTurn>, StoreError> {
    let mut query = QueryBuilder::new(format!(
        "SELECT {TURN}, turn.id AS row FROM turn LEFT JOIN handover \
         ON handover.conversation = turn.conversation AND handover.turn = turn.number WHERE true"
    ));
    conditions(&mut query, filter);
    if let Some(cursor) = &page.after {
        let row: i64 = cursor.row.parse().map_err(|_| StoreError::Cursor)?;
        query
            .push(" AND (turn.at, turn.id) ")
            .push(beyond(page.order));
        query.push(" (").push_bind(cursor.at).push(", ");
        query.push_bind(row).push(")");
    }
    order(&mut query, page, ["turn.at", "turn.id"]);
    let rows = fetch(connection, query).await?;
    slice(&rows, page, rows::turn, |row, found| {
        use sqlx::Row as _;
        let row: i64 = row.try_get("row").map_err(failed("reading turns"))?;
        Ok(Cursor {
            at: found.turn.at.as_microsecond(),
            row: row.to_string(),
        })
    })
}

/// A page of conversations.
pub(super) async fn conversations(
    connection: &mut DbConnection,
    filter: &Filter,
    page: &Page,
) -> Result<Slice<ConversationRecord>, StoreError> {
    let mut query = QueryBuilder::new("SELECT * FROM conversation WHERE true");
    if let Some(id) = &filter.conversation {
        query
            .push(" AND conversation.id = ")
            .push_bind(id.as_str().to_owned());
    }
    if *filter != Filter::default() {
        query.push(" AND EXISTS (SELECT 1 FROM turn WHERE turn.conversation = conversation.id");
        conditions(&mut query, filter);
        query.push(")");
    }
    if let Some(cursor) = &page.after {
        query.push(" AND (conversation.opened, conversation.id) ");
        query.push(beyond(page.order));
        query.push(" (").push_bind(cursor.at).push(", ");
        query.push_bind(cursor.row.clone()).push(")");
    }
    order(&mut query, page, ["conversation.opened", "conversation.id"]);
    let rows = fetch(connection, query).await?;
    slice(&rows, page, rows::conversation, |_, conversation| {
        Ok(Cursor {
            at: conversation.opened.as_microsecond(),
            row: conversation.id.to_string(),
        })
    })
}

fn conditions(query: &mut QueryBuilder<Db>, filter: &Filter) {
    let Filter {
        since,
        until,
        conversation,
        channel,
        decision,
        reason,
        faq,
        at_least,
        at_most,
        text,
    } = filter;
    if let Some(since) = since {
        query
            .push(" AND turn.at >= ")
            .push_bind(since.as_microsecond());
    }
    if let Some(until) = until {
        query
            .push(" AND turn.at < ")
            .push_bind(until.as_microsecond());
    }
    let texts = [
        (
            " AND turn.conversation = ",
            conversation.as_ref().map(ToString::to_string),
        ),
        (" AND turn.channel = ", channel.clone()),
        (" AND turn.decision = ", decision.clone()),
        (" AND turn.reason = ", reason.clone()),
        (" AND turn.faq = ", faq.as_ref().map(ToString::to_string)),
    ];
    for (condition, value) in texts {
        if let Some(value) = value {
            query.push(condition).push_bind(value);
        }
    }
    if let Some(least) = at_least {
        query
            .push(" AND turn.confidence >= ")
            .push_bind(least.get());
    }
    if let Some(most) = at_most {
        query.push(" AND turn.confidence <= ").push_bind(most.get());
    }
    if let Some(text) = text {
        let pattern = like(text);
        query
            .push(" AND (turn.text ")
            .push(dialect::LIKE)
            .push(" ")
            .push_bind(pattern.clone());
        query
            .push(r" ESCAPE '\' OR turn.reply ")
            .push(dialect::LIKE)
            .push(" ")
            .push_bind(pattern);
        query.push(r" ESCAPE '\')");
    }
}

/// A pattern that finds a text anywhere.
fn like(text: &str) -> String {
    let mut pattern = String::from("%");
    for c in text.chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

fn beyond(order: Order) -> &'static str {
    match order {
        Order::Newest => "<",
        Order::Oldest => ">",
    }
}

fn order(query: &mut QueryBuilder<Db>, page: &Page, columns: [&'static str; 2]) {
    let direction = match page.order {
        Order::Newest => " DESC",
        Order::Oldest => " ASC",
    };
    query.push(" ORDER BY ").push(columns[0]).push(direction);
    query.push(", ").push(columns[1]).push(direction);
    // One more than is shown: whether there is a next page.
    query
        .push(" LIMIT ")
        .push_bind(i64::from(page.limit.get()) + 1);
}

async fn fetch(
    connection: &mut DbConnection,
    mut query: QueryBuilder<Db>,
) -> Result<Vec<DbRow>, StoreError> {
    let rows = query.build().fetch_all(connection).await;
    rows.map_err(failed("searching"))
}

fn slice<T>(
    rows: &[DbRow],
    page: &Page,
    read: impl Fn(&DbRow) -> Result<T, StoreError>,
    cursor: impl Fn(&DbRow, &T) -> Result<Cursor, StoreError>,
) -> Result<Slice<T>, StoreError> {
    let limit = page.limit.get() as usize;
    let shown = &rows[..rows.len().min(limit)];
    let items: Vec<T> = shown.iter().map(read).collect::<Result<_, _>>()?;
    let next = match (shown.last(), items.last()) {
        (Some(row), Some(item)) if rows.len() > limit => Some(cursor(row, item)?),
        _ => None,
    };
    Ok(Slice { items, next })
}
