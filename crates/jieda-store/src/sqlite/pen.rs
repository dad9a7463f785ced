//! The connection that writes.

use sqlx::{ConnectOptions as _, SqliteConnection, sqlite::SqliteConnectOptions};

use crate::{StoreError, sqlite::file::failed};

/// The only connection that writes. After a failure it is opened anew: SQLite rolls some transactions back
/// by itself, such as those that the disk is too full for, and sqlx would go on believing in them.
#[derive(Debug)]
pub(super) struct Pen {
    options: SqliteConnectOptions,
    connection: Option<SqliteConnection>,
}

impl Pen {
    pub(super) fn new(options: SqliteConnectOptions, connection: SqliteConnection) -> Self {
        Self {
            options,
            connection: Some(connection),
        }
    }

    /// Takes the connection. If it does not come back, as when a task is cancelled, the next one to take it
    /// opens another.
    pub(super) async fn take(&mut self) -> Result<SqliteConnection, StoreError> {
        match self.connection.take() {
            Some(connection) => Ok(connection),
            None => {
                let opened = self.options.connect().await;
                opened.map_err(failed("opening the file"))
            }
        }
    }

    /// Gives it back, with what came of it.
    pub(super) fn put_back<T>(
        &mut self,
        connection: SqliteConnection,
        result: Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        if result.is_ok() {
            self.connection = Some(connection);
        }
        result
    }
}
