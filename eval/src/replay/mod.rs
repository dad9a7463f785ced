//! What would have become of recorded conversations: another knowledge base, another policy, other thresholds.
//!
//! [`Replay`] puts the turns of a [`Log`](crate::logs::Log) to one engine or two, with the words, times, channels,
//! customers and values of the record, and makes a [`ReplayReport`]: what each side does, and where they differ. With
//! one engine, it is compared with the decisions of then, where the log has them.
//!
//! **[`Course::Closed`]**: the state is what the engine makes of it, from the first turn on. A conversation that it hands
//! over is silent from there, until the record says that a human gave it back; what human agents said is passed on to the
//! engine as what it is. This is what would have happened, but for one thing: the customer says what he said, even
//! where he would have heard something else.
//!
//! **[`Course::Open`]**: each turn is decided as the record has led up to it. Where the log has states (`jieda log
//! export`), the engine starts from the one of then; elsewhere a conversation that the engine has handed over too soon
//! is given back to it. Turns that a human had to answer are passed over. One early mistake counts once.
//!
//! The same log and engines give the same report, byte for byte, on any number of threads: conversations are
//! independent, a vector doesn't depend on its batch, and everything is added up in the order of the log.

mod change;
mod collect;
mod costs;
mod encoder;
mod figures;
mod play;
mod report;
mod run;
mod tally;

pub use change::{Change, Changes, Transition};
pub use costs::{CostPoint, RATIOS};
pub use encoder::{RememberingEncoder, Spent};
pub use figures::{Figures, LabelFigures, TimingFigures, TimingReference};
pub use play::Course;
pub use report::{
    Comparison, FigureDifference, PassedOver, ReplayReport, SideIdentity, SideName, SideReport,
};
pub use run::{Replay, ReplayError, Watch};
pub use tally::{Figure, Tally};
