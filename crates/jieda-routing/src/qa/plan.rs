//! Which conversations are drawn.

use std::collections::{BTreeMap, BTreeSet};

use jieda_types::{Confidence, ConversationId, HandoffReason, Rating};
use jiff::{Timestamp, civil::Date};
use sha2::{Digest as _, Sha256};

use super::Qa;

/// A sampling plan.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// What it is called. Another name draws others.
    pub name: String,
    /// What it draws from.
    pub draw: Draw,
    /// The share that it draws, 0 to 1.
    pub share: f64,
    /// Most that it draws of a day.
    pub most: usize,
}

/// Which conversations a plan draws from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Draw {
    /// All.
    Random,
    /// In which the engine once was as unsure as this, or more so.
    LowConfidence(Confidence),
    /// Rated as low as this, or lower.
    LowRating(Rating),
    /// Handed over.
    Handover,
}

/// A conversation that may be drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// Its id.
    pub conversation: ConversationId,
    /// When it began.
    pub opened: Timestamp,
    /// The lowest confidence by which something was decided.
    pub confidence: Option<Confidence>,
    /// The lowest rating.
    pub rating: Option<Rating>,
    /// Why it was handed over, the first time.
    pub handed_over: Option<HandoffReason>,
}

/// A conversation that was drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct Drawn<'a> {
    /// Which.
    pub candidate: &'a Candidate,
    /// By which plans.
    pub plans: Vec<&'a str>,
    /// How many people are to score it.
    pub wanted: usize,
}

impl Draw {
    /// Whether a conversation is among those.
    #[must_use]
    pub fn is_about(self, candidate: &Candidate) -> bool {
        match self {
            Self::Random => true,
            Self::LowConfidence(most) => {
                candidate.confidence.is_some_and(|c| c.get() <= most.get())
            }
            Self::LowRating(most) => candidate.rating.is_some_and(|rating| rating <= most),
            Self::Handover => candidate.handed_over.is_some(),
        }
    }
}

impl Plan {
    /// Whether it draws a conversation, if there are not too many of its day.
    #[must_use]
    pub fn draws(&self, candidate: &Candidate) -> bool {
        self.draw.is_about(candidate) && self.place(candidate) < self.share
    }

    fn place(&self, candidate: &Candidate) -> f64 {
        place(&self.name, &candidate.conversation)
    }
}

/// Where a conversation stands in a draw: in [0, 1), the same on any machine, and independent of other draws.
pub(super) fn place(draw: &str, conversation: &ConversationId) -> f64 {
    let mut hash = Sha256::new();
    hash.update(draw.as_bytes());
    hash.update([0]);
    hash.update(conversation.as_str().as_bytes());
    let first = hash
        .finalize()
        .iter()
        .take(8)
        .fold(0_u64, |n, byte| n << 8 | u64::from(*byte));
    // As many bits as a number of this kind holds exactly.
    (first >> 11) as f64 / (1_u64 << 53) as f64
}

pub(super) fn draw<'a>(
    qa: &'a Qa,
    candidates: &'a [Candidate],
    day: impl Fn(Timestamp) -> Date,
) -> Vec<Drawn<'a>> {
    let mut days: BTreeMap<Date, Vec<usize>> = BTreeMap::new();
    for (i, candidate) in candidates.iter().enumerate() {
        days.entry(day(candidate.opened)).or_default().push(i);
    }
    let mut plans: BTreeMap<usize, Vec<&str>> = BTreeMap::new();
    let mut seen = BTreeSet::new();
    for plan in &qa.plans {
        for day in days.values() {
            let mut fits: Vec<(f64, usize)> = Vec::new();
            for &i in day {
                let candidate = &candidates[i];
                if plan.draws(candidate)
                    && seen.insert((plan.name.as_str(), &candidate.conversation))
                {
                    fits.push((plan.place(candidate), i));
                }
            }
            fits.sort_by(|a, b| a.0.total_cmp(&b.0));
            for (_, i) in fits.into_iter().take(plan.most) {
                plans.entry(i).or_default().push(&plan.name);
            }
        }
    }
    let drawn = plans.into_iter().map(|(i, plans)| Drawn {
        candidate: &candidates[i],
        plans,
        wanted: qa.wanted(&candidates[i]),
    });
    drawn.collect()
}
