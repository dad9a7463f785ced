//! The thresholds of a draft.

use jieda::{POLICY_FILE, Policy, set_thresholds, types::Confidence};

use super::{Draft, draft::failed};
use crate::{
    problem::{Problem, ProblemKind},
    wire::DraftThresholds,
};

impl Draft {
    /// The thresholds of its policy; none when it has no policy of its own.
    ///
    /// # Errors
    /// [`Problem`] when the policy can't be read.
    pub fn thresholds(&self) -> Result<Option<DraftThresholds>, Problem> {
        let path = self.dir().join(POLICY_FILE);
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(e) => return Err(failed(&path, &e)),
        };
        let policy = Policy::from_toml(&text);
        let policy = policy.map_err(|e| Problem::new(ProblemKind::NotPossible, e.to_string()))?;
        Ok(Some(DraftThresholds::of(&policy)))
    }

    /// Writes thresholds.
    ///
    /// # Errors
    /// [`ProblemKind::InvalidField`]: no probabilities, or `clarify` above `reply`.
    pub fn set_thresholds(&self, wanted: DraftThresholds) -> Result<(), Problem> {
        let probability = |pointer: &str, value: f64| {
            Confidence::new(value).map_err(|_| Problem::field(pointer, "应为 0 到 1"))
        };
        let reply = probability("/reply", wanted.reply)?;
        let clarify = probability("/clarify", wanted.clarify)?;
        if clarify > reply {
            return Err(Problem::field("/clarify", "不能高于 reply"));
        }
        Ok(set_thresholds(
            &self.dir().join(POLICY_FILE),
            reply,
            clarify,
        )?)
    }
}

impl DraftThresholds {
    /// Those of a policy.
    #[must_use]
    pub fn of(policy: &Policy) -> Self {
        Self {
            reply: policy.thresholds.reply.get(),
            clarify: policy.thresholds.clarify.get(),
        }
    }
}
