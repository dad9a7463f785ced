//! Checks: of each row alone (`rows`), and of rows against each other (`phrasings`).

mod advice;
mod finding;
mod intents;
mod near;
mod phrasings;
mod rows;
mod text;
mod values;

pub use finding::Finding;

pub(crate) use advice::advice;
pub(crate) use finding::placed;
pub(crate) use intents::{IntentBook, OtherIntents, intents_of_files, unique_intents};
pub(crate) use near::near_duplicates;
pub(crate) use phrasings::{Pairs, same_phrasings};
pub(crate) use rows::{CheckedRow, RowChecker};
pub(crate) use text::phrasing_key;
