//! Which release is current, and how one becomes it in stages.

use jieda_knowledge::release::{Action, Move, Pointer, ReleaseId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The newest version of the format.
pub(crate) const FORMAT: u32 = 1;

/// What holds, from one change to the next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DepotState {
    pub(crate) format: u32,
    /// Its number, from 1: the state of the highest number holds.
    pub number: u64,
    /// Since when, on the clock of who changed it.
    pub at: Timestamp,
    /// Who changed it.
    pub by: String,
    /// The current release, and the way back.
    pub pointer: Pointer,
    /// The release that is being rolled out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rollout: Option<Rollout>,
    /// How the last roll-out ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<Ended>,
}

/// A release on its way to become current.
///
/// 1. It is published: nobody answers from it yet.
/// 2. The first replica that has it, and whose engine can use it, makes itself the *canary*, and answers from it. One that
///    can't use it sends it back at once.
/// 3. After a while in which nothing was wrong the canary makes it current, and all others follow. If its answers fail, or
///    differ from those of the current release more often than they may, it sends the release back, and answers as before.
///
/// Another replica takes the place of a canary that is not heard of any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rollout {
    /// The release.
    pub release: ReleaseId,
    /// Who published it.
    pub by: String,
    /// When.
    pub begun: Timestamp,
    /// Who answers from it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub canary: Option<Canary>,
}

/// A replica that answers from a release before others do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Canary {
    /// Its name.
    pub replica: String,
    /// Since when.
    pub since: Timestamp,
}

/// A roll-out that is over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ended {
    /// Of which release.
    pub release: ReleaseId,
    /// When.
    pub at: Timestamp,
    /// How.
    pub outcome: Outcome,
}

/// How a roll-out ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// The release is current.
    Finished,
    /// It was sent back.
    SentBack {
        /// Why, for people.
        why: String,
    },
    /// Another one was published, or somebody went back, before it was over.
    Superseded,
}

impl DepotState {
    /// The first state: a release is current at once, since nothing was before.
    pub(crate) fn first(step: Move) -> Self {
        Self {
            format: FORMAT,
            number: 1,
            at: step.at,
            by: step.by.clone(),
            pointer: Pointer::after(None, step),
            rollout: None,
            ended: None,
        }
    }

    /// Another release is current, at once.
    pub(crate) fn moved(&self, step: Move) -> Self {
        Self {
            ended: self.superseded(step.at),
            rollout: None,
            ..self.next(step.at, &step.by)
        }
        .at_pointer(step)
    }

    /// Another release is to become current, in stages.
    pub(crate) fn rolling_out(&self, step: &Move) -> Self {
        Self {
            ended: self.superseded(step.at),
            rollout: Some(Rollout {
                release: step.id.clone(),
                by: step.by.clone(),
                begun: step.at,
                canary: None,
            }),
            ..self.next(step.at, &step.by)
        }
    }

    /// A replica answers from the release that is being rolled out. None where there is none.
    #[must_use]
    pub fn claimed(&self, replica: &str, at: Timestamp) -> Option<Self> {
        let rollout = self.rollout.clone()?;
        Some(Self {
            rollout: Some(Rollout {
                canary: Some(Canary {
                    replica: replica.to_owned(),
                    since: at,
                }),
                ..rollout
            }),
            ..self.next(at, replica)
        })
    }

    /// The release that is being rolled out is current. None where there is none.
    #[must_use]
    pub fn finished(&self, by: &str, at: Timestamp) -> Option<Self> {
        let rollout = self.rollout.as_ref()?;
        let step = Move {
            id: rollout.release.clone(),
            at,
            action: Action::Publish,
            // Who published it; that a replica said when, is in the state.
            by: rollout.by.clone(),
        };
        Some(Self {
            pointer: Pointer::after(Some(self.pointer.clone()), step),
            rollout: None,
            ended: self.end(at, Outcome::Finished),
            ..self.next(at, by)
        })
    }

    /// The release that is being rolled out is not to become current. None where there is none.
    #[must_use]
    pub fn sent_back(&self, by: &str, why: String, at: Timestamp) -> Option<Self> {
        self.rollout.as_ref()?;
        Some(Self {
            rollout: None,
            ended: self.end(at, Outcome::SentBack { why }),
            ..self.next(at, by)
        })
    }

    /// What a replica answers from.
    #[must_use]
    pub fn release_of(&self, replica: &str) -> &ReleaseId {
        let rollout = self.rollout.as_ref();
        let own = rollout.filter(|rollout| {
            let canary = rollout.canary.as_ref();
            canary.is_some_and(|canary| canary.replica == replica)
        });
        own.map_or(&self.pointer.current, |rollout| &rollout.release)
    }

    /// The pointer that a replica follows.
    #[must_use]
    pub fn pointer_of(&self, replica: &str) -> Pointer {
        let release = self.release_of(replica);
        if *release == self.pointer.current {
            return self.pointer.clone();
        }
        let step = Move {
            id: release.clone(),
            at: self.at,
            action: Action::Publish,
            by: self.by.clone(),
        };
        Pointer::after(Some(self.pointer.clone()), step)
    }

    fn at_pointer(self, step: Move) -> Self {
        Self {
            pointer: Pointer::after(Some(self.pointer.clone()), step),
            ..self
        }
    }

    fn next(&self, at: Timestamp, by: &str) -> Self {
        Self {
            number: self.number + 1,
            at,
            by: by.to_owned(),
            ..self.clone()
        }
    }

    fn superseded(&self, at: Timestamp) -> Option<Ended> {
        self.end(at, Outcome::Superseded)
            .or_else(|| self.ended.clone())
    }

    fn end(&self, at: Timestamp, outcome: Outcome) -> Option<Ended> {
        let rollout = self.rollout.as_ref()?;
        Some(Ended {
            release: rollout.release.clone(),
            at,
            outcome,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(n: u8) -> ReleaseId {
        format!("20261125-1530{n:02}-00000{}", n % 10)
            .parse()
            .unwrap()
    }

    fn step(n: u8) -> Move {
        Move {
            id: id(n),
            at: Timestamp::UNIX_EPOCH,
            action: Action::Publish,
            by: "王主管".into(),
        }
    }

    const AT: Timestamp = Timestamp::UNIX_EPOCH;

    #[test]
    fn a_release_goes_by_its_canary_to_all() {
        let state = DepotState::first(step(1)).rolling_out(&step(2));
        assert_eq!(state.release_of("a"), &id(1));
        let state = state.claimed("a", AT).unwrap();
        assert_eq!(
            (state.release_of("a"), state.release_of("b")),
            (&id(2), &id(1))
        );
        assert_eq!(state.pointer_of("a").current, id(2));
        assert_eq!(state.pointer_of("a").before, [id(1)]);
        let state = state.finished("a", AT).unwrap();
        assert_eq!((state.number, state.release_of("b")), (4, &id(2)));
        assert_eq!(state.pointer.history[0].by, "王主管");
        assert_eq!(state.ended.as_ref().unwrap().outcome, Outcome::Finished);
        assert_eq!(state.finished("a", AT), None);
        assert_eq!(state.claimed("a", AT), None);
    }

    #[test]
    fn what_is_sent_back_leaves_no_trace_but_why() {
        let state = DepotState::first(step(1)).rolling_out(&step(2));
        let state = state.claimed("a", AT).unwrap();
        let before = state.pointer.clone();
        let state = state.sent_back("a", "答案变了".into(), AT).unwrap();
        assert_eq!((&state.pointer, state.release_of("a")), (&before, &id(1)));
        let ended = state.ended.unwrap();
        assert_eq!(ended.release, id(2));
        assert!(matches!(ended.outcome, Outcome::SentBack { why } if why == "答案变了"));
    }

    #[test]
    fn publishing_again_supersedes() {
        let state = DepotState::first(step(1)).rolling_out(&step(2));
        let again = state.rolling_out(&step(3));
        assert_eq!(again.rollout.as_ref().unwrap().release, id(3));
        assert_eq!(again.ended.as_ref().unwrap().release, id(2));
        let at_once = state.moved(step(4));
        assert_eq!(
            (at_once.pointer.current.clone(), at_once.rollout),
            (id(4), None)
        );
        assert_eq!(at_once.ended.unwrap().outcome, Outcome::Superseded);
    }
}
