//! Which utterances of a dialogue call for a human, told from numbers of words (MHCH).
//!
//! The texts of these sets were made unreadable before they were published: a word is a number. So this says nothing of
//! the engine, which reads text; it shows what words in a bag and the course of a dialogue are worth for the task.
//!
//! `features` sees the utterance and what came before it, nothing later. [`SparseLogistic`] learns the set's evaluation
//! split (its train split is not public); strength of the ridge and threshold come from cross-validation on it, by
//! dialogue. The test split is asked once.

mod case;
mod dialogue;
mod features;
mod learn;
mod logistic;

use std::path::Path;

use jieda::Faults;

use super::{Set, SetResult};

pub use case::HandoffCase;
pub use dialogue::{Dialogue, Utterance, read_dialogues};
pub use logistic::{SparseLogistic, SparseRow};

pub(super) fn evaluate(
    set: Set,
    data: &Path,
    progress: &mut dyn FnMut(usize, usize),
) -> Result<SetResult, Faults> {
    let (learned, asked) = set.paths(data);
    let mut train = Vec::new();
    for file in learned {
        train.extend(read_dialogues(&file)?);
    }
    let test = read_dialogues(&asked)?;
    let head = learn::Head::fit(&train, progress);
    let cases = head.ask(&test);
    let counts = [
        ("train dialogues", train.len()),
        ("test dialogues", test.len()),
        ("test utterances", cases.len()),
        (
            "test utterances to a human",
            cases.iter().filter(|case| case.expected).count(),
        ),
    ];
    Ok(SetResult::of(set, &counts, &cases))
}
