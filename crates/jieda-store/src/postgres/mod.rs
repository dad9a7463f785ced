//! Conversations in PostgreSQL, for several processes on several machines.

mod dialect;
mod errors;
mod retry;
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

use std::{
    fmt,
    str::FromStr as _,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use jieda_types::ConversationId;
use jiff::{SignedDuration, Timestamp};
use sqlx::{
    ConnectOptions as _, PgConnection, Pool, Postgres,
    postgres::{PgConnectOptions, PgListener, PgPoolOptions, PgRow},
};

use crate::{
    Announcements, Bookmark, ConversationLog, ConversationRecord, Entry, Event, Filter, FoundTurn,
    Journal, NewEntry, Page, Purged, Retention, RetentionMode, Sharing, Slice, Store, StoreError,
    Turn, WithHuman, Write,
};

pub(crate) use errors::failed;
use retry::{READING, Tries, again};

/// Does something with a connection of a pool, within the time that a few statements may take: a connection that leads
/// nowhere says nothing. One on which something failed is not used again.
macro_rules! on {
    ($store:expr, $pool:expr, $connection:ident => $work:expr) => {
        match $pool.acquire().await {
            Err(error) => Err(failed("connecting")(error)),
            Ok(mut $connection) => {
                let done = match tokio::time::timeout($store.longest(), $work).await {
                    Ok(done) => done,
                    Err(elapsed) => Err(StoreError::Unreachable {
                        doing: "waiting for an answer",
                        source: Arc::new(elapsed),
                    }),
                };
                if done.is_err() {
                    $connection.close_on_drop();
                }
                done
            }
        }
    };
}

/// How long a database may take to answer at the start, migrations by another process included.
const CONNECTING: Duration = Duration::from_secs(30);

type Db = Postgres;
type DbConnection = PgConnection;
type DbRow = PgRow;

/// How a [`PostgresStore`] is reached, and what it may take.
#[derive(Clone, PartialEq, Eq)]
pub struct PostgresOptions {
    /// `postgres://USER:PASSWORD@HOST:PORT/DATABASE`; several hosts are the business of a proxy or a DNS name.
    pub url: String,
    /// Where pages of turns and conversations are read, such as a read replica; the same database without one. What
    /// must be of this moment is never read there.
    pub reader_url: Option<String>,
    /// Most connections to each of them.
    pub connections: u32,
    /// Longest that one statement may take.
    pub statement_timeout: Duration,
    /// How long a write is tried again while the database can't be reached.
    pub patience: Duration,
    /// The schema that the tables are in, of letters, digits, `_` and `-`; the database's usual one without. See
    /// [`in_schema`](Self::in_schema).
    pub schema: Option<String>,
}

impl PostgresOptions {
    /// The usual ones.
    #[must_use]
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            reader_url: None,
            connections: 8,
            statement_timeout: Duration::from_secs(10),
            patience: Duration::from_secs(6),
            schema: None,
        }
    }

    /// The same in a schema of its own, which is made if it is not there: several stores in one database. What can't be part
    /// of a plain name is left out.
    #[must_use]
    pub fn in_schema(self, name: &str) -> Self {
        let plain = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
        Self {
            schema: Some(name.chars().filter(plain).collect()),
            ..self
        }
    }

    /// What people know the database by: no user, no password.
    #[must_use]
    pub fn place(&self) -> String {
        place(&self.url)
    }
}

fn place(url: &str) -> String {
    match PgConnectOptions::from_str(url) {
        Ok(options) => schema::place(&options),
        Err(_) => "postgres://?".to_owned(),
    }
}

/// Without passwords.
impl fmt::Debug for PostgresOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresOptions")
            .field("url", &place(&self.url))
            .field("reader_url", &self.reader_url.as_deref().map(place))
            .field("connections", &self.connections)
            .field("statement_timeout", &self.statement_timeout)
            .field("patience", &self.patience)
            .finish()
    }
}

/// Conversations in a PostgreSQL database, version 12 or later, shared by any number of processes.
///
/// A committed turn is as safe as `synchronous_commit` of the server makes it (on, unless somebody turned it off).
/// Serialization failures, deadlocks and a database that can't be reached are tried again, with jitter; a turn whose
/// commit was cut off is looked for before it is written again, so that it is there once.
#[derive(Debug, Clone)]
pub struct PostgresStore(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    options: PostgresOptions,
    /// Of the [`Writer`](crate::Writer), which has a runtime of its own: connections belong to the one that made them.
    writers: Pool<Postgres>,
    /// Of everybody else.
    everybody: Pool<Postgres>,
    readers: Pool<Postgres>,
    /// Writes that had to be tried again.
    again: AtomicUsize,
}

impl PostgresStore {
    /// Connects, and brings the tables up to date; several processes may do so at once.
    ///
    /// # Errors
    /// [`StoreError::Unreachable`], [`StoreError::Newer`], [`StoreError::Foreign`] or [`StoreError::Database`].
    pub async fn connect(options: PostgresOptions) -> Result<Self, StoreError> {
        let connect = connect_options(&options.url, &options)?;
        let reader = match &options.reader_url {
            Some(url) => Some(connect_options(url, &options)?),
            None => None,
        };
        let schema = options.schema.as_deref();
        let migrated = tokio::time::timeout(CONNECTING, schema::migrate(&connect, schema)).await;
        migrated.unwrap_or_else(|elapsed| {
            Err(StoreError::Unreachable {
                doing: "connecting",
                source: Arc::new(elapsed),
            })
        })?;
        let pool = |connect: &PgConnectOptions, most: u32| {
            PgPoolOptions::new()
                .max_connections(most.max(1))
                .acquire_timeout(Duration::from_secs(5))
                // A connection that a restart or a firewall has cut is noticed before it is used.
                .test_before_acquire(true)
                .max_lifetime(Some(Duration::from_secs(1800)))
                .connect_lazy_with(connect.clone())
        };
        let everybody = pool(&connect, options.connections);
        Ok(Self(Arc::new(Inner {
            writers: pool(&connect, 2),
            readers: match &reader {
                Some(reader) => pool(reader, options.connections),
                None => everybody.clone(),
            },
            everybody,
            again: AtomicUsize::new(0),
            options,
        })))
    }

    /// Announces something to all processes that listen: `NOTIFY`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn announce(&self, topic: &str, what: &str) -> Result<(), StoreError> {
        let say = sqlx::query("SELECT pg_notify($1, $2)")
            .bind(topic)
            .bind(what);
        let said = say.execute(&self.0.everybody).await;
        said.map(drop).map_err(failed("announcing"))
    }

    /// Listens from now on: `LISTEN`, on a connection of its own.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn announcements(&self, topic: &str) -> Result<Announcements, StoreError> {
        let connect = connect_options(&self.0.options.url, &self.0.options)?;
        let pool = PgPoolOptions::new()
            .max_connections(1)
            .max_lifetime(None)
            .idle_timeout(None)
            .connect_lazy_with(connect);
        let listening = failed("listening");
        let listener = PgListener::connect_with(&pool).await;
        let mut listener = listener.map_err(&listening)?;
        listener.listen(topic).await.map_err(&listening)?;
        Ok(Announcements::of(listener))
    }

    /// How many writes had to be tried again so far.
    #[must_use]
    pub fn retries(&self) -> usize {
        self.0.again.load(Ordering::Relaxed)
    }

    async fn write_once(&self, batch: &[Write]) -> Result<Vec<Result<(), StoreError>>, StoreError> {
        on!(self, self.0.writers, c => write::batch(&mut c, batch))
    }

    /// Of the writes that were refused, those are fine that an attempt which was cut off has brought about: this one, or an
    /// earlier one that was given up.
    async fn settle(
        &self,
        batch: &[Write],
        results: &mut [Result<(), StoreError>],
    ) -> Result<(), StoreError> {
        for i in 0..batch.len() {
            if let (
                Write::Turn {
                    conversation, turn, ..
                },
                Err(StoreError::Conflict { .. }),
            ) = (&batch[i], &results[i])
            {
                // One that comes twice in a batch was taken by the first.
                let is_again = |(write, result): (&Write, &Result<(), StoreError>)| {
                    result.is_ok() && *write == batch[i]
                };
                let was_taken = batch[..i].iter().zip(&results[..i]).any(is_again);
                if !was_taken && self.is_there(conversation, turn).await? {
                    results[i] = Ok(());
                }
            }
        }
        Ok(())
    }

    /// Whether a turn is in the database. No other process makes one of this number at the same microsecond and with the
    /// same outcome.
    async fn is_there(&self, id: &ConversationId, turn: &Turn) -> Result<bool, StoreError> {
        let around = |by| turn.at.checked_add(SignedDuration::from_micros(by));
        let filter = Filter {
            conversation: Some(id.clone()),
            since: around(-1).ok(),
            until: around(2).ok(),
            ..Filter::default()
        };
        let page = Page::oldest(8);
        let found = on!(self, self.0.writers, c => select::turns(&mut c, &filter, &page))?;
        Ok(found.items.iter().any(|found| {
            let stored = &found.turn;
            stored.number == turn.number
                && stored.at.as_microsecond() == turn.at.as_microsecond()
                && is_same_event(&stored.event, &turn.event)
                && stored.state == turn.state
        }))
    }

    /// Longest that anything may take: a few statements, of which the server ends each that takes too long.
    fn longest(&self) -> Duration {
        self.0.options.statement_timeout + Duration::from_secs(2)
    }

    fn tries(&self) -> Tries<'_> {
        Tries::new(READING, &self.0.again)
    }

    async fn count_old(&self, old: (i64, WithHuman)) -> Result<Purged, StoreError> {
        again!(
            self.tries(),
            on!(self, self.0.everybody, c => old::count(&mut c, old))
        )
    }

    async fn delete_old(&self, old: (i64, WithHuman)) -> Result<Purged, StoreError> {
        again!(
            self.tries(),
            on!(self, self.0.everybody, c => old::delete_some(&mut c, old))
        )
    }
}

/// Whether what is stored is what was to be stored, as far as it can be.
fn is_same_event(stored: &Event, given: &Event) -> bool {
    let words = given.text().map(|text| dialect::storable(text.as_str()));
    stored == given
        || (stored.name() == given.name()
            && words.is_some()
            && stored.text().map(|text| text.as_str()) == words.as_deref())
}

fn connect_options(url: &str, options: &PostgresOptions) -> Result<PgConnectOptions, StoreError> {
    let connect = PgConnectOptions::from_str(url).map_err(failed("reading the address"))?;
    let millis = options.statement_timeout.as_millis().to_string();
    let connect = match &options.schema {
        // Alone: a table of another schema that is called the same is never taken for ours.
        Some(schema) => connect.options([("search_path", format!("\"{schema}\""))]),
        None => connect,
    };
    Ok(connect
        .application_name("jieda")
        .options([
            ("statement_timeout", millis.as_str()),
            ("lock_timeout", "5s"),
            ("idle_in_transaction_session_timeout", "30s"),
        ])
        .disable_statement_logging())
}

impl Store for PostgresStore {
    async fn write(&self, batch: &[Write]) -> Result<Vec<Result<(), StoreError>>, StoreError> {
        // Whoever writes several conversations at once takes them in one order, so that no two wait for each other.
        let mut order: Vec<usize> = (0..batch.len()).collect();
        order.sort_by_key(|&i| batch[i].conversation().as_str());
        let sorted: Vec<Write> = order.iter().map(|&i| batch[i].clone()).collect();
        let tries = Tries::new(self.0.options.patience, &self.0.again);
        let results: Result<_, StoreError> = again!(tries, self.write_once(&sorted).await);
        let mut results = results?;
        // An attempt that was cut off may have been carried out: what it wrote is ours.
        let settled: Result<(), StoreError> =
            again!(self.tries(), self.settle(&sorted, &mut results).await);
        settled?;
        let mut placed: Vec<Result<(), StoreError>> = batch.iter().map(|_| Ok(())).collect();
        for (i, result) in order.into_iter().zip(results) {
            placed[i] = result;
        }
        Ok(placed)
    }

    async fn conversation(
        &self,
        id: &ConversationId,
    ) -> Result<Option<ConversationRecord>, StoreError> {
        let pool = &self.0.everybody;
        again!(
            self.tries(),
            on!(self, pool, c => read::conversation(&mut c, id))
        )
    }

    async fn log(&self, id: &ConversationId) -> Result<Option<ConversationLog>, StoreError> {
        let pool = &self.0.everybody;
        again!(self.tries(), on!(self, pool, c => read::log(&mut c, id)))
    }

    async fn turns(&self, filter: &Filter, page: &Page) -> Result<Slice<FoundTurn>, StoreError> {
        let pool = &self.0.readers;
        again!(
            self.tries(),
            on!(self, pool, c => select::turns(&mut c, filter, page))
        )
    }

    async fn conversations(
        &self,
        filter: &Filter,
        page: &Page,
    ) -> Result<Slice<ConversationRecord>, StoreError> {
        let pool = &self.0.readers;
        again!(
            self.tries(),
            on!(self, pool, c => select::conversations(&mut c, filter, page))
        )
    }

    async fn purge(&self, retention: &Retention) -> Result<Purged, StoreError> {
        let old = (retention.before.as_microsecond(), retention.with_human);
        let counted = self.count_old(old).await?;
        if retention.mode == RetentionMode::Count {
            return Ok(counted);
        }
        let mut purged = Purged {
            kept_with_human: counted.kept_with_human,
            ..Purged::default()
        };
        loop {
            let gone = self.delete_old(old).await?;
            if gone.conversations == 0 {
                // Autovacuum gives the space back.
                return Ok(purged);
            }
            purged.conversations += gone.conversations;
            purged.turns += gone.turns;
            purged.feedback += gone.feedback;
            purged.handovers += gone.handovers;
        }
    }
}

impl Journal for PostgresStore {
    fn sharing(&self) -> Sharing {
        Sharing::Shared
    }

    async fn append(
        &self,
        journal: &str,
        last: u64,
        entries: &[NewEntry],
    ) -> Result<u64, StoreError> {
        // One that was cut off is not tried again: whoever appends reads on first, and sees whether it is there.
        on!(self, self.0.everybody, c => journal::append(&mut c, (journal, last), entries))
    }

    async fn entries(
        &self,
        journal: &str,
        after: u64,
        limit: u32,
    ) -> Result<Vec<Entry>, StoreError> {
        let pool = &self.0.everybody;
        let of = (journal, after);
        again!(
            self.tries(),
            on!(self, pool, c => journal::entries(&mut c, of, limit))
        )
    }

    async fn forget(&self, journal: &str, number: u64, time: Timestamp) -> Result<u64, StoreError> {
        let pool = &self.0.everybody;
        let of = (journal, number);
        again!(
            self.tries(),
            on!(self, pool, c => journal::forget(&mut c, of, time))
        )
    }

    async fn set_bookmark(&self, reader: &str, number: u64) -> Result<(), StoreError> {
        let pool = &self.0.everybody;
        again!(
            self.tries(),
            on!(self, pool, c => journal::set_bookmark(&mut c, reader, number))
        )
    }

    async fn move_bookmark(
        &self,
        reader: &str,
        from: Option<u64>,
        to: u64,
    ) -> Result<Bookmark, StoreError> {
        let pool = &self.0.everybody;
        again!(
            self.tries(),
            on!(self, pool, c => journal::move_bookmark(&mut c, reader, (from, to)))
        )
    }

    async fn bookmark(&self, reader: &str) -> Result<Option<u64>, StoreError> {
        let pool = &self.0.everybody;
        again!(
            self.tries(),
            on!(self, pool, c => journal::bookmark(&mut c, reader))
        )
    }
}
