//! Listening to a conversation: what was, and what comes.

use std::collections::BTreeMap;

use jieda::types::ConversationId;
use jieda_store::{Store as _, Turn};
use tokio::sync::broadcast;

use super::{Conversations, TurnEvent};
use crate::problem::Problem;

/// What somebody hears who listens.
#[derive(Debug)]
pub(crate) struct Heard {
    /// What he has missed, in order.
    pub(crate) before: Vec<TurnEvent>,
    /// What comes from now on; it may begin with turns up to `seen`.
    pub(crate) coming: broadcast::Receiver<TurnEvent>,
    /// The last turn that he knows when he has heard `before`.
    pub(crate) seen: u32,
}

impl Conversations {
    /// Listens to a conversation from a turn on that the caller has seen; without one, from now on.
    ///
    /// # Errors
    /// [`Problem`]: there is no such conversation, or the store can't be read.
    pub(crate) async fn listen(
        &self,
        id: &ConversationId,
        after: Option<u32>,
    ) -> Result<Heard, Problem> {
        let slot = self.find(id).await?;
        // Listened to first, so that no turn falls between; what is on its way to the disk is looked at before the disk,
        // so that none falls between those two.
        let coming = slot.listen();
        let under_way = slot.told_unsaved();
        let told = under_way.iter().map(|turn| turn.number.get()).max();
        let (before, seen) = match (self.store(), after) {
            (Ok(store), Some(after)) => {
                let stored = store.log(id).await?.map(|log| log.turns);
                let before = missed(
                    after,
                    stored.iter().flatten(),
                    under_way.iter().map(|t| &**t),
                );
                let last = before.last().map_or(after, |event| event.number.get());
                (before, last)
            }
            (Ok(store), None) => {
                let record = store.conversation(id).await?;
                let stored = record.map_or(0, |record| record.last_turn.get());
                (Vec::new(), stored.max(told.unwrap_or(0)))
            }
            (Err(_), after) => (Vec::new(), after.unwrap_or(0)),
        };
        if self.store().is_ok() {
            slot.knows_until(seen);
        }
        Ok(Heard {
            before,
            coming,
            seen,
        })
    }
}

/// Turns after one, each once and in order.
fn missed<'a>(
    after: u32,
    stored: impl Iterator<Item = &'a Turn>,
    under_way: impl Iterator<Item = &'a Turn>,
) -> Vec<TurnEvent> {
    let all = stored.chain(under_way);
    let new = all.filter(|turn| turn.number.get() > after);
    let by_number: BTreeMap<_, _> = new.map(|turn| (turn.number, turn)).collect();
    by_number.into_values().map(TurnEvent::of).collect()
}
