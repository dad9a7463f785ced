//! Conversations in one SQLite file.

mod dialect;
mod file;
mod pen;
mod purge;
mod schema;

// The same statements as on other databases, compiled for this one: each module says what its database is called.
#[path = "../sql/journal.rs"]
mod journal;
#[path = "../sql/old.rs"]
mod old;
#[path = "../sql/read.rs"]
mod read;
#[path = "../sql/rows.rs"]
mod rows;
#[path = "../sql/select.rs"]
mod select;
#[path = "../sql/write.rs"]
mod write;

use std::{path::Path, sync::Arc};

use jieda_types::ConversationId;
use jiff::Timestamp;
use sqlx::{Pool, Sqlite, SqliteConnection, pool::PoolConnection, sqlite::SqliteRow};
use tokio::sync::Mutex;

use crate::{
    Bookmark, ConversationLog, ConversationRecord, Entry, Filter, FoundTurn, Journal, NewEntry,
    Page, Purged, Retention, Slice, Store, StoreError, Write,
};

use file::{IfMissing, failed};
use pen::Pen;

type Db = Sqlite;
type DbConnection = SqliteConnection;
type DbRow = SqliteRow;

/// Conversations in one SQLite file, beside which SQLite keeps a `-wal` and a `-shm`.
///
/// A committed turn is on the disk: write-ahead log with `synchronous = FULL`. Readers and the one writer
/// don't wait for each other; other processes may read and write too, one after the other.
#[derive(Debug, Clone)]
pub struct SqliteStore(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    /// The only one that writes. No member of a pool: a pool gives connections back by tasks of the runtime
    /// that used them, and this one is used by several.
    writer: Mutex<Pen>,
    readers: Pool<Sqlite>,
}

impl SqliteStore {
    /// Opens a store that is there, and brings an older one up to date.
    ///
    /// # Errors
    /// [`StoreError::Missing`], [`StoreError::Foreign`], [`StoreError::Newer`], [`StoreError::Locked`] or
    /// [`StoreError::Database`].
    pub async fn open(path: &Path) -> Result<Self, StoreError> {
        Self::connect(path, IfMissing::Refuse).await
    }

    /// The same, and makes one where none is. The folder must be there.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub async fn open_or_create(path: &Path) -> Result<Self, StoreError> {
        Self::connect(path, IfMissing::Create).await
    }

    async fn connect(path: &Path, if_missing: IfMissing) -> Result<Self, StoreError> {
        let (writer, readers) = file::open(path, if_missing).await?;
        Ok(Self(Arc::new(Inner {
            writer: Mutex::new(writer),
            readers,
        })))
    }

    async fn reader(&self) -> Result<PoolConnection<Sqlite>, StoreError> {
        let acquired = self.0.readers.acquire().await;
        acquired.map_err(failed("opening the file"))
    }
}

impl Store for SqliteStore {
    async fn write(&self, batch: &[Write]) -> Result<Vec<Result<(), StoreError>>, StoreError> {
        let mut writer = self.0.writer.lock().await;
        let mut connection = writer.take().await?;
        let results = write::batch(&mut connection, batch).await;
        writer.put_back(connection, results)
    }

    async fn conversation(
        &self,
        id: &ConversationId,
    ) -> Result<Option<ConversationRecord>, StoreError> {
        read::conversation(&mut *self.reader().await?, id).await
    }

    async fn log(&self, id: &ConversationId) -> Result<Option<ConversationLog>, StoreError> {
        let mut reader = self.reader().await?;
        let log = read::log(&mut reader, id).await;
        if log.is_err() {
            // Its transaction may have ended without anyone noticing.
            reader.close_on_drop();
        }
        log
    }

    async fn turns(&self, filter: &Filter, page: &Page) -> Result<Slice<FoundTurn>, StoreError> {
        select::turns(&mut *self.reader().await?, filter, page).await
    }

    async fn conversations(
        &self,
        filter: &Filter,
        page: &Page,
    ) -> Result<Slice<ConversationRecord>, StoreError> {
        select::conversations(&mut *self.reader().await?, filter, page).await
    }

    async fn purge(&self, retention: &Retention) -> Result<Purged, StoreError> {
        purge::purge(&self.0.writer, retention).await
    }
}

impl Journal for SqliteStore {
    async fn append(
        &self,
        journal: &str,
        last: u64,
        entries: &[NewEntry],
    ) -> Result<u64, StoreError> {
        let mut writer = self.0.writer.lock().await;
        let mut connection = writer.take().await?;
        let result = journal::append(&mut connection, (journal, last), entries).await;
        writer.put_back(connection, result)
    }

    async fn entries(
        &self,
        journal: &str,
        after: u64,
        limit: u32,
    ) -> Result<Vec<Entry>, StoreError> {
        journal::entries(&mut *self.reader().await?, (journal, after), limit).await
    }

    async fn forget(&self, journal: &str, number: u64, time: Timestamp) -> Result<u64, StoreError> {
        let mut writer = self.0.writer.lock().await;
        let mut connection = writer.take().await?;
        let result = journal::forget(&mut connection, (journal, number), time).await;
        writer.put_back(connection, result)
    }

    async fn set_bookmark(&self, reader: &str, number: u64) -> Result<(), StoreError> {
        let mut writer = self.0.writer.lock().await;
        let mut connection = writer.take().await?;
        let result = journal::set_bookmark(&mut connection, reader, number).await;
        writer.put_back(connection, result)
    }

    async fn move_bookmark(
        &self,
        reader: &str,
        from: Option<u64>,
        to: u64,
    ) -> Result<Bookmark, StoreError> {
        let mut writer = self.0.writer.lock().await;
        let mut connection = writer.take().await?;
        let result = journal::move_bookmark(&mut connection, reader, (from, to)).await;
        writer.put_back(connection, result)
    }

    async fn bookmark(&self, reader: &str) -> Result<Option<u64>, StoreError> {
        journal::bookmark(&mut *self.reader().await?, reader).await
    }
}
