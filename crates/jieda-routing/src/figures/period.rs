//! A stretch of time.

use jiff::{SignedDuration, Timestamp, ToSpan as _, civil, tz::TimeZone};
use serde::Serialize;

/// A stretch of time, half-open: `from` belongs to it, `to` does not.
///
/// ```
/// use jieda_routing::figures::Period;
/// use jiff::{SignedDuration, civil::date, tz::TimeZone};
///
/// # fn main() -> Result<(), jiff::Error> {
/// let china = TimeZone::get("Asia/Shanghai")?;
/// let month = Period::month(date(2026, 11, 1), &china)?;
/// assert!(month.contains("2026-11-01T00:00:00+08:00".parse()?));
/// assert!(!month.contains("2026-12-01T00:00:00+08:00".parse()?));
///
/// // A day on which clocks go back has 25 hours.
/// let berlin = TimeZone::get("Europe/Berlin")?;
/// let day = Period::day(date(2026, 10, 25), &berlin)?;
/// assert_eq!(day.length(), SignedDuration::from_hours(25));
/// assert_eq!(day.hours().count(), 25);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Period {
    /// The first moment.
    pub from: Timestamp,
    /// The first moment that no longer belongs to it.
    pub to: Timestamp,
}

impl Period {
    /// A day on the clock of a time zone, midnight to midnight.
    ///
    /// # Errors
    /// At the ends of the calendar alone.
    pub fn day(day: civil::Date, zone: &TimeZone) -> Result<Self, jiff::Error> {
        Self::between(day, day.checked_add(1.day())?, zone)
    }

    /// The month of a day.
    ///
    /// # Errors
    /// At the ends of the calendar alone.
    pub fn month(day: civil::Date, zone: &TimeZone) -> Result<Self, jiff::Error> {
        let first = day.first_of_month();
        Self::between(first, first.checked_add(1.month())?, zone)
    }

    /// From midnight to midnight, of which the second no longer belongs to it.
    ///
    /// # Errors
    /// At the ends of the calendar alone.
    pub fn between(
        from: civil::Date,
        to: civil::Date,
        zone: &TimeZone,
    ) -> Result<Self, jiff::Error> {
        let midnight =
            |day: civil::Date| zone.to_timestamp(day.to_datetime(civil::Time::midnight()));
        Ok(Self {
            from: midnight(from)?,
            to: midnight(to)?,
        })
    }

    /// Whether a moment belongs to it.
    #[must_use]
    pub fn contains(&self, at: Timestamp) -> bool {
        self.from <= at && at < self.to
    }

    /// How long it is.
    #[must_use]
    pub fn length(&self) -> SignedDuration {
        self.to.duration_since(self.from)
    }

    /// Its hours, counted from its beginning; the last one may be shorter.
    pub fn hours(self) -> impl Iterator<Item = Self> {
        let hour = SignedDuration::from_hours(1);
        let mut from = self.from;
        std::iter::from_fn(move || {
            if from >= self.to {
                return None;
            }
            let to = from.checked_add(hour).map_or(self.to, |to| to.min(self.to));
            let period = Self { from, to };
            from = to;
            Some(period)
        })
    }

    /// The part of a stretch that lies in it.
    pub(super) fn clip(&self, from: Timestamp, to: Timestamp) -> Option<(Timestamp, Timestamp)> {
        let (from, to) = (from.max(self.from), to.min(self.to));
        (from < to).then_some((from, to))
    }
}
