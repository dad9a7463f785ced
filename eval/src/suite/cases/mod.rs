//! Cases: what was expected of each text, and what came. One row of a CSV each.

mod decision;
mod intents;
mod retrieval;
mod transcripts;

use serde::{Serialize, de::DeserializeOwned};

use super::{FigureOf, Kind};
use crate::stats::Clusters;

pub use decision::{DecisionCase, LabelKind};
pub use intents::IntentCase;
pub use retrieval::RetrievalCase;
pub use transcripts::TranscriptCase;

/// One case of a run.
pub trait Case: Serialize + DeserializeOwned + Sync + Sized + 'static {
    /// What is counted from cases, headline first.
    const FIGURES: &'static [FigureOf<Self>];

    /// What says that two cases, of two results, are the same: all that was known before the engine was asked.
    fn key(&self) -> String;

    /// The conversation that it comes from; none for one on its own.
    fn cluster(&self) -> Option<&str>;

    /// What it is grouped by, such as the way of speaking; empty for nothing.
    fn group(&self) -> &str;

    /// Whether what came is right; none where the label doesn't say.
    fn is_right(&self) -> Option<bool>;

    /// What the customer said.
    fn text(&self) -> &str;

    /// What was expected, for people.
    fn expected(&self) -> String;

    /// What came, for people.
    fn came(&self) -> String;
}

/// Cases of one run.
#[derive(Debug, Clone, PartialEq)]
pub enum Cases {
    /// Of retrieval.
    Retrieval(Vec<RetrievalCase>),
    /// Of decisions.
    Decision(Vec<DecisionCase>),
    /// Of conversations, turn by turn.
    Transcripts(Vec<TranscriptCase>),
    /// Of intents.
    Intents(Vec<IntentCase>),
}

/// Does the same with the cases of whatever kind.
macro_rules! with_cases {
    ($of:expr, $cases:ident => $body:expr) => {
        match $of {
            $crate::suite::Cases::Retrieval($cases) => $body,
            $crate::suite::Cases::Decision($cases) => $body,
            $crate::suite::Cases::Transcripts($cases) => $body,
            $crate::suite::Cases::Intents($cases) => $body,
        }
    };
}
pub(super) use with_cases;

impl Cases {
    /// Their kind.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self {
            Self::Retrieval(_) => Kind::Retrieval,
            Self::Decision(_) => Kind::Decision,
            Self::Transcripts(_) => Kind::Transcripts,
            Self::Intents(_) => Kind::Intents,
        }
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        with_cases!(self, cases => cases.len())
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// The figures of a kind, in the order in which they are shown.
#[must_use]
pub fn figure_names(kind: Kind) -> Vec<&'static str> {
    fn of<C: Case>() -> Vec<&'static str> {
        C::FIGURES.iter().map(|figure| figure.name).collect()
    }
    match kind {
        Kind::Retrieval => of::<RetrievalCase>(),
        Kind::Decision => of::<DecisionCase>(),
        Kind::Transcripts => of::<TranscriptCase>(),
        Kind::Intents => of::<IntentCase>(),
    }
}

/// The conversations of cases.
pub(super) fn clusters<C: Case>(cases: &[C]) -> Clusters {
    Clusters::of(cases.iter().map(Case::cluster))
}

/// A name that may be missing.
fn named(name: &str) -> Option<&str> {
    (!name.is_empty()).then_some(name)
}
