//! Arguments of `jieda eval transcripts`.

use std::path::PathBuf;

use clap::Args;

pub(crate) const HELP: &str = "\
One conversation a line:
  {\"id\":\"t1\", \"customer\":{\"tier\":\"VIP\",\"channel\":\"app\"}, \"turns\":[
    {\"text\":\"怎么退货\", \"expect\":{\"decision\":\"reply\",\"faq\":\"r-1\"}},
    {\"text\":\"要多久\", \"context\":true, \"expect\":{\"decision\":\"reply\",\"faq\":\"r-3\"}},
    {\"satisfaction\":2, \"expect\":{\"decision\":\"handoff\",\"reason\":\"low_satisfaction\"}}]}

decision: reply, clarify, handoff, smalltalk or silent. reason, for a handoff: sensitive, or one of the engine's
(human_request, complaint, repeated_failure, low_satisfaction, safety ...). \"context\" marks a turn that can't be
understood without those before.

The engine goes on from its own decisions, right or wrong; a conversation that it hands over too early is silent
from there on, and those turns count as wrong.";

#[derive(Debug, Args)]
pub(crate) struct EvalTranscriptsArgs {
    /// Conversations with the decision expected at each turn
    #[arg(long, value_name = "FILE")]
    pub(crate) transcripts: PathBuf,
    /// Write what became of each turn to this file (tab-separated)
    #[arg(long, value_name = "FILE")]
    pub(crate) cases: Option<PathBuf>,
}
