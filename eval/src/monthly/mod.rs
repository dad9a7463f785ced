//! The monthly report, and the quarterly one on allocation: from conversations and the routing log to figures. Pure: no
//! file is read, and the same material gives the same figures.
//!
//! [`Monthly::of`] and [`Quarterly::of`] make them; [`crate::page::monthly_page`] and [`crate::page::quarterly_page`]
//! set them as pages, [`crate::workbook`] as workbooks.
//!
//! | part | from |
//! |---|---|
//! | [`Bot`], [`Problems`], [`OfferedPair`] | conversations ([`Talk`]) |
//! | [`ServiceFigure`], [`Allocation`], [`GroupRow`], [`AgentRow`], [`Hour`] | the routing log, by [`jieda_routing::figures`] |
//! | [`Agreement`] | the same, by [`jieda_routing::sla`] |
//! | [`GapList`] | [`jieda_gaps`], by the caller |
//! | [`Suggestion`] | all of these, by [`Rule`] |
//!
//! **What counts when.** A conversation belongs, with all its turns and ratings, to the month in which it began; what is
//! read off the routing log counts when it ended. What there is no record of is left out, and [`Missing`] says so.

mod agreement;
mod allocation;
mod bot;
mod channels;
mod desk;
mod figure;
mod gaps;
mod log;
mod material;
mod missing;
mod month;
mod pairs;
mod problems;
mod quarterly;
mod rows;
mod series;
mod suggest;
mod talk;
mod units;

#[cfg(test)]
pub(crate) mod sample;
#[cfg(test)]
mod tests;

use jieda_routing::figures::Period;
use serde::Serialize;

pub use agreement::{Agreement, JudgedMonth, JudgedTarget, MissedMonth, OwedPlan};
pub use allocation::Allocation;
pub use bot::{Bot, ReasonCount};
pub use channels::ChannelRow;
pub use figure::{FigureKind, ServiceFigure};
pub use gaps::{GapList, GapRow};
pub use log::Coverage;
pub use material::{Material, Origin};
pub use missing::{Missing, Part};
pub use month::{Month, NotAMonth, NotAQuarter, Quarter};
pub use pairs::{OfferedFaq, OfferedPair};
pub use problems::{Counted, FaqUse, IntentCount, Problems};
pub use quarterly::{MonthOfQuarter, Quarterly};
pub use rows::{AgentRow, GroupRow};
pub use series::{Day, Hour};
pub use suggest::{Rule, Suggestion};
pub use talk::{DraftedTicket, Talk, TalkEvent, TalkFeedback, TalkTurn};
pub use units::{Gini, Percent, Seconds, Stars, Value};

/// The report of a month.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Monthly {
    /// Name of the knowledge base.
    pub name: Option<String>,
    /// Which month.
    pub month: Month,
    /// From its first moment up to, but without, the first one of the next.
    pub period: Period,
    /// On the clock of this time zone.
    pub timezone: String,
    /// Contacts are to be accepted within this time.
    pub within: Seconds,
    /// The service level that is wanted.
    pub wanted: Percent,
    /// The service's figures; none without a log of the month.
    pub service: Option<Vec<ServiceFigure>>,
    /// What is owed.
    pub agreement: Option<Agreement>,
    /// The engine's figures.
    pub bot: Option<Bot>,
    /// The engine's figures of the month before.
    pub bot_before: Option<Bot>,
    /// What customers came for.
    pub problems: Option<Problems>,
    /// FAQs between which the engine could not decide.
    pub pairs: Vec<OfferedPair>,
    /// What the knowledge base lacks.
    pub gaps: Option<GapList>,
    /// How well contacts were given out.
    pub allocation: Option<Allocation>,
    /// The same in the month before.
    pub allocation_before: Option<Allocation>,
    /// Group by group.
    pub groups: Vec<GroupRow>,
    /// Agent by agent, the one with most contacts first.
    pub agents: Vec<AgentRow>,
    /// Channel by channel, the busiest first.
    pub channels: Vec<ChannelRow>,
    /// Day by day.
    pub days: Vec<Day>,
    /// By the hour of the day.
    pub hours: Vec<Hour>,
    /// What to do, by rule.
    pub suggestions: Vec<Suggestion>,
    /// What was left out, and why.
    pub missing: Vec<Missing>,
    /// Where the figures come from.
    pub sources: Vec<Origin>,
}

impl Monthly {
    /// Counts.
    ///
    /// # Errors
    /// At the ends of the calendar alone.
    pub fn of(material: &Material<'_>, month: Month) -> Result<Self, jiff::Error> {
        let Material { zone, sla, .. } = material;
        let (period, before) = (month.period(zone)?, month.before().period(zone)?);
        let talks = material.talks_of(&period);
        let talks_before = material.talks_of(&before);
        let (now, earlier) = (talks.as_deref(), talks_before.as_deref());
        let log = material.routing_log();
        let log = log.as_ref().filter(|log| log.covers(&period));
        let log_before = log.filter(|log| log.covers(&before));
        let figures = log.map(|log| log.figures(&period));
        let figures_before = log_before.map(|log| log.figures(&before));
        let months = log.map(|log| log.months(month, sla.plan_periods.max(3), zone));
        let agents = log.map_or_else(Vec::new, |log| log.agents(period));
        let mut monthly = Self {
            name: material.kb.map(|kb| kb.name.clone()),
            month,
            period,
            timezone: material.zone_name(),
            within: Seconds::of(figure::within(sla)),
            wanted: figure::wanted_service_level(sla),
            service: figures
                .as_ref()
                .map(|now| figure::service_figures(now, figures_before.as_ref(), sla)),
            agreement: Agreement::of(sla, &months.transpose()?.unwrap_or_default(), material.due),
            bot: now.and_then(Bot::of),
            bot_before: earlier.and_then(Bot::of),
            problems: now.map(|talks| Problems::of(talks, earlier, material.kb)),
            pairs: now.map_or_else(Vec::new, |talks| pairs::offered_pairs(talks, material.kb)),
            gaps: material.gaps.map(GapList::of),
            allocation: log.map(|log| log.allocation(period, &agents)),
            allocation_before: log_before.map(|log| log.allocation(before, &log.agents(before))),
            groups: log.map_or_else(Vec::new, |log| log.groups(period, &agents)),
            channels: channels::channels(now, log, period),
            days: series::days(month, zone, material.talks, log)?,
            hours: log.map_or_else(Vec::new, |log| series::hours(period, zone, log)),
            agents,
            suggestions: Vec::new(),
            missing: Vec::new(),
            sources: material.sources.clone(),
        };
        monthly.suggestions = suggest::of_month(&monthly);
        monthly.missing = missing::left_out(&monthly, material, log);
        Ok(monthly)
    }
}
