//! The tables, and how an older database gets them.

use std::path::PathBuf;

use sqlx::{
    AssertSqlSafe, ConnectOptions as _, SqlSafeStr as _,
    migrate::{MigrateError, Migration, MigrationType, Migrator},
    postgres::PgConnectOptions,
};

use super::errors::failed;
use crate::StoreError;

/// One file a version; a file that was released never changes.
const MIGRATIONS: [(i64, &str, &str); 1] = [(
    1,
    "store",
    include_str!("../../migrations/postgres/0001_store.sql"),
)];

/// Codes of a schema that somebody else has made meanwhile: duplicate_schema, unique_violation.
const THERE: [&str; 2] = ["42P06", "23505"];

/// Brings a database, or a schema of it, to the newest version. The migrator takes an advisory lock: several processes may do so at once.
pub(super) async fn migrate(
    options: &PgConnectOptions,
    schema: Option<&str>,
) -> Result<(), StoreError> {
    let migrations = MIGRATIONS.map(|(version, name, sql)| {
        let sql = sql.into_sql_str();
        Migration::new(version, name.into(), MigrationType::Simple, sql, false)
    });
    let migrator = Migrator::with_migrations(migrations.into());
    let connected = options.connect().await;
    let mut connection = connected.map_err(failed("connecting"))?;
    if let Some(schema) = schema {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
        if !schema.chars().all(plain) {
            return Err(StoreError::Foreign {
                path: PathBuf::from(place(options)),
                reason: format!("`{schema}` is no name of a schema"),
            });
        }
        // Nothing in it ends the quotes.
        let create = AssertSqlSafe(format!("CREATE SCHEMA IF NOT EXISTS \"{schema}\""));
        let made = sqlx::query(create).execute(&mut connection).await;
        let is_there = |error: &sqlx::Error| {
            let code = error.as_database_error().and_then(|e| e.code());
            code.is_some_and(|code| THERE.contains(&&*code))
        };
        if let Err(error) = made
            && !is_there(&error)
        {
            return Err(failed("making a schema")(error));
        }
    }
    let done = migrator.run_direct(None, &mut connection, false).await;
    done.map_err(|error| refused(options, error))
}

/// What a person knows a database by.
pub(super) fn place(options: &PgConnectOptions) -> String {
    format!(
        "postgres://{}:{}/{}",
        options.get_host(),
        options.get_port(),
        options.get_database().unwrap_or_default()
    )
}

fn refused(options: &PgConnectOptions, error: MigrateError) -> StoreError {
    // Not a file, but what a person knows it by.
    let path = PathBuf::from(place(options));
    match error {
        MigrateError::VersionMissing(found) | MigrateError::VersionTooNew(found, _) => {
            let known = MIGRATIONS.map(|(version, ..)| version).into_iter().max();
            StoreError::Newer {
                path,
                found,
                known: known.unwrap_or(0),
            }
        }
        MigrateError::VersionMismatch(version) | MigrateError::Dirty(version) => {
            StoreError::Foreign {
                path,
                reason: format!("its format {version} is another one"),
            }
        }
        MigrateError::Execute(e) | MigrateError::ExecuteMigration(e, _) => {
            failed("bringing the tables up to date")(e)
        }
        other => failed("bringing the tables up to date")(sqlx::Error::Migrate(other.into())),
    }
}
