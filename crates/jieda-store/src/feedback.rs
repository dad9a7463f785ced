//! What is said of a conversation, beside it.

use jieda_types::{MaskedText, Rating};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::TurnNumber;

/// Feedback on a conversation or on one turn of it. It is no turn: the engine does not react to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Feedback {
    /// When. Kept to the microsecond.
    pub at: Timestamp,
    /// The turn that it is on; the conversation as a whole without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub turn: Option<TurnNumber>,
    /// How satisfied he is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rating: Option<Rating>,
    /// Whether it was solved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
    /// What he says of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<MaskedText>,
}

/// Whether what the customer came for was solved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It was.
    Solved,
    /// It was not.
    Unsolved,
}

impl Outcome {
    /// The name used in the database and in JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Solved => "solved",
            Self::Unsolved => "unsolved",
        }
    }
}
