//! When and where something is asked.

use jieda_knowledge::Channel;
use jiff::Timestamp;

/// What decides, beside the words, which FAQs may answer: their validity and their channels. The clock
/// is the caller's, so that an answer can be given again as it was.
///
/// ```
/// use jieda::{Channel, Occasion, Timestamp};
/// let midnight: Timestamp = "2026-11-11T00:00:00+08:00".parse()?;
/// let occasion = Occasion::at(midnight).on(Channel::new("app")?);
/// # assert!(occasion.channel.is_some());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Occasion {
    /// The time; without one, every time is fine.
    pub at: Option<Timestamp>,
    /// The channel; a caller that doesn't tell channels apart gives none, and gets the FAQs of all.
    pub channel: Option<Channel>,
}

impl Occasion {
    /// Any time, as if validity had no dates. Disabled FAQs stay out.
    #[must_use]
    pub fn whenever() -> Self {
        Self::default()
    }

    /// This moment.
    #[must_use]
    pub fn now() -> Self {
        Self::at(Timestamp::now())
    }

    /// A moment.
    #[must_use]
    pub fn at(time: Timestamp) -> Self {
        Self {
            at: Some(time),
            channel: None,
        }
    }

    /// The same on a channel.
    #[must_use]
    pub fn on(self, channel: Channel) -> Self {
        Self {
            channel: Some(channel),
            ..self
        }
    }
}
