//! Selective risk control: a threshold of the confidence from which on replies are sent, with a bound
//! on how many of them are wrong.
//!
//! Everything starts from [`Observation`]s, labelled queries with the confidence that the engine had.
//!
//! * [`Tallies::choose`]: the lowest reply threshold at which a [`Promise`] holds, or a [`Refusal`]
//!   that says how many labels it takes; [`Tallies::outlook`]: what more labels would buy.
//! * [`Recheck`]: whether the promise holds at a threshold that was chosen before.
//! * [`clarify::choose`]: down to which confidence a clarifying question pays.
//! * [`cost::price`]: the cheapest thresholds when a wrong answer and a handover have a price.
//! * [`RiskCoverage`]: the whole trade, as a curve.
//! * [`Proportion`]: exact bounds of a share.
//!
//! All of it holds while queries look like the sample, and no longer.

mod beta;
pub mod clarify;
mod cluster;
pub mod cost;
mod curve;
mod grid;
mod interval;
mod observation;
mod outlook;
mod promise;
mod recheck;
mod redraw;
mod sequence;
mod tally;
mod threshold;

pub use crate::stats::Interval;
pub use curve::{CurvePoint, RiskCoverage};
pub use grid::Grid;
pub use interval::Proportion;
pub use observation::{Observation, Truth, halves};
pub use outlook::Outlook;
pub use promise::{Promise, PromiseError};
pub use recheck::Recheck;
pub use redraw::Redraws;
pub use tally::{Tallies, Tally};
pub use threshold::{Choice, Refusal, Why};
