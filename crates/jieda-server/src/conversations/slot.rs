//! One conversation in memory.

use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex, MutexGuard, OnceLock, PoisonError,
        atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering},
    },
};

use jieda::{Conversation, types::ConversationId};
use jieda_store::{ConversationLog, Sharing, StoreError, Turn, TurnNumber, Write, Writer};
use jiff::Timestamp;
use tokio::sync::{OwnedMutexGuard, broadcast, oneshot};

use super::{
    Live, TurnEvent,
    backlog::{Backlog, Share},
    ears::{Ears, tell},
    restore,
};

/// Turns of one conversation that wait for a store that fails; older ones are given up.
const MOST_UNSAVED: usize = 100;

/// What a conversation takes of the memory at least: its state and what holds it.
pub(super) const LEAST_BYTES: u64 = 8192;

/// A turn on its way to the store, and the time of the one that it was made on.
#[derive(Debug, Clone)]
struct Unsaved {
    turn: Arc<Turn>,
    after: Option<Timestamp>,
    /// What it takes of the memory for all such turns.
    _share: Option<Arc<Share>>,
}

/// One conversation: who holds its lock makes its next turn.
#[derive(Debug)]
pub struct Slot {
    id: ConversationId,
    live: Arc<tokio::sync::Mutex<Live>>,
    unsaved: Arc<Mutex<VecDeque<Unsaved>>>,
    /// What all conversations together have of those.
    backlog: Arc<Backlog>,
    /// Bytes of the turns that are remembered by the keys of their requests.
    remembered: AtomicU64,
    /// The last turn that is known here.
    last: AtomicU32,
    /// A write has failed: what is unsaved is tried again.
    failed: Arc<AtomicBool>,
    /// Another process has written a turn of it: what is here is no more what is so.
    overtaken: Arc<AtomicBool>,
    is_stored: bool,
    /// Whether other machines may go on with it.
    sharing: Sharing,
    /// Bytes of what was said.
    said: AtomicU64,
    ears: OnceLock<Arc<Ears>>,
}

/// Whether a turn was given to the store before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Attempt {
    First,
    Again,
}

/// What became of a turn that was given to the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Settled {
    /// It is on the disk.
    Kept,
    /// Another process was first with a turn of this number: this one is not what happened.
    Overtaken,
}

impl Slot {
    /// A conversation that begins.
    pub(super) fn new(id: ConversationId, of: (Sharing, &Arc<Backlog>)) -> Self {
        let conversation = Conversation::new(id.as_str());
        Self::with(id, Live::new(conversation, TurnNumber::MIN), of)
    }

    /// The same, which is not stored.
    pub(super) fn unstored(id: ConversationId) -> Self {
        Self {
            is_stored: false,
            ..Self::new(id, (Sharing::Alone, &Backlog::new(0)))
        }
    }

    /// A conversation that goes on.
    pub(super) fn of(log: ConversationLog, of: (Sharing, &Arc<Backlog>)) -> Self {
        let next = log.conversation.last_turn.saturating_add(1);
        let mut live = Live::new(restore(&log), next);
        live.after = log.turns.last().map(|turn| turn.at);
        for turn in &log.turns {
            live.remember(turn);
        }
        Self::with(log.conversation.id, live, of)
    }

    fn with(id: ConversationId, live: Live, (sharing, backlog): (Sharing, &Arc<Backlog>)) -> Self {
        let last = live.next.get() - 1;
        let said = live
            .conversation
            .history
            .iter()
            .map(|turn| turn.text.as_str().len() as u64);
        let said = said.sum();
        Self {
            id,
            remembered: AtomicU64::new(live.request_bytes()),
            backlog: Arc::clone(backlog),
            live: Arc::new(tokio::sync::Mutex::new(live)),
            unsaved: Arc::default(),
            last: AtomicU32::new(last),
            failed: Arc::default(),
            overtaken: Arc::default(),
            is_stored: true,
            sharing,
            said: AtomicU64::new(said),
            ears: OnceLock::new(),
        }
    }

    /// The conversation's id.
    #[must_use]
    pub fn id(&self) -> &ConversationId {
        &self.id
    }

    /// Waits until nobody else makes a turn.
    pub async fn lock(&self) -> OwnedMutexGuard<Live> {
        Arc::clone(&self.live).lock_owned().await
    }

    /// Listens to the turns from now on.
    #[must_use]
    pub fn listen(&self) -> broadcast::Receiver<TurnEvent> {
        let ears = self.ears.get_or_init(|| Arc::new(Ears::new()));
        ears.sender.subscribe()
    }

    /// What is stored up to this turn need not be told, unless somebody listened before.
    pub fn knows_until(&self, turn: u32) {
        if let Some(ears) = self.ears.get() {
            let order = Ordering::Relaxed;
            let _ = ears.told.compare_exchange(0, turn, order, order);
        }
    }

    /// The last turn that is known here.
    pub(super) fn last(&self) -> u32 {
        self.last.load(Ordering::Relaxed)
    }

    /// Another process has made turns of it.
    pub(super) fn is_behind(&self) {
        self.overtaken.store(true, Ordering::Relaxed);
    }

    /// The turns that were told and are not on the disk yet. Where other processes go on with conversations as well, none
    /// is told before it is.
    pub(super) fn told_unsaved(&self) -> Vec<Arc<Turn>> {
        if self.sharing == Sharing::Shared {
            return Vec::new();
        }
        let unsaved = self.unsaved();
        unsaved.iter().map(|u| Arc::clone(&u.turn)).collect()
    }

    /// How many turns are not on the disk.
    pub(super) fn unsaved_turns(&self) -> usize {
        self.unsaved().len()
    }

    /// Whether anybody would see a turn of it.
    pub(super) fn is_heard(&self) -> bool {
        self.ears.get().is_some_and(|ears| ears.are_there())
    }

    /// Those who listen, to go on with the same conversation read anew.
    pub(super) fn ears(&self) -> Option<Arc<Ears>> {
        self.ears.get().cloned()
    }

    /// Goes on with those who listened before.
    pub(super) fn with_ears(self, ears: Option<Arc<Ears>>) -> Self {
        Self {
            ears: ears.map(OnceLock::from).unwrap_or_default(),
            ..self
        }
    }

    /// The last turn that listeners were told.
    pub(super) fn told(&self) -> u32 {
        self.ears
            .get()
            .map_or(0, |ears| ears.told.load(Ordering::Relaxed))
    }

    /// Tells turns that other processes made.
    pub(super) fn tell_all(&self, turns: &[Turn]) {
        for turn in turns {
            tell(self.ears.get(), (turn, self.sharing));
        }
    }

    /// Whether it goes into the store.
    pub(super) fn is_stored(&self) -> bool {
        self.is_stored
    }

    /// Whether it must be read from the store again.
    pub(crate) fn is_overtaken(&self) -> bool {
        self.overtaken.load(Ordering::Relaxed)
    }

    /// What it takes of the memory, about.
    pub(super) fn weight(&self) -> u64 {
        let remembered = self.remembered.load(Ordering::Relaxed);
        LEAST_BYTES + 2 * self.said.load(Ordering::Relaxed) + remembered
    }

    /// Whether it must stay in memory.
    pub(super) fn is_needed(&self) -> bool {
        !self.unsaved().is_empty() || self.is_heard()
    }

    /// Whether a turn of it could not be stored.
    pub(crate) fn has_failed(&self) -> bool {
        self.failed.load(Ordering::Relaxed)
    }

    /// Tells those who listen, and gives a turn to the store. The receiver hears when it is on the disk.
    pub(super) fn keep(
        &self,
        (live, turn): (&mut Live, Turn),
        writer: Option<&Writer>,
    ) -> Option<oneshot::Receiver<Settled>> {
        let words = [
            turn.event.text(),
            turn.answer.as_ref().map(|answer| &answer.reply),
        ];
        let bytes: usize = words
            .into_iter()
            .flatten()
            .map(|text| text.as_str().len())
            .sum();
        self.said.fetch_add(bytes as u64, Ordering::Relaxed);
        let turn = Arc::new(turn);
        live.remember(&turn);
        self.remembered
            .store(live.request_bytes(), Ordering::Relaxed);
        let after = live.after.replace(turn.at);
        self.last.store(turn.number.get(), Ordering::Relaxed);
        // Where others may have been first, it has happened only when it is stored.
        if self.sharing == Sharing::Alone || !self.is_stored {
            tell(self.ears.get(), (&turn, self.sharing));
        }
        let writer = writer.filter(|_| self.is_stored)?;
        let share = self.backlog.take(turn.weight() as u64);
        if share.is_none() {
            metrics::counter!("jieda_store_given_up_total").increment(1);
            tracing::error!("too many turns wait for the store: one is written now or never");
        }
        let mut unsaved = self.unsaved();
        let turn = Unsaved {
            turn,
            // A file of this machine has one writer.
            after: after.filter(|_| self.sharing == Sharing::Shared),
            _share: share.clone(),
        };
        if share.is_some() {
            unsaved.push_back(turn.clone());
        }
        if unsaved.len() > MOST_UNSAVED {
            unsaved.pop_front();
        }
        if self.failed.swap(false, Ordering::Relaxed) {
            let mut all: Vec<Unsaved> = unsaved.iter().cloned().collect();
            drop(unsaved);
            if share.is_none() {
                all.push(turn);
            }
            return all
                .into_iter()
                .filter_map(|turn| self.write(turn, (writer, self.attempt_again())))
                .last();
        }
        drop(unsaved);
        self.write(turn, (writer, Attempt::First))
    }

    /// Tries again what could not be stored.
    pub(super) fn mend(&self, writer: &Writer) {
        if self.failed.swap(false, Ordering::Relaxed) {
            let all: Vec<Unsaved> = self.unsaved().iter().cloned().collect();
            for turn in all {
                drop(self.write(turn, (writer, self.attempt_again())));
            }
        }
    }

    /// A shared store knows its own turns again: there, one that is taken is always another's.
    fn attempt_again(&self) -> Attempt {
        match self.sharing {
            Sharing::Alone => Attempt::Again,
            Sharing::Shared => Attempt::First,
        }
    }

    fn write(
        &self,
        Unsaved {
            turn,
            after,
            _share,
        }: Unsaved,
        (writer, attempt): (&Writer, Attempt),
    ) -> Option<oneshot::Receiver<Settled>> {
        let number = turn.number;
        let sharing = self.sharing;
        let ears = self.ears();
        let write = match after {
            None => Write::turn(self.id.clone(), Arc::clone(&turn)),
            Some(after) => Write::turn_after(self.id.clone(), Arc::clone(&turn), after),
        };
        let receipt = match writer.record(write) {
            Ok(receipt) => receipt,
            Err(error) => {
                self.fail(&error);
                return None;
            }
        };
        let (done, on_disk) = oneshot::channel();
        let (unsaved, failed) = (Arc::clone(&self.unsaved), Arc::clone(&self.failed));
        let overtaken = Arc::clone(&self.overtaken);
        crate::tenants::spawn(async move {
            let unsaved = || unsaved.lock().unwrap_or_else(PoisonError::into_inner);
            match (receipt.await, attempt) {
                // One that is written again may be there already.
                (Ok(()), _) | (Err(StoreError::Conflict { .. }), Attempt::Again) => {
                    unsaved().retain(|unsaved| unsaved.turn.number > number);
                    if sharing == Sharing::Shared {
                        tell(ears.as_ref(), (&turn, sharing));
                    }
                    // Nobody may be waiting for it.
                    let _ = done.send(Settled::Kept);
                }
                // Another replica was first: whoever waits makes his turn anew, on what is so now.
                (
                    Err(error @ (StoreError::Conflict { .. } | StoreError::Gap { .. })),
                    Attempt::First,
                ) if sharing == Sharing::Shared => {
                    let is_behind_ours = unsaved().iter().any(|u| u.turn.number < number);
                    if matches!(error, StoreError::Gap { .. }) && is_behind_ours {
                        // The one before it, of this replica, could not be stored yet.
                        failed.store(true, Ordering::Relaxed);
                        return;
                    }
                    overtaken.store(true, Ordering::Relaxed);
                    unsaved().clear();
                    metrics::counter!("jieda_store_conflicts_total").increment(1);
                    if done.send(Settled::Overtaken).is_err() {
                        tracing::error!(%error, "a turn that was answered from memory is not kept: another replica was first");
                    }
                }
                // Deleted meanwhile, or too much was lost: it begins anew from what is stored.
                (Err(error @ StoreError::Gap { .. }), Attempt::Again) => {
                    overtaken.store(true, Ordering::Relaxed);
                    unsaved().clear();
                    tracing::error!(%error, "a conversation has a gap; its last turns are not kept");
                }
                (Err(error @ StoreError::Conflict { .. }), Attempt::First) => {
                    overtaken.store(true, Ordering::Relaxed);
                    unsaved().clear();
                    metrics::counter!("jieda_store_conflicts_total").increment(1);
                    tracing::error!(%error, "another process goes on with a conversation; a turn is not kept");
                }
                (Err(error), _) => {
                    failed.store(true, Ordering::Relaxed);
                    metrics::counter!("jieda_store_failures_total").increment(1);
                    tracing::warn!(%error, "a turn could not be stored; it is tried again");
                }
            }
        });
        Some(on_disk)
    }

    fn fail(&self, error: &StoreError) {
        self.failed.store(true, Ordering::Relaxed);
        metrics::counter!("jieda_store_failures_total").increment(1);
        tracing::warn!(%error, "a turn could not be given to the store; it is tried again");
    }

    fn unsaved(&self) -> MutexGuard<'_, VecDeque<Unsaved>> {
        // Nothing panics while it is held.
        self.unsaved.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
