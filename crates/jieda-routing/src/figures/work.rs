//! What agents did.

use jiff::SignedDuration;
use serde::Serialize;

use super::waits::{mean, percent};

/// Contacts that ended in a period, and the time of agents in it.
///
/// ```
/// use jieda_routing::figures::{Handled, PassedOn, Work};
/// use jiff::SignedDuration as D;
///
/// let handled = |talk, hold, after_work, passed_on| Handled {
///     talk: D::from_secs(talk),
///     hold: D::from_secs(hold),
///     after_work: Some(D::from_secs(after_work)),
///     passed_on,
/// };
/// let work = Work {
///     contacts: vec![
///         handled(100, 0, 20, PassedOn::No),
///         handled(200, 60, 40, PassedOn::No),
///         handled(60, 0, 0, PassedOn::Yes),
///     ],
///     handling: D::from_secs(420),
///     staffed: D::from_secs(600),
/// };
/// // ATT = (100 + 200 + 60) / 3 = 120 s, of which on hold 60 / 3 = 20 s
/// assert_eq!(work.att(), Some(D::from_secs(120)));
/// assert_eq!(work.hold(), Some(D::from_secs(20)));
/// // ACW = (20 + 40 + 0) / 3 = 20 s
/// assert_eq!(work.acw(), Some(D::from_secs(20)));
/// // Passed on: 1 of 3.
/// assert_eq!(work.transfer_rate().map(f64::round), Some(33.0));
/// // Occupancy = 420 / 600
/// assert_eq!(work.occupancy(), Some(70.0));
/// ```
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Work {
    /// Contacts that ended.
    pub contacts: Vec<Handled>,
    /// Time in which agents had a contact or wrote one up; several at a time count once.
    pub handling: SignedDuration,
    /// That, and the time in which they were there for contacts; no breaks.
    pub staffed: SignedDuration,
}

/// A contact from being accepted to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Handled {
    /// From being accepted to the end, holds included.
    pub talk: SignedDuration,
    /// Of that, on hold.
    pub hold: SignedDuration,
    /// After-contact work that followed; none while it goes on.
    pub after_work: Option<SignedDuration>,
    /// Whether it went to another group.
    pub passed_on: PassedOn,
}

/// Whether a contact went to another group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PassedOn {
    /// It did.
    Yes,
    /// It did not.
    No,
}

impl Work {
    /// Average talk time: `ATT = Σ talk, holds included / contacts`.
    #[must_use]
    pub fn att(&self) -> Option<SignedDuration> {
        mean(self.contacts.iter().map(|c| c.talk), self.contacts.len())
    }

    /// Average time on hold: `Σ hold / contacts`.
    #[must_use]
    pub fn hold(&self) -> Option<SignedDuration> {
        mean(self.contacts.iter().map(|c| c.hold), self.contacts.len())
    }

    /// Average after-contact work: `ACW = Σ after-contact work / contacts whose work is done`. Work that the
    /// next end of a contact interrupts belongs to the later one from there on.
    #[must_use]
    pub fn acw(&self) -> Option<SignedDuration> {
        let known: Vec<SignedDuration> =
            self.contacts.iter().filter_map(|c| c.after_work).collect();
        mean(known.iter().copied(), known.len())
    }

    /// Transfer rate in percent: `contacts passed on / contacts · 100`.
    #[must_use]
    pub fn transfer_rate(&self) -> Option<f64> {
        let passed_on = self
            .contacts
            .iter()
            .filter(|c| c.passed_on == PassedOn::Yes);
        percent(passed_on.count(), self.contacts.len())
    }

    /// Occupancy in percent: `handling / staffed · 100`, the share of the time they were there for contacts
    /// in which agents had any (B. Cleveland, *Call Center Management on Fast Forward*).
    #[must_use]
    pub fn occupancy(&self) -> Option<f64> {
        let staffed = self.staffed.as_secs_f64();
        (staffed > 0.0).then(|| 100.0 * self.handling.as_secs_f64() / staffed)
    }
}
