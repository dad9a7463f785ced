//! How a handover is sorted: urgency, tier, ticket type, skill.

use std::collections::BTreeMap;

use jieda_types::{Customer, HandoffReason, Urgency};
use serde::Deserialize;

use super::table::table;
use crate::words::Phrases;

table! {
    /// How much a case presses.
    #[derive(Debug, Clone, PartialEq, Eq)]
    UrgencyRules, GivenUrgency {
        /// By reason; one that is not listed is 普通.
        by_reason: BTreeMap<HandoffReason, Urgency>,
        /// Words that raise it.
        raise: Vec<Raise>,
    }
}

/// Words that make a case more urgent.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Raise {
    /// At least this.
    pub to: Urgency,
    /// For these reasons alone; none: for all.
    #[serde(default)]
    pub reasons: Vec<HandoffReason>,
    /// One of these phrases occurs.
    pub any: Vec<String>,
}

table! {
    /// Customers with a lane of their own.
    #[derive(Debug, Clone, PartialEq, Eq)]
    Vip, GivenVip {
        /// Their tiers.
        tiers: Vec<String>,
        /// Their cases press at least so much.
        at_least: Urgency,
        /// So many turns in a row without a match lead to a human.
        failure_limit: u32,
    }
}

impl Vip {
    /// Whether a customer is one; case doesn't count.
    #[must_use]
    pub fn includes(&self, customer: &Customer) -> bool {
        let tier = customer.tier.as_deref().map(str::to_lowercase);
        tier.is_some_and(|tier| self.tiers.iter().any(|vip| vip.to_lowercase() == tier))
    }
}

impl UrgencyRules {
    /// How much a case presses, by its reason and by what the customer said.
    pub(crate) fn of<'a>(
        &self,
        reason: HandoffReason,
        said: &(impl Iterator<Item = &'a Phrases> + Clone),
    ) -> Urgency {
        let base = self.by_reason.get(&reason).copied().unwrap_or_default();
        let raised = self
            .raise
            .iter()
            .filter(|raise| raise.reasons.is_empty() || raise.reasons.contains(&reason))
            .filter(|raise| {
                said.clone()
                    .any(|text| raise.any.iter().any(|phrase| text.affirms(phrase)))
            })
            .map(|raise| raise.to);
        raised.fold(base, Urgency::max)
    }
}

/// A type of ticket, and the words that name it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TicketType {
    /// Such as 退款.
    pub kind: String,
    /// For these reasons, whatever was said.
    #[serde(default)]
    pub reasons: Vec<HandoffReason>,
    /// One of these phrases occurs.
    #[serde(default)]
    pub any: Vec<String>,
    /// The skill that it wants, instead of that of the FAQs.
    #[serde(default)]
    pub skill: Option<String>,
}
