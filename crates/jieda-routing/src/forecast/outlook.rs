//! What is to be expected of the days that come, hour by hour.

use std::num::NonZeroU32;

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::{Backtest, Demand, ForecastError, Need, Seasons};
use crate::figures::{Cut, History, Period, ServiceTarget};

/// Steps of the backtest: so many days, a day ahead each.
const BACKTEST_DAYS: usize = 7;
const DAY: usize = 24;

/// What a forecast is wanted for.
#[derive(Debug, Clone, PartialEq)]
pub struct Wanted {
    /// Which contacts.
    pub cut: Cut,
    /// Hours ahead.
    pub hours: usize,
    /// What is to be reached.
    pub target: ServiceTarget,
    /// How busy agents may be, in percent.
    pub most_occupancy: f64,
    /// Mean time after which a customer gives up; none: nobody does (Erlang C).
    pub patience: Option<SignedDuration>,
    /// Mean time of a contact with its after-contact work; none: as in the history.
    pub handling: Option<SignedDuration>,
    /// Contacts that an agent has at a time, as in chat.
    pub concurrent: NonZeroU32,
    /// Percent of the paid time that is not worked: leave, training, illness.
    pub shrinkage: f64,
}

/// What is to be expected.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Outlook {
    /// The whole hours that it was learned from.
    pub history: Period,
    /// Contacts in them.
    pub contacts: usize,
    /// The mean time of a contact that it reckons with; none where none ended and none was given.
    pub handling: Option<SignedDuration>,
    /// How wrong such forecasts of a day have been in the last week; none where the history is too short to say.
    pub backtest: Option<Backtest>,
    /// Hour by hour.
    pub hours: Vec<HourAhead>,
}

/// An hour that comes.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct HourAhead {
    /// When it begins.
    pub from: Timestamp,
    /// Contacts that are expected.
    pub contacts: f64,
    /// The agents that they need; none where handling is not known, or no number would do.
    pub need: Option<Need>,
    /// How many agents to plan for it: [`Need::planned`].
    pub planned: Option<u32>,
}

impl Outlook {
    /// From the contacts of a history up to the last whole hour before `now`.
    ///
    /// # Errors
    /// [`ForecastError::TooShort`] with less than two days of contacts.
    pub fn of(history: &History, now: Timestamp, wanted: &Wanted) -> Result<Self, ForecastError> {
        let to = whole_hour(now);
        let first = history.span().map_or(to, |span| whole_hour(span.from));
        let period = Period {
            from: first.min(to),
            to,
        };
        let came = history.arrivals(&period, &wanted.cut);
        let seasons = Seasons::of_hours();
        let ahead = seasons.forecast(&came, wanted.hours)?;
        let handling = wanted.handling.or_else(|| {
            let work = history.figures(&period, &wanted.cut).work;
            Some(work.att()? + work.acw().unwrap_or_default())
        });
        let handling = handling.filter(|time| *time > SignedDuration::ZERO);
        let hour = |(i, contacts): (usize, f64)| {
            let from = to
                .checked_add(SignedDuration::from_hours(i as i64))
                .unwrap_or(to);
            let need = handling.and_then(|handling| {
                let demand = Demand {
                    per_hour: contacts,
                    handling,
                    patience: wanted.patience,
                };
                demand.agents_for(&wanted.target, wanted.most_occupancy)
            });
            HourAhead {
                from,
                contacts,
                need,
                planned: need.and_then(|need| need.planned(wanted.concurrent, wanted.shrinkage)),
            }
        };
        Ok(Self {
            history: period,
            contacts: came.iter().sum::<f64>() as usize,
            handling,
            backtest: seasons.backtest(&came, DAY, BACKTEST_DAYS).ok(),
            hours: ahead.into_iter().enumerate().map(hour).collect(),
        })
    }
}

/// The last whole hour up to a moment, of UTC: zones that are half an hour off have hours that begin at half past.
fn whole_hour(at: Timestamp) -> Timestamp {
    let seconds = at.as_second();
    Timestamp::from_second(seconds - seconds.rem_euclid(3600)).unwrap_or(at)
}

#[cfg(test)]
mod tests {
    use jieda_types::Urgency;

    use super::*;
    use crate::{
        Applied, Event, EventKind, Groups, Logged, Rules, Skill, Ticket, TicketId, figures::Reader,
    };

    /// A day, of everything.
    fn wanted() -> Wanted {
        Wanted {
            cut: Cut::default(),
            hours: 24,
            target: ServiceTarget::new(80.0, 20),
            most_occupancy: 85.0,
            patience: None,
            handling: None,
            concurrent: NonZeroU32::MIN,
            shrinkage: 0.0,
        }
    }

    fn arrival(at: Timestamp, id: u64, skill: &str) -> Logged {
        let ticket = Ticket {
            id: TicketId(id),
            skill: Skill::new(skill).ok(),
            tags: Vec::new(),
            urgency: Urgency::Normal,
            tier: None,
            channel: None,
            language: None,
            last_contact: None,
        };
        Logged {
            event: Event::new(at, EventKind::TicketArrived { ticket }),
            applied: Applied {
                due: Vec::new(),
                led_to: Vec::new(),
                verdict: Ok(()),
            },
        }
    }

    fn groups() -> Groups {
        Rules::shipped().unwrap().groups
    }

    #[test]
    fn days_that_repeat_themselves_come_again() {
        let begin: Timestamp = "2026-11-01T00:00:00Z".parse().unwrap();
        let mut reader = Reader::new(groups());
        let mut id = 0;
        for hour in 0..21 * 24 {
            // Ten in the hours from 8 to 18, one else; all in one group.
            let count = if (8..18).contains(&(hour % 24)) {
                10
            } else {
                1
            };
            for n in 0..count {
                id += 1;
                let at = begin + SignedDuration::from_secs(hour * 3600 + n * 60);
                reader.read(&arrival(at, id, "售后"));
            }
        }
        let history = reader.finish();
        let wanted = Wanted {
            handling: Some(SignedDuration::from_mins(6)),
            ..wanted()
        };
        let now = begin + SignedDuration::from_hours(21 * 24) + SignedDuration::from_mins(20);
        let outlook = Outlook::of(&history, now, &wanted).unwrap();
        assert_eq!(
            outlook.hours[0].from,
            begin + SignedDuration::from_hours(21 * 24)
        );
        assert_eq!(outlook.contacts, 21 * (100 + 14));
        assert!((outlook.hours[10].contacts - 10.0).abs() < 1.0);
        assert!((outlook.hours[3].contacts - 1.0).abs() < 0.5);
        // One erlang, 80 % within 20 s: three agents (Erlang C: 0.912; with two 0.685).
        assert_eq!(outlook.hours[10].need.unwrap().agents, 3);
        assert_eq!(outlook.hours[10].planned, Some(3));
        assert!(outlook.backtest.unwrap().wape.unwrap() < 10.0);
        let other = Wanted {
            cut: Cut {
                skill: Skill::new("物流").ok(),
                ..Cut::default()
            },
            ..wanted.clone()
        };
        let chats = Wanted {
            concurrent: NonZeroU32::new(2).unwrap(),
            shrinkage: 30.0,
            ..wanted
        };
        let chatting = Outlook::of(&history, now, &chats).unwrap();
        // Two at work; 2 / 0.7 are planned.
        assert_eq!(chatting.hours[10].planned, Some(3));
        assert_eq!(chatting.hours[10].need, outlook.hours[10].need);
        let outlook = Outlook::of(&history, now, &other).unwrap();
        assert_eq!(outlook.contacts, 0);
    }

    #[test]
    fn a_short_history_is_refused() {
        let history = Reader::new(groups()).finish();
        let now = "2026-11-30T09:30:00Z".parse().unwrap();
        let refused = Outlook::of(&history, now, &wanted()).unwrap_err();
        assert!(matches!(refused, ForecastError::TooShort { found: 0, .. }));
    }
}
