//! The routing log, read for all that a report wants of it.

use jieda_routing::{
    Logged, Rules,
    figures::{Cut, Figures, History, Period},
    sla::Sla,
};
use jiff::{SignedDuration, tz::TimeZone};
use serde::Serialize;

use super::{desk::Desk, figure::within, missing::part_of, month::Month};

/// A log and the rules that it was made by.
pub(super) struct RoutingLog<'a> {
    pub(super) rules: &'a Rules,
    pub(super) history: History,
    pub(super) desk: Desk,
    /// The time within which a contact is to be accepted.
    pub(super) within: SignedDuration,
}

/// A month of the log.
pub(super) struct LoggedMonth {
    pub(super) month: Month,
    pub(super) figures: Figures,
    pub(super) coverage: Coverage,
}

/// How much of a period the log tells of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Coverage {
    /// All of it.
    Whole,
    /// It began later, or ended earlier.
    Part,
}

impl<'a> RoutingLog<'a> {
    pub(super) fn of(log: &[Logged], rules: &'a Rules, sla: &Sla) -> Self {
        Self {
            rules,
            history: History::of(&rules.groups, log),
            desk: Desk::of(&rules.groups, log),
            within: within(sla),
        }
    }

    /// Whether anything was logged before the end of a period and from its beginning on.
    pub(super) fn covers(&self, period: &Period) -> bool {
        let span = self.desk.span;
        span.is_some_and(|log| log.from < period.to && period.from <= log.to)
    }

    /// Whether the log tells of conversations that ended without a human.
    pub(super) fn knows_self_served(&self, period: &Period) -> bool {
        self.desk.self_served.iter().any(|at| period.contains(*at))
    }

    /// The figures of a period. A log of handovers alone says nothing of what was resolved without a human: there the
    /// rate is not 0, but not known.
    pub(super) fn figures(&self, period: &Period) -> Figures {
        let mut figures = self.history.figures(period, &Cut::default());
        if !self.knows_self_served(period) {
            figures.service.conversations = 0;
            figures.service.self_resolved = 0;
        }
        figures
    }

    /// Up to so many months in a row with a log, of which one is the last.
    pub(super) fn months(
        &self,
        last: Month,
        most: usize,
        zone: &TimeZone,
    ) -> Result<Vec<LoggedMonth>, jiff::Error> {
        let mut months = Vec::new();
        let mut month = last;
        for _ in 0..most {
            let period = month.period(zone)?;
            if !self.covers(&period) {
                break;
            }
            let coverage = match part_of(self, &period, zone) {
                None => Coverage::Whole,
                Some(_) => Coverage::Part,
            };
            months.push(LoggedMonth {
                month,
                figures: self.figures(&period),
                coverage,
            });
            month = month.before();
        }
        months.reverse();
        Ok(months)
    }
}
