//! Rows of the tables of groups and agents.

use jieda_routing::{AgentId, Skill, figures::Figures};
use jiff::SignedDuration;
use serde::Serialize;

use super::units::{Gini, Percent, Seconds, Stars};

/// A group in a month.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GroupRow {
    /// Its skill.
    pub group: Skill,
    /// Waits that ended, accepted or given up.
    pub contacts: usize,
    /// Agents who have its skill at its level and were there for an hour at least.
    pub agents: usize,
    /// Percent accepted within the time of the agreement.
    pub service_level: Option<Percent>,
    /// Average speed of answer.
    pub asa: Option<Seconds>,
    /// Percent given up.
    pub abandonment: Option<Percent>,
    /// Average talk time.
    pub att: Option<Seconds>,
    /// Percent passed on.
    pub transfer: Option<Percent>,
    /// Mean rating.
    pub csat: Option<Stars>,
    /// Percent of its accepted contacts whose agent has its skill.
    pub skill_match: Option<Percent>,
    /// How unevenly load is shared among its agents.
    pub load_gini: Option<Gini>,
}

/// An agent in a month.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AgentRow {
    /// Who.
    pub agent: AgentId,
    /// As people call him; his number where the log doesn't say.
    pub name: String,
    /// Groups whose skill he has at their level.
    pub groups: Vec<Skill>,
    /// Contacts that he accepted.
    pub accepted: usize,
    /// Percent of all accepted contacts.
    pub share: Option<Percent>,
    /// Contacts that he may have at a time.
    pub places: u16,
    /// How long he was there for contacts.
    pub staffed: Seconds,
    /// Percent of that time in which he had a contact or wrote one up.
    pub occupancy: Option<Percent>,
    /// Load: percent of his places that were taken, `Σ talk of contacts that ended / (time there · places) · 100`. None
    /// for who was there for less than an hour.
    pub load: Option<Percent>,
    /// Average talk time.
    pub att: Option<Seconds>,
    /// Average after-contact work.
    pub after_work: Option<Seconds>,
    /// Percent passed on.
    pub transfer: Option<Percent>,
    /// Offers that he refused or left unanswered.
    pub declined: usize,
    /// Mean rating.
    pub csat: Option<Stars>,
}

/// What the rows of all tables have in common.
pub(super) struct Cells {
    pub(super) contacts: usize,
    pub(super) service_level: Option<Percent>,
    pub(super) asa: Option<Seconds>,
    pub(super) abandonment: Option<Percent>,
    pub(super) att: Option<Seconds>,
    pub(super) transfer: Option<Percent>,
    pub(super) csat: Option<Stars>,
}

impl Cells {
    pub(super) fn of(figures: &Figures, within: SignedDuration) -> Self {
        let (waits, work) = (&figures.waits, &figures.work);
        Self {
            contacts: waits.contacts(),
            service_level: waits.service_level(within).map(Percent::new),
            asa: waits.asa().map(Seconds::of),
            abandonment: waits.abandonment(None).map(Percent::new),
            att: work.att().map(Seconds::of),
            transfer: work.transfer_rate().map(Percent::new),
            csat: figures.service.csat().map(Stars::new),
        }
    }
}
