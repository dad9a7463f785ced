//! How sure a figure is, and whether two differ.
//!
//! * [`Bootstrap`]: intervals of any figure, and of the difference of two systems, by drawing conversations anew.
//! * [`Clusters`]: which cases belong together.
//! * [`McNemar`]: whether one system is right more often than another on the same cases.
//! * [`SequentialTest`]: whether two rates differ, looked at as often as one likes; [`EqualShares`]: whether arms are
//!   drawn alike.
//! * [`Interval`]: a range with its level.
//!
//! Everything here is a function of its input and a seed: the same on any run and any number of threads.

mod bootstrap;
mod clusters;
mod interval;
mod mcnemar;
mod sequential;

pub use bootstrap::{Bootstrap, Difference};
pub use clusters::Clusters;
pub use interval::Interval;
pub use mcnemar::McNemar;
pub use sequential::{Arm, EqualShares, SequentialTest, Side, Spread, Tally};
