//! Who takes handovers.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::{AgentId, Channel, Language, Shift, Skill};

/// How well an agent knows a skill, from 1 (learning) to 5 (teaches it).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "i64", into = "i64")]
pub struct Level(u8);

/// Not 1 to 5.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a level is a whole number from 1 to 5, not {0}")]
pub struct NotALevel(pub i64);

impl Level {
    /// The lowest.
    pub const LOWEST: Self = Self(1);

    /// Checks and wraps a number.
    ///
    /// # Errors
    /// [`NotALevel`] outside 1 to 5.
    pub fn new(level: i64) -> Result<Self, NotALevel> {
        match u8::try_from(level) {
            Ok(level @ 1..=5) => Ok(Self(level)),
            _ => Err(NotALevel(level)),
        }
    }

    /// The number.
    #[must_use]
    pub fn get(self) -> u8 {
        self.0
    }
}

impl TryFrom<i64> for Level {
    type Error = NotALevel;
    fn try_from(level: i64) -> Result<Self, NotALevel> {
        Self::new(level)
    }
}

impl From<Level> for i64 {
    fn from(level: Level) -> i64 {
        i64::from(level.0)
    }
}

/// A human agent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Agent {
    /// Who.
    pub id: AgentId,
    /// As people call him.
    pub name: String,
    /// What he can do, and how well.
    pub skills: BTreeMap<Skill, Level>,
    /// So many contacts at a time; the rules may allow less.
    pub capacity: u16,
    /// Languages that he speaks; none: any.
    #[serde(default)]
    pub languages: BTreeSet<Language>,
    /// Channels that he serves; none: any.
    #[serde(default)]
    pub channels: BTreeSet<Channel>,
    /// When he works; none: whenever he is ready.
    #[serde(default)]
    pub shifts: Vec<Shift>,
}

/// What an agent is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AgentState {
    /// Not there.
    Offline,
    /// Takes contacts while he has a free place.
    Ready,
    /// Goes on with what he has, and takes nothing new.
    Busy,
    /// Writes up the contact that has just ended; takes nothing new.
    AfterWork,
    /// Away for a while.
    Break,
}

impl AgentState {
    /// All states.
    pub const ALL: [Self; 5] = [
        Self::Offline,
        Self::Ready,
        Self::Busy,
        Self::AfterWork,
        Self::Break,
    ];

    /// The name used in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Offline => "offline",
            Self::Ready => "ready",
            Self::Busy => "busy",
            Self::AfterWork => "after_work",
            Self::Break => "break",
        }
    }
}
