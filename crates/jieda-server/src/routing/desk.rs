//! Applies events, each on the disk before anybody hears of it.

use std::{
    sync::{
        Arc, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use jieda::{Timestamp, types::ConversationId};
use jieda_routing::{
    Channel, Event, EventKind, FileError, Logged, Mode, Outcome, Refused, Rules, Ticket, TicketId,
};
use jieda_store::{Journal, NewEntry, Sharing, StoreError};
use tokio::sync::{Mutex, MutexGuard, Notify, broadcast};

use super::{
    DeskView, Numbered, Of, RoutingEntry,
    entry::{JOURNAL, routing_log},
    mode::OURS,
    state::{State, is_worth_keeping},
};
use crate::metrics::Measured;

/// Entries that a listener may be behind.
const BEHIND: usize = 1024;
/// Entries after which everything begins anew, and how many times as many as it begins with.
const MANY: u64 = 20_000;
const MANY_TIMES: u64 = 4;
/// Under which the entry of the rules is kept, with which everything began anew.
const RULES: &str = "routing.rules";
/// How often something is tried when other hosts are faster.
const MOST_TRIES: u32 = 8;
/// How soon it is tried again when the journal could not be written.
const AGAIN: Duration = Duration::from_secs(1);
/// Longest sleep of the clock, and where other hosts write to the same journal.
const LONGEST: Duration = Duration::from_secs(60);
const LONGEST_SHARED: Duration = Duration::from_millis(500);
/// How old what is seen may be where others write as well.
const FRESH: Duration = Duration::from_millis(200);
/// Hosts of one journal do what is due one after the other: the next finds it done.
const APART: Duration = Duration::from_millis(150);

/// What somebody wants to happen.
#[derive(Debug, Clone, PartialEq)]
pub enum Act {
    /// A ticket arrives. Its number is given here.
    Arrive {
        /// The ticket; its id does not count.
        ticket: Box<Ticket>,
        /// Whose it is.
        of: Of,
    },
    /// A conversation ended without a human: it is counted once, by whichever host is first.
    Settle {
        /// Which.
        conversation: ConversationId,
        /// When something last happened in it.
        quiet_since: Timestamp,
        /// Where it took place.
        channel: Option<Channel>,
        /// How it ended.
        outcome: Outcome,
    },
    /// Anything else.
    Happen(EventKind),
}

/// Why it did not happen.
#[derive(Debug, Clone, thiserror::Error)]
pub enum RoutingError {
    /// It does not fit what is the case.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// A conversation has one open ticket at most.
    #[error("the conversation has ticket {0} already")]
    HasTicket(TicketId),
    /// A conversation that ended without a human is counted once.
    #[error("the conversation is counted already")]
    IsSettled,
    /// The journal can't be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The rules in the journal are not understood.
    #[error("rules of the journal: {0}")]
    Rules(Arc<FileError>),
}

/// The host of a router. Whoever has the journal may be a host: what another one appended is read first.
#[derive(Debug)]
pub struct Desk<J> {
    journal: J,
    /// The rules of the configuration.
    rules: String,
    /// None until it was read, and after the journal could not be written: it is read again then, since nobody knows
    /// what of it is on the disk.
    state: Mutex<Option<State>>,
    told: broadcast::Sender<Arc<Numbered>>,
    /// The last entry that was told, or that was there before anybody listened.
    told_until: AtomicU64,
    /// The rules of the configuration have come into force: whoever changes them after that is right.
    adopted: AtomicBool,
    changed: Notify,
    /// When what others wrote was read last.
    caught_up: std::sync::Mutex<Instant>,
}

impl<J: Journal> Desk<J> {
    /// Reads the journal. Other rules than those that it ends with come into force: agents and open tickets go over to
    /// them as they are.
    ///
    /// # Errors
    /// [`RoutingError`].
    pub async fn open(journal: J, rules: String) -> Result<Self, RoutingError> {
        let desk = Self {
            journal,
            rules,
            state: Mutex::default(),
            told: broadcast::channel(BEHIND).0,
            told_until: AtomicU64::new(0),
            adopted: AtomicBool::new(false),
            changed: Notify::new(),
            caught_up: std::sync::Mutex::new(Instant::now()),
        };
        desk.hold().await?;
        Ok(desk)
    }

    /// The journal.
    pub fn journal(&self) -> &J {
        &self.journal
    }

    /// Hears of every entry from now on.
    #[must_use]
    pub fn listen(&self) -> broadcast::Receiver<Arc<Numbered>> {
        self.told.subscribe()
    }

    /// What can be seen.
    ///
    /// # Errors
    /// [`RoutingError`].
    pub async fn view(&self) -> Result<DeskView, RoutingError> {
        let held = self.hold().await?;
        Ok(DeskView::of(held.state()))
    }

    /// Whether the service is whole, as far as the router was told, and the entry that told it (0: none did).
    ///
    /// # Errors
    /// [`RoutingError`].
    pub async fn mode(&self) -> Result<(Mode, u64), RoutingError> {
        let held = self.hold().await?;
        let state = held.state();
        Ok((state.router.mode(), state.mode_entry))
    }

    /// From when on it is known which conversations had tickets.
    ///
    /// # Errors
    /// [`RoutingError`].
    pub async fn known_since(&self) -> Result<Timestamp, RoutingError> {
        Ok(self.hold().await?.state().memory.since)
    }

    /// Whether a conversation has had a ticket since a time that is not before [`known_since`](Self::known_since).
    ///
    /// # Errors
    /// [`RoutingError`].
    pub async fn had_ticket(
        &self,
        conversation: &ConversationId,
        since: Timestamp,
    ) -> Result<bool, RoutingError> {
        let held = self.hold().await?;
        Ok(held.state().memory.had_ticket(conversation, since))
    }

    /// Deletes what of the journal is older than a time, and no longer needed to know how things stand. Gives how many
    /// entries there were.
    ///
    /// # Errors
    /// [`RoutingError`].
    pub async fn forget(&self, before: Timestamp) -> Result<u64, RoutingError> {
        let rules = self.hold().await?.state().rules_entry;
        Ok(self.journal.forget(JOURNAL, rules, before).await?)
    }

    /// The rules that hold.
    ///
    /// # Errors
    /// [`RoutingError`].
    pub async fn rules(&self) -> Result<Rules, RoutingError> {
        let held = self.hold().await?;
        Ok(held.state().router.rules().clone())
    }

    /// The open ticket of a conversation.
    ///
    /// # Errors
    /// [`RoutingError`].
    pub async fn ticket_of(
        &self,
        conversation: &ConversationId,
    ) -> Result<Option<TicketId>, RoutingError> {
        Ok(self.hold().await?.state().ticket_of(conversation))
    }

    /// The conversation of an open ticket.
    ///
    /// # Errors
    /// [`RoutingError`].
    pub async fn conversation_of(
        &self,
        ticket: TicketId,
    ) -> Result<Option<ConversationId>, RoutingError> {
        let held = self.hold().await?;
        let open = held.state().tickets.get(&ticket);
        Ok(open.and_then(|open| open.of.conversation.clone()))
    }

    /// The ticket of a conversation: the open one, or the one that ended last.
    ///
    /// # Errors
    /// [`RoutingError`].
    pub async fn last_ticket_of(
        &self,
        conversation: &ConversationId,
    ) -> Result<Option<TicketId>, RoutingError> {
        let held = self.hold().await?;
        let open = held.state().ticket_of(conversation);
        Ok(open.or_else(|| held.state().memory.last_ticket(conversation)))
    }

    /// Lets something happen now. When this returns, it is on the disk, with all that it led to.
    ///
    /// # Errors
    /// [`RoutingError`]: then it did not happen; where the database could not be reached, that is not known.
    pub async fn act(&self, act: Act) -> Result<Arc<Numbered>, RoutingError> {
        for _ in 1..MOST_TRIES {
            match self.try_act(act.clone()).await {
                // Another host was faster: what it wrote is read, and this comes after it.
                Err(RoutingError::Store(StoreError::Overtaken { .. })) => {
                    tokio::time::sleep(APART.mul_f64(fastrand::f64() / 4.0)).await;
                }
                done => return done,
            }
        }
        self.try_act(act).await
    }

    async fn try_act(&self, act: Act) -> Result<Arc<Numbered>, RoutingError> {
        let mut held = self.hold().await?;
        self.catch_up(&mut held).await?;
        let numbered = self.happen(&mut held, act).await?;
        // What happened, happened: that the router could not begin anew is nothing to whoever asked for this.
        if let Err(error) = self.adopt_rules(&mut held).await {
            tracing::warn!(%error, "the routing core does not begin anew; it is tried again");
        }
        self.changed.notify_one();
        Ok(numbered)
    }

    /// Sends a tick whenever something falls due, for ever.
    pub async fn keep_time(&self) {
        loop {
            let wait = match self.tick().await {
                Ok(wait) => wait,
                // Another host did it.
                Err(RoutingError::Store(StoreError::Overtaken { .. })) => APART,
                Err(error) => {
                    tracing::error!(%error, "the routing core stands still");
                    AGAIN
                }
            };
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                () = self.changed.notified() => {}
            }
        }
    }

    /// Does what is due, and tells when something is next.
    async fn tick(&self) -> Result<Duration, RoutingError> {
        let is_shared = self.journal.sharing() == Sharing::Shared;
        let mut held = self.hold().await?;
        self.catch_up(&mut held).await?;
        let due = |state: &State| state.router.next_due();
        if due(held.state()).is_some_and(|due| due <= Timestamp::now()) {
            let _ = self.happen(&mut held, Act::Happen(EventKind::Tick)).await?;
        }
        let wait = due(held.state()).map_or(LONGEST, |due| {
            let left = due.duration_since(Timestamp::now());
            Duration::try_from(left).unwrap_or_default()
        });
        // Timers count in milliseconds.
        let wait = wait.max(Duration::from_millis(1));
        Ok(match is_shared {
            false => wait.min(LONGEST),
            true => wait.min(LONGEST_SHARED) + APART.mul_f64(fastrand::f64()),
        })
    }

    /// Reads what other hosts wrote.
    async fn catch_up(&self, held: &mut Hold<'_>) -> Result<(), RoutingError> {
        if self.journal.sharing() == Sharing::Alone {
            return Ok(());
        }
        for numbered in routing_log(&self.journal, held.state().last).await? {
            let replayed = held.state_mut().replay(&numbered);
            replayed.map_err(|e| RoutingError::Rules(Arc::new(e)))?;
            self.tell(&Arc::new(numbered));
        }
        self.note_caught_up();
        Ok(())
    }

    fn note_caught_up(&self) {
        // Nothing panics while it is held.
        let mut last = self
            .caught_up
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        *last = Instant::now();
    }

    fn is_fresh(&self) -> bool {
        let last = self
            .caught_up
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        last.elapsed() < FRESH
    }

    async fn happen(&self, held: &mut Hold<'_>, act: Act) -> Result<Arc<Numbered>, RoutingError> {
        let state = held.state_mut();
        let number = state.last + 1;
        let (kind, of) = match act {
            Act::Happen(kind) => (kind, Of::default()),
            Act::Settle {
                conversation,
                quiet_since,
                channel,
                outcome,
            } => {
                if state.memory.is_settled(&conversation, quiet_since) {
                    return Err(RoutingError::IsSettled);
                }
                let settled = EventKind::SelfServed {
                    conversation,
                    channel,
                    outcome,
                    // Ratings are of those who served: the engine is not among them.
                    rating: None,
                };
                (settled, Of::default())
            }
            Act::Arrive { mut ticket, of } => {
                let open = of.conversation.as_ref().and_then(|id| state.ticket_of(id));
                if let Some(open) = open {
                    return Err(RoutingError::HasTicket(open));
                }
                ticket.id = TicketId(number);
                if ticket.last_contact.is_none() {
                    ticket.last_contact = state.memory.last_contact(&of.who());
                }
                (EventKind::TicketArrived { ticket: *ticket }, of)
            }
        };
        let event = Event::new(now_after(state.at), kind);
        let applied = state.apply(&event, &of);
        let verdict = applied.verdict;
        let logged = Logged { event, applied };
        let is_kept = is_worth_keeping(&logged);
        let numbered = Arc::new(Numbered {
            number,
            entry: RoutingEntry::Event {
                logged: Box::new(logged),
                of,
            },
        });
        if is_kept {
            self.write(held, &numbered).await?;
        }
        verdict?;
        Ok(numbered)
    }

    /// Appends an entry. If that fails, the state is one that nobody will know of: it is read anew.
    async fn write(
        &self,
        held: &mut Hold<'_>,
        numbered: &Arc<Numbered>,
    ) -> Result<(), RoutingError> {
        // Taken out meanwhile, so that it is gone also when the caller goes away.
        let Some(mut state) = held.0.take() else {
            return Ok(());
        };
        // Its keys are strings: it has a form in JSON.
        let entry = NewEntry {
            at: state.at,
            body: serde_json::to_string(&numbered.entry).unwrap_or_default(),
        };
        state.last = self.journal.append(JOURNAL, state.last, &[entry]).await?;
        *held.0 = Some(state);
        Measured::routed(&numbered.entry);
        self.tell(numbered);
        Ok(())
    }

    /// Tells an entry to those who listen, each once and in order.
    fn tell(&self, numbered: &Arc<Numbered>) {
        if self
            .told_until
            .fetch_max(numbered.number, Ordering::Relaxed)
            < numbered.number
        {
            // Nobody may be listening.
            let _ = self.told.send(Arc::clone(numbered));
        }
    }

    /// Goes over to the rules of the configuration, once. Also begins anew under the same rules when many entries have
    /// come, so that a start reads no more than those. All of it is written at once: rules, mode, agents and open tickets.
    async fn adopt_rules(&self, held: &mut Hold<'_>) -> Result<(), RoutingError> {
        let state = held.state();
        // Of two hosts with different rules, the one that began last is right.
        let is_adopted = state.rules == self.rules || self.adopted.load(Ordering::Relaxed);
        if is_adopted {
            self.adopted.store(true, Ordering::Relaxed);
        }
        let many = MANY.max(MANY_TIMES * state.entries_anew());
        if is_adopted && state.length() < many {
            return Ok(());
        }
        let rules = if is_adopted {
            &state.rules
        } else {
            &self.rules
        };
        let anew = state.anew(rules, now_after(state.at));
        let (fresh, entries) = anew.map_err(|e| RoutingError::Rules(Arc::new(e)))?;
        let (last, mode_before) = (state.last, state.mode_entry);
        let (rules_entry, mode_now) = (fresh.rules_entry, fresh.mode_entry);
        // Gone while it is written: if that fails, nobody knows what is on the disk.
        *held.0 = None;
        let new: Vec<NewEntry> = entries
            .iter()
            .map(|numbered| NewEntry {
                at: fresh.at,
                // Its keys are strings: it has a form in JSON.
                body: serde_json::to_string(&numbered.entry).unwrap_or_default(),
            })
            .collect();
        self.journal.append(JOURNAL, last, &new).await?;
        *held.0 = Some(fresh);
        self.adopted.store(true, Ordering::Relaxed);
        for numbered in entries {
            self.tell(&Arc::new(numbered));
        }
        if let Err(error) = self
            .move_bookmarks(rules_entry, (mode_before, mode_now))
            .await
        {
            tracing::warn!(%error, "the next start reads more of the journal than it must");
        }
        Ok(())
    }

    /// After a new beginning: where a start reads from, and who set the mode.
    async fn move_bookmarks(
        &self,
        rules: u64,
        (mode_before, mode_now): (u64, u64),
    ) -> Result<(), StoreError> {
        self.journal.set_bookmark(RULES, rules).await?;
        let is_ours = mode_before > 0 && self.journal.bookmark(OURS).await? == Some(mode_before);
        if is_ours && mode_now > 0 {
            self.journal.set_bookmark(OURS, mode_now).await?;
        }
        Ok(())
    }

    /// The state, read if need be.
    async fn hold(&self) -> Result<Hold<'_>, RoutingError> {
        let mut guard = self.state.lock().await;
        if guard.is_none() {
            *guard = Some(self.read().await?);
            let mut held = Hold(guard);
            self.note_caught_up();
            match self.adopt_rules(&mut held).await {
                // Another host began at the same time: what it wrote is read.
                Err(RoutingError::Store(StoreError::Overtaken { .. })) => {
                    *held.0 = Some(self.read().await?);
                }
                done => done?,
            }
            return Ok(held);
        }
        let mut held = Hold(guard);
        if !self.is_fresh() {
            self.catch_up(&mut held).await?;
        }
        Ok(held)
    }
}

impl<J: Journal> Desk<J> {
    /// Reads the journal from its last beginning. Those who listen are told what they have not heard.
    async fn read(&self) -> Result<State, RoutingError> {
        let rules = |e| RoutingError::Rules(Arc::new(e));
        let mut state = State::new(self.rules.clone()).map_err(rules)?;
        // An empty journal begins with rules.
        state.rules.clear();
        let begun = self.journal.bookmark(RULES).await?.unwrap_or(1);
        // Before the first time, nobody listens.
        let is_first = self.told_until.load(Ordering::Relaxed) == 0;
        for numbered in routing_log(&self.journal, begun.saturating_sub(1)).await? {
            state.replay(&numbered).map_err(rules)?;
            match is_first {
                true => drop(
                    self.told_until
                        .fetch_max(numbered.number, Ordering::Relaxed),
                ),
                false => self.tell(&Arc::new(numbered)),
            }
        }
        Ok(state)
    }
}

/// The state, which is there.
struct Hold<'a>(MutexGuard<'a, Option<State>>);

impl Hold<'_> {
    #[expect(
        clippy::expect_used,
        reason = "made where it is there; a failed write ends the call"
    )]
    fn state(&self) -> &State {
        self.0.as_ref().expect("the state was read")
    }

    #[expect(
        clippy::expect_used,
        reason = "made where it is there; a failed write ends the call"
    )]
    fn state_mut(&mut self) -> &mut State {
        self.0.as_mut().expect("the state was read")
    }
}

/// Now, in milliseconds as the router counts, and never before the last event: clocks are set back.
fn now_after(last: Timestamp) -> Timestamp {
    let now = Timestamp::now().as_millisecond();
    Timestamp::from_millisecond(now).unwrap_or(last).max(last)
}
