//! Intents: a head on the frozen encoder.

use std::path::Path;

use jieda::{
    SharedEncoder,
    model::{IntentHead, IntentOptions},
};

use super::{PublicError, Set, SetResult};
use crate::{
    intents::{Material, predict, read_intents},
    suite::IntentCase,
};

pub(super) fn evaluate(
    set: Set,
    data: &Path,
    encoder: &SharedEncoder,
    progress: &mut dyn FnMut(usize, usize),
) -> Result<SetResult, PublicError> {
    let (learned, asked) = set.paths(data);
    let mut train = Vec::new();
    for file in learned {
        train.extend(read_intents(&file)?);
    }
    let test = read_intents(&asked)?;
    let encoder = encoder.encoder().as_ref();
    let material = Material::of_texts(&train, &test, encoder, progress)?;
    let options = IntentOptions::default();
    let head = IntentHead::fit(encoder.id().clone(), &material.train, &options, progress)?;
    let predictions = predict(&head, &material.asked);
    let cases: Vec<IntentCase> = material
        .asked
        .iter()
        .zip(&predictions)
        .map(|(asked, said)| IntentCase::of(asked, said))
        .collect();
    let counts = [
        ("train", material.train.len()),
        ("test", cases.len()),
        ("intents", head.intents().len()),
    ];
    Ok(SetResult::of(set, &counts, &cases))
}
