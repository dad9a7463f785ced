//! What is said of a day, and which day that is.

use std::fmt;

use jiff::{
    Span, ToSpan as _,
    civil::{Date, Weekday},
};

/// Most days from today to a day that is said without its year: one that is farther ahead was last year.
const AHEAD: i32 = 60;

/// A day as it was said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Day {
    /// 今天, 三天前: so much from today.
    Offset(Offset),
    /// 上周三: so many weeks from this one, and the day.
    InWeek(i32, Weekday),
    /// 上周.
    Week(i32),
    /// 周末 of a week.
    Weekend(i32),
    /// A day of a month: 11月3日, 2026-11-03, 3号, 上个月3号.
    InMonth(Month, i8),
    /// 10月, 上个月.
    Month(Month),
    /// 2025年, 去年.
    Year(Year),
    /// 春节: a day that no rule here knows.
    Unknown,
}

/// A distance from today.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Offset {
    Days(i32),
    Months(i32),
}

/// A month as it was said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Month {
    /// 3号: the one in which the day is nearest.
    Nearest,
    /// 上个月.
    Offset(i32),
    /// 11月 of a year.
    Named(Year, i8),
}

/// A year as it was said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Year {
    /// The next one if the day is soon, else the last.
    Nearest,
    /// 去年.
    Offset(i16),
    /// 2026.
    Named(i16),
}

/// A day, or a stretch of days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum When {
    Day(Date),
    Days(Date, Date),
    Month(Date),
    Year(i16),
}

impl Day {
    /// Which day that is; none when it can't be told, or is no day of the calendar.
    pub(super) fn resolve(self, today: Option<Date>) -> Option<When> {
        Some(match self {
            Self::Offset(offset) => When::Day(today?.checked_add(offset.span()).ok()?),
            Self::InWeek(weeks, day) => {
                let from_monday = i32::from(day.to_monday_zero_offset());
                When::Day(add_days(monday(today?, weeks)?, from_monday)?)
            }
            Self::Week(weeks) => days(monday(today?, weeks)?, 7)?,
            Self::Weekend(weeks) => days(add_days(monday(today?, weeks)?, 5)?, 2)?,
            Self::InMonth(month, day) => When::Day(month.with_day(day, today)?),
            Self::Month(month) => When::Month(month.with_day(1, today)?),
            Self::Year(year) => When::Year(year.resolve(today)?),
            Self::Unknown => return None,
        })
    }
}

impl Offset {
    fn span(self) -> Span {
        match self {
            Self::Days(days) => days.days(),
            Self::Months(months) => months.months(),
        }
    }
}

impl Year {
    fn resolve(self, today: Option<Date>) -> Option<i16> {
        match self {
            Self::Named(year) => Some(year),
            Self::Offset(years) => today?.year().checked_add(years),
            Self::Nearest => None,
        }
    }
}

impl Month {
    fn with_day(self, day: i8, today: Option<Date>) -> Option<Date> {
        match self {
            Self::Named(Year::Nearest, month) => {
                let today = today?;
                let of = |years: i16| Date::new(today.year().checked_add(years)?, month, day).ok();
                let soon = today.checked_add(AHEAD.days()).ok();
                let past_or_soon = [of(1), of(0), of(-1)];
                let fits = |day: &Date| soon.is_none_or(|soon| *day <= soon);
                past_or_soon.into_iter().flatten().find(fits)
            }
            Self::Named(year, month) => Date::new(year.resolve(today)?, month, day).ok(),
            Self::Offset(months) => in_month(today?, months, day),
            Self::Nearest => nearest(
                today?,
                [-1, 0, 1].map(|months| in_month(today?, months, day)),
            ),
        }
    }
}

fn in_month(today: Date, months: i32, day: i8) -> Option<Date> {
    let first = today.first_of_month().checked_add(months.months()).ok()?;
    Date::new(first.year(), first.month(), day).ok()
}

/// The nearest of some days to today; the earlier of two.
fn nearest(today: Date, days: [Option<Date>; 3]) -> Option<Date> {
    let far = |day: &Date| (*day - today).get_days().abs();
    days.into_iter().flatten().min_by_key(far)
}

fn monday(today: Date, weeks: i32) -> Option<Date> {
    let since = i32::from(today.weekday().to_monday_zero_offset());
    add_days(today, weeks.checked_mul(7)? - since)
}

fn days(first: Date, count: i32) -> Option<When> {
    Some(When::Days(first, add_days(first, count - 1)?))
}

fn add_days(date: Date, days: i32) -> Option<Date> {
    date.checked_add(days.days()).ok()
}

/// ISO 8601.
impl fmt::Display for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Day(day) => day.fmt(f),
            Self::Days(first, last) => write!(f, "{first}/{last}"),
            Self::Month(day) => write!(f, "{:04}-{:02}", day.year(), day.month()),
            Self::Year(year) => write!(f, "{year:04}"),
        }
    }
}
