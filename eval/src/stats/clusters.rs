//! Which cases belong together.

use std::{collections::HashMap, hash::Hash};

/// Cases by the conversation that they come from. Turns of one conversation are alike, so a resample takes all of them
/// or none; as single cases they would look like more evidence than they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clusters {
    /// Indices of the cases of each cluster, in the order in which the clusters appeared.
    members: Vec<Vec<usize>>,
}

impl Clusters {
    /// So many cases, each on its own.
    #[must_use]
    pub fn singles(cases: usize) -> Self {
        Self {
            members: (0..cases).map(|i| vec![i]).collect(),
        }
    }

    /// Cases with the name of their cluster; one without a name is on its own.
    ///
    /// ```
    /// use jieda_eval::stats::Clusters;
    /// let clusters = Clusters::of([Some("a"), None, Some("a"), None]);
    /// assert_eq!(clusters.len(), 3);
    /// ```
    pub fn of<K: Eq + Hash>(names: impl IntoIterator<Item = Option<K>>) -> Self {
        let mut places: HashMap<K, usize> = HashMap::new();
        let mut members: Vec<Vec<usize>> = Vec::new();
        for (case, name) in names.into_iter().enumerate() {
            let place = match name {
                Some(name) => *places.entry(name).or_insert(members.len()),
                None => members.len(),
            };
            match members.get_mut(place) {
                Some(cluster) => cluster.push(case),
                None => members.push(vec![case]),
            }
        }
        Self { members }
    }

    /// How many clusters there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.members.len()
    }

    /// Whether there are no cases.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// The cases of each cluster.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &[usize]> {
        self.members.iter().map(Vec::as_slice)
    }

    /// As many clusters as there are, drawn with replacement; all their cases, into `cases`.
    pub(super) fn draw(&self, random: &mut fastrand::Rng, cases: &mut Vec<usize>) {
        cases.clear();
        for _ in 0..self.len() {
            cases.extend_from_slice(&self.members[random.usize(..self.len())]);
        }
    }

    /// Every case once.
    pub(super) fn all(&self) -> Vec<usize> {
        self.members.iter().flatten().copied().collect()
    }
}
