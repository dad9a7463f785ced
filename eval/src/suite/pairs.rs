//! The same cases in two results.

use std::collections::HashMap;

use serde::Serialize;

use super::Case;

/// A case that was right in one result and is wrong in the other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Flip {
    /// What the customer said.
    pub text: String,
    /// What is right.
    pub expected: String,
    /// What came before.
    pub before: String,
    /// What comes now.
    pub now: String,
}

/// Cases that changed sides, in the order of the second result.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Flips {
    /// Right before, wrong now.
    pub lost: Vec<Flip>,
    /// Wrong before, right now.
    pub won: Vec<Flip>,
}

/// Cases of two results, paired by what was known before the engine was asked.
#[derive(Debug)]
pub(super) struct Pairs<'a, C> {
    /// In both, in the order of the second.
    pub(super) both: Vec<(&'a C, &'a C)>,
    /// In the first alone.
    pub(super) only_first: usize,
    /// In the second alone.
    pub(super) only_second: usize,
}

impl<'a, C: Case> Pairs<'a, C> {
    pub(super) fn of(first: &'a [C], second: &'a [C]) -> Self {
        // The same words may be asked twice: the n-th of one is the n-th of the other.
        let mut waiting: HashMap<String, Vec<&C>> = HashMap::new();
        for case in first.iter().rev() {
            waiting.entry(case.key()).or_default().push(case);
        }
        let mut both = Vec::with_capacity(second.len());
        for case in second {
            if let Some(partner) = waiting.get_mut(&case.key()).and_then(Vec::pop) {
                both.push((partner, case));
            }
        }
        Self {
            only_first: first.len() - both.len(),
            only_second: second.len() - both.len(),
            both,
        }
    }

    pub(super) fn flips(&self) -> Flips {
        let mut flips = Flips::default();
        for (before, now) in &self.both {
            let side = match (before.is_right(), now.is_right()) {
                (Some(true), Some(false)) => &mut flips.lost,
                (Some(false), Some(true)) => &mut flips.won,
                _ => continue,
            };
            side.push(Flip {
                text: now.text().to_owned(),
                expected: now.expected(),
                before: before.came(),
                now: now.came(),
            });
        }
        flips
    }
}
