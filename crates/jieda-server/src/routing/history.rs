//! What the journal says of contacts and agents.

use std::sync::Arc;

use jieda_routing::{
    Rules,
    figures::{History, Period, Reader},
};
use jieda_store::Journal;

use super::{
    Desk, Numbered, RoutingEntry, RoutingError,
    entry::{JOURNAL, PAGE},
};

/// Reads the journal page by page, each part of it by the rules that held then, for the figures of a period.
///
/// # Errors
/// [`RoutingError`].
pub(crate) async fn history<J: Journal>(
    desk: &Desk<J>,
    period: &Period,
) -> Result<History, RoutingError> {
    let unknown = |e| RoutingError::Rules(Arc::new(e));
    let journal = desk.journal();
    // Of entries whose rules were deleted, these are the best guess.
    let now = desk.rules().await?;
    let mut reader = Reader::new(now.groups).since(period.from);
    let mut after = 0;
    loop {
        let page = journal.entries(JOURNAL, after, PAGE).await?;
        let Some(last) = page.last() else {
            return Ok(reader.finish());
        };
        after = last.number;
        for entry in &page {
            match Numbered::of(entry)?.entry {
                RoutingEntry::Rules { toml, .. } => {
                    reader.regroup(Rules::from_toml(&toml).map_err(unknown)?.groups);
                }
                RoutingEntry::Event { logged, .. } => reader.read(&logged),
            }
        }
        // A long journal holds up nobody.
        tokio::task::yield_now().await;
    }
}
