//! Conversations under way: in memory, and in the store.

mod backlog;
mod ears;
mod hear;
mod listen;
mod live;
mod mend;
mod misses;
mod play;
mod record;
mod restore;
mod slot;

use std::{sync::Arc, time::Duration};

use jieda::types::ConversationId;
use jieda_store::{
    AnyStore, Feedback, Journal as _, Location, Retention, Sharing, Store as _, StoreError, Write,
    Writer, WriterOptions,
};
use jiff::Timestamp;
use quick_cache::{DefaultHashBuilder, Lifecycle, Weighter, sync::Cache};

use crate::problem::Problem;

use backlog::Backlog;
pub(crate) use ears::TurnEvent;
pub(crate) use listen::Heard;
pub(crate) use live::Live;
pub use misses::{Kept, misses};
pub use play::play_again;
pub(crate) use record::masked;
pub use record::{answer_of, said};
pub use restore::restore;
pub(crate) use slot::{Settled, Slot};

/// Most bytes on their way to the store.
const QUEUE_BYTES: usize = 16 << 20;

/// How much memory conversations may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Memory {
    /// Bytes of conversations under way.
    pub live_bytes: u64,
    /// Bytes of their turns that are not on the disk, which count apart.
    pub unsaved_bytes: u64,
}

/// All conversations. What is not in memory is read from the store.
#[derive(Debug)]
pub struct Conversations {
    backlog: Arc<Backlog>,
    live: Cache<ConversationId, Weighed, Bytes, DefaultHashBuilder, KeepUnsaved>,
    store: Option<Stored>,
}

#[derive(Debug)]
struct Stored {
    store: AnyStore,
    writer: Writer,
}

/// A conversation, and what it took of the memory when that was counted last: the cache reckons with what does not
/// change while it holds it.
#[derive(Debug, Clone)]
struct Weighed {
    slot: Arc<Slot>,
    bytes: u64,
}

impl Weighed {
    fn new(slot: Arc<Slot>) -> Self {
        let bytes = slot.weight();
        Self { slot, bytes }
    }
}

/// Counts bytes.
#[derive(Debug, Clone)]
struct Bytes;

impl Weighter<ConversationId, Weighed> for Bytes {
    fn weight(&self, _: &ConversationId, weighed: &Weighed) -> u64 {
        weighed.bytes
    }
}

/// A conversation whose turns are not all on the disk, or that somebody listens to, is not forgotten.
#[derive(Debug, Clone, Default)]
struct KeepUnsaved;

impl Lifecycle<ConversationId, Weighed> for KeepUnsaved {
    type RequestState = ();

    fn is_pinned(&self, _: &ConversationId, weighed: &Weighed) -> bool {
        // Whoever makes a turn of it holds it.
        Arc::strong_count(&weighed.slot) > 1 || weighed.slot.is_needed()
    }

    fn on_evict(&self, (): &mut (), _: ConversationId, _: Weighed) {}
}

impl Conversations {
    /// Opens the store, and makes it if there is none; without one, conversations are kept in memory alone.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn open(location: Option<&Location>, memory: Memory) -> Result<Self, StoreError> {
        let most_bytes = memory.live_bytes;
        let store = match location {
            None => None,
            Some(location) => {
                let store = AnyStore::open_or_create(location).await?;
                let options = WriterOptions {
                    queue_bytes: QUEUE_BYTES,
                    ..WriterOptions::default()
                };
                let writer = Writer::start(store.clone(), &options)?;
                Some(Stored { store, writer })
            }
        };
        let usual = usize::try_from(most_bytes / slot::LEAST_BYTES).unwrap_or(usize::MAX);
        let live = Cache::with(
            usual.max(1),
            most_bytes,
            Bytes,
            DefaultHashBuilder::default(),
            KeepUnsaved,
        );
        let backlog = Backlog::new(memory.unsaved_bytes);
        Ok(Self {
            backlog,
            live,
            store,
        })
    }

    /// The store.
    ///
    /// # Errors
    /// [`Problem`] when there is none.
    pub fn store(&self) -> Result<&AnyStore, Problem> {
        let stored = self.store.as_ref();
        stored.map(|stored| &stored.store).ok_or_else(|| {
            Problem::new(
                crate::problem::ProblemKind::NotPossible,
                "没有会话库：server.store 设为了 none",
            )
        })
    }

    /// Whether other machines may go on with the same conversations.
    #[must_use]
    pub fn sharing(&self) -> Sharing {
        let stored = self.store.as_ref();
        stored.map_or(Sharing::Alone, |stored| stored.store.sharing())
    }

    /// A conversation that begins, under a new id that nobody can guess.
    #[must_use]
    pub fn begin(&self) -> Arc<Slot> {
        // The id of a random UUID is a fit one.
        let id = uuid::Uuid::new_v4().simple().to_string();
        let id = ConversationId::new(id).unwrap_or_else(|_| unreachable!("32 hexadecimal digits"));
        let slot = Arc::new(self.slot(id.clone()));
        self.live.insert(id, Weighed::new(Arc::clone(&slot)));
        slot
    }

    /// A conversation by its id. One that is nowhere begins.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub async fn resume(&self, id: &ConversationId) -> Result<Arc<Slot>, StoreError> {
        // Who listens to one that another process went on with, goes on listening.
        let before = self.live.get(id).filter(|live| live.slot.is_overtaken());
        let ears = before.and_then(|live| live.slot.ears());
        let read = async {
            let log = match &self.store {
                Some(stored) => stored.store.log(id).await?,
                None => None,
            };
            let slot = match log {
                Some(log) => {
                    let turns = log.turns.clone();
                    let slot = Slot::of(log, (self.sharing(), &self.backlog)).with_ears(ears);
                    slot.tell_all(&turns);
                    return Ok(Weighed::new(Arc::new(slot)));
                }
                None => self.slot(id.clone()),
            };
            Ok(Weighed::new(Arc::new(slot.with_ears(ears))))
        };
        self.live.remove_if(id, |live| live.slot.is_overtaken());
        Ok(self.live.get_or_insert_async(id, read).await?.slot)
    }

    /// A conversation that is there.
    ///
    /// # Errors
    /// [`Problem`]: there is none of this id, or the store can't be read.
    pub async fn find(&self, id: &ConversationId) -> Result<Arc<Slot>, Problem> {
        let live = self.live.get(id).filter(|live| !live.slot.is_overtaken());
        if let Some(live) = &live
            && self.sharing() == Sharing::Alone
        {
            return Ok(Arc::clone(&live.slot));
        }
        let stored = match &self.store {
            Some(stored) => stored.store.conversation(id).await?,
            None => None,
        };
        if let Some(live) = live {
            let last = stored.map_or(0, |record| record.last_turn.get());
            if last <= live.slot.last() {
                return Ok(live.slot);
            }
            // Another replica has gone on with it.
            live.slot.is_behind();
        } else if stored.is_none() {
            return Err(Problem::not_found(format_args!("会话 {id}")));
        }
        Ok(self.resume(id).await?)
    }

    fn slot(&self, id: ConversationId) -> Slot {
        Slot::new(id, (self.sharing(), &self.backlog))
    }

    /// A conversation that could not be read, for the time being: it starts anew and is not kept.
    #[must_use]
    pub fn unread(id: &ConversationId) -> Arc<Slot> {
        Arc::new(Slot::unstored(id.clone()))
    }

    /// Takes feedback down.
    ///
    /// # Errors
    /// [`Problem`]: no store, or it refuses.
    pub async fn feedback(&self, id: &ConversationId, feedback: Feedback) -> Result<(), Problem> {
        self.store()?;
        if let Some(stored) = &self.store {
            stored
                .writer
                .record(Write::feedback(id.clone(), feedback))?
                .await?;
        }
        Ok(())
    }

    /// Deletes what was quiet for so many days.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn purge(&self, days: u32, now: Timestamp) -> Result<u64, StoreError> {
        let Some(stored) = &self.store else {
            return Ok(0);
        };
        let quiet = jiff::SignedDuration::from_hours(i64::from(days) * 24);
        let Ok(before) = now.checked_sub(quiet) else {
            return Ok(0);
        };
        let retention = Retention::before(before);
        Ok(stored.store.purge(&retention).await?.conversations)
    }

    /// Whether the store can be read and written; none without a store.
    pub async fn is_healthy(&self) -> Option<bool> {
        let stored = self.store.as_ref()?;
        // Where turns are written, not where lists are read.
        let nobody = ConversationId::new("healthz").ok()?;
        let read = stored.store.conversation(&nobody);
        let read = tokio::time::timeout(Duration::from_millis(500), read).await;
        Some(matches!(read, Ok(Ok(_))) && !self.has_failed())
    }

    /// Bytes of turns that are not on the disk, whether they wait for it or it has failed.
    #[must_use]
    pub fn unsaved_bytes(&self) -> u64 {
        self.backlog.bytes()
    }

    /// How many conversations are in memory.
    #[must_use]
    pub fn live_count(&self) -> usize {
        self.live.len()
    }

    /// Bytes that wait to be stored.
    #[must_use]
    pub fn waiting_bytes(&self) -> usize {
        let stored = self.store.as_ref();
        stored.map_or(0, |stored| stored.writer.waiting_bytes())
    }

    /// Waits until everything that was taken is stored, and tries again what failed. Gives how many turns were not when
    /// that took too long.
    pub async fn flushed(&self, patience: Duration) -> usize {
        let started = std::time::Instant::now();
        loop {
            let unsaved: usize = self
                .live
                .iter()
                .map(|(_, live)| live.slot.unsaved_turns())
                .sum();
            let is_done = self.waiting_bytes() == 0 && (unsaved == 0 || self.store.is_none());
            if is_done || started.elapsed() > patience {
                return if is_done { 0 } else { unsaved.max(1) };
            }
            if let Some(stored) = &self.store {
                for (_, live) in self.live.iter() {
                    live.slot.mend(&stored.writer);
                }
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    fn has_failed(&self) -> bool {
        self.live.iter().any(|(_, live)| live.slot.has_failed())
    }
}
