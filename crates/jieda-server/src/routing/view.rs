//! What can be seen from outside.

use jieda::{Timestamp, types::ConversationId};
use jieda_routing::{Agent, AgentView, Alarm, GroupView, Mode, Stage, Ticket, TicketView};
use serde::Serialize;

use super::state::State;

/// Everything as it is at one moment.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DeskView {
    /// The last entry of the journal that it holds: events after it are those that are missing.
    pub last: u64,
    /// The time of the last event: waits are of then.
    pub at: Timestamp,
    /// The groups, in the order of the rules.
    pub groups: Vec<GroupView>,
    /// The agents, by number.
    pub agents: Vec<AgentSeen>,
    /// The open tickets, the oldest first.
    pub tickets: Vec<TicketSeen>,
    /// What somebody must know.
    pub alarms: Vec<Alarm>,
    /// Whether key channels go first.
    pub mode: Mode,
}

/// An agent.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AgentSeen {
    /// Who, and what he can do.
    #[serde(flatten)]
    pub agent: Agent,
    /// What he does.
    pub now: Option<AgentView>,
}

/// An open ticket.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TicketSeen {
    /// The ticket.
    #[serde(flatten)]
    pub ticket: Ticket,
    /// When it arrived.
    pub arrived: Timestamp,
    /// Its conversation.
    pub conversation: Option<ConversationId>,
    /// Where it is.
    #[serde(flatten)]
    pub stage: Option<Stage>,
    /// Its group, its offer, its line.
    #[serde(flatten)]
    pub now: Option<TicketView>,
}

impl DeskView {
    pub(super) fn of(state: &State) -> Self {
        let agents = state.agents.values().map(|agent| AgentSeen {
            agent: agent.clone(),
            now: state.router.agent(agent.id),
        });
        let tickets = state.tickets.values().map(|open| TicketSeen {
            ticket: open.ticket.clone(),
            arrived: open.arrived,
            conversation: open.of.conversation.clone(),
            stage: state.router.stage(open.ticket.id),
            now: state.router.ticket(open.ticket.id),
        });
        Self {
            last: state.last,
            at: state.at,
            groups: state.router.groups(),
            agents: agents.collect(),
            tickets: tickets.collect(),
            alarms: state.alarms.iter().cloned().collect(),
            mode: state.router.mode(),
        }
    }
}
