//! Turns that could not be stored, tried again.

use std::{sync::Weak, time::Duration};

use super::Conversations;

/// How often.
const EVERY: Duration = Duration::from_secs(3);

impl Conversations {
    /// Tries again and again what could not be stored, as long as the conversations live.
    pub async fn keep_mending(conversations: Weak<Self>) {
        loop {
            tokio::time::sleep(EVERY).await;
            let Some(conversations) = conversations.upgrade() else {
                return;
            };
            if let Some(stored) = &conversations.store {
                for (_, live) in conversations.live.iter() {
                    live.slot.mend(&stored.writer);
                }
            }
        }
    }
}
