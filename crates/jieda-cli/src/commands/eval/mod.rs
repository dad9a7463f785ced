//! `jieda eval`: quality against labelled data.

pub(crate) mod decision;
mod fit;
mod follow_ups;
mod intent;
mod retrieval;
mod transcripts;

use crate::args::{Common, eval::EvalCommand};

pub(crate) fn run(common: &Common, command: &EvalCommand) -> anyhow::Result<()> {
    match command {
        EvalCommand::Retrieval(args) => retrieval::run(common, args),
        EvalCommand::Decision(args) => decision::run(common, args),
        EvalCommand::Transcripts(args) => transcripts::run(common, args),
        EvalCommand::Intent(args) => intent::run(common, args),
        EvalCommand::FollowUps(args) => follow_ups::run(common, args),
        EvalCommand::Fit(args) => fit::run(common, args),
    }
}
