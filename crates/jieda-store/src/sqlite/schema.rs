//! The tables, and how an older file gets them.

use std::path::Path;

use sqlx::{
    AssertSqlSafe, Connection as _, SqlSafeStr as _, SqliteConnection,
    migrate::{MigrateError, Migration, MigrationType, Migrator},
};

use crate::{
    StoreError,
    sqlite::file::{APPLICATION_ID, Mark, failed},
};

/// One file a version; a file that was released never changes.
const MIGRATIONS: [(i64, &str, &str); 4] = [
    (
        1,
        "conversations",
        include_str!("../../migrations/sqlite/0001_conversations.sql"),
    ),
    (
        2,
        "variants",
        include_str!("../../migrations/sqlite/0002_variants.sql"),
    ),
    (
        3,
        "journal",
        include_str!("../../migrations/sqlite/0003_journal.sql"),
    ),
    (
        4,
        "request",
        include_str!("../../migrations/sqlite/0004_request.sql"),
    ),
];

/// Brings a database to the newest version. Two processes may do so at once.
pub(super) async fn migrate(
    connection: &mut SqliteConnection,
    path: &Path,
    mark: Mark,
) -> Result<(), StoreError> {
    let migrations = MIGRATIONS.map(|(version, name, sql)| {
        let sql = sql.into_sql_str();
        Migration::new(version, name.into(), MigrationType::Simple, sql, false)
    });
    let migrator = Migrator::with_migrations(migrations.into());
    // SQLite has no locks of its own for this: whoever begins first has the database.
    let doing = failed("bringing the tables up to date");
    let mut whole = connection
        .begin_with("BEGIN IMMEDIATE")
        .await
        .map_err(&doing)?;
    if mark == Mark::New {
        let set = format!("PRAGMA application_id = {APPLICATION_ID}");
        let set = sqlx::raw_sql(AssertSqlSafe(set)).execute(&mut *whole).await;
        set.map_err(&doing)?;
    }
    migrator
        .run_direct(None, &mut *whole, false)
        .await
        .map_err(|e| refused(path, e))?;
    whole.commit().await.map_err(&doing)
}

fn refused(path: &Path, error: MigrateError) -> StoreError {
    match error {
        MigrateError::VersionMissing(found) | MigrateError::VersionTooNew(found, _) => {
            StoreError::Newer {
                path: path.to_owned(),
                found,
                known: MIGRATIONS
                    .map(|(version, ..)| version)
                    .into_iter()
                    .max()
                    .unwrap_or(0),
            }
        }
        MigrateError::VersionMismatch(version) | MigrateError::Dirty(version) => {
            StoreError::Foreign {
                path: path.to_owned(),
                reason: format!("its format {version} is another one"),
            }
        }
        MigrateError::Execute(e) | MigrateError::ExecuteMigration(e, _) => {
            failed("bringing the tables up to date")(e)
        }
        other => failed("bringing the tables up to date")(sqlx::Error::Migrate(other.into())),
    }
}
