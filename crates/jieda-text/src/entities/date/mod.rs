//! Days and times of day.

mod calendar;
mod day;
mod festival;
mod relative;
mod spec;
mod time;

use jieda_types::EntityKind;

use super::{
    EntityContext,
    scan::{Hit, Scan},
};
use crate::plain::Plain;
use spec::Day;
use time::Clock;

/// A day that was read, and where it ends.
type Read = (usize, Day);

pub(super) fn find(plain: &Plain, context: &EntityContext, scan: &mut Scan) {
    let asked = context.asked == Some(EntityKind::Date);
    let mut i = 0;
    while i < plain.chars.len() {
        if scan.is_taken(i) {
            i += 1;
            continue;
        }
        let day = relative::read(plain, i)
            .or_else(|| festival::read(plain, i))
            .or_else(|| calendar::read(plain, i, asked));
        let (end, value) = match day {
            Some((end, day)) => {
                let clock = time::behind_a_day(plain, end);
                let end = clock.map_or(end, |(end, _)| end);
                let clock = clock.and_then(|(_, clock)| clock);
                (end, day.resolve(context.today).map(|when| when.at(clock)))
            }
            None => match time::alone(plain, i) {
                Some((end, clock)) => (end, Some(clock.to_string())),
                None => {
                    i += 1;
                    continue;
                }
            },
        };
        scan.add(Hit {
            kind: EntityKind::Date,
            start: i,
            end,
            value,
        });
        i = end.max(i + 1);
    }
}

impl spec::When {
    /// With a time of day, where it is one day.
    fn at(self, clock: Option<Clock>) -> String {
        match (self, clock) {
            (Self::Day(day), Some(clock)) => clock.on(day),
            (when, _) => when.to_string(),
        }
    }
}
