//! A store of whichever kind the configuration names.

use std::{
    fmt,
    path::{Path, PathBuf},
};

use jieda_types::ConversationId;
use jiff::Timestamp;

use crate::{
    Bookmark, ConversationLog, ConversationRecord, Entry, Filter, FoundTurn, Journal, NewEntry,
    Page, PostgresOptions, PostgresStore, Purged, Retention, Slice, SqliteStore, Store, StoreError,
    Write,
};

/// Where a store is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Location {
    /// A SQLite file of this machine.
    File(PathBuf),
    /// A PostgreSQL database.
    Postgres(PostgresOptions),
}

impl Location {
    /// Reads `postgres://…` or `postgresql://…`; anything else is a file.
    ///
    /// ```
    /// use jieda_store::Location;
    ///
    /// assert!(matches!(Location::of("data/conversations.db"), Location::File(_)));
    /// let database = Location::of("postgres://jieda:secret@db/jieda");
    /// assert_eq!(database.to_string(), "postgres://db:5432/jieda"); // without the password
    /// ```
    #[must_use]
    pub fn of(text: &str) -> Self {
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            Self::Postgres(PostgresOptions::new(text))
        } else {
            Self::File(text.into())
        }
    }
}

/// As people know it, without passwords.
impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => path.display().fmt(f),
            Self::Postgres(options) => f.write_str(&options.place()),
        }
    }
}

/// Whether other processes on other machines may go on with the same conversations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sharing {
    /// This machine alone has it.
    Alone,
    /// Any number of processes may.
    Shared,
}

/// A store of one kind or another.
#[derive(Debug, Clone)]
pub enum AnyStore {
    /// A SQLite file.
    Sqlite(SqliteStore),
    /// A PostgreSQL database.
    Postgres(PostgresStore),
}

impl AnyStore {
    /// Opens a store that is there. A database gets its tables if it has none.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn open(location: &Location) -> Result<Self, StoreError> {
        Ok(match location {
            Location::File(path) => Self::Sqlite(SqliteStore::open(path).await?),
            Location::Postgres(options) => Self::postgres(options).await?,
        })
    }

    /// The same, and makes a file where none is.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn open_or_create(location: &Location) -> Result<Self, StoreError> {
        Ok(match location {
            Location::File(path) => Self::file(path).await?,
            Location::Postgres(options) => Self::postgres(options).await?,
        })
    }

    async fn file(path: &Path) -> Result<Self, StoreError> {
        SqliteStore::open_or_create(path).await.map(Self::Sqlite)
    }

    async fn postgres(options: &PostgresOptions) -> Result<Self, StoreError> {
        let connected = PostgresStore::connect(options.clone()).await;
        connected.map(Self::Postgres)
    }
}

/// Does the same with whichever it is.
macro_rules! either {
    ($store:expr, $inner:ident => $work:expr) => {
        match $store {
            AnyStore::Sqlite($inner) => $work,
            AnyStore::Postgres($inner) => $work,
        }
    };
}

impl Store for AnyStore {
    async fn write(&self, batch: &[Write]) -> Result<Vec<Result<(), StoreError>>, StoreError> {
        either!(self, store => store.write(batch).await)
    }

    async fn conversation(
        &self,
        id: &ConversationId,
    ) -> Result<Option<ConversationRecord>, StoreError> {
        either!(self, store => store.conversation(id).await)
    }

    async fn log(&self, id: &ConversationId) -> Result<Option<ConversationLog>, StoreError> {
        either!(self, store => store.log(id).await)
    }

    async fn turns(&self, filter: &Filter, page: &Page) -> Result<Slice<FoundTurn>, StoreError> {
        either!(self, store => store.turns(filter, page).await)
    }

    async fn conversations(
        &self,
        filter: &Filter,
        page: &Page,
    ) -> Result<Slice<ConversationRecord>, StoreError> {
        either!(self, store => store.conversations(filter, page).await)
    }

    async fn purge(&self, retention: &Retention) -> Result<Purged, StoreError> {
        either!(self, store => store.purge(retention).await)
    }
}

impl Journal for AnyStore {
    fn sharing(&self) -> Sharing {
        either!(self, store => store.sharing())
    }

    async fn append(
        &self,
        journal: &str,
        last: u64,
        entries: &[NewEntry],
    ) -> Result<u64, StoreError> {
        either!(self, store => store.append(journal, last, entries).await)
    }

    async fn entries(
        &self,
        journal: &str,
        after: u64,
        limit: u32,
    ) -> Result<Vec<Entry>, StoreError> {
        either!(self, store => store.entries(journal, after, limit).await)
    }

    async fn forget(&self, journal: &str, number: u64, time: Timestamp) -> Result<u64, StoreError> {
        either!(self, store => store.forget(journal, number, time).await)
    }

    async fn set_bookmark(&self, reader: &str, number: u64) -> Result<(), StoreError> {
        either!(self, store => store.set_bookmark(reader, number).await)
    }

    async fn move_bookmark(
        &self,
        reader: &str,
        from: Option<u64>,
        to: u64,
    ) -> Result<Bookmark, StoreError> {
        either!(self, store => store.move_bookmark(reader, from, to).await)
    }

    async fn bookmark(&self, reader: &str) -> Result<Option<u64>, StoreError> {
        either!(self, store => store.bookmark(reader).await)
    }
}
