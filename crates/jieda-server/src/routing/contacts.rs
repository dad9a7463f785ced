//! Which agent had which conversation last: read off the journal once, and on from there.

use std::collections::HashMap;

use jieda::{SignedDuration, Timestamp, types::ConversationId};
use jieda_routing::{AgentId, EventKind, TicketId};
use jieda_store::{Journal, StoreError};
use tokio::sync::Mutex;

use super::{JOURNAL, Numbered, RoutingEntry};

/// For how long it is remembered.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(24 * 62);
/// Entries that are read at once, and after how many it is tidied.
const PAGE: u32 = 1000;

/// The last agents of conversations of the last two months.
#[derive(Debug, Default)]
pub(crate) struct Contacts(Mutex<Known>);

#[derive(Debug, Default)]
struct Known {
    last: u64,
    open: HashMap<TicketId, ConversationId>,
    agents: HashMap<ConversationId, (AgentId, Timestamp)>,
}

impl Contacts {
    /// The agents of some conversations.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) async fn agents<'a>(
        &self,
        journal: &impl Journal,
        conversations: impl IntoIterator<Item = &'a ConversationId>,
    ) -> Result<HashMap<ConversationId, AgentId>, StoreError> {
        let mut known = self.0.lock().await;
        known.read_on(journal).await?;
        let agent = |id: &ConversationId| Some((id.clone(), known.agents.get(id)?.0));
        Ok(conversations.into_iter().filter_map(agent).collect())
    }
}

impl Known {
    async fn read_on(&mut self, journal: &impl Journal) -> Result<(), StoreError> {
        loop {
            let page = journal.entries(JOURNAL, self.last, PAGE).await?;
            let Some(last) = page.last() else {
                return Ok(());
            };
            let (number, at) = (last.number, last.at);
            for entry in &page {
                self.note(Numbered::of(entry)?);
            }
            self.last = number;
            self.agents
                .retain(|_, (_, then)| at.duration_since(*then) <= REMEMBERED);
        }
    }

    fn note(&mut self, numbered: Numbered) {
        let RoutingEntry::Event { logged, of } = numbered.entry else {
            // Nothing is open where everything begins anew.
            self.open.clear();
            return;
        };
        if logged.applied.verdict.is_err() {
            return;
        }
        match (logged.event.kind, of.conversation) {
            (EventKind::TicketArrived { ticket }, Some(conversation)) => {
                self.open.insert(ticket.id, conversation);
            }
            (EventKind::OfferAccepted { ticket, agent }, _) => {
                if let Some(id) = self.open.get(&ticket) {
                    self.agents.insert(id.clone(), (agent, logged.event.at));
                }
            }
            (EventKind::ContactEnded { ticket, .. } | EventKind::TicketAbandoned { ticket }, _) => {
                self.open.remove(&ticket);
            }
            _ => {}
        }
    }
}
