//! Turns that other processes made, told to those who listen here.

use std::{sync::Weak, time::Duration};

use jieda_store::{Sharing, Store as _, StoreError};

use super::{Conversations, Slot};

/// How often it is looked for them.
const EVERY: Duration = Duration::from_millis(500);

impl Conversations {
    /// Tells those who listen what other replicas do in their conversations, as long as the conversations live.
    pub async fn keep_hearing(conversations: Weak<Self>) {
        loop {
            tokio::time::sleep(EVERY).await;
            let Some(conversations) = conversations.upgrade() else {
                return;
            };
            if conversations.sharing() == Sharing::Alone {
                return;
            }
            let heard: Vec<_> = conversations
                .live
                .iter()
                .map(|(_, live)| live.slot)
                .filter(|slot| slot.is_heard())
                .collect();
            for slot in heard {
                if let Err(error) = conversations.hear(&slot).await {
                    tracing::debug!(%error, conversation = %slot.id(), "it is not known what others said");
                }
            }
        }
    }

    async fn hear(&self, slot: &Slot) -> Result<(), StoreError> {
        let Some(stored) = &self.store else {
            return Ok(());
        };
        let record = stored.store.conversation(slot.id()).await?;
        if record.is_none_or(|record| record.last_turn.get() <= slot.told()) {
            return Ok(());
        }
        if let Some(log) = stored.store.log(slot.id()).await? {
            slot.tell_all(&log.turns);
        }
        Ok(())
    }
}
