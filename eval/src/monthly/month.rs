//! Months and quarters of the calendar.

use std::{fmt, str::FromStr};

use jieda_routing::figures::Period;
use jiff::{Timestamp, civil, tz::TimeZone};
use serde::{Serialize, Serializer};

/// A month of the calendar, written 2026-11.
///
/// ```
/// use jieda_eval::monthly::Month;
///
/// let month: Month = "2027-01".parse()?;
/// assert_eq!(month.before().to_string(), "2026-12");
/// assert!("2026-13".parse::<Month>().is_err());
/// # Ok::<(), jieda_eval::monthly::NotAMonth>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month {
    first: civil::Date,
}

/// Not a month.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no month; write it as 2026-11")]
pub struct NotAMonth(pub String);

impl Month {
    /// The month of a moment, on the clock of a time zone.
    #[must_use]
    pub fn of(at: Timestamp, zone: &TimeZone) -> Self {
        let first = zone.to_datetime(at).date().first_of_month();
        Self { first }
    }

    /// From its first midnight up to, but without, that of the next month.
    ///
    /// # Errors
    /// At the ends of the calendar alone.
    pub fn period(self, zone: &TimeZone) -> Result<Period, jiff::Error> {
        Period::month(self.first, zone)
    }

    /// The one before; the first month of the calendar itself.
    #[must_use]
    pub fn before(self) -> Self {
        let last = self.first.yesterday().unwrap_or(self.first);
        let first = last.first_of_month();
        Self { first }
    }

    /// Its days, in order.
    pub fn days(self) -> impl Iterator<Item = civil::Date> {
        let (year, month) = (self.first.year(), self.first.month());
        (1..=self.first.days_in_month())
            .filter_map(move |number| civil::Date::new(year, month, number).ok())
    }

    /// As people write it: 2026 年 11 月.
    #[must_use]
    pub fn in_words(self) -> String {
        format!("{} 年 {} 月", self.first.year(), self.first.month())
    }
}

impl FromStr for Month {
    type Err = NotAMonth;

    fn from_str(text: &str) -> Result<Self, NotAMonth> {
        let parsed = text.split_once('-').and_then(|(year, month)| {
            let (year, month) = (number(year, 4)?, number(month, 2)?);
            civil::Date::new(year, i8::try_from(month).ok()?, 1).ok()
        });
        let first = parsed.ok_or_else(|| NotAMonth(text.to_owned()))?;
        Ok(Self { first })
    }
}

/// So many digits, and nothing else.
fn number(text: &str, digits: usize) -> Option<i16> {
    let plain = text.len() == digits && text.bytes().all(|b| b.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{:02}", self.first.year(), self.first.month())
    }
}

impl Serialize for Month {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_str(self)
    }
}

/// A quarter of a year, written 2026Q4.
///
/// ```
/// use jieda_eval::monthly::Quarter;
///
/// let quarter: Quarter = "2026Q4".parse()?;
/// assert_eq!(quarter.months().map(|m| m.to_string()), ["2026-10", "2026-11", "2026-12"]);
/// # Ok::<(), jieda_eval::monthly::NotAQuarter>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Quarter {
    last: Month,
}

/// Not a quarter.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no quarter; write it as 2026Q4")]
pub struct NotAQuarter(pub String);

impl Quarter {
    /// Its months, in order.
    #[must_use]
    pub fn months(self) -> [Month; 3] {
        let second = self.last.before();
        [second.before(), second, self.last]
    }

    /// As people write it: 2026 年第 4 季度.
    #[must_use]
    pub fn in_words(self) -> String {
        let (year, quarter) = self.parts();
        format!("{year} 年第 {quarter} 季度")
    }

    fn parts(self) -> (i16, i8) {
        (self.last.first.year(), self.last.first.month() / 3)
    }
}

impl FromStr for Quarter {
    type Err = NotAQuarter;

    fn from_str(text: &str) -> Result<Self, NotAQuarter> {
        let parsed = text.split_once(['Q', 'q']).and_then(|(year, quarter)| {
            let year = number(year, 4)?;
            let quarter = number(quarter, 1).filter(|q| (1..=4).contains(q))?;
            let month = i8::try_from(3 * quarter).ok()?;
            civil::Date::new(year, month, 1).ok()
        });
        let first = parsed.ok_or_else(|| NotAQuarter(text.to_owned()))?;
        let last = Month { first };
        Ok(Self { last })
    }
}

impl fmt::Display for Quarter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, quarter) = self.parts();
        write!(f, "{year}Q{quarter}")
    }
}

impl Serialize for Quarter {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_month_is_refused() {
        for wrong in [
            "", "2026", "2026-1", "2026-00", "2026-13", "26-01", "2026-+1", "2026年",
        ] {
            assert!(wrong.parse::<Month>().is_err(), "{wrong}");
        }
        for wrong in ["2026Q0", "2026Q5", "2026-4", "Q4", "2026Q04"] {
            assert!(wrong.parse::<Quarter>().is_err(), "{wrong}");
        }
        let quarter: Quarter = "2026q1".parse().unwrap();
        assert_eq!(
            (quarter.to_string(), quarter.in_words()),
            ("2026Q1".into(), "2026 年第 1 季度".into())
        );
    }
}
