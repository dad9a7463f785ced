//! Conversations that were solved, for the human who gets a similar one.

use std::sync::{Arc, PoisonError};

use jieda::Cases;
use jieda_store::{Filter, Order, export};

use super::App;
use crate::{conversations::restore, problem::Problem};

/// Conversations that are looked at: the latest.
const MOST: usize = 500;

impl App {
    /// The solved conversations, as they were read last.
    #[must_use]
    pub fn cases(&self) -> Option<Arc<Cases>> {
        let cases = self.cases.read();
        // Nothing panics while it is held.
        cases.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Reads the solved conversations from the store.
    ///
    /// # Errors
    /// [`Problem`]: the store can't be read, or the encoder fails.
    pub async fn refresh_cases(self: &Arc<Self>) -> Result<(), Problem> {
        let Ok(store) = self.conversations.store() else {
            return Ok(());
        };
        let mut logs = export(store, Filter::default(), Order::Newest);
        let mut conversations = Vec::new();
        while let Some(log) = logs.next().await? {
            conversations.push(restore(&log));
            if conversations.len() == MOST {
                break;
            }
        }
        let engine = self.engines.hold();
        let cases = self
            .compute(move || Cases::of(&engine, &conversations))
            .await??;
        let mut guard = self.cases.write().unwrap_or_else(PoisonError::into_inner);
        *guard = Some(Arc::new(cases));
        Ok(())
    }
}
