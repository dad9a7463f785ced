//! Conversations that ended without a human, told to the routing core: what the automatic resolution rate counts.

use std::{sync::Arc, time::Duration};

use jieda::{
    SignedDuration, Timestamp,
    types::{Decision, Event},
};
use jieda_routing::{Channel, Outcome};
use jieda_store::{
    AnyStore, ConversationLog, ConversationRecord, Filter, Journal as _, Outcome as Said, Page,
    Store as _,
};

use super::App;
use crate::{
    problem::Problem,
    routing::{Act, Desk, RoutingError},
};

/// How often they are looked for.
const LOOK_EVERY: Duration = Duration::from_secs(60);
/// A conversation that is quiet for so long has ended. One that goes on later is another contact.
const QUIET: SignedDuration = SignedDuration::from_mins(30);
/// Under which it is kept up to when conversations were counted, in milliseconds.
const COUNTED: &str = "routing.settled";
const PAGE: u32 = 200;

impl App {
    /// Counts conversations that ended without a human, for ever.
    pub(crate) async fn keep_settling(self: Arc<Self>, desk: Arc<Desk<AnyStore>>) {
        loop {
            tokio::time::sleep(LOOK_EVERY).await;
            let until = Timestamp::now().checked_sub(QUIET).unwrap_or_default();
            if let Err(error) = self.settle(&desk, until).await {
                tracing::warn!(
                    detail = error.detail,
                    "ended conversations can't be counted"
                );
            }
        }
    }

    /// Counts those in which something happened last after the time that was reached before, and before `until`.
    async fn settle(&self, desk: &Desk<AnyStore>, until: Timestamp) -> Result<(), Problem> {
        let journal = desk.journal();
        let since = match journal.bookmark(COUNTED).await? {
            Some(reached) => {
                Timestamp::from_millisecond(i64::try_from(reached).unwrap_or(i64::MAX))
                    .unwrap_or(until)
            }
            // What was before there was a routing core, is in none of its figures.
            None => desk.known_since().await?,
        };
        if since >= until {
            return Ok(());
        }
        let store = self.conversations.store()?;
        let filter = Filter {
            since: Some(since),
            until: Some(until),
            ..Filter::default()
        };
        let mut page = Page::oldest(PAGE);
        loop {
            let slice = store.conversations(&filter, &page).await?;
            for record in &slice.items {
                let is_over = record.updated < until && record.handed_over.is_none();
                if is_over {
                    self.settle_one(desk, record).await?;
                }
            }
            match slice.next {
                Some(cursor) => page = page.after(cursor),
                None => break,
            }
        }
        let reached = u64::try_from(until.as_millisecond()).unwrap_or_default();
        Ok(journal.set_bookmark(COUNTED, reached).await?)
    }

    async fn settle_one(
        &self,
        desk: &Desk<AnyStore>,
        record: &ConversationRecord,
    ) -> Result<(), Problem> {
        let log = self.conversations.store()?.log(&record.id).await?;
        let Some(outcome) = log.as_ref().and_then(outcome_of) else {
            return Ok(());
        };
        let channel = record.channel.as_deref();
        let act = Act::Settle {
            conversation: record.id.clone(),
            quiet_since: record.updated,
            channel: channel.and_then(|name| Channel::new(name).ok()),
            outcome,
        };
        match desk.act(act).await {
            Ok(_) | Err(RoutingError::IsSettled) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

/// How the last contact of a conversation ended, which was quiet ever since; none where a human had part in it, or nothing
/// was asked.
///
/// What the customer said of it counts. If he said nothing, it was resolved when his last question was answered: neither
/// asked back nor given up.
fn outcome_of(log: &ConversationLog) -> Option<Outcome> {
    let last = contact_begins(log);
    let turns = log.turns.get(last..)?;
    let begun = turns.first()?.at;
    let mut answered = None;
    for turn in turns {
        match (
            &turn.event,
            turn.answer.as_ref().map(|answer| &answer.decision),
        ) {
            (Event::AgentSaid { .. } | Event::HandedBack, _)
            | (_, Some(Decision::Handoff { .. } | Decision::Silent)) => return None,
            (_, None | Some(Decision::SmallTalk { .. })) | (Event::Rated { .. }, _) => {}
            (_, Some(Decision::AutoReply { .. })) => answered = Some(Outcome::Resolved),
            (_, Some(_)) => answered = Some(Outcome::Unresolved),
        }
    }
    let said = log.feedback.iter().rev().filter(|f| f.at >= begun);
    let said = said.filter_map(|feedback| feedback.outcome).next();
    let said = said.map(|said| match said {
        Said::Solved => Outcome::Resolved,
        Said::Unsolved => Outcome::Unresolved,
    });
    answered.map(|by_itself| said.unwrap_or(by_itself))
}

/// The turn with which the last contact begins: the first one after the last long silence.
fn contact_begins(log: &ConversationLog) -> usize {
    let pairs = log.turns.windows(2).enumerate().rev();
    let mut silences = pairs.filter(|(_, pair)| pair[1].at.duration_since(pair[0].at) >= QUIET);
    silences.next().map_or(0, |(before, _)| before + 1)
}
