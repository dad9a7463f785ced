//! When an agent works.

use jieda_types::Weekday;
use jiff::{Timestamp, ToSpan as _, civil, tz::TimeZone};
use serde::{Deserialize, Serialize};

/// From one time of day to another, on some days: half-open, on the clock of the rules' time zone. A shift
/// that runs past midnight belongs to the day on which it began.
///
/// ```
/// use jieda_routing::Shift;
/// use jiff::{Timestamp, tz::TimeZone};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let night: Shift = toml::from_str(r#"days = ["周五"]
/// from = "22:00"
/// to = "06:00""#)?;
/// let china = TimeZone::get("Asia/Shanghai")?;
/// // 2026-11-28 is a Saturday: 05:59 belongs to Friday's shift, 06:00 no longer.
/// let before: Timestamp = "2026-11-28T05:59:00+08:00".parse()?;
/// let end: Timestamp = "2026-11-28T06:00:00+08:00".parse()?;
/// assert!(Shift::any_at(&[night.clone()], &china, before));
/// assert!(!Shift::any_at(&[night.clone()], &china, end));
/// assert_eq!(Shift::next_change(&[night], &china, before), Some(end));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shift {
    /// On these days.
    pub days: Vec<Weekday>,
    /// From this minute on …
    pub from: ClockTime,
    /// … up to but without this one; not after `from`: on the next day.
    pub to: ClockTime,
}

/// A time of day, written `09:00`; `24:00` is the end of the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ClockTime {
    minutes: u16,
}

/// Not a time of day.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{0}”不是时刻，应写成 09:00")]
pub struct NotAClockTime(pub String);

impl TryFrom<String> for ClockTime {
    type Error = NotAClockTime;
    fn try_from(text: String) -> Result<Self, NotAClockTime> {
        let parsed = text.split_once([':', '：']).and_then(|(hour, minute)| {
            let (hour, minute) = (hour.parse::<u16>().ok()?, minute.parse::<u16>().ok()?);
            let minutes = hour.checked_mul(60)?.checked_add(minute)?;
            (minute < 60 && minutes <= 24 * 60).then_some(Self { minutes })
        });
        parsed.ok_or(NotAClockTime(text))
    }
}

impl From<ClockTime> for String {
    fn from(time: ClockTime) -> String {
        format!("{:02}:{:02}", time.minutes / 60, time.minutes % 60)
    }
}

impl ClockTime {
    /// Milliseconds since midnight.
    pub(crate) fn millis(self) -> i64 {
        i64::from(self.minutes) * 60_000
    }
}

impl Shift {
    /// Whether one of the shifts is under way.
    #[must_use]
    pub fn any_at(shifts: &[Self], zone: &TimeZone, at: Timestamp) -> bool {
        Self::around(shifts, zone, at)
            .iter()
            .any(|&(from, to)| from <= at && at < to)
    }

    /// When one of the shifts begins or ends next, after `at`; none without shifts.
    #[must_use]
    pub fn next_change(shifts: &[Self], zone: &TimeZone, at: Timestamp) -> Option<Timestamp> {
        let around = Self::around(shifts, zone, at);
        let bounds = around.into_iter().flat_map(|(from, to)| [from, to]);
        bounds.filter(|bound| *bound > at).min()
    }

    /// The shifts that begin from the day before to a week after.
    fn around(shifts: &[Self], zone: &TimeZone, at: Timestamp) -> Vec<(Timestamp, Timestamp)> {
        let today = zone.to_datetime(at).date();
        let mut found = Vec::new();
        for offset in -1..=7 {
            let Ok(day) = today.checked_add(offset.days()) else {
                continue;
            };
            let weekday = weekday(day);
            for shift in shifts.iter().filter(|s| s.days.contains(&weekday)) {
                let past_midnight = if shift.to <= shift.from { 24 * 60 } else { 0 };
                let from = on_the_clock(day, shift.from.minutes, zone);
                let to = on_the_clock(day, shift.to.minutes + past_midnight, zone);
                found.extend(from.zip(to));
            }
        }
        found
    }
}

/// So many minutes after midnight, as the clock on the wall counts them.
fn on_the_clock(day: civil::Date, minutes: u16, zone: &TimeZone) -> Option<Timestamp> {
    let day = day
        .checked_add(i64::from(minutes / (24 * 60)).days())
        .ok()?;
    let (hour, minute) = (minutes % (24 * 60) / 60, minutes % 60);
    let time = civil::Time::new(i8::try_from(hour).ok()?, i8::try_from(minute).ok()?, 0, 0);
    zone.to_timestamp(day.to_datetime(time.ok()?)).ok()
}

fn weekday(day: civil::Date) -> Weekday {
    match day.weekday() {
        civil::Weekday::Monday => Weekday::Monday,
        civil::Weekday::Tuesday => Weekday::Tuesday,
        civil::Weekday::Wednesday => Weekday::Wednesday,
        civil::Weekday::Thursday => Weekday::Thursday,
        civil::Weekday::Friday => Weekday::Friday,
        civil::Weekday::Saturday => Weekday::Saturday,
        civil::Weekday::Sunday => Weekday::Sunday,
    }
}
