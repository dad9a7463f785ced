//! What was found so far: a character belongs to one entity.

use jieda_types::EntityKind;

/// Characters that are an entity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Hit {
    pub(super) kind: EntityKind,
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) value: Option<String>,
}

/// Entities, the surest first.
#[derive(Debug)]
pub(super) struct Scan {
    taken: Vec<bool>,
    hits: Vec<Hit>,
}

impl Scan {
    pub(super) fn new(chars: usize) -> Self {
        Self {
            taken: vec![false; chars],
            hits: Vec::new(),
        }
    }

    /// Whether a character belongs to an entity already.
    pub(super) fn is_taken(&self, i: usize) -> bool {
        self.taken.get(i).copied().unwrap_or(false)
    }

    /// Adds an entity, unless it is empty or part of it belongs to another.
    pub(super) fn add(&mut self, hit: Hit) {
        let Some(place) = self.taken.get_mut(hit.start..hit.end) else {
            return;
        };
        if place.is_empty() || place.iter().any(|taken| *taken) {
            return;
        }
        place.fill(true);
        self.hits.push(hit);
    }

    /// All, in the order of the text.
    pub(super) fn into_hits(mut self) -> Vec<Hit> {
        self.hits.sort_by_key(|hit| hit.start);
        self.hits
    }
}
