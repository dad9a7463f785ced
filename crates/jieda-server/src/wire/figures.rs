//! Figures of the routing core. Formulas and sources are in the documentation of `jieda_routing::figures`.

use jieda::{SignedDuration, Timestamp};
use jieda_routing::figures::{AbandonClass, Figures, ServiceTarget};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::rounded;

/// Of which contacts.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct FiguresQuery {
    /// From this time on.
    #[param(value_type = String, format = DateTime)]
    pub since: Timestamp,
    /// Before this time; now without one.
    #[param(value_type = Option<String>, format = DateTime)]
    pub until: Option<Timestamp>,
    /// Of this group.
    pub group: Option<String>,
    /// On this channel.
    pub channel: Option<String>,
    /// With this agent.
    pub agent: Option<u32>,
}

/// Figures of a time: times in seconds, shares from 0 to 1; null where there was nothing to measure.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FiguresBody {
    /// Of which time.
    pub period: PeriodBody,
    /// Of which contacts.
    pub cut: CutBody,
    /// Contacts whose wait ended: accepted and given up.
    pub contacts: usize,
    /// Accepted by an agent.
    pub accepted: usize,
    /// Given up; null for one agent, since who gave up was with nobody.
    pub abandoned: Option<usize>,
    /// Begun and not ended.
    pub open: usize,
    /// Average speed of answer: waits of all contacts by those accepted.
    pub asa_s: Option<f64>,
    /// Average waiting time of those accepted.
    pub awt_s: Option<f64>,
    /// Average time to abandonment.
    pub ata_s: Option<f64>,
    /// The targets that contracts usually name, and what was reached.
    pub service_levels: Vec<ServiceLevelBody>,
    /// Shares given up; null for one agent.
    pub abandonment: Option<AbandonmentBody>,
    /// Contacts that ended.
    pub ended: usize,
    /// Average talk time, holds included.
    pub talk_s: Option<f64>,
    /// Average time on hold.
    pub hold_s: Option<f64>,
    /// Average after-contact work.
    pub acw_s: Option<f64>,
    /// Average handling time: talk and after-contact work.
    pub handling_s: Option<f64>,
    /// The share passed on.
    pub transfer_rate: Option<f64>,
    /// The share of their time for contacts in which agents had any.
    pub occupancy: Option<f64>,
    /// Tickets that got their first response.
    pub responses: usize,
    /// Mean first response time.
    pub frt_s: Option<f64>,
    /// Tickets that were resolved.
    pub resolved: usize,
    /// Mean resolution time.
    pub art_s: Option<f64>,
    /// Conversations that ended without a human or were handed over.
    pub conversations: usize,
    /// The share resolved without a human.
    pub automatic_resolution: Option<f64>,
    /// Ratings.
    pub ratings: usize,
    /// Their mean, of 5.
    pub csat: Option<f64>,
    /// The share of 4 and 5.
    pub satisfied: Option<f64>,
}

/// Half-open.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub struct PeriodBody {
    /// From this time on …
    #[schema(value_type = String, format = DateTime)]
    pub from: Timestamp,
    /// … and before this one.
    #[schema(value_type = String, format = DateTime)]
    pub to: Timestamp,
}

/// Of which contacts; null: of all.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CutBody {
    /// Of this channel.
    pub channel: Option<String>,
    /// Of this group.
    pub skill: Option<String>,
    /// With this agent.
    pub agent: Option<u32>,
}

/// A target, and what was reached.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub struct ServiceLevelBody {
    /// Asked for, in percent …
    pub percent: f64,
    /// … accepted within so many seconds.
    pub within_s: f64,
    /// The share that was.
    pub share: Option<f64>,
}

/// Shares of all contacts that were given up, by class.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub struct AbandonmentBody {
    /// All classes.
    pub all: Option<f64>,
    /// Within five seconds.
    pub short: Option<f64>,
    /// After an agent had passed it on.
    pub passed_on: Option<f64>,
    /// While an agent was asked to take it.
    pub offered: Option<f64>,
    /// While it waited.
    pub waiting: Option<f64>,
}

impl FiguresBody {
    /// The figures of a time.
    #[must_use]
    pub fn of(figures: &Figures) -> Self {
        let (waits, work, service) = (&figures.waits, &figures.work, &figures.service);
        let cut = &figures.cut;
        let of_nobody = cut.agent.is_none();
        let given_up = |class| share(waits.abandonment(class));
        let level = |target: ServiceTarget| ServiceLevelBody {
            percent: target.percent,
            within_s: target.within.as_secs_f64(),
            share: share(waits.service_level(target.within)),
        };
        Self {
            period: PeriodBody {
                from: figures.period.from,
                to: figures.period.to,
            },
            cut: CutBody {
                channel: cut.channel.as_ref().map(ToString::to_string),
                skill: cut.skill.as_ref().map(ToString::to_string),
                agent: cut.agent.map(|agent| agent.0),
            },
            contacts: waits.contacts(),
            accepted: waits.accepted.len(),
            abandoned: of_nobody.then_some(waits.abandoned.len()),
            open: figures.open,
            asa_s: seconds(waits.asa()),
            awt_s: seconds(waits.awt()),
            ata_s: seconds(waits.ata()),
            service_levels: ServiceTarget::USUAL.map(level).to_vec(),
            abandonment: of_nobody.then(|| AbandonmentBody {
                all: given_up(None),
                short: given_up(Some(AbandonClass::Short)),
                passed_on: given_up(Some(AbandonClass::PassedOn)),
                offered: given_up(Some(AbandonClass::Offered)),
                waiting: given_up(Some(AbandonClass::Waiting)),
            }),
            ended: work.contacts.len(),
            talk_s: seconds(work.att()),
            hold_s: seconds(work.hold()),
            acw_s: seconds(work.acw()),
            handling_s: seconds(work.att().zip(work.acw()).map(|(talk, acw)| talk + acw)),
            transfer_rate: share(work.transfer_rate()),
            occupancy: share(work.occupancy()),
            responses: service.first_response.len(),
            frt_s: seconds(service.frt()),
            resolved: service.resolution.len(),
            art_s: seconds(service.art()),
            conversations: service.conversations,
            automatic_resolution: share(service.automatic_resolution()),
            ratings: service.ratings.len(),
            csat: service.csat().map(rounded),
            satisfied: share(service.satisfied()),
        }
    }
}

fn seconds(time: Option<SignedDuration>) -> Option<f64> {
    time.map(|time| rounded(time.as_secs_f64()))
}

fn share(percent: Option<f64>) -> Option<f64> {
    percent.map(|percent| rounded(percent / 100.0))
}
