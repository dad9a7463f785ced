//! When a human is there.

use jieda_types::{Availability, HandoffReason, LocalTime, Weekday};
use serde::Deserialize;

use super::table::table;

table! {
    /// Service hours of the human agents.
    #[derive(Debug, Clone, PartialEq, Eq)]
    Hours, GivenHours {
        /// Times of the week; none: always open.
        open: Vec<Opening>,
        /// Days without service, whatever day of the week: 2026-10-01.
        holidays: Vec<String>,
        /// Days with the service of a Monday, such as a Sunday that is worked: 2026-10-10.
        workdays: Vec<String>,
        /// Reasons for which someone is always there.
        always: Vec<HandoffReason>,
        /// The hours in words, for the customer.
        words: String,
    }
}

/// From one time to another on some days. Past midnight it belongs to the day on which it began.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Opening {
    /// On these days.
    pub days: Vec<Weekday>,
    /// From this minute on …
    pub from: TimeOfDay,
    /// … up to but without this one; not after `from`: on the next day.
    pub to: TimeOfDay,
}

/// A time of day, written `09:00`; `24:00` is the end of the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub struct TimeOfDay(u16);

impl TryFrom<String> for TimeOfDay {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        let parsed = text.split_once([':', '：']).and_then(|(hour, minute)| {
            let (hour, minute) = (hour.parse::<u16>().ok()?, minute.parse::<u16>().ok()?);
            let total = hour.checked_mul(60)?.checked_add(minute)?;
            (minute < 60 && total <= 24 * 60).then_some(Self(total))
        });
        parsed.ok_or_else(|| format!("“{text}”不是时刻，应写成 09:00"))
    }
}

impl Hours {
    /// Whether a human is there for this reason. Without a time, someone is.
    #[must_use]
    pub fn availability(&self, reason: HandoffReason, time: Option<&LocalTime>) -> Availability {
        match time {
            Some(time) if !self.always.contains(&reason) && !self.is_open(time) => {
                Availability::Callback
            }
            _ => Availability::Now,
        }
    }

    fn is_open(&self, time: &LocalTime) -> bool {
        if self.open.is_empty() {
            return true;
        }
        let today = self.day(&time.date, time.weekday);
        // What began yesterday and runs past midnight is judged by yesterday's day of the week; its date
        // is not at hand, so a holiday ends at midnight.
        let yesterday = Some(before(time.weekday));
        self.open.iter().any(|opening| {
            let (from, to) = (opening.from.0, opening.to.0);
            let on = |day: Option<Weekday>| day.is_some_and(|day| opening.days.contains(&day));
            if from < to {
                on(today) && (from..to).contains(&time.minute)
            } else {
                (on(today) && time.minute >= from) || (on(yesterday) && time.minute < to)
            }
        })
    }

    /// The day of the week whose hours hold; none on a holiday.
    fn day(&self, date: &str, weekday: Weekday) -> Option<Weekday> {
        if self.holidays.iter().any(|day| day == date) {
            None
        } else if self.workdays.iter().any(|day| day == date) {
            Some(Weekday::Monday)
        } else {
            Some(weekday)
        }
    }
}

fn before(day: Weekday) -> Weekday {
    match day {
        Weekday::Monday => Weekday::Sunday,
        Weekday::Tuesday => Weekday::Monday,
        Weekday::Wednesday => Weekday::Tuesday,
        Weekday::Thursday => Weekday::Wednesday,
        Weekday::Friday => Weekday::Thursday,
        Weekday::Saturday => Weekday::Friday,
        Weekday::Sunday => Weekday::Saturday,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hours(open: &str) -> Hours {
        toml::from_str(&format!(
            "open = [{open}]\nholidays = [\"2026-10-01\"]\nworkdays = [\"2026-10-10\"]\n\
             always = [\"safety\"]\nwords = \"\""
        ))
        .unwrap()
    }

    fn at(date: &str, weekday: Weekday, minute: u16) -> LocalTime {
        LocalTime {
            date: date.into(),
            weekday,
            minute,
        }
    }

    fn check(hours: &Hours, time: &LocalTime, open: bool) {
        let availability = hours.availability(HandoffReason::Complaint, Some(time));
        assert_eq!(availability == Availability::Now, open, "{time:?}");
        let safety = hours.availability(HandoffReason::Safety, Some(time));
        assert_eq!(safety, Availability::Now);
    }

    #[test]
    fn hours_are_half_open_and_know_holidays() {
        let hours = hours(
            r#"{ days = ["周一", "周二", "周三", "周四", "周五"], from = "09:00", to = "18:00" }"#,
        );
        let day = "2026-11-27";
        check(&hours, &at(day, Weekday::Friday, 539), false);
        check(&hours, &at(day, Weekday::Friday, 540), true);
        check(&hours, &at(day, Weekday::Friday, 1079), true);
        check(&hours, &at(day, Weekday::Friday, 1080), false);
        check(&hours, &at("2026-11-28", Weekday::Saturday, 600), false);
        check(&hours, &at("2026-10-01", Weekday::Thursday, 600), false);
        check(&hours, &at("2026-10-10", Weekday::Saturday, 600), true);
    }

    #[test]
    fn a_night_shift_belongs_to_the_day_it_began() {
        let hours = hours(r#"{ days = ["周五"], from = "20:00", to = "02:00" }"#);
        check(&hours, &at("2026-11-27", Weekday::Friday, 1300), true);
        check(&hours, &at("2026-11-28", Weekday::Saturday, 60), true);
        check(&hours, &at("2026-11-28", Weekday::Saturday, 120), false);
        check(&hours, &at("2026-11-28", Weekday::Saturday, 1300), false);
    }

    #[test]
    fn without_hours_or_a_time_someone_is_there() {
        check(&hours(""), &at("2026-11-28", Weekday::Saturday, 0), true);
        let hours = hours(r#"{ days = [], from = "09:00", to = "18:00" }"#);
        let availability = hours.availability(HandoffReason::Complaint, None);
        assert_eq!(availability, Availability::Now);
    }

    #[test]
    fn times_are_checked() {
        for wrong in ["9", "25:00", "09:60", "24:01", "九点"] {
            assert!(TimeOfDay::try_from(wrong.to_owned()).is_err(), "{wrong}");
        }
        assert_eq!(TimeOfDay::try_from("24:00".to_owned()), Ok(TimeOfDay(1440)));
    }
}
