//! Suites: what is measured together, written down, and compared with what was measured before.
//!
//! * [`Suite`]: names runs, each a knowledge base, its truth files and a kind of evaluation ([`Work`]). Read from TOML.
//! * [`Prepared`]: a run whose files are read and sound; [`Prepared::run`] gives its [`Cases`].
//! * [`Cases`]: what was expected of each text and what came. Every figure is a function of them ([`FigureOf`]), so
//!   what is committed as CSV can be counted again.
//! * [`Results`]: the figures of all runs with their intervals, as one JSON; [`Recorded`]: results that lie in a folder.
//! * [`Check`]: results against recorded ones, with a tolerance.
//! * [`Comparison`]: two recorded results, case by case, with paired tests.
//!
//! Nothing in the results changes from one run to the next, or with the number of threads: no time, no path. Numbers are
//! rounded before anything is counted from them, since floating point differs a little from machine to machine.

mod cases;
mod check;
mod compare;
mod figure;
mod pairs;
mod read;
mod results;
mod run;
mod toml_fields;

#[cfg(test)]
mod tests;

use std::{collections::BTreeMap, path::PathBuf};

use jieda::SearchMode;

use crate::truth::Split;

pub use cases::{
    Case, Cases, DecisionCase, IntentCase, LabelKind, RetrievalCase, TranscriptCase, figure_names,
};
pub use check::{Change, Check, Outcome};
pub use compare::{Comparison, FigureComparison, RunComparison, Test};
pub(crate) use figure::rounded;
pub use figure::{Better, Ends, Figure, FigureOf, Measure};
pub use pairs::{Flip, Flips};
pub(crate) use results::figures_of;
pub use results::{EngineParts, Group, Measured, Recorded, Results, RunResult};
pub use run::{Prepared, RunError};

/// A drop of a figure that is not taken for one, where the suite says nothing else. Two of 400 queries: an answer on
/// another machine may fall on the other side of a threshold.
pub const DEFAULT_TOLERANCE: f64 = 0.005;

/// What is measured together.
#[derive(Debug, Clone, PartialEq)]
pub struct Suite {
    /// Its name.
    pub name: String,
    /// How far a figure may fall.
    pub tolerance: Tolerance,
    /// What is measured, in the order of the file.
    pub runs: Vec<Run>,
}

/// How far figures may fall, in their own unit.
#[derive(Debug, Clone, PartialEq)]
pub struct Tolerance {
    /// Of figures that are not named.
    pub default: f64,
    /// By name of the figure.
    pub by_figure: BTreeMap<String, f64>,
}

impl Tolerance {
    /// That of a figure.
    #[must_use]
    pub fn of(&self, figure: &str) -> f64 {
        let named = self.by_figure.get(figure);
        named.copied().unwrap_or(self.default)
    }
}

impl Default for Tolerance {
    fn default() -> Self {
        Self {
            default: DEFAULT_TOLERANCE,
            by_figure: BTreeMap::new(),
        }
    }
}

/// One knowledge base, evaluated in one way.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// Its name, unique in the suite; its CSV is called by it.
    pub name: String,
    /// Folder of the knowledge base.
    pub kb: PathBuf,
    /// What is done.
    pub work: Work,
    /// The figures that are wanted, in this order.
    pub figures: Vec<&'static str>,
}

/// A kind of evaluation, and the files that it takes.
#[derive(Debug, Clone, PartialEq)]
pub enum Work {
    /// Labelled queries are searched for.
    Retrieval {
        /// Labelled queries.
        queries: PathBuf,
        /// Only these of them.
        split: Option<Split>,
        /// How it is searched.
        mode: SearchMode,
    },
    /// Labelled texts are put to the engine.
    Decision {
        /// Queries that an FAQ answers.
        queries: PathBuf,
        /// Queries that none answers.
        unanswerable: Option<PathBuf>,
        /// Texts that belong to a human, and look-alikes.
        handoff: Option<PathBuf>,
        /// Only these of them.
        split: Option<Split>,
    },
    /// Conversations are played.
    Transcripts {
        /// Conversations with the decision expected at each turn.
        transcripts: PathBuf,
    },
    /// A head learns the phrasings and all queries but those of the test split, and is asked these.
    Intents {
        /// Labelled queries.
        queries: PathBuf,
        /// Queries that no FAQ answers.
        unanswerable: Option<PathBuf>,
    },
}

/// A kind of evaluation without its files.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Retrieval.
    Retrieval,
    /// Decisions.
    Decision,
    /// Conversations.
    Transcripts,
    /// Intents.
    Intents,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Self; 4] = [
        Self::Retrieval,
        Self::Decision,
        Self::Transcripts,
        Self::Intents,
    ];

    /// The name in files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Retrieval => "retrieval",
            Self::Decision => "decision",
            Self::Transcripts => "transcripts",
            Self::Intents => "intents",
        }
    }
}

impl Work {
    /// Its kind.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self {
            Self::Retrieval { .. } => Kind::Retrieval,
            Self::Decision { .. } => Kind::Decision,
            Self::Transcripts { .. } => Kind::Transcripts,
            Self::Intents { .. } => Kind::Intents,
        }
    }
}
