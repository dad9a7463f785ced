//! Day by day, and by the hour of the day.

use std::collections::{BTreeMap, BTreeSet};

use jieda_routing::figures::{AbandonClass, Abandonment, Cut, Period, Waits};
use jiff::{SignedDuration, Timestamp, civil, tz::TimeZone};
use serde::Serialize;

use super::{
    desk::{End, Origin},
    log::RoutingLog,
    month::Month,
    talk::Talk,
    units::{Percent, Seconds, rounded},
};

/// A day of a month. What there are no records of, at that time, is none and not 0.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Day {
    /// Which.
    pub date: civil::Date,
    /// Conversations with the engine that began.
    pub conversations: Option<usize>,
    /// Of these, handed over.
    pub handed_over: Option<usize>,
    /// Waits for an agent that ended.
    pub contacts: Option<usize>,
    /// Of these, given up.
    pub abandoned: Option<usize>,
    /// Percent accepted within the time of the agreement.
    pub service_level: Option<Percent>,
    /// Average speed of answer.
    pub asa: Option<Seconds>,
}

/// An hour of the day, over all days of a month.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Hour {
    /// It begins at so many o'clock, 0 to 23.
    pub hour: i8,
    /// Contacts that arrived, on average of the days on which any did.
    pub arrivals: f64,
    /// Waits that ended.
    pub contacts: usize,
    /// Percent of them that were accepted within the time of the agreement.
    pub service_level: Option<Percent>,
    /// Agents who were there, on average of the same days.
    pub agents: f64,
}

pub(super) fn days(
    month: Month,
    zone: &TimeZone,
    talks: Option<&[Talk]>,
    routed: Option<&RoutingLog<'_>>,
) -> Result<Vec<Day>, jiff::Error> {
    let mut begun: BTreeMap<civil::Date, (usize, usize)> = BTreeMap::new();
    for talk in talks.unwrap_or_default() {
        if let Some(opened) = talk.opened() {
            let day = begun.entry(zone.to_datetime(opened).date()).or_default();
            day.0 += 1;
            day.1 += usize::from(talk.was_handed_over());
        }
    }
    // Before the first and after the last conversation nothing was kept: that is not the same as nothing.
    let kept = begun
        .keys()
        .next()
        .copied()
        .zip(begun.keys().last().copied());
    let mut days = Vec::new();
    for date in month.days() {
        let period = Period::day(date, zone)?;
        let talks = kept.filter(|(first, last)| (*first..=*last).contains(&date));
        let talks = talks.map(|_| begun.get(&date).copied().unwrap_or_default());
        let waits = routed.filter(|routed| routed.covers(&period));
        let waits = waits.map(|r| (r.history.figures(&period, &Cut::default()).waits, r.within));
        let within = |(waits, within): &(Waits, _)| waits.service_level(*within);
        days.push(Day {
            date,
            conversations: talks.map(|(all, _)| all),
            handed_over: talks.map(|(_, handed_over)| handed_over),
            contacts: waits.as_ref().map(|(waits, _)| waits.contacts()),
            abandoned: waits.as_ref().map(|(waits, _)| waits.abandoned.len()),
            service_level: waits.as_ref().and_then(within).map(Percent::new),
            asa: waits.as_ref().and_then(|(w, _)| w.asa()).map(Seconds::of),
        });
    }
    Ok(days)
}

#[derive(Default)]
struct OfHour {
    arrived: usize,
    days: BTreeSet<civil::Date>,
    waits: Waits,
    /// Time of agents on each day.
    there: BTreeMap<civil::Date, SignedDuration>,
}

/// The hours of the day in which somebody came or waited.
pub(super) fn hours(period: Period, zone: &TimeZone, routed: &RoutingLog<'_>) -> Vec<Hour> {
    let mut hours: BTreeMap<i8, OfHour> = BTreeMap::new();
    for stay in &routed.desk.stays {
        if period.contains(stay.queued) && stay.origin == Origin::Customer {
            let local = zone.to_datetime(stay.queued);
            let hour = hours.entry(local.hour()).or_default();
            hour.arrived += 1;
            hour.days.insert(local.date());
        }
        let Some((ended, end)) = stay.ended().zip(stay.end.as_ref()) else {
            continue;
        };
        if period.contains(ended) {
            // A wait says something of the hour in which it began.
            let hour = hours
                .entry(zone.to_datetime(stay.queued).hour())
                .or_default();
            let wait = ended.duration_since(stay.queued);
            match end {
                End::Accepted(_) => hour.waits.accepted.push(wait),
                End::Abandoned { .. } => {
                    let class = AbandonClass::Waiting;
                    hour.waits.abandoned.push(Abandonment { wait, class });
                }
            }
        }
    }
    for presence in &routed.desk.presence {
        let (from, to) = (presence.from.max(period.from), presence.to.min(period.to));
        for (at, time) in by_hour(from, to, zone) {
            let there = &mut hours.entry(at.hour()).or_default().there;
            *there.entry(at.date()).or_default() += time;
        }
    }
    let came = hours.into_iter().filter(|(_, of)| !of.days.is_empty());
    came.map(|(hour, of)| {
        let days = of.days.len() as f64;
        let there = of.there.iter().filter(|(date, _)| of.days.contains(*date));
        let there: SignedDuration = there.map(|(_, time)| *time).sum();
        Hour {
            hour,
            arrivals: rounded(of.arrived as f64 / days),
            contacts: of.waits.contacts(),
            service_level: of.waits.service_level(routed.within).map(Percent::new),
            agents: rounded(there.as_secs_f64() / 3600.0 / days),
        }
    })
    .collect()
}

/// A stretch of time, cut where the clock on the wall strikes.
fn by_hour(
    from: Timestamp,
    to: Timestamp,
    zone: &TimeZone,
) -> Vec<(civil::DateTime, SignedDuration)> {
    let mut pieces = Vec::new();
    let mut at = from;
    while at < to {
        let local = zone.to_datetime(at);
        let gone = i64::from(local.minute()) * 60 + i64::from(local.second());
        let gone = SignedDuration::new(gone, local.subsec_nanosecond());
        let left = SignedDuration::from_hours(1) - gone;
        let next = at.checked_add(left).map_or(to, |next| next.min(to));
        pieces.push((local, next.duration_since(at)));
        at = next;
    }
    pieces
}
