//! How long customers waited.

use jiff::SignedDuration;
use serde::Serialize;

/// The waits that ended in a period, in the queue alone: what went before (menus, the bot) is not counted.
///
/// The examples below have three contacts that were accepted after 0, 10 and 50 seconds, and two that were
/// given up after 3 and 37:
///
/// ```
/// # use jieda_routing::figures::*; use jiff::SignedDuration as D;
/// # pub fn waits() -> Waits {
/// Waits {
///     accepted: vec![D::from_secs(0), D::from_secs(10), D::from_secs(50)],
///     abandoned: vec![
///         Abandonment { wait: D::from_secs(3), class: AbandonClass::Short },
///         Abandonment { wait: D::from_secs(37), class: AbandonClass::Waiting },
///     ],
/// }
/// # }
/// # let waits = waits();
/// // AWT = (0 + 10 + 50) / 3 = 20 s
/// assert_eq!(waits.awt(), Some(D::from_secs(20)));
/// // ASA = (0 + 10 + 50 + 3 + 37) / 3 = 33.333 s
/// assert_eq!(waits.asa().map(|asa| asa.as_millis()), Some(33_333));
/// // ATA = (3 + 37) / 2 = 20 s
/// assert_eq!(waits.ata(), Some(D::from_secs(20)));
/// // Accepted within 20 s: 2 of 5.
/// assert_eq!(waits.service_level(D::from_secs(20)), Some(40.0));
/// // Given up: 2 of 5, of which 1 of 5 at once.
/// assert_eq!(waits.abandonment(None), Some(40.0));
/// assert_eq!(waits.abandonment(Some(AbandonClass::Short)), Some(20.0));
/// ```
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Waits {
    /// Of contacts that an agent accepted.
    pub accepted: Vec<SignedDuration>,
    /// Of contacts that were given up.
    pub abandoned: Vec<Abandonment>,
}

/// A contact that was given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Abandonment {
    /// How long the customer waited.
    pub wait: SignedDuration,
    /// In which way.
    pub class: AbandonClass,
}

/// In which way a contact was given up; the first that fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AbandonClass {
    /// Before [`AbandonClass::SHORT`] had passed: a slip, rather than a wait that was too long.
    Short,
    /// After an agent had passed it on.
    PassedOn,
    /// While an agent was asked to take it.
    Offered,
    /// While it waited.
    Waiting,
}

impl AbandonClass {
    /// Five seconds, which is what call centres usually take.
    pub const SHORT: SignedDuration = SignedDuration::from_secs(5);

    /// All classes.
    pub const ALL: [Self; 4] = [Self::Short, Self::PassedOn, Self::Offered, Self::Waiting];
}

/// A target of the service level, such as 80/20: 80 % accepted within 20 seconds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ServiceTarget {
    /// Percent.
    pub percent: f64,
    /// Accepted within.
    pub within: SignedDuration,
}

impl ServiceTarget {
    /// The targets that contracts usually name: 80/20, 90/20, 70/40, 60/60.
    pub const USUAL: [Self; 4] = [
        Self::new(80.0, 20),
        Self::new(90.0, 20),
        Self::new(70.0, 40),
        Self::new(60.0, 60),
    ];

    /// So many percent within so many seconds.
    #[must_use]
    pub const fn new(percent: f64, seconds: i64) -> Self {
        Self {
            percent,
            within: SignedDuration::from_secs(seconds),
        }
    }
}

impl Waits {
    /// Contacts: accepted and given up.
    #[must_use]
    pub fn contacts(&self) -> usize {
        self.accepted.len() + self.abandoned.len()
    }

    /// Average speed of answer: `ASA = Σ waits of all contacts / accepted contacts`, so that time in which
    /// nobody answered counts as well (total delay by contacts handled; B. Cleveland, *Call Center
    /// Management on Fast Forward*). Never less than [`Waits::awt`], and equal to it where nobody gives up.
    #[must_use]
    pub fn asa(&self) -> Option<SignedDuration> {
        let abandoned = self.abandoned.iter().map(|a| a.wait);
        let all = self.accepted.iter().copied().chain(abandoned);
        mean(all, self.accepted.len())
    }

    /// Average waiting time: `AWT = Σ waits of accepted contacts / accepted contacts`.
    #[must_use]
    pub fn awt(&self) -> Option<SignedDuration> {
        mean(self.accepted.iter().copied(), self.accepted.len())
    }

    /// Average time to abandonment: `ATA = Σ waits of abandoned contacts / abandoned contacts`.
    #[must_use]
    pub fn ata(&self) -> Option<SignedDuration> {
        let waits = self.abandoned.iter().map(|a| a.wait);
        mean(waits, self.abandoned.len())
    }

    /// Service level in percent: `SL(T) = contacts accepted within T / all contacts · 100`. One that is
    /// accepted after exactly T counts; those who gave up at once count as not accepted.
    #[must_use]
    pub fn service_level(&self, within: SignedDuration) -> Option<f64> {
        let in_time = self.accepted.iter().filter(|wait| **wait <= within);
        percent(in_time.count(), self.contacts())
    }

    /// Whether a target is reached.
    #[must_use]
    pub fn reaches(&self, target: &ServiceTarget) -> Option<bool> {
        let level = self.service_level(target.within)?;
        Some(level >= target.percent)
    }

    /// Abandonment rate in percent, of one class or of all: `contacts given up / all contacts · 100`.
    #[must_use]
    pub fn abandonment(&self, class: Option<AbandonClass>) -> Option<f64> {
        let of_class = |a: &&Abandonment| class.is_none_or(|class| a.class == class);
        let given_up = self.abandoned.iter().filter(of_class).count();
        percent(given_up, self.contacts())
    }
}

/// A sum by a number; none by nothing.
pub(super) fn mean(
    times: impl Iterator<Item = SignedDuration>,
    number: usize,
) -> Option<SignedDuration> {
    let sum: i128 = times.map(|time| time.as_nanos()).sum();
    let mean = sum.checked_div(i128::try_from(number).ok()?)?;
    SignedDuration::try_from_nanos_i128(mean)
}

/// A share in percent; none of nothing.
pub(super) fn percent(part: usize, whole: usize) -> Option<f64> {
    (whole > 0).then(|| 100.0 * part as f64 / whole as f64)
}
