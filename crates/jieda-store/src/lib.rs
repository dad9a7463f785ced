//! Conversations that outlive the process: what was said, what was decided and why, how it was rated,
//! what the human got. On SQLite or PostgreSQL; another database is another [`Store`].
//!
//! A conversation is a row of [`Turn`]s, numbered from 1 and never changed: each holds what happened, what
//! the engine answered, and all that it remembered afterwards. So any engine goes on where the last turn
//! ended, and any conversation can be run again from its first. The number is the optimistic lock: of two
//! writers of one turn the second gets [`StoreError::Conflict`].
//!
//! Beside them are [`Journal`]s: what happened elsewhere, such as in the routing core, entry by entry.
//!
//! Words of customers and agents are [`MaskedText`](jieda_types::MaskedText): what was not masked does not
//! get in.
//!
//! [`Writer`] keeps the disk off the path of an answer. Its [`Receipt`] resolves when the turn would
//! survive a power cut:
//!
//! ```
//! use jieda_store::{Event, Page, Filter, SqliteStore, Store as _, Turn, Write, Writer, WriterOptions};
//! use jieda_types::{ConversationId, MaskedText};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let dir = tempfile::tempdir()?;
//! # let file = dir.path().join("conversations.db");
//! let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
//! let store = runtime.block_on(SqliteStore::open_or_create(&file))?;
//! let writer = Writer::start(store.clone(), &WriterOptions::default())?;
//!
//! let id = ConversationId::new("c-1")?;
//! let turn = Turn::new("2026-11-29T10:00:00Z".parse()?, Event::said(MaskedText::assume_masked("怎么退货")));
//! let receipt = writer.record(Write::turn(id.clone(), turn))?;
//! receipt.wait()?; // on the disk
//!
//! let found = runtime.block_on(store.turns(&Filter::default(), &Page::newest(10)))?;
//! assert_eq!(found.items[0].conversation, id);
//! writer.shut_down();
//! # Ok(())
//! # }
//! ```

#![expect(
    clippy::duplicate_mod,
    reason = "the statements under `sql` are compiled for each database: generic code would name a dozen bounds in each function"
)]

mod announce;
mod any;
mod conversation;
mod error;
mod export;
mod feedback;
mod filter;
mod journal;
mod page;
mod postgres;
mod retention;
mod sqlite;
mod store;
mod trace;
mod turn;
mod write;
mod writer;

/// What every [`Store`] must do: functions for the tests of each implementation.
#[cfg(feature = "testing")]
pub mod conformance;

pub use announce::Announcements;
pub use any::{AnyStore, Location, Sharing};
pub use conversation::{ConversationLog, ConversationRecord};
pub use error::StoreError;
pub use export::{Export, export};
pub use feedback::{Feedback, Outcome};
pub use filter::Filter;
pub use journal::{Bookmark, Entry, Journal, NewEntry};
pub use page::{Cursor, InvalidCursor, Order, Page, Slice};
pub use postgres::{PostgresOptions, PostgresStore};
pub use retention::{Purged, Retention, RetentionMode, WithHuman};
pub use sqlite::SqliteStore;
pub use store::Store;
pub use trace::Trace;
pub use turn::{Answer, FoundTurn, Turn, TurnNumber};
pub use write::Write;
pub use writer::{Receipt, Writer, WriterOptions};

// A turn has one.
pub use jieda_types::Event;
