//! All finders on one text.

use super::{Kind, account, address, email, name, numbers, plate};
use crate::plain::Plain;

/// Characters that are personal data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Hit {
    pub(super) kind: Kind,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// What is found, in order; where two overlap, the one of the surer kind.
pub(super) fn hits(plain: &Plain) -> Vec<Hit> {
    let mut hits = Vec::new();
    // The surest first.
    email::find(plain, &mut hits);
    account::find(plain, &mut hits);
    numbers::find(plain, &mut hits);
    plate::find(plain, &mut hits);
    address::find(plain, &mut hits);
    name::find(plain, &mut hits);
    if hits.is_empty() {
        return hits;
    }
    let mut taken = vec![false; plain.chars.len()];
    hits.retain(|hit| {
        let place = &mut taken[hit.start..hit.end];
        let free = place.iter().all(|t| !t);
        if free {
            place.fill(true);
        }
        free
    });
    hits.sort_by_key(|hit| hit.start);
    hits
}
