//! `jieda eval`: quality against labelled data.

mod compare;
pub(crate) mod decision;
mod fit;
mod follow_ups;
mod gaps;
mod intent;
mod public;
mod retrieval;
mod run;
mod transcripts;

use crate::args::{Common, eval::EvalCommand};

pub(crate) fn run(common: &Common, command: &EvalCommand) -> anyhow::Result<()> {
    match command {
        EvalCommand::Run(args) => run::run(common, args),
        EvalCommand::Compare(args) => compare::run(common, args),
        EvalCommand::Public(args) => public::run(common, args),
        EvalCommand::Retrieval(args) => retrieval::run(common, args),
        EvalCommand::Decision(args) => decision::run(common, args),
        EvalCommand::Transcripts(args) => transcripts::run(common, args),
        EvalCommand::Intent(args) => intent::run(common, args),
        EvalCommand::Gaps(args) => gaps::run(common, args),
        EvalCommand::FollowUps(args) => follow_ups::run(common, args),
        EvalCommand::Fit(args) => fit::run(common, args),
    }
}
