//! What the engine decides, against labels: coverage, wrong rate, handovers, calibration.
//!
//! [`ask`] puts every labelled text to the engine; [`DecisionReport`] makes figures of what it did, and
//! [`Turn::observation`] is what [`crate::risk`] chooses thresholds from.

mod report;
mod turn;

pub use report::{DecisionReport, Group, Share, forecasts};
pub use turn::{Label, Labelled, Turn, ask, ask_each};
pub(crate) use turn::{every_variable, is_by_confidence};
