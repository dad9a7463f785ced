//! Key channels first, while the service is not whole: by hand, or by what answers show.

use jieda_routing::{EventKind, Mode};
use jieda_store::Journal;

use super::{Act, Desk, RoutingError};

/// Under which the entry is kept by which the service itself became degraded.
const OURS: &str = "routing.degraded";

impl<J: Journal> Desk<J> {
    /// Follows what answers show. The usual mode gives way to `seen`; a degraded one ends only if this began it: what
    /// somebody set by hand stays. Gives the mode that it was set to, if it was.
    ///
    /// # Errors
    /// [`RoutingError`].
    pub async fn follow(&self, seen: Mode) -> Result<Option<Mode>, RoutingError> {
        let (mode, entry) = self.mode().await?;
        let is_wanted = match (mode, seen) {
            (Mode::Normal, Mode::Degraded) => true,
            (Mode::Degraded, Mode::Normal) => self.journal().bookmark(OURS).await? == Some(entry),
            _ => false,
        };
        if !is_wanted {
            return Ok(None);
        }
        let event = EventKind::ModeChanged { mode: seen };
        let done = self.act(Act::Happen(event)).await?;
        if seen == Mode::Degraded {
            self.journal().set_bookmark(OURS, done.number).await?;
        }
        Ok(Some(seen))
    }
}
