//! Whole conversations with the decision expected at each turn: read, played against an engine, judged.
//!
//! The engine plays in a closed loop: its own decision, right or wrong, is what the next turn starts from. A
//! conversation that it hands over too early is silent from there on, and the rest of its turns count as wrong.

mod play;
mod read;
mod report;
mod transfer;

pub use play::{Played, PlayedTurn, Reached, play, play_on};
pub use read::{Act, Expected, ExpectedReason, Transcript, TranscriptTurn, read_transcripts};
pub use report::{Exactness, HandoffReport, Retrieved, TranscriptReport, TurnClass};
pub use transfer::{TOLERANCES, Timing, golden_transfer, golden_transfers};

pub(crate) use play::act_of;
pub(crate) use read::{faults, unknown_faqs};
