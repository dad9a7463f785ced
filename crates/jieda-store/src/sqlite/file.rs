//! Opening the file.

use std::{
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use sqlx::{
    ConnectOptions as _, Pool, Row as _, Sqlite,
    sqlite::{
        SqliteAutoVacuum, SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions,
        SqliteSynchronous,
    },
};

use crate::{
    StoreError,
    sqlite::{pen::Pen, schema},
};

/// In the header of every file that jieda made: `jied`.
pub(super) const APPLICATION_ID: i64 = 0x6a69_6564;
/// How long a write waits for another process.
const PATIENCE: Duration = Duration::from_secs(5);
/// When it looks again, where SQLite doesn't wait.
const AGAIN: Duration = Duration::from_millis(20);
const READERS: u32 = 4;
/// SQLite's codes.
const BUSY: &str = "5";
const NOT_A_DATABASE: &str = "26";

/// Whether the file says that it is jieda's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    Made,
    New,
}

/// What is done where no file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum IfMissing {
    Create,
    Refuse,
}

/// The connection that writes, and those that read.
pub(super) async fn open(
    path: &Path,
    if_missing: IfMissing,
) -> Result<(Pen, Pool<Sqlite>), StoreError> {
    let begun = Instant::now();
    loop {
        match try_open(path, if_missing).await {
            // SQLite itself doesn't wait for who else makes the file or goes over to the log.
            Err(StoreError::Locked) if begun.elapsed() < PATIENCE => {
                tokio::time::sleep(AGAIN).await;
            }
            done => return done,
        }
    }
}

async fn try_open(path: &Path, if_missing: IfMissing) -> Result<(Pen, Pool<Sqlite>), StoreError> {
    if if_missing == IfMissing::Refuse && !path.exists() {
        return Err(StoreError::Missing {
            path: path.to_owned(),
        });
    }
    let mark = check_ours(path).await?;
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(if_missing == IfMissing::Create)
        .foreign_keys(true)
        .busy_timeout(PATIENCE)
        .auto_vacuum(SqliteAutoVacuum::Incremental)
        .journal_mode(SqliteJournalMode::Wal)
        // A turn that was acknowledged survives a power cut, not only a crash.
        .synchronous(SqliteSynchronous::Full)
        // What is deleted is overwritten.
        .pragma("secure_delete", "ON")
        .disable_statement_logging();
    let opened = options.connect().await;
    let mut writer = opened.map_err(failed("opening the file"))?;
    schema::migrate(&mut writer, path, mark).await?;
    let pen = Pen::new(options.clone().create_if_missing(false), writer);
    let readers = SqlitePoolOptions::new()
        .max_connections(READERS)
        // No tasks that look after the pool: it may outlive the runtime that made it.
        .idle_timeout(None)
        .max_lifetime(None)
        .connect_lazy_with(options.pragma("query_only", "ON"));
    Ok((pen, readers))
}

/// Refuses a file of another program before anything is written to it.
async fn check_ours(path: &Path) -> Result<Mark, StoreError> {
    let empty = std::fs::metadata(path).map_or(true, |file| file.len() == 0);
    if empty {
        return Ok(Mark::New);
    }
    let foreign = |reason: String| StoreError::Foreign {
        path: path.to_owned(),
        reason,
    };
    let look = SqliteConnectOptions::new()
        .filename(path)
        .busy_timeout(PATIENCE)
        .disable_statement_logging();
    let looking = |e: sqlx::Error| match code(&e).as_deref() {
        Some(NOT_A_DATABASE) => foreign("it is no SQLite database".into()),
        _ => failed("opening the file")(e),
    };
    let mut connection = look.connect().await.map_err(looking)?;
    let query = "SELECT (SELECT application_id FROM pragma_application_id), (SELECT count(*) FROM sqlite_schema)";
    let row = sqlx::query(query).fetch_one(&mut connection).await;
    let row = row.map_err(looking)?;
    let application: i64 = row.try_get(0).map_err(looking)?;
    let tables: i64 = row.try_get(1).map_err(looking)?;
    match (application, tables) {
        (APPLICATION_ID, _) => Ok(Mark::Made),
        (0, 0) => Ok(Mark::New),
        _ => Err(foreign("another program made it".into())),
    }
}

/// Makes an error of what the database says.
pub(super) fn failed(doing: &'static str) -> impl Fn(sqlx::Error) -> StoreError {
    move |error| {
        // The extended codes of SQLITE_BUSY end in it, too.
        let is_busy = code(&error)
            .and_then(|code| code.parse::<u32>().ok())
            .is_some_and(|code| (code & 0xff).to_string() == BUSY);
        if is_busy {
            return StoreError::Locked;
        }
        StoreError::Database {
            doing,
            source: Arc::new(error),
        }
    }
}

fn code(error: &sqlx::Error) -> Option<String> {
    let error = error.as_database_error()?;
    error.code().map(|code| code.into_owned())
}
