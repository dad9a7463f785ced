//! Keeps the routing core in step with the rest of the service: handovers that got no ticket, and whether the engine is
//! whole.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use jieda::{SignedDuration, Timestamp};
use jieda_routing::{Mode, Outcome};
use jieda_store::{AnyStore, Event, Filter, FoundTurn, Page, Store as _};

use super::App;
use crate::{
    problem::Problem,
    routing::{Desk, RoutingError},
};

/// How often handovers without a ticket are looked for.
const LOOK_EVERY: Duration = Duration::from_secs(60);
/// Of which time at first.
const AT_FIRST: SignedDuration = SignedDuration::from_hours(24);
/// A handover of this moment may still be getting its ticket.
const UNDER_WAY: SignedDuration = SignedDuration::from_secs(2);
/// How far back it is looked each time.
const OVERLAP: SignedDuration = SignedDuration::from_hours(1);
/// A ticket is written after its turn; clocks of two processes may differ by so much.
const SLACK: SignedDuration = SignedDuration::from_secs(1);
const PAGE: u32 = 200;
/// How often it is looked whether the engine is whole.
const WATCH_EVERY: Duration = Duration::from_secs(2);
/// For so long after an answer that was made without a part, it is not.
const DEGRADED_FOR: SignedDuration = SignedDuration::from_secs(20);

/// When an answer was last made without a part that was down.
#[derive(Debug)]
pub(super) struct LastDegraded(AtomicI64);

impl Default for LastDegraded {
    fn default() -> Self {
        Self(AtomicI64::new(i64::MIN))
    }
}

impl LastDegraded {
    /// Notes an answer.
    pub(super) fn note(&self, reply: &jieda::Reply) {
        if reply.is_degraded() {
            let now = Timestamp::now().as_millisecond();
            self.0.fetch_max(now, Ordering::Relaxed);
        }
    }

    fn mode(&self) -> Mode {
        let last = Timestamp::from_millisecond(self.0.load(Ordering::Relaxed));
        let is_recent = |last| Timestamp::now().duration_since(last) < DEGRADED_FOR;
        if last.is_ok_and(is_recent) {
            Mode::Degraded
        } else {
            Mode::Normal
        }
    }
}

impl App {
    /// Gives handovers their tickets that got none, such as when the process ended in between, for ever.
    pub(crate) async fn keep_handing_over(self: Arc<Self>, desk: Arc<Desk<AnyStore>>) {
        let mut since = Timestamp::now().checked_sub(AT_FIRST).unwrap_or_default();
        loop {
            let now = Timestamp::now();
            match self.hand_over_again(&desk, since).await {
                Ok(count) => {
                    if count > 0 {
                        tracing::warn!(count, "handovers had no ticket, and have one now");
                    }
                    // A turn may be stored long after it was made.
                    since = since.max(now.checked_sub(OVERLAP).unwrap_or(since));
                }
                Err(error) => {
                    tracing::warn!(detail = error.detail, "handovers can't be looked through");
                }
            }
            if let Err(error) = self.end_what_is_over(&desk).await {
                tracing::warn!(detail = error.detail, "tickets can't be looked through");
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    async fn hand_over_again(
        &self,
        desk: &Desk<AnyStore>,
        since: Timestamp,
    ) -> Result<usize, Problem> {
        let store = self.conversations.store()?;
        // What was handed over before this service gave tickets was somebody else's.
        let since = since.max(desk.known_since().await?);
        let filter = Filter {
            since: Some(since),
            until: Some(Timestamp::now().checked_sub(UNDER_WAY).unwrap_or(since)),
            decision: Some("handoff".into()),
            ..Filter::default()
        };
        let (mut page, mut count) = (Page::oldest(PAGE), 0);
        loop {
            let slice = store.turns(&filter, &page).await?;
            for found in &slice.items {
                match self.hand_over_late(desk, found).await {
                    Ok(late) => count += usize::from(late == Late::Handed),
                    Err(error) => {
                        let conversation = &found.conversation;
                        tracing::warn!(%error, %conversation, "a handover has no ticket");
                    }
                }
            }
            match slice.next {
                Some(cursor) => page = page.after(cursor),
                None => return Ok(count),
            }
        }
    }

    /// Whether a conversation was not handed over again since: then it waits for the ticket of that.
    async fn is_last_handover(&self, found: &FoundTurn) -> Result<bool, Problem> {
        let log = self.conversations.store()?.log(&found.conversation).await?;
        let mut turns = log.iter().flat_map(|log| &log.turns);
        let last = turns.rfind(|turn| turn.handover.is_some());
        Ok(last.is_some_and(|last| last.number == found.turn.number))
    }

    /// Ends tickets whose conversations were given back: the process ended in between, or the journal could not be
    /// written.
    async fn end_what_is_over(&self, desk: &Desk<AnyStore>) -> Result<(), Problem> {
        let store = self.conversations.store()?;
        for ticket in desk.view().await?.tickets {
            let Some(id) = &ticket.conversation else {
                continue;
            };
            let record = store.conversation(id).await?;
            // One of another system's making may never have been handed over here.
            if record.is_none_or(|record| record.handed_over.is_some()) {
                continue;
            }
            let turns = store.log(id).await?.map(|log| log.turns);
            let now = Timestamp::now();
            // A moment ago: its ticket may be ending.
            let was_back = turns.iter().flatten().any(|turn| {
                turn.event == Event::HandedBack
                    && turn.at.duration_since(ticket.arrived) > -SLACK
                    && now.duration_since(turn.at) > UNDER_WAY
            });
            if was_back {
                tracing::warn!(conversation = %id, "a ticket was open after its conversation was given back");
                self.ended_at_desk(id, Outcome::Unresolved).await;
            }
        }
        Ok(())
    }

    async fn hand_over_late(
        &self,
        desk: &Desk<AnyStore>,
        found: &FoundTurn,
    ) -> Result<Late, Problem> {
        let (id, turn) = (&found.conversation, &found.turn);
        let Some(handover) = &turn.handover else {
            return Ok(Late::NotNeeded);
        };
        let since = turn.at.checked_sub(SLACK).unwrap_or(turn.at);
        let record = self.conversations.store()?.conversation(id).await?;
        let waits = record.is_some_and(|record| record.handed_over.is_some());
        if !waits {
            return Ok(Late::NotNeeded);
        }
        if desk.had_ticket(id, since).await? {
            // It ended, and the conversation did not go back to the engine: nobody would answer in it.
            if desk.ticket_of(id).await?.is_none() && self.is_last_handover(found).await? {
                self.back_to_engine(id).await;
            }
            return Ok(Late::NotNeeded);
        }
        match desk.act(self.arrival(id, handover)).await {
            Ok(_) => Ok(Late::Handed),
            // It had one all the time, or another replica was first.
            Err(RoutingError::HasTicket(_)) => Ok(Late::NotNeeded),
            Err(error) => Err(error.into()),
        }
    }

    /// Tells the routing core when answers are made without a part that is down, so that key channels go first, and
    /// when they no longer are, for ever. What somebody set by hand stays.
    pub(crate) async fn keep_mode(self: Arc<Self>, desk: Arc<Desk<AnyStore>>) {
        loop {
            tokio::time::sleep(WATCH_EVERY).await;
            match desk
                .follow(self.last_degraded.mode(), Timestamp::now())
                .await
            {
                Ok(None) => {}
                Ok(Some(Mode::Degraded)) => {
                    tracing::warn!("answers are degraded: key channels go first");
                }
                Ok(Some(Mode::Normal)) => tracing::info!("answers are whole again"),
                Err(error) => {
                    tracing::warn!(%error, "the routing core does not know whether the service is whole");
                }
            }
        }
    }
}

/// Whether a handover had to get its ticket late.
#[derive(Debug, PartialEq, Eq)]
enum Late {
    Handed,
    NotNeeded,
}
