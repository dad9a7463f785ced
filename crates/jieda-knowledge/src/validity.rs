//! When and where an FAQ is served.

use std::fmt;

use jiff::civil::{Date, DateTime};
use serde::{Serialize, Serializer};

/// One end of an FAQ's validity, in the knowledge base's time zone: a day, or a moment of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Moment {
    /// A whole day: an FAQ is valid from its start, or until its end.
    Day(Date),
    /// A time: an FAQ is valid from it on, or up to but without it.
    Time(DateTime),
}

/// Whether an FAQ is served, or why not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Served {
    /// It is served.
    Yes,
    /// Its author has switched it off.
    Disabled,
    /// Its validity has not begun.
    NotYetValid,
    /// Its validity is over.
    Expired,
    /// It is meant for other channels.
    OtherChannel,
}

impl Moment {
    /// Reads what people write: `2026-01-31`, `2026/1/31`, `2026.1.31`, `2026年1月31日` or `20260131`,
    /// alone or followed by `18:00` or `18:00:00`. None if it is none of these or no day of the
    /// calendar.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (date, time) = match text.find(|c: char| c.is_whitespace() || c == 'T' || c == '日') {
            None => (text, ""),
            Some(end) => {
                let (date, rest) = text.split_at(end);
                let mut rest = rest.chars();
                rest.next();
                (date, rest.as_str().trim())
            }
        };
        let date = parse_date(date)?;
        if time.is_empty() {
            return Some(Self::Day(date));
        }
        let mut parts = time.split([':', '：']);
        let hour = number(parts.next()?)?;
        let minute = number(parts.next()?)?;
        let second = parts.next().map_or(Some(0), number)?;
        if parts.next().is_some() {
            return None;
        }
        let time = jiff::civil::Time::new(hour, minute, second, 0).ok()?;
        Some(Self::Time(date.to_datetime(time)))
    }

    /// When validity from this moment begins.
    #[must_use]
    pub fn start(self) -> DateTime {
        match self {
            Self::Day(date) => date.to_datetime(jiff::civil::Time::midnight()),
            Self::Time(time) => time,
        }
    }

    /// Whether validity until this moment is over.
    #[must_use]
    pub fn is_over(self, at: DateTime) -> bool {
        match self {
            Self::Day(date) => at.date() > date,
            Self::Time(time) => at >= time,
        }
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Day(date) => write!(f, "{date}"),
            Self::Time(time) if time.second() == 0 => {
                write!(f, "{} {:02}:{:02}", time.date(), time.hour(), time.minute())
            }
            Self::Time(time) => {
                let (hour, minute, second) = (time.hour(), time.minute(), time.second());
                write!(f, "{} {hour:02}:{minute:02}:{second:02}", time.date())
            }
        }
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

fn parse_date(text: &str) -> Option<Date> {
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let (year, month, day) = if text.len() == 8 && digits(text) {
        (&text[..4], &text[4..6], &text[6..])
    } else {
        let mut parts = text.split(['-', '/', '.', '年', '月', '－', '／']);
        let parts = (parts.next()?, parts.next()?, parts.next()?, parts.next());
        match parts {
            (year, month, day, None) if year.len() == 4 => (year, month, day),
            _ => return None,
        }
    };
    let year: i16 = year.parse().ok().filter(|&year| year > 0)?;
    Date::new(year, number(month)?, number(day)?).ok()
}

/// One or two digits.
fn number(text: &str) -> Option<i8> {
    let text = text.trim();
    let fits = (1..=2).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    fits.then(|| text.parse().ok()).flatten()
}
