//! How many will come, and how many agents that takes.
//!
//! [`Seasons`] forecasts contacts per hour from those of past weeks, and says how wrong it has been.
//! [`Demand`] says how a number of agents copes with a load, by Erlang C or Erlang A, and how many are
//! needed for a target. [`Outlook`] joins them to the contacts of a routing core.

mod backtest;
mod demand;
mod erlang;
mod outlook;
mod seasons;

pub use backtest::Backtest;
pub use demand::{Demand, Need, Performance};
pub use erlang::{erlang_b, erlang_c};
pub use outlook::{HourAhead, Outlook, Wanted};
pub use seasons::{ForecastError, Seasons};
