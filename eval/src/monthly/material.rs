//! What reports are made from.

use jieda::KnowledgeBase;
use jieda_gaps::Gaps;
use jieda_routing::{
    Logged, Rules,
    figures::Period,
    sla::{Money, Sla},
};
use jiff::tz::TimeZone;
use serde::Serialize;

use super::{log::RoutingLog, talk::Talk};

/// What reports are made from.
#[derive(Debug, Clone)]
pub struct Material<'a> {
    /// The clock of months, days and hours.
    pub zone: TimeZone,
    /// Conversations of the month and of the one before, and possibly others; none where none were kept.
    pub talks: Option<&'a [Talk]>,
    /// The routing log from its beginning, or from before the first month that is looked at; none where there is none.
    pub log: Option<&'a [Logged]>,
    /// The rules that it was made by: they name the groups.
    pub rules: &'a Rules,
    /// The agreement.
    pub sla: &'a Sla,
    /// The amount due for the month, before any credit.
    pub due: Option<Money>,
    /// What FAQs and intents are called; none: by their ids.
    pub kb: Option<&'a KnowledgeBase>,
    /// What was asked in vain in the month; none where that was not looked at.
    pub gaps: Option<&'a Gaps>,
    /// Where all that comes from, for people.
    pub sources: Vec<Origin>,
}

/// Where something comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Origin {
    /// What, for people.
    pub what: String,
    /// The file or folder.
    pub path: String,
}

impl<'a> Material<'a> {
    /// Conversations that began in a period; none where none were kept.
    pub(super) fn talks_of(&self, period: &Period) -> Option<Vec<&'a Talk>> {
        let began = |talk: &&Talk| talk.opened().is_some_and(|at| period.contains(at));
        let of_period: Vec<&Talk> = self.talks?.iter().filter(began).collect();
        (!of_period.is_empty()).then_some(of_period)
    }

    pub(super) fn routing_log(&self) -> Option<RoutingLog<'a>> {
        let log = self.log?;
        Some(RoutingLog::of(log, self.rules, self.sla))
    }

    pub(super) fn zone_name(&self) -> String {
        self.zone.iana_name().unwrap_or("UTC").to_owned()
    }
}
