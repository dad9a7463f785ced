//! Agents, tickets and what happens to them.

use std::collections::BTreeMap;

use jieda::types::{Rating, Urgency};
use jieda_routing::{AgentState, EventKind, Mode, Outcome, TicketId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An agent: who he is and what he can do.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AgentRegistration {
    /// As people call him.
    #[schema(min_length = 1, max_length = 128, example = "小王")]
    pub name: String,
    /// Skills, each with a level from 1 to 5.
    #[schema(example = json!({ "售后": 3 }))]
    pub skills: BTreeMap<String, i64>,
    /// So many contacts at a time; the rules may allow less.
    #[schema(minimum = 0, maximum = 1000)]
    pub capacity: u16,
    /// Languages that he speaks; none: any.
    #[serde(default)]
    pub languages: Vec<String>,
    /// Channels that he serves; none: any.
    #[serde(default)]
    pub channels: Vec<String>,
    /// When he works, as in `routing.toml`: `{"days": ["mon"], "from": "09:00", "to": "18:00"}`; none: whenever he is
    /// ready.
    #[serde(default)]
    #[schema(value_type = Vec<Object>)]
    pub shifts: Vec<serde_json::Value>,
}

/// What an agent does now.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AgentStateBody {
    /// `offline`, `ready`, `busy`, `after_work` or `break`.
    #[schema(value_type = String, example = "ready")]
    pub state: AgentState,
}

/// A case of another system that waits for a human.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TicketRequest {
    /// The skill that it wants.
    #[serde(default)]
    pub skill: Option<String>,
    /// Names of groups or tags that find one where `skill` is none.
    #[serde(default)]
    pub tags: Vec<String>,
    /// `普通`, `紧急` or `特急`.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub urgency: Urgency,
    /// The customer's tier.
    #[serde(default)]
    pub tier: Option<String>,
    /// Where he writes.
    #[serde(default)]
    pub channel: Option<String>,
    /// What he speaks.
    #[serde(default)]
    pub language: Option<String>,
    /// A conversation that is kept here.
    #[serde(default)]
    pub conversation_id: Option<String>,
    /// The caller's id of the customer: who served him last goes first.
    #[serde(default)]
    #[schema(max_length = 128)]
    pub customer_id: Option<String>,
}

/// The number of a ticket, and where the journal stands.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub struct TicketTaken {
    /// The ticket.
    pub ticket: u64,
    /// The entry of the journal.
    pub number: u64,
}

/// What happens to a ticket.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(tag = "act", rename_all = "snake_case", deny_unknown_fields)]
pub enum TicketAct {
    /// The agent takes what he was offered.
    Accept {
        /// Who.
        agent: u32,
    },
    /// He does not.
    Refuse {
        /// Who.
        agent: u32,
        /// Why.
        #[serde(default)]
        reason: String,
    },
    /// The agent said something.
    Reply,
    /// The customer is put on hold.
    Hold,
    /// The hold is over.
    Resume,
    /// It is passed on.
    Transfer {
        /// To which group.
        to: String,
    },
    /// The contact is over.
    End {
        /// `resolved` or `unresolved`.
        #[schema(value_type = String, example = "resolved")]
        outcome: Outcome,
    },
    /// The customer went away before anybody took it.
    Abandon,
    /// The customer rated the service.
    Rate {
        /// 1 to 5.
        #[schema(value_type = u8, minimum = 1, maximum = 5)]
        rating: Rating,
    },
}

impl TicketAct {
    /// As the router takes it.
    ///
    /// # Errors
    /// What is wrong with a name, and where.
    pub fn event(self, ticket: TicketId) -> Result<EventKind, (&'static str, String)> {
        use jieda_routing::{AgentId, Skill};
        Ok(match self {
            Self::Accept { agent } => EventKind::OfferAccepted {
                ticket,
                agent: AgentId(agent),
            },
            Self::Refuse { agent, reason } => EventKind::OfferRefused {
                ticket,
                agent: AgentId(agent),
                reason,
            },
            Self::Reply => EventKind::AgentReplied { ticket },
            Self::Hold => EventKind::HoldStarted { ticket },
            Self::Resume => EventKind::HoldEnded { ticket },
            Self::Transfer { to } => EventKind::TransferRequested {
                ticket,
                to: Skill::new(&to).map_err(|e| ("/to", e.to_string()))?,
            },
            Self::End { outcome } => EventKind::ContactEnded { ticket, outcome },
            Self::Abandon => EventKind::TicketAbandoned { ticket },
            Self::Rate { rating } => EventKind::Rated { ticket, rating },
        })
    }
}

/// Whether the service is whole.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ModeBody {
    /// `normal`, or `degraded`: key channels go first.
    #[schema(value_type = String, example = "degraded")]
    pub mode: Mode,
}

/// Where the journal stands after what was asked for.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RoutedBody {
    /// The entry.
    pub number: u64,
    /// What it led to: offers, queueing, alarms.
    #[schema(value_type = Vec<Object>)]
    pub actions: Vec<jieda_routing::Action>,
}
