//! By what a conversation is scored.

use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Serialize};

pub use crate::name::ItemId;

/// Points for each item; none where it does not apply.
pub type Points = BTreeMap<ItemId, Option<u8>>;

/// A score sheet.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Sheet {
    /// Most points of an item; the least is 0.
    pub top: u8,
    /// A score from here on, of 100, passes.
    pub pass: f64,
    /// What is looked at.
    pub items: Vec<Item>,
}

/// One thing that is looked at.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Item {
    /// Names it in what is kept.
    pub id: ItemId,
    /// What people call it.
    pub name: String,
    /// What to look at.
    pub about: String,
    /// How much it counts, beside the others.
    pub weight: f64,
    /// What 0 points mean.
    pub at_zero: AtZero,
}

/// What 0 points on an item mean for the whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AtZero {
    /// The points are lost.
    Counts,
    /// The score of the conversation is 0.
    Fails,
}

/// What a sheet says of a conversation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scored {
    /// 0 to 100.
    pub score: f64,
    /// Whether that passes.
    pub verdict: Verdict,
}

/// Whether a conversation was good enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It was.
    Passed,
    /// It was not.
    Failed,
}

/// Points that don't fit the sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Misfit {
    /// The sheet has no such item.
    Unknown(ItemId),
    /// Nothing is said of an item.
    Missing(ItemId),
    /// More points than there are.
    TooMany {
        /// The item.
        item: ItemId,
        /// Most that there are.
        top: u8,
    },
    /// No item applies.
    Nothing,
}

impl Misfit {
    /// The item that it is about.
    #[must_use]
    pub fn item(&self) -> Option<&ItemId> {
        match self {
            Self::Unknown(item) | Self::Missing(item) | Self::TooMany { item, .. } => Some(item),
            Self::Nothing => None,
        }
    }
}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown(_) => write!(f, "评分表里没有这一项"),
            Self::Missing(_) => write!(f, "没有打分；不适用请写 null"),
            Self::TooMany { top, .. } => write!(f, "应为 0 到 {top}"),
            Self::Nothing => write!(f, "至少要有一项适用"),
        }
    }
}

impl Sheet {
    /// The weighted score of what applies:
    /// `Σ weight · points / top  ÷  Σ weight  · 100`, and 0 where an item that [fails](AtZero::Fails) the whole has
    /// 0 points.
    ///
    /// # Errors
    /// All that does not fit.
    pub fn score(&self, points: &Points) -> Result<Scored, Vec<Misfit>> {
        self.check(points)?;
        let given = self
            .items
            .iter()
            .filter_map(|item| Some((item, points.get(&item.id).copied()??)));
        let (mut reached, mut most, mut is_lost) = (0.0, 0.0, false);
        for (item, points) in given {
            reached += item.weight * f64::from(points) / f64::from(self.top);
            most += item.weight;
            is_lost |= points == 0 && item.at_zero == AtZero::Fails;
        }
        let score = if is_lost { 0.0 } else { 100.0 * reached / most };
        // What is added up in other steps may differ in the last digit.
        let verdict = if score >= self.pass - 1e-9 {
            Verdict::Passed
        } else {
            Verdict::Failed
        };
        Ok(Scored { score, verdict })
    }

    fn check(&self, points: &Points) -> Result<(), Vec<Misfit>> {
        let known = |id: &ItemId| self.items.iter().any(|item| item.id == *id);
        let unknown = points.keys().filter(|id| !known(id)).cloned();
        let mut misfits: Vec<Misfit> = unknown.map(Misfit::Unknown).collect();
        let mut applies = false;
        for Item { id, .. } in &self.items {
            match points.get(id) {
                None => misfits.push(Misfit::Missing(id.clone())),
                Some(Some(points)) if *points > self.top => misfits.push(Misfit::TooMany {
                    item: id.clone(),
                    top: self.top,
                }),
                Some(points) => applies |= points.is_some(),
            }
        }
        if misfits.is_empty() && !applies {
            misfits.push(Misfit::Nothing);
        }
        if misfits.is_empty() {
            Ok(())
        } else {
            Err(misfits)
        }
    }
}
