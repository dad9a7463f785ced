//! How contacts were given out in a quarter, month by month.

use jieda_routing::figures::Period;
use serde::Serialize;

use super::{
    AgentRow, Agreement, Allocation, GroupRow, Hour, Material, Missing, Month, Origin, Part,
    Percent, Quarter, Seconds, ServiceFigure, Suggestion, figure, missing::part_of, series,
    suggest,
};

/// The allocation report of a quarter.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Quarterly {
    /// Name of the knowledge base.
    pub name: Option<String>,
    /// Which quarter.
    pub quarter: Quarter,
    /// On the clock of this time zone.
    pub timezone: String,
    /// Contacts are to be accepted within this time.
    pub within: Seconds,
    /// The service level that is wanted.
    pub wanted: Percent,
    /// Its months that the log tells of, in order.
    pub months: Vec<MonthOfQuarter>,
    /// What is owed for the last of them, and what was missed in a row.
    pub agreement: Option<Agreement>,
    /// What to do, by rule, from the last of them.
    pub suggestions: Vec<Suggestion>,
    /// What was left out, and why.
    pub missing: Vec<Missing>,
    /// Where the figures come from.
    pub sources: Vec<Origin>,
}

/// A month of a quarter.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MonthOfQuarter {
    /// Which.
    pub month: Month,
    /// From its first moment up to, but without, the first one of the next.
    pub period: Period,
    /// The service's figures, each beside that of the month before.
    pub service: Vec<ServiceFigure>,
    /// How well contacts were given out.
    pub allocation: Allocation,
    /// Group by group.
    pub groups: Vec<GroupRow>,
    /// Agent by agent, the one with most contacts first.
    pub agents: Vec<AgentRow>,
    /// By the hour of the day.
    pub hours: Vec<Hour>,
}

impl Quarterly {
    /// Counts.
    ///
    /// # Errors
    /// At the ends of the calendar alone.
    pub fn of(material: &Material<'_>, quarter: Quarter) -> Result<Self, jiff::Error> {
        let Material { zone, sla, .. } = material;
        let log = material.routing_log();
        let mut months = Vec::new();
        let mut missing = Vec::new();
        if log.is_none() {
            missing.push(Missing::new(Part::Routing, "没有分配日志，各项都没有数据"));
        }
        for month in quarter.months() {
            let Some(log) = &log else { break };
            let period = month.period(zone)?;
            if !log.covers(&period) {
                let why = format!("分配日志里没有 {}的记录", month.in_words());
                missing.push(Missing::new(Part::Routing, why));
                continue;
            }
            if let Some(why) = part_of(log, &period, zone) {
                let why = format!("{}：{why}", month.in_words());
                missing.push(Missing::new(Part::PartOfMonth, why));
            }
            let before = month.before().period(zone)?;
            let before = log.covers(&before).then(|| log.figures(&before));
            let agents = log.agents(period);
            months.push(MonthOfQuarter {
                month,
                period,
                service: figure::service_figures(&log.figures(&period), before.as_ref(), sla),
                allocation: log.allocation(period, &agents),
                groups: log.groups(period, &agents),
                hours: series::hours(period, zone, log),
                agents,
            });
        }
        let judged = match (&log, months.last()) {
            (Some(log), Some(last)) => log.months(last.month, sla.plan_periods.max(3), zone)?,
            _ => Vec::new(),
        };
        let mut quarterly = Self {
            name: material.kb.map(|kb| kb.name.clone()),
            quarter,
            timezone: material.zone_name(),
            within: Seconds::of(figure::within(sla)),
            wanted: figure::wanted_service_level(sla),
            agreement: Agreement::of(sla, &judged, material.due),
            months,
            suggestions: Vec::new(),
            missing,
            sources: material.sources.clone(),
        };
        quarterly.suggestions = suggest::of_quarter(&quarterly);
        Ok(quarterly)
    }
}
