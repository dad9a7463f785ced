//! Who takes a handover: the host of [`jieda_routing::Router`], which is pure. The host gives it the time, keeps its
//! log in the store's journal, and tells whoever must know.
//!
//! | part | does |
//! |---|---|
//! | [`RoutingEntry`] | what the journal holds |
//! | [`Desk`] | applies events, each on the disk before anybody hears of it |
//! | `mode` | key channels first, while the service is not whole |
//! | `state` | what the journal leads to: router, agents, open tickets, alarms |
//! | `webhook` | delivers alarms elsewhere, signed, at least once |
//! | `view` | what can be seen from outside |

mod desk;
mod entry;
mod mode;
mod state;
mod view;
mod webhook;

pub use desk::{Act, Desk, RoutingError};
pub use entry::{JOURNAL, Numbered, RoutingEntry, routing_log};
pub use view::{AgentSeen, DeskView, TicketSeen};
