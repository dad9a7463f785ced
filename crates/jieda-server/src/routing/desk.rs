//! Applies events, each on the disk before anybody hears of it.

use std::{
    sync::{Arc, PoisonError},
    time::{Duration, Instant},
};

use jieda::{Timestamp, types::ConversationId};
use jieda_routing::{Event, EventKind, FileError, Logged, Mode, Refused, Rules, Ticket, TicketId};
use jieda_store::{Journal, NewEntry, Sharing, StoreError};
use tokio::sync::{Mutex, MutexGuard, Notify, broadcast};

use super::{
    DeskView, Numbered, RoutingEntry,
    entry::{JOURNAL, routing_log},
    state::{State, is_worth_keeping},
};
use crate::metrics::Measured;

/// Entries that a listener may be behind.
const BEHIND: usize = 1024;
/// Entries after which everything begins anew, as soon as no ticket is open.
const MANY: u64 = 20_000;
/// Under which the entry of the rules is kept, with which everything began anew.
const RULES: &str = "routing.rules";
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
        /// Its conversation.
        conversation: Option<ConversationId>,
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
    changed: Notify,
    /// When what others wrote was read last.
    caught_up: std::sync::Mutex<Instant>,
}

impl<J: Journal> Desk<J> {
    /// Reads the journal. Other rules than those that it ends with come into force as soon as no ticket is open: those
    /// who wait, wait by the rules that they came under.
    ///
    /// # Errors
    /// [`RoutingError`].
    pub async fn open(journal: J, rules: String) -> Result<Self, RoutingError> {
        let desk = Self {
            journal,
            rules,
            state: Mutex::default(),
            told: broadcast::channel(BEHIND).0,
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
        Ok(self.hold().await?.state().handovers.since)
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
        Ok(held.state().handovers.had_ticket(conversation, since))
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

    /// Lets something happen now. When this returns, it is on the disk, with all that it led to.
    ///
    /// # Errors
    /// [`RoutingError`]: then it did not happen.
    pub async fn act(&self, act: Act) -> Result<Arc<Numbered>, RoutingError> {
        match self.try_act(act.clone()).await {
            // Another host was faster: what it wrote has been forgotten here, is read, and this comes after it.
            Err(RoutingError::Store(StoreError::Overtaken { .. })) => self.try_act(act).await,
            done => done,
        }
    }

    async fn try_act(&self, act: Act) -> Result<Arc<Numbered>, RoutingError> {
        let mut held = self.hold().await?;
        self.catch_up(&mut held).await?;
        let numbered = self.happen(&mut held, act).await?;
        self.adopt_rules(&mut held).await?;
        self.changed.notify_one();
        Ok(numbered)
    }

    /// Sends a tick whenever something falls due, for ever.
    pub async fn keep_time(&self) {
        loop {
            let wait = match self.tick().await {
                Ok(wait) => wait,
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
            // Nobody may be listening.
            let _ = self.told.send(Arc::new(numbered));
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
        let (kind, conversation) = match act {
            Act::Happen(kind) => (kind, None),
            Act::Arrive {
                mut ticket,
                conversation,
            } => {
                if let Some(open) = conversation.as_ref().and_then(|id| state.ticket_of(id)) {
                    return Err(RoutingError::HasTicket(open));
                }
                ticket.id = TicketId(number);
                (EventKind::TicketArrived { ticket: *ticket }, conversation)
            }
        };
        let event = Event::new(now_after(state.at), kind);
        let applied = state.apply(&event, conversation.as_ref());
        let verdict = applied.verdict;
        let logged = Logged { event, applied };
        let is_kept = is_worth_keeping(&logged);
        let numbered = Arc::new(Numbered {
            number,
            entry: RoutingEntry::Event {
                logged: Box::new(logged),
                conversation,
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
        // Nobody may be listening.
        let _ = self.told.send(Arc::clone(numbered));
        Ok(())
    }

    /// Goes over to the rules of the configuration, if nothing is under way. Where these hold already, everything
    /// begins anew when many entries have come, so that a start reads no more than those.
    async fn adopt_rules(&self, held: &mut Hold<'_>) -> Result<(), RoutingError> {
        let state = held.state_mut();
        // Who set the mode is told by its entry: that one stays while it is not the usual one.
        let is_long = state.length() >= MANY && state.router.mode() == Mode::Normal;
        let is_as_it_should_be = state.rules == self.rules && !is_long;
        if is_as_it_should_be || state.router.open() > 0 {
            return Ok(());
        }
        let as_it_was = state.as_it_is();
        let rules = Arc::new(Numbered {
            number: state.last + 1,
            entry: RoutingEntry::Rules {
                at: Some(now_after(state.at)),
                toml: self.rules.clone(),
            },
        });
        let last = state.last;
        state
            .replay(&rules)
            .map_err(|e| RoutingError::Rules(Arc::new(e)))?;
        state.last = last;
        self.write(held, &rules).await?;
        if let Err(error) = self.journal.set_bookmark(RULES, rules.number).await {
            tracing::warn!(%error, "the next start reads more of the journal than it must");
        }
        for kind in as_it_was {
            // An agent that the new rules refuse is registered again by hand.
            match self.happen(held, Act::Happen(kind)).await {
                Ok(_) | Err(RoutingError::Refused(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// The state, read if need be.
    async fn hold(&self) -> Result<Hold<'_>, RoutingError> {
        let mut guard = self.state.lock().await;
        if guard.is_none() {
            let rules = |e| RoutingError::Rules(Arc::new(e));
            let mut state = State::new(self.rules.clone()).map_err(rules)?;
            // An empty journal begins with rules.
            state.rules.clear();
            let begun = self.journal.bookmark(RULES).await?.unwrap_or(1);
            for numbered in routing_log(&self.journal, begun.saturating_sub(1)).await? {
                state.replay(&numbered).map_err(rules)?;
            }
            *guard = Some(state);
            let mut held = Hold(guard);
            self.note_caught_up();
            self.adopt_rules(&mut held).await?;
            return Ok(held);
        }
        let mut held = Hold(guard);
        if !self.is_fresh() {
            self.catch_up(&mut held).await?;
        }
        Ok(held)
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
