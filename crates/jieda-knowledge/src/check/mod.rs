//! Checks: of each row alone (`rows`), and of rows against each other (`phrasings`).

mod advice;
mod intents;
mod near;
mod phrasings;
mod rows;
mod text;
mod values;

pub(crate) use advice::advice;
pub(crate) use intents::{IntentBook, OtherIntents, intents_of_files, unique_intents};
pub(crate) use near::near_duplicates;
pub(crate) use phrasings::{Pairs, same_phrasings};
pub(crate) use rows::{CheckedRow, RowChecker};
pub(crate) use text::phrasing_key;
