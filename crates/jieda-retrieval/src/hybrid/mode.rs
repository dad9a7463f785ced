//! Which signals take part.

use std::{fmt, str::FromStr};

use jieda_types::Signal;

use crate::fusion::FusionWeights;

/// Which signals take part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SearchMode {
    /// BM25 alone; needs no encoder.
    Bm25,
    /// Cosine with the best phrasing alone: plain dense retrieval, the yardstick for hybrid.
    Vector,
    /// Everything.
    #[default]
    Hybrid,
}

impl SearchMode {
    /// All modes.
    pub const ALL: [Self; 3] = [Self::Bm25, Self::Vector, Self::Hybrid];

    /// The name on the command line and the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Bm25 => "bm25",
            Self::Vector => "vector",
            Self::Hybrid => "hybrid",
        }
    }

    pub(super) fn weights(self, hybrid: &FusionWeights) -> FusionWeights {
        match self {
            Self::Hybrid => *hybrid,
            Self::Bm25 => hybrid.only(|signal| !signal.is_vector()),
            Self::Vector => hybrid.only(|signal| signal == Signal::VectorBest),
        }
    }
}

impl fmt::Display for SearchMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for SearchMode {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|mode| mode.name() == text)
            .ok_or_else(|| format!("unknown search mode `{text}`; known: bm25, vector, hybrid"))
    }
}
