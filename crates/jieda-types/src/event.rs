//! What can happen in a conversation, whoever keeps it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{MaskedText, Rating, Speaker};

/// What can happen in a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// The customer said something.
    Said {
        /// His words.
        text: MaskedText,
        /// Values that the caller gave for the variables of answers.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        variables: BTreeMap<String, MaskedText>,
    },
    /// The customer rated by a button.
    Rated {
        /// How.
        rating: Rating,
    },
    /// A human agent said something.
    AgentSaid {
        /// His words.
        text: MaskedText,
    },
    /// A human agent gave the conversation back to the engine.
    HandedBack,
}

impl Event {
    /// The customer said something, and the caller gave no values with it.
    #[must_use]
    pub fn said(text: MaskedText) -> Self {
        Self::Said {
            text,
            variables: BTreeMap::new(),
        }
    }

    /// The name used in the database and in JSON: `said`, `rated`, `agent_said`, `handed_back`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Said { .. } => "said",
            Self::Rated { .. } => "rated",
            Self::AgentSaid { .. } => "agent_said",
            Self::HandedBack => "handed_back",
        }
    }

    /// Whose doing it is.
    #[must_use]
    pub fn speaker(&self) -> Speaker {
        match self {
            Self::Said { .. } | Self::Rated { .. } => Speaker::Customer,
            Self::AgentSaid { .. } | Self::HandedBack => Speaker::Agent,
        }
    }

    /// The words, if any were said.
    #[must_use]
    pub fn text(&self) -> Option<&MaskedText> {
        match self {
            Self::Said { text, .. } | Self::AgentSaid { text } => Some(text),
            Self::Rated { .. } | Self::HandedBack => None,
        }
    }
}
