//! Public benchmarks, from a folder that the user has. None of it is part of this repository.
//!
//! * [`Set`]: which there are, and the files that each takes.
//! * [`evaluate`]: figures of one, with intervals.
//!
//! Three kinds. *Intents* (SMP2017-ECDT, KUAKE-QIC): a head on the frozen encoder learns the set's train split and is
//! asked its test split. *Retrieval* (BQ, LCQMC, AFQMC): FAQs made from pairs of paraphrases, in hybrid search as it
//! ships. *Handoff* (MHCH): utterances are numbers of words and no text, so that nothing of the text engine takes part;
//! see [`handoff`].

pub mod handoff;
mod intents;
mod report;
mod retrieval;
mod set;

use std::{collections::BTreeMap, path::Path};

use jieda::{EngineConfig, EngineError, Faults, SharedEncoder, model::IntentFitError};
use serde::Serialize;

use crate::{
    stats::Bootstrap,
    suite::{Case, Figure, figures_of},
};

pub use report::page;
pub use set::Set;

/// What was found on a set.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SetResult {
    /// The set.
    pub set: Set,
    /// How many there are of what.
    pub counts: BTreeMap<&'static str, usize>,
    /// The figures, headline first.
    pub figures: Vec<SetFigure>,
}

/// A figure with its name.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SetFigure {
    /// Its name.
    pub name: &'static str,
    /// Its value and interval.
    #[serde(flatten)]
    pub figure: Figure,
}

/// Why a set could not be evaluated.
#[derive(Debug, thiserror::Error)]
pub enum PublicError {
    /// Its files.
    #[error("{0}")]
    Files(Faults),
    /// The engine.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// No head could be fitted.
    #[error(transparent)]
    Intents(#[from] IntentFitError),
    /// A knowledge base could not be put down for a while.
    #[error("can't write a knowledge base into the temporary folder: {0}")]
    Temporary(#[from] std::io::Error),
}

impl From<Faults> for PublicError {
    fn from(faults: Faults) -> Self {
        Self::Files(faults)
    }
}

/// Evaluates a set of this folder. `progress` is told (done, all).
///
/// # Errors
/// [`PublicError`].
pub fn evaluate(
    set: Set,
    data: &Path,
    config: &EngineConfig,
    encoder: &SharedEncoder,
    progress: &mut dyn FnMut(usize, usize),
) -> Result<SetResult, PublicError> {
    match set {
        Set::Smp2017 | Set::KuakeQic => intents::evaluate(set, data, encoder, progress),
        Set::BqSimilar | Set::LcqmcMulti | Set::AfqmcMulti => {
            retrieval::evaluate(set, data, config, encoder, progress)
        }
        Set::DamiClothing | Set::DamiMakeup | Set::RssnMakeup => {
            Ok(handoff::evaluate(set, data, progress)?)
        }
    }
}

impl SetResult {
    fn of<C: Case>(set: Set, counts: &[(&'static str, usize)], cases: &[C]) -> Self {
        let figures = figures_of(cases, &Bootstrap::default(), |_| true);
        Self {
            set,
            counts: counts.iter().copied().collect(),
            figures: figures
                .into_iter()
                .map(|(name, figure)| SetFigure { name, figure })
                .collect(),
        }
    }
}
