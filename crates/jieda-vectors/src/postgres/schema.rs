//! The tables.

use sqlx::{AssertSqlSafe, PgConnection};

use super::failed;
use crate::VectorsError;

/// Everybody who brings or forgets vectors holds this lock of the database, whatever its version: the number stays.
const LOCK: &str = "SELECT pg_advisory_xact_lock(457120342113)";

const TABLES: &str = "
    CREATE TABLE IF NOT EXISTS jieda_vector_set (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        key text NOT NULL UNIQUE,
        encoder text NOT NULL,
        rows bigint NOT NULL,
        brought timestamptz NOT NULL DEFAULT now()
    );
    CREATE TABLE IF NOT EXISTS jieda_vector_row (
        set_id bigint NOT NULL REFERENCES jieda_vector_set ON DELETE CASCADE,
        faq integer NOT NULL,
        nth integer NOT NULL,
        vector bigint NOT NULL,
        PRIMARY KEY (set_id, faq, nth)
    );
    CREATE INDEX IF NOT EXISTS jieda_vector_row_of ON jieda_vector_row (vector, set_id);
";

/// A vector up to this length lies in its row. PostgreSQL would move anything beyond 2 kB elsewhere, and every cosine
/// would cost a look there.
const IN_ROW: usize = 1900;

/// The name of an encoder's table. The encoder is hexadecimal digits, so that no quoting is needed.
pub(super) fn table(encoder: &str) -> String {
    format!("jieda_vectors_{encoder}")
}

/// Takes the lock until the end of the transaction.
pub(super) async fn lock(connection: &mut PgConnection) -> Result<(), VectorsError> {
    let locked = sqlx::raw_sql(LOCK).execute(connection).await;
    locked.map(drop).map_err(failed("waiting for others"))
}

/// Makes what is missing.
pub(super) async fn make(
    connection: &mut PgConnection,
    (encoder, dimensions): (&str, usize),
) -> Result<(), VectorsError> {
    check_extension(connection).await?;
    let table = table(encoder);
    let storage = match dimensions <= IN_ROW {
        true => "PLAIN",
        false => "EXTERNAL",
    };
    let vectors = format!(
        "CREATE TABLE IF NOT EXISTS {table} (
             id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
             text uuid NOT NULL UNIQUE,
             v vector({dimensions}) NOT NULL
         );
         ALTER TABLE {table} ALTER COLUMN v SET STORAGE {storage};"
    );
    for sql in [TABLES.to_owned(), vectors] {
        let made = sqlx::raw_sql(AssertSqlSafe(sql))
            .execute(&mut *connection)
            .await;
        made.map_err(failed("making the tables"))?;
    }
    Ok(())
}

async fn check_extension(connection: &mut PgConnection) -> Result<(), VectorsError> {
    let refused = |e: sqlx::Error| VectorsError::Extension(e.to_string());
    sqlx::raw_sql("CREATE EXTENSION IF NOT EXISTS vector")
        .execute(&mut *connection)
        .await
        .map_err(refused)?;
    let version: String =
        sqlx::query_scalar("SELECT extversion FROM pg_extension WHERE extname = 'vector'")
            .fetch_one(connection)
            .await
            .map_err(refused)?;
    let mut numbers = version.split('.').map(|n| n.parse::<u32>().unwrap_or(0));
    let found = (numbers.next(), numbers.next());
    // Iterative scans.
    if found < (Some(0), Some(8)) {
        return Err(VectorsError::Extension(format!("it is {version}")));
    }
    Ok(())
}

/// Makes the graph, if there is none: after the vectors came, since that is quicker than adding one after the other.
pub(super) async fn index(
    connection: &mut PgConnection,
    (encoder, dimensions): (&str, usize),
    rows: usize,
) -> Result<(), VectorsError> {
    let table = table(encoder);
    // pgvector's graph takes 2,000 dimensions.
    if dimensions > 2000 {
        return Err(VectorsError::TooLarge("vectors of more than 2,000 numbers"));
    }
    // A graph that fits into memory while it is made is made several times as fast.
    let megabytes = (rows * (dimensions * 4 + 400) / 1_000_000).clamp(64, 4096);
    let sql = format!(
        "SET LOCAL maintenance_work_mem = '{megabytes}MB';
         CREATE INDEX IF NOT EXISTS {table}_near ON {table} USING hnsw (v vector_ip_ops);
         ANALYZE {table};
         ANALYZE jieda_vector_row;"
    );
    let made = sqlx::raw_sql(AssertSqlSafe(sql)).execute(connection).await;
    made.map(drop).map_err(failed("making the graph"))
}
