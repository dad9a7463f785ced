//! Arguments of `jieda log`, and of recording into a store.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use jieda::{
    Moment, PersonalData, TimeZone, Timestamp,
    types::{Confidence, ConversationId, FaqId, HandoffReason},
};
use jieda_eval::ab::{Metric, Settling};
use jieda_store::{Cursor, Filter};

pub(crate) const HELP: &str = "\
Examples:
  jieda chat --store conversations.db
  jieda log --store conversations.db --since 2026-11-01 --decision handoff
  jieda log --store conversations.db --conversation chat-20261129T100000-3fa9c1
  jieda log export --store conversations.db --reason low_confidence --out unsure.jsonl
  jieda log replay --store conversations.db --data data
  jieda log purge --store conversations.db --days 180 --dry-run
  jieda log ab --store conversations.db --since 2026-11-01

Personal data was masked before it was stored. A filter on turns finds every conversation with such a turn.

With --json, one object:
  log: {\"turns\":[{\"conversation\",\"number\",\"at\",\"event\",\"text\",\"decision\",\"reason\",\"faq\",
    \"confidence\",\"rule\",\"reply\",\"release\",\"latency_ms\"}],\"next\"}; --after NEXT goes on
  log --conversation: the conversation as in an export
  log ab: {\"goals\",\"unsettled\",\"trials\":[{\"faq\",\"experiment\",\"conversations\",\"balance_p\",
    \"answers\":[{\"label\",\"conversations\",\"rates\"}],\"variants\":[{\"label\",\"verdict\",\"goal\",\"goal_p\",
    \"guard\",\"guard_p\"}]}]}
  log purge: {\"conversations\",\"turns\",\"feedback\",\"handovers\",\"kept_with_human\",\"deleted\"}
  log replay: {\"release\",\"policy\",\"conversations\",\"turns\",\"same\",\"changed\":[{\"conversation\",
    \"number\",\"text\",\"recorded\":{\"decision\",\"faq\",\"rule\",\"release\"},\"replayed\":{…}}]}";

pub(crate) const EXPORT_HELP: &str = "\
One conversation a line, whole: {\"id\",\"opened\",\"updated\",\"customer\",\"channel\",\"last_turn\",\"release\",
\"handed_over\",\"state\",\"turns\":[{\"number\",\"at\",\"customer\",\"channel\",\"event\",\"text\",\"variables\",\"rating\",
\"answer\":{\"decision\",…,\"reply\",\"confidence\",\"rule\",\"release\",\"policy\",\"latency_us\",\"trace\"},\"state\",
\"handover\"}],\"feedback\":[…]}. An event is said, rated, agent_said or handed_back. The file appears whole or
not at all.";

pub(crate) const REPLAY_HELP: &str = "\
Every conversation is run again from its first turn, with the words, times, customers and values that are
stored, and what is decided now is compared turn by turn: decision, FAQ and rule. On the same release with
the same policy, nothing differs; on another one, this shows what it would have changed.

This is a check: exit code 1 when a turn differs. Figures, two releases or policies side by side, and logs of
other systems are for `jieda replay`, which reads what `jieda log export` writes.";

pub(crate) const AB_HELP: &str = "\
Write other answers beside an FAQ's own (column 答案B in a table, \"variants\" in faqs.jsonl) and publish: each
conversation is given one of them, drawn by its id with equal chances, always the same one. This tells what came of it.

Metrics: resolved (neither handed over, nor asked again, nor rated low), handed_over, asked_again, rated_low, rated_high.
A conversation counts once, for what happens until another FAQ answers. The p-values are always valid: look every day, and
stop when you like. A variant is \"better\" or \"worse\" by the goal, \"harmful\" when the guard got worse, \"unbalanced\" when
conversations got lost on one side, else \"undecided\". Editing any of the answers begins another experiment.

Examples:
  jieda log ab --store conversations.db
  jieda log ab --store conversations.db --faq ec-005 --goal handed_over --guard rated_low --json";

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct LogArgs {
    #[command(subcommand)]
    pub(crate) command: Option<LogCommand>,
    #[command(flatten)]
    pub(crate) list: ListArgs,
}

#[derive(Debug, Subcommand)]
pub(crate) enum LogCommand {
    /// Tell which of several answers of an FAQ serves customers better
    #[command(after_help = AB_HELP)]
    Ab(AbArgs),
    /// Write whole conversations as JSON lines
    #[command(after_help = EXPORT_HELP)]
    Export(ExportArgs),
    /// Delete conversations whose last turn is old
    Purge(PurgeArgs),
    /// Run stored conversations again, and tell what is decided otherwise now
    #[command(after_help = REPLAY_HELP)]
    Replay(ReplayArgs),
}

/// Where conversations are kept.
#[derive(Debug, Args)]
pub(crate) struct StoreArg {
    /// Keep what is said and decided in this file (SQLite), personal data masked; `jieda log` reads it
    #[arg(long, value_name = "FILE")]
    pub(crate) store: Option<PathBuf>,
}

/// Which turns.
#[derive(Debug, Args)]
pub(crate) struct FilterArgs {
    /// The file that `jieda chat --store` and `jieda ask --store` write
    #[arg(long, value_name = "FILE")]
    pub(crate) store: Option<PathBuf>,
    /// At this time of this machine's time zone or later, such as 2026-11-11 or "2026-11-11 20:00"
    #[arg(long, value_name = "TIME", value_parser = time)]
    since: Option<Timestamp>,
    /// Before this time
    #[arg(long, value_name = "TIME", value_parser = time)]
    until: Option<Timestamp>,
    /// Of this conversation
    #[arg(long, value_name = "ID", value_parser = conversation)]
    pub(crate) conversation: Option<ConversationId>,
    /// On this channel, such as app
    #[arg(long, value_name = "NAME")]
    channel: Option<String>,
    /// So decided
    #[arg(long, value_name = "NAME")]
    decision: Option<DecisionName>,
    /// For this reason: low_confidence, missing_variable, or that of a handover, such as human_request
    #[arg(long, value_name = "NAME", value_parser = reason)]
    reason: Option<String>,
    /// Answered with this FAQ
    #[arg(long, value_name = "ID", value_parser = faq)]
    faq: Option<FaqId>,
    /// With this confidence (0 to 1) or a higher one
    #[arg(long, value_name = "P", value_parser = probability)]
    min_confidence: Option<Confidence>,
    /// With this confidence (0 to 1) or a lower one
    #[arg(long, value_name = "P", value_parser = probability)]
    max_confidence: Option<Confidence>,
    /// With this in what was said or replied
    #[arg(long, value_name = "TEXT")]
    text: Option<String>,
}

impl FilterArgs {
    /// As the store wants it.
    pub(crate) fn filter(&self) -> Filter {
        // What is stored is masked: so is what is looked for.
        let masked = |text: &String| PersonalData::mask(text).into_text();
        Filter {
            since: self.since,
            until: self.until,
            conversation: self.conversation.clone(),
            channel: self.channel.clone(),
            decision: self.decision.map(|d| d.name().to_owned()),
            reason: self.reason.clone(),
            faq: self.faq.clone(),
            at_least: self.min_confidence,
            at_most: self.max_confidence,
            text: self.text.as_ref().map(masked),
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    #[command(flatten)]
    pub(crate) filter: FilterArgs,
    /// Most turns to show
    #[arg(long, short = 'n', default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub(crate) limit: u32,
    /// The earliest first, instead of the latest
    #[arg(long)]
    pub(crate) oldest: bool,
    /// Go on after this place, which the page before told
    #[arg(long, value_name = "NEXT", allow_hyphen_values = true)]
    pub(crate) after: Option<Cursor>,
}

#[derive(Debug, Args)]
pub(crate) struct ExportArgs {
    #[command(flatten)]
    pub(crate) filter: FilterArgs,
    /// The file; standard output unless given
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct PurgeArgs {
    /// The file that conversations are kept in
    #[arg(long, value_name = "FILE")]
    pub(crate) store: Option<PathBuf>,
    /// Delete conversations in which nothing was said for so many days
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=36_500))]
    pub(crate) days: u32,
    /// Only tell what would be deleted
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Delete conversations that still belong to a human, too
    #[arg(long)]
    pub(crate) with_human: bool,
}

#[derive(Debug, Args)]
pub(crate) struct AbArgs {
    #[command(flatten)]
    pub(crate) filter: FilterArgs,
    /// What a variant must win on
    #[arg(long, value_name = "METRIC", default_value = "resolved")]
    pub(crate) goal: Metric,
    /// What must not get worse by it
    #[arg(long, value_name = "METRIC", default_value = "rated_low")]
    pub(crate) guard: Metric,
    /// The chance of a wrong word about a variant that is as good as the answer
    #[arg(long, value_name = "P", default_value_t = 0.05, value_parser = level)]
    pub(crate) alpha: f64,
    /// Count conversations in which nothing happened for so many minutes
    #[arg(long, value_name = "MINUTES", default_value_t = Settling::default().minutes)]
    pub(crate) settled: u32,
    /// Look as if it were this time [default: now]
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub(crate) at: Option<Timestamp>,
}

#[derive(Debug, Args)]
pub(crate) struct ReplayArgs {
    #[command(flatten)]
    pub(crate) filter: FilterArgs,
}

/// Decisions by name.
#[derive(Debug, Clone, Copy, ValueEnum)]
#[value(rename_all = "snake_case")]
enum DecisionName {
    AutoReply,
    Clarify,
    Rephrase,
    AskValue,
    Handoff,
    #[value(name = "smalltalk")]
    SmallTalk,
    Silent,
}

impl DecisionName {
    fn name(self) -> &'static str {
        match self {
            Self::AutoReply => "auto_reply",
            Self::Clarify => "clarify",
            Self::Rephrase => "rephrase",
            Self::AskValue => "ask_value",
            Self::Handoff => "handoff",
            Self::SmallTalk => "smalltalk",
            Self::Silent => "silent",
        }
    }
}

fn time(text: &str) -> Result<Timestamp, String> {
    let moment = Moment::parse(text).ok_or("expected 2026-11-11 or \"2026-11-11 20:00\"")?;
    let time = TimeZone::system().to_timestamp(moment.start());
    time.map_err(|e| e.to_string())
}

fn level(text: &str) -> Result<f64, String> {
    let level = text
        .parse()
        .ok()
        .filter(|level| (1e-6..=0.5).contains(level));
    level.ok_or_else(|| "expected a number from 0.000001 to 0.5".to_owned())
}

fn conversation(text: &str) -> Result<ConversationId, String> {
    ConversationId::new(text).map_err(|e| e.to_string())
}

fn faq(text: &str) -> Result<FaqId, String> {
    FaqId::new(text).map_err(|e| e.to_string())
}

fn probability(text: &str) -> Result<Confidence, String> {
    let number: f64 = text.parse().map_err(|_| "expected a number from 0 to 1")?;
    Confidence::new(number).map_err(|e| e.to_string())
}

/// A misspelt reason would find nothing, and nobody would know why.
fn reason(text: &str) -> Result<String, String> {
    let others = ["low_confidence", "missing_variable"];
    let reasons = HandoffReason::ALL.map(HandoffReason::as_str);
    let mut known: Vec<&str> = others.into_iter().chain(reasons).collect();
    known.dedup();
    if known.contains(&text) {
        Ok(text.to_owned())
    } else {
        Err(format!("expected one of {}", known.join(", ")))
    }
}
