//! When, where and by whom something is asked.

use jieda_knowledge::{Channel, KnowledgeBase};
use jieda_types::{Customer, LocalTime, Situation, Weekday};
use jiff::{Timestamp, civil};

/// What decides beside the words: which FAQs may answer, by their validity and channels; whether a human is
/// there; whose lane it is. The clock is the caller's, so that an answer can be given again as it was.
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
    /// The customer, as far as he is known. His channel says nothing about which FAQs may answer:
    /// [`channel`](Self::channel) does.
    pub customer: Customer,
    /// The conversation's id. It draws which answer is given where several are tried; without one, no answer but the
    /// first is.
    pub conversation: Option<String>,
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
            ..Self::default()
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

    /// The same for a customer.
    #[must_use]
    pub fn of(self, customer: Customer) -> Self {
        Self { customer, ..self }
    }

    /// The same within a conversation.
    #[must_use]
    pub fn within(self, conversation: impl Into<String>) -> Self {
        Self {
            conversation: Some(conversation.into()),
            ..self
        }
    }

    /// As decisions see it: the time on the clocks of the knowledge base.
    pub(crate) fn situation(&self, kb: &KnowledgeBase) -> Situation {
        let mut customer = self.customer.clone();
        if customer.channel.is_none() {
            customer.channel = self.channel.as_ref().map(ToString::to_string);
        }
        Situation {
            customer,
            time: self.at.map(|at| local(kb.local_time(at))),
        }
    }
}

fn local(at: civil::DateTime) -> LocalTime {
    let minute = i32::from(at.hour()) * 60 + i32::from(at.minute());
    LocalTime {
        date: at.date().to_string(),
        weekday: match at.weekday() {
            civil::Weekday::Monday => Weekday::Monday,
            civil::Weekday::Tuesday => Weekday::Tuesday,
            civil::Weekday::Wednesday => Weekday::Wednesday,
            civil::Weekday::Thursday => Weekday::Thursday,
            civil::Weekday::Friday => Weekday::Friday,
            civil::Weekday::Saturday => Weekday::Saturday,
            civil::Weekday::Sunday => Weekday::Sunday,
        },
        minute: u16::try_from(minute).unwrap_or_default(),
    }
}
