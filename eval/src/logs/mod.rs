//! Recorded conversations, whoever wrote them down.
//!
//! [`Log`] checks a whole file first, and then gives its conversations away chunk by chunk, so that a log may be larger
//! than memory. Its principal record is [`Recorded`]: what happened in a conversation, when, and what is known of what
//! was or should have been done. Every text is masked before it gets there.
//!
//! | [`Format`] | one line or row is | written by |
//! |---|---|---|
//! | `Export` | a conversation | `jieda log export` |
//! | `Saved` | a conversation | `jieda chat --save` |
//! | `Transcripts` | a conversation, each turn with the decision expected | people who label |
//! | `Messages` | a message, or a conversation with its `messages` | any other system, as JSON lines |
//! | `Table` | a message | any other system, as CSV or workbook |
//!
//! What a message needs are a conversation, a role and a text, under names that people use (`fields`). Where a human and
//! a bot both speak, a bot that speaks after a human has been handed the conversation back.

mod assemble;
mod detect;
mod export;
mod fields;
mod labelled;
mod lines;
mod log;
mod message;
mod messages;
mod recorded;
mod saved;
mod table;
mod values;

pub use detect::Format;
pub use log::{Log, LogFacts, LogOptions};
pub use recorded::{Decided, DecisionKind, Recorded, RecordedTurn, Transfer, Variables};
