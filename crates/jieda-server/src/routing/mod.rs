//! Who takes a handover: the host of [`jieda_routing::Router`], which is pure. The host gives it the time, keeps its
//! log in the store's journal, and tells whoever must know.
//!
//! | part | does |
//! |---|---|
//! | [`RoutingEntry`] | what the journal holds |
//! | [`Desk`] | applies events, each on the disk before anybody hears of it |
//! | `history` | what the journal says of contacts and agents: what figures are made of |
//! | `memory` | what is remembered of tickets that may have ended |
//! | `mode` | key channels first, while the service is not whole |
//! | `state` | what the journal leads to: router, agents, open tickets, alarms |
//! | `webhook` | delivers alarms elsewhere, signed, at least once |
//! | `view` | what can be seen from outside |

mod contacts;
mod desk;
mod entry;
mod history;
mod memory;
mod mode;
mod state;
mod view;
mod webhook;

pub(crate) use contacts::Contacts;
pub use desk::{Act, Desk, RoutingError};
pub use entry::{JOURNAL, Numbered, Of, RoutingEntry, routing_log};
pub(crate) use history::history;
pub use view::{AgentSeen, DeskView, TicketSeen};
