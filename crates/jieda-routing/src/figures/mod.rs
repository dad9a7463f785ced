//! From the log of events to figures.
//!
//! [`History`] reads a log once; [`History::figures`] gives the figures of a [`Period`], for one channel,
//! group or agent if wanted ([`Cut`]). Three records hold what was measured, and give the figures by
//! methods, each with its formula, its source and an example:
//!
//! | record | figures |
//! |---|---|
//! | [`Waits`] | ASA, AWT, ATA, service level, abandonment by class |
//! | [`Work`] | ATT, hold, ACW, transfer rate, occupancy |
//! | [`Service`] | FRT, ART, automatic resolution rate, CSAT |
//!
//! **What counts when.** A period is half-open: its first moment belongs to it, its last to the next one.
//! What is measured counts in the period in which it *ended*: a wait when it is accepted or given up, a
//! contact when it ends, a rating when it is given. So a night that is cut at midnight has each contact in
//! exactly one day, and figures of hours add up to those of their day. What has not ended counts nowhere; it
//! is told apart as [`Figures::open`]. Occupancy alone is of time and not of contacts: it is cut at the
//! bounds of the period.
//!
//! **Contacts.** Every stay in a queue is a contact: one that is passed on counts again in the group it is
//! passed to. First response, resolution and rating belong to the whole ticket.

mod history;
mod period;
mod reader;
mod record;
mod service;
mod waits;
mod work;

use serde::Serialize;

use crate::{AgentId, Channel, Skill};

pub use history::History;
pub use period::Period;
pub use reader::Reader;
pub use service::Service;
pub use waits::{AbandonClass, Abandonment, ServiceTarget, Waits};
pub use work::{Handled, PassedOn, Work};

/// Which contacts; nothing set: all.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Cut {
    /// Of this channel.
    pub channel: Option<Channel>,
    /// Of this group.
    pub skill: Option<Skill>,
    /// With this agent. Who gave up was with nobody.
    pub agent: Option<AgentId>,
}

/// The figures of a period.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Figures {
    /// Which.
    pub period: Period,
    /// Of which contacts.
    pub cut: Cut,
    /// How long customers waited.
    pub waits: Waits,
    /// What agents did.
    pub work: Work,
    /// What customers got.
    pub service: Service,
    /// Contacts that had begun and not ended when the period did.
    pub open: usize,
}

#[cfg(test)]
mod tests;
