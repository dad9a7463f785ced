//! What is handed over.

use jieda_types::{Handover, Urgency};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{AgentId, Channel, Language, Skill, TicketId, Tier};

/// A case that waits for a human.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ticket {
    /// Which.
    pub id: TicketId,
    /// The skill that the handover package wants.
    #[serde(default)]
    pub skill: Option<Skill>,
    /// Tags of the FAQs that were tried: they find the group where the package wants no skill.
    #[serde(default)]
    pub tags: Vec<Skill>,
    /// How much it presses.
    #[serde(default)]
    pub urgency: Urgency,
    /// The customer's tier.
    #[serde(default)]
    pub tier: Option<Tier>,
    /// Where he writes.
    #[serde(default)]
    pub channel: Option<Channel>,
    /// What he speaks; none: what every agent speaks.
    #[serde(default)]
    pub language: Option<Language>,
    /// Who served him last.
    #[serde(default)]
    pub last_contact: Option<LastContact>,
}

/// The last contact of a customer with a human.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LastContact {
    /// Who served him.
    pub agent: AgentId,
    /// When it ended.
    pub at: Timestamp,
}

/// What the handover package doesn't know.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Background {
    /// Tags of the FAQs in the package, from the knowledge base.
    pub tags: Vec<Skill>,
    /// What the customer speaks.
    pub language: Option<Language>,
    /// Who served him last.
    pub last_contact: Option<LastContact>,
}

impl Ticket {
    /// The ticket of a handover package. Names that are empty count as left out.
    #[must_use]
    pub fn of(id: TicketId, handover: &Handover, background: Background) -> Self {
        let customer = &handover.customer;
        Self {
            id,
            skill: handover.skill.as_deref().and_then(|s| Skill::new(s).ok()),
            tags: background.tags,
            urgency: handover.ticket.urgency,
            tier: customer.tier.as_deref().and_then(|t| Tier::new(t).ok()),
            channel: customer
                .channel
                .as_deref()
                .and_then(|c| Channel::new(c).ok()),
            language: background.language,
            last_contact: background.last_contact,
        }
    }
}
