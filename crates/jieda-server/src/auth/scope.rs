//! What may be done.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// One kind of thing that a key may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Ask, rate, search, classify, encode: what a chat front end needs.
    Answer,
    /// Speak as a human agent, get handovers and help.
    Agent,
    /// Read conversations, knowledge, reports, policy.
    View,
    /// Score conversations that were drawn for quality review.
    Review,
    /// Change the draft of the knowledge base.
    Edit,
    /// Publish and roll back.
    Publish,
    /// Metrics and reloading.
    Admin,
}

/// What a person is, in the console.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Reads.
    Viewer,
    /// Edits the draft, speaks as an agent and reviews conversations as well.
    Editor,
    /// Publishes as well.
    Publisher,
}

/// A name of no scope or role.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{name}` is none of {known}")]
pub struct UnknownName {
    name: String,
    known: String,
}

impl Scope {
    /// All scopes.
    pub const ALL: [Self; 7] = [
        Self::Answer,
        Self::Agent,
        Self::View,
        Self::Review,
        Self::Edit,
        Self::Publish,
        Self::Admin,
    ];

    /// The name used in files and on the command line.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Answer => "answer",
            Self::Agent => "agent",
            Self::View => "view",
            Self::Review => "review",
            Self::Edit => "edit",
            Self::Publish => "publish",
            Self::Admin => "admin",
        }
    }
}

impl Role {
    /// All roles.
    pub const ALL: [Self; 3] = [Self::Viewer, Self::Editor, Self::Publisher];

    /// The name used in files and on the command line.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Editor => "editor",
            Self::Publisher => "publisher",
        }
    }

    /// What it may do. Whoever reads may also ask, to try it.
    #[must_use]
    pub fn scopes(self) -> &'static [Scope] {
        use Scope as S;
        match self {
            Self::Viewer => &[S::Answer, S::View],
            Self::Editor => &[S::Answer, S::Agent, S::View, S::Review, S::Edit],
            Self::Publisher => &Scope::ALL,
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Scope {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, UnknownName> {
        named(text, &Self::ALL, Self::as_str)
    }
}

impl FromStr for Role {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, UnknownName> {
        named(text, &Self::ALL, Self::as_str)
    }
}

fn named<T: Copy>(text: &str, all: &[T], name: fn(T) -> &'static str) -> Result<T, UnknownName> {
    let found = all.iter().copied().find(|&value| name(value) == text);
    found.ok_or_else(|| UnknownName {
        name: text.to_owned(),
        known: all.iter().copied().map(name).collect::<Vec<_>>().join(", "),
    })
}
