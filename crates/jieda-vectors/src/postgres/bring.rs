//! Bringing vectors, and forgetting them: each one transaction, so that what is there is whole.

use std::collections::HashSet;

use jieda_retrieval::{VectorIndex, VectorKey};
use sqlx::{
    AssertSqlSafe, ConnectOptions as _, Connection as _, PgConnection, postgres::PgConnectOptions,
};

use super::{
    copy::{Field, copy},
    failed, number,
    schema::{index, lock, make, table},
};
use crate::VectorsError;

const DOING: &str = "bringing vectors";

/// Brings vectors unless they are there; gives the id of their set.
pub(super) async fn bring(
    options: &PgConnectOptions,
    vectors: &VectorIndex,
    key: &VectorKey,
) -> Result<i64, VectorsError> {
    let mut connection = options.connect().await.map_err(failed("connecting"))?;
    if let Some(set) = find(&mut connection, key).await? {
        return Ok(set);
    }
    let mut transaction = connection.begin().await.map_err(failed(DOING))?;
    lock(&mut transaction).await?;
    let encoder = (key.encoder.as_str(), vectors.dimensions());
    make(&mut transaction, encoder).await?;
    // Another process may have brought them while this one waited.
    if let Some(set) = find(&mut transaction, key).await? {
        return Ok(set);
    }
    let set: i64 = sqlx::query_scalar(
        "INSERT INTO jieda_vector_set (key, encoder, rows) VALUES ($1, $2, $3) RETURNING id",
    )
    .bind(&key.rows)
    .bind(&key.encoder)
    .bind(vectors.row_count() as i64)
    .fetch_one(&mut *transaction)
    .await
    .map_err(failed(DOING))?;
    name_rows(&mut transaction, vectors).await?;
    add_missing(&mut transaction, vectors, &key.encoder).await?;
    let joined = format!(
        "INSERT INTO jieda_vector_row (set_id, faq, nth, vector) SELECT {set}, n.faq, n.nth, v.id \
         FROM jieda_vector_named n JOIN {} v ON v.text = n.text",
        table(&key.encoder)
    );
    let joined = sqlx::query(AssertSqlSafe(joined))
        .execute(&mut *transaction)
        .await
        .map_err(failed(DOING))?;
    let expected = vectors.row_count() as u64;
    if joined.rows_affected() != expected {
        return Err(VectorsError::Incomplete {
            found: joined.rows_affected(),
            expected,
        });
    }
    index(&mut transaction, encoder, vectors.row_count()).await?;
    transaction.commit().await.map_err(failed(DOING))?;
    Ok(set)
}

/// The set of a key; none where there are no tables yet.
async fn find(connection: &mut PgConnection, key: &VectorKey) -> Result<Option<i64>, VectorsError> {
    const LOOKING: &str = "looking for vectors";
    let made: bool = sqlx::query_scalar("SELECT to_regclass('jieda_vector_set') IS NOT NULL")
        .fetch_one(&mut *connection)
        .await
        .map_err(failed(LOOKING))?;
    if !made {
        return Ok(None);
    }
    sqlx::query_scalar("SELECT id FROM jieda_vector_set WHERE key = $1")
        .bind(&key.rows)
        .fetch_optional(connection)
        .await
        .map_err(failed(LOOKING))
}

/// Tells the database which row has which text.
async fn name_rows(
    connection: &mut PgConnection,
    vectors: &VectorIndex,
) -> Result<(), VectorsError> {
    sqlx::query(
        "CREATE TEMPORARY TABLE jieda_vector_named \
         (faq integer NOT NULL, nth integer NOT NULL, text uuid NOT NULL) ON COMMIT DROP",
    )
    .execute(&mut *connection)
    .await
    .map_err(failed(DOING))?;
    let texts: Vec<_> = vectors
        .rows()
        .map(|row| (row.faq, row.row, *row.text.as_bytes()))
        .collect();
    let rows = texts.iter().map(|(faq, row, text)| {
        Ok([
            Field::Integer(number(*faq)?),
            Field::Integer(number(*row)?),
            Field::Uuid(text),
        ])
    });
    copy(
        connection,
        "COPY jieda_vector_named FROM STDIN (FORMAT binary)",
        rows,
    )
    .await
}

/// Sends the vectors that the database does not have, each once.
async fn add_missing(
    connection: &mut PgConnection,
    vectors: &VectorIndex,
    encoder: &str,
) -> Result<(), VectorsError> {
    let table = table(encoder);
    let missing = format!(
        "SELECT DISTINCT text::text FROM jieda_vector_named n \
         WHERE NOT EXISTS (SELECT FROM {table} v WHERE v.text = n.text)"
    );
    let missing: Vec<String> = sqlx::query_scalar(AssertSqlSafe(missing))
        .fetch_all(&mut *connection)
        .await
        .map_err(failed(DOING))?;
    let mut missing: HashSet<[u8; 16]> = missing.iter().filter_map(|text| bits(text)).collect();
    let wanted: Vec<_> = vectors
        .rows()
        .filter(|row| missing.remove(row.text.as_bytes()))
        .map(|row| (*row.text.as_bytes(), row.vector))
        .collect();
    let rows = wanted
        .iter()
        .map(|(text, vector)| Ok([Field::Uuid(text), Field::Vector(vector)]));
    let statement = format!("COPY {table} (text, v) FROM STDIN (FORMAT binary)");
    copy(connection, &statement, rows).await
}

/// A UUID as PostgreSQL writes it.
fn bits(text: &str) -> Option<[u8; 16]> {
    let digits = text.replace('-', "");
    let number = u128::from_str_radix(&digits, 16).ok()?;
    Some(number.to_be_bytes())
}

/// Forgets a set, and the vectors that no other has.
pub(super) async fn forget(
    options: &PgConnectOptions,
    key: &VectorKey,
) -> Result<(), VectorsError> {
    const DOING: &str = "forgetting vectors";
    let mut connection = options.connect().await.map_err(failed("connecting"))?;
    let mut transaction = connection.begin().await.map_err(failed(DOING))?;
    lock(&mut transaction).await?;
    let Some(set) = find(&mut transaction, key).await? else {
        return Ok(());
    };
    let unused = format!(
        "DELETE FROM {} v WHERE v.id IN (SELECT vector FROM jieda_vector_row WHERE set_id = $1) \
         AND NOT EXISTS (SELECT FROM jieda_vector_row r WHERE r.vector = v.id AND r.set_id <> $1)",
        table(&key.encoder)
    );
    for sql in [
        unused,
        "DELETE FROM jieda_vector_set WHERE id = $1".to_owned(),
    ] {
        sqlx::query(AssertSqlSafe(sql))
            .bind(set)
            .execute(&mut *transaction)
            .await
            .map_err(failed(DOING))?;
    }
    transaction.commit().await.map_err(failed(DOING))
}
