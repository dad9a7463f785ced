//! Releases through object storage: this replica follows what is current there, and takes part in roll-outs.
//!
//! | part | does |
//! |---|---|
//! | [`Replica`] | brings releases in, goes over to them, publishes |
//! | `step` | what this replica does in a roll-out |
//! | `trial` | how a release answers beside the one before it |

mod replica;
mod step;
mod trial;

pub(crate) use replica::Replica;
pub(crate) use trial::Trial;

use jieda_depot::{DepotError, DepotFault};

use crate::problem::{Problem, ProblemKind};

impl From<DepotError> for Problem {
    fn from(error: DepotError) -> Self {
        match &error {
            DepotError::Overtaken => Self::new(
                ProblemKind::Conflict,
                "另一个副本刚刚发布或回退了版本，请刷新后再试",
            ),
            DepotError::NoSuchRelease { id, .. } => Self::not_found(format_args!("版本 {id}")),
            _ => match error.fault() {
                DepotFault::Request => Self::new(ProblemKind::NotPossible, error.to_string()),
                DepotFault::Environment => Self::new(ProblemKind::Environment, error.to_string()),
                DepotFault::Data => Self::new(ProblemKind::Internal, error.to_string()),
            },
        }
    }
}
