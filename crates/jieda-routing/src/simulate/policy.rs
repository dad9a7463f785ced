//! Who gets what: ours, and what is compared with it.

use std::{fmt, str::FromStr};

use serde::Serialize;

use crate::{Rules, Selection};

/// A way of giving contacts to agents. All of them give a contact only to agents who have its skill: the
/// others differ from ours in the order of those who wait, in the choice of the agent, and in that they know
/// no overflow, no escalation and no reserve.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Policy {
    /// The rules as they are.
    Ours,
    /// First come first served; agents in turn.
    RoundRobin,
    /// First come first served; who has been idle longest.
    LongestIdle,
    /// First come first served; anybody.
    Random,
}

impl Policy {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::Ours,
        Self::RoundRobin,
        Self::LongestIdle,
        Self::Random,
    ];

    /// The name in files and JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ours => "ours",
            Self::RoundRobin => "round_robin",
            Self::LongestIdle => "longest_idle",
            Self::Random => "random",
        }
    }

    /// The rules that make a router behave so.
    #[must_use]
    pub fn rules(self, ours: &Rules, seed: u64) -> Rules {
        match self {
            Self::Ours => ours.clone(),
            Self::RoundRobin => ours.plain(Selection::RoundRobin),
            Self::LongestIdle => ours.plain(Selection::LongestIdle),
            Self::Random => ours.plain(Selection::Random { seed }),
        }
    }
}

impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// No policy of this name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no policy “{0}”: ours, round_robin, longest_idle or random")]
pub struct NoSuchPolicy(pub String);

impl FromStr for Policy {
    type Err = NoSuchPolicy;
    fn from_str(name: &str) -> Result<Self, NoSuchPolicy> {
        let found = Self::ALL.into_iter().find(|policy| policy.as_str() == name);
        found.ok_or_else(|| NoSuchPolicy(name.to_owned()))
    }
}
