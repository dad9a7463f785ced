//! The rules file, `routing.toml`. Raw → checked; unknown keys are refused.

mod check;
mod groups;
mod raw;

use jieda_types::Urgency;
use jiff::{SignedDuration, tz::TimeZone};
use serde::{Deserialize, Serialize};

use crate::{
    ByUrgency, Channel, Level, Tier,
    file::{FileError, read},
};

pub use groups::{Group, Groups};

/// Checked rules.
///
/// ```
/// use jieda_routing::{Rules, Selection};
///
/// let rules = Rules::from_toml("[choice]\nby = \"longest_idle\"")?;
/// assert_eq!(rules.choice.by, Selection::LongestIdle);
/// // What the file leaves out is as in the one that ships.
/// assert_eq!(rules.groups, Rules::shipped()?.groups);
///
/// let error = Rules::from_toml("[offer]\ntimeot = \"30s\"\nmisses = 0").unwrap_err();
/// assert!(error.to_string().starts_with("第 2 行 offer.timeot："), "{error}");
/// # Ok::<(), jieda_routing::FileError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Rules {
    /// The clock of shifts.
    pub timezone: TimeZone,
    /// Who goes first.
    pub priority: Priority,
    /// Which of the fitting agents.
    pub choice: Choice,
    /// How a ticket is offered.
    pub offer: Offer,
    /// When seniors come in.
    pub escalation: Escalation,
    /// After so long a wait, agents of other groups may take it.
    pub overflow: ByUrgency<SignedDuration>,
    /// Longest time of after-contact work; zero: none.
    pub after_work: SignedDuration,
    /// Most contacts that any agent has at a time.
    pub concurrent: u16,
    /// Channels that go first while the service is degraded.
    pub key_channels: Vec<Channel>,
    /// When somebody must know.
    pub alarms: Alarms,
    /// The skill groups.
    pub groups: Groups,
}

/// Who goes first.
///
/// Tickets are taken in the order of *arrival − head start*, where the head start depends on urgency and
/// tier alone: the dynamic priority with urgency numbers of J. R. Jackson, "Some problems in queueing with
/// dynamic priorities", Naval Research Logistics Quarterly 7 (1960). A ticket's place never changes with
/// time, so a queue is a sorted set.
///
/// **Bound.** No head start is longer than `ageing`, so of two tickets that the same agent could take, one
/// that arrived at least `ageing` before the other is ahead of it, whatever their urgency and tier: who has
/// waited for `ageing` is overtaken by nobody who comes later. What is left to wait is at most the work of
/// those who are ahead by then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Priority {
    /// The bound.
    pub ageing: SignedDuration,
    /// The head start of each urgency.
    pub urgency: ByUrgency<SignedDuration>,
    /// Tiers with a lane of their own.
    pub vip_tiers: Vec<Tier>,
    /// Their head start, beside that of the urgency.
    pub vip: SignedDuration,
}

impl Priority {
    /// How much earlier a ticket counts as arrived.
    #[must_use]
    pub fn head_start(&self, urgency: Urgency, tier: Option<&Tier>) -> SignedDuration {
        let vip = tier.is_some_and(|tier| self.is_vip(tier));
        let of_tier = if vip { self.vip } else { SignedDuration::ZERO };
        *self.urgency.get(urgency) + of_tier
    }

    /// Whether a tier has a lane of its own; case doesn't count.
    #[must_use]
    pub fn is_vip(&self, tier: &Tier) -> bool {
        self.vip_tiers
            .iter()
            .any(|vip| vip == tier || vip.as_str().to_lowercase() == tier.as_str().to_lowercase())
    }
}

/// Which of the fitting agents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Choice {
    /// The rule.
    pub by: Selection,
    /// The agent of the last contact goes first if that was not longer ago.
    pub sticky_within: SignedDuration,
}

/// A rule that picks one of several fitting agents with a free place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Selection {
    /// Fewest contacts relative to capacity; of those, who has worked least since he began, and then who has
    /// gone longest without a new one.
    LeastLoaded,
    /// Who has gone longest since his last contact ended.
    LongestIdle,
    /// Who has gone longest without a new contact.
    RoundRobin,
    /// Any, drawn from a seed: the same seed draws the same.
    Random {
        /// The seed.
        seed: u64,
    },
}

/// How a ticket is offered to an agent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Offer {
    /// So long he may take to accept.
    pub timeout: SignedDuration,
    /// So many offers missed in a row put him on a break.
    pub misses: u32,
    /// So long he isn't offered again what he refused, missed or passed on.
    pub pause: SignedDuration,
}

/// When seniors come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Escalation {
    /// After so long a wait …
    pub after: ByUrgency<SignedDuration>,
    /// … or so many refusals.
    pub refusals: u32,
    /// Who is a senior in a skill.
    pub senior: Level,
    /// Places that a senior keeps free for 特急 and what was escalated.
    pub reserve: u16,
}

/// When somebody must know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Alarms {
    /// A queue longer than this …
    pub queue: usize,
    /// … until it is no longer than this.
    pub queue_clear: usize,
    /// A wait longer than this.
    pub wait: ByUrgency<SignedDuration>,
    /// An agent who accepted, and said nothing for so long.
    pub silent: SignedDuration,
    /// An agent who spoke, and then said nothing for so long.
    pub follow_up: SignedDuration,
    /// A ticket that is open for so long.
    pub overdue: ByUrgency<SignedDuration>,
}

impl Rules {
    /// The file that ships.
    pub const SHIPPED: &'static str = include_str!("../../routing.toml");

    /// Reads and checks rules. What the file leaves out is as in the one that ships; lists replace the
    /// shipped ones as a whole.
    ///
    /// # Errors
    /// [`FileError`], with all that makes no sense and its lines.
    pub fn from_toml(text: &str) -> Result<Self, FileError> {
        let (raw, mut problems) = read(Self::SHIPPED, text)?;
        let rules = check::checked(raw, &mut problems);
        problems.check()?;
        rules.ok_or_else(|| FileError::Unreadable("规则不完整".into()))
    }

    /// A file with all that it leaves to the shipped one: what these rules are, whatever ships later.
    ///
    /// # Errors
    /// As [`from_toml`](Self::from_toml).
    pub fn complete(text: &str) -> Result<String, FileError> {
        Self::from_toml(text)?;
        crate::file::complete(Self::SHIPPED, text)
    }

    /// The rules that ship with jieda.
    ///
    /// # Errors
    /// Never, for the file that a test reads.
    pub fn shipped() -> Result<Self, FileError> {
        Self::from_toml("")
    }

    /// The same groups and times, but first come first served, in turn or at random, without head starts,
    /// overflow, seniors or reserves: what is compared with.
    #[must_use]
    pub fn plain(&self, by: Selection) -> Self {
        let never = SignedDuration::from_hours(24 * 365);
        let mut plain = self.clone();
        plain.priority.urgency = ByUrgency::default();
        plain.priority.vip = SignedDuration::ZERO;
        plain.choice = Choice {
            by,
            sticky_within: SignedDuration::ZERO,
        };
        plain.escalation.after = ByUrgency::default().map(|_: ()| never);
        plain.escalation.refusals = u32::MAX;
        plain.escalation.reserve = 0;
        plain.overflow = ByUrgency::default().map(|_: ()| never);
        plain
    }
}

#[cfg(test)]
mod tests;
