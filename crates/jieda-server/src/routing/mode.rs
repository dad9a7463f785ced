//! Key channels first, while the service is not whole: by hand, or by what answers show.

use jieda::{SignedDuration, Timestamp};
use jieda_routing::{EventKind, Mode};
use jieda_store::Journal;

use super::{Act, Desk, RoutingError};

/// Under which the entry is kept by which the service itself became degraded.
pub(super) const OURS: &str = "routing.degraded";
/// Under which it is kept when a host saw that last, in seconds: of several, some may be whole.
const SEEN: &str = "routing.degraded.seen";
/// How long after that the service is whole.
const WHOLE_AFTER: SignedDuration = SignedDuration::from_secs(60);
/// How often it is written down anew.
const AGAIN: SignedDuration = SignedDuration::from_secs(10);

impl<J: Journal> Desk<J> {
    /// Follows what answers show here and at other hosts. The usual mode gives way to `seen`; a degraded one ends a minute
    /// after the last host saw it, if a host began it: what somebody set by hand stays. Gives the mode that it was set
    /// to, if it was.
    ///
    /// # Errors
    /// [`RoutingError`].
    pub async fn follow(&self, seen: Mode, now: Timestamp) -> Result<Option<Mode>, RoutingError> {
        let (mode, entry) = self.mode().await?;
        let journal = self.journal();
        match (mode, seen) {
            (Mode::Normal, Mode::Normal) => return Ok(None),
            (Mode::Normal, Mode::Degraded) => {}
            (Mode::Degraded, _) => {
                if journal.bookmark(OURS).await? != Some(entry) {
                    return Ok(None);
                }
                let last = journal.bookmark(SEEN).await?.unwrap_or_default();
                let last = Timestamp::from_second(i64::try_from(last).unwrap_or(i64::MAX));
                let ago = now.duration_since(last.unwrap_or(now));
                if seen == Mode::Degraded {
                    if ago >= AGAIN {
                        journal.set_bookmark(SEEN, seconds(now)).await?;
                    }
                    return Ok(None);
                }
                if ago < WHOLE_AFTER {
                    return Ok(None);
                }
            }
        }
        let event = EventKind::ModeChanged { mode: seen };
        let done = self.act(Act::Happen(event)).await?;
        if seen == Mode::Degraded {
            journal.set_bookmark(SEEN, seconds(now)).await?;
            journal.set_bookmark(OURS, done.number).await?;
        }
        Ok(Some(seen))
    }
}

fn seconds(time: Timestamp) -> u64 {
    u64::try_from(time.as_second()).unwrap_or_default()
}
