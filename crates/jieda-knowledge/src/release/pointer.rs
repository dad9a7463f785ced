//! `CURRENT`: which release is current, where to go back to, and the latest moves.

use std::{fs, io, path::Path};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{ReleaseError, ReleaseId, durable, error::at, stamped};

/// How many earlier releases are remembered as those to go back to.
const BEFORE: usize = 20;
/// How many moves are remembered. With 20, the file has less than 4 KB.
const HISTORY: usize = 20;

/// What made a release current.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// It was published.
    Publish,
    /// It was gone back to.
    Rollback,
}

/// A change of the current release.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Move {
    /// The release that became current.
    pub id: ReleaseId,
    /// When.
    pub at: Timestamp,
    /// Why.
    pub action: Action,
    /// Who did it.
    pub by: String,
}

/// What `CURRENT` says.
///
/// Going back is undoing: it takes the release that was left off the way back. After publishing A, B
/// and C, the first rollback leads to B, and the second to A, never to the C that was found bad. Going to
/// C all the same, by its name, can be undone like a publication.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pointer {
    /// The current release.
    pub current: ReleaseId,
    /// Where a rollback leads: the releases that were current before, the latest first. At most 20.
    pub before: Vec<ReleaseId>,
    /// The latest moves, newest first. At most 20.
    pub history: Vec<Move>,
}

impl Pointer {
    /// The pointer after a move from an earlier one, if there is one.
    #[must_use]
    pub fn after(earlier: Option<Self>, step: Move) -> Self {
        let Some(earlier) = earlier else {
            return Self {
                current: step.id.clone(),
                before: Vec::new(),
                history: vec![step],
            };
        };
        let mut before = earlier.before;
        match step.action {
            Action::Publish => before.insert(0, earlier.current),
            Action::Rollback => {
                match before.iter().position(|id| *id == step.id) {
                    Some(place) => drop(before.drain(..=place)),
                    // Forward again, to one that had been left: that can be undone as well.
                    None => before.insert(0, earlier.current),
                }
            }
        }
        before.retain(|id| *id != step.id);
        before.truncate(BEFORE);
        let current = step.id.clone();
        let mut history = earlier.history;
        history.insert(0, step);
        history.truncate(HISTORY);
        Self {
            current,
            before,
            history,
        }
    }

    /// Reads it; none when nothing has become current yet.
    pub(super) fn read(path: &Path) -> Result<Option<Self>, ReleaseError> {
        let bytes = match fs::read(path) {
            Ok(bytes) => bytes,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(at(path)(source)),
        };
        stamped::parse(&bytes)
            .map(Some)
            .map_err(|message| ReleaseError::CurrentDamaged {
                path: path.to_owned(),
                message,
            })
    }

    /// Makes it what everybody reads from now on.
    pub(super) fn write(&self, path: &Path) -> Result<(), ReleaseError> {
        stamped::render(self)
            .map_err(io::Error::from)
            .and_then(|text| durable::replace(path, text.as_bytes()))
            .map_err(at(path))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn id(n: u8) -> ReleaseId {
        format!("20261125-1530{n:02}-00000{}", n % 10)
            .parse()
            .unwrap()
    }

    fn moved(earlier: Option<Pointer>, to: u8, action: Action) -> Pointer {
        let step = Move {
            id: id(to),
            at: Timestamp::UNIX_EPOCH,
            action,
            by: "王主管".into(),
        };
        Pointer::after(earlier, step)
    }

    /// Publishes these one after the other, and then goes back to `back`, one after the other.
    fn check(publish: &[u8], back: &[u8], before: &[u8]) {
        let steps = publish.iter().map(|n| (n, Action::Publish));
        let steps = steps.chain(back.iter().map(|n| (n, Action::Rollback)));
        let pointer = steps.fold(None, |p, (&n, action)| Some(moved(p, n, action)));
        let expected: Vec<ReleaseId> = before.iter().map(|&n| id(n)).collect();
        assert_eq!(pointer.unwrap().before, expected);
    }

    #[test]
    fn going_back_is_undoing() {
        check(&[1, 2, 3], &[], &[2, 1]);
        check(&[1, 2, 3], &[2], &[1]);
        check(&[1, 2, 3], &[2, 1], &[]);
        check(&[1, 2, 3], &[1], &[]);
        // To one that was never current, or had been left: forward again.
        check(&[1, 2, 3], &[4], &[3, 2, 1]);
        check(&[1, 2, 3], &[2, 3], &[2, 1]);
        // The same one published twice.
        check(&[1, 2, 3, 1], &[], &[3, 2]);
    }

    proptest! {
        #[test]
        fn it_stays_small_and_never_leads_back_to_itself(
            steps in prop::collection::vec((0_u8..60, any::<bool>()), 1..120)
        ) {
            let mut pointer = None;
            for (n, publish) in steps {
                let action = if publish { Action::Publish } else { Action::Rollback };
                let next = moved(pointer, n, action);
                prop_assert_eq!(&next.current, &id(n));
                prop_assert!(!next.before.contains(&next.current));
                prop_assert!(next.before.len() <= BEFORE && next.history.len() <= HISTORY);
                prop_assert_eq!(&next.history[0].id, &next.current);
                pointer = Some(next);
            }
        }
    }
}
