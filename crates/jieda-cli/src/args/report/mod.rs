//! Arguments of `jieda report`.

pub(crate) mod period;

use std::path::PathBuf;

use clap::{ArgMatches, Args, Command, FromArgMatches, Subcommand};
use jieda_eval::{page::Language, quality::Times};

use super::tune::LabelArgs;

use period::{MonthlyArgs, QuarterlyArgs};

pub(crate) const HELP: &str = "\
Examples:
  jieda report --kb my-kb --queries labelled.jsonl --out report.html
  jieda report --data data --queries q.jsonl --unanswerable none.jsonl --handoff humans.jsonl \\
    --transcripts conversations.jsonl --split test --out report.html
  jieda report monthly --data data --month 2026-11 --out november.html --xlsx november.xlsx
  jieda report quarterly --data data --quarter 2026Q4 --out q4.html

Without a subcommand: how well labelled texts are answered. One HTML file that needs nothing else: no network, no script. It says how often the right FAQ is found and sent, with
95 % intervals, what other thresholds would do, which FAQs are taken for each other, the worst misses and why they came
about, and where to begin. What no file was given for is left out. A browser prints it, or saves it as PDF.

The same input gives the same file, byte for byte: texts are asked at no particular time unless --at names one, and times
are told with --timings alone. Personal data is masked.

Measure on labels that nothing was chosen by: not those that thresholds were tuned on, or that lent the FAQs their
phrasings (--split test). With --json, all figures go to standard output as well.

Exit code 1 when a file is faulty; all faults of all files are told at once.";

/// A report of labelled texts, or of another kind.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct ReportArgs {
    // Read before the subcommand, which is taken out of the matches when it is read.
    #[command(flatten)]
    pub(crate) quality: UnlessSubcommand<QualityArgs>,
    #[command(subcommand)]
    pub(crate) command: Option<ReportCommand>,
}

/// Arguments of a command that has subcommands; nothing where one is given. (An optional group of clap's is not seen when
/// it has a group in it.)
#[derive(Debug)]
pub(crate) struct UnlessSubcommand<T>(pub(crate) Option<T>);

impl<T: FromArgMatches> FromArgMatches for UnlessSubcommand<T> {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let given = matches.subcommand_name().is_none();
        let read = given.then(|| T::from_arg_matches(matches));
        read.transpose().map(Self)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl<T: Args> Args for UnlessSubcommand<T> {
    fn augment_args(command: Command) -> Command {
        T::augment_args(command)
    }

    fn augment_args_for_update(command: Command) -> Command {
        T::augment_args_for_update(command)
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum ReportCommand {
    /// Report on a month: service against its targets, what customers came for, gaps, allocation, what to do
    #[command(after_help = period::MONTHLY_HELP)]
    Monthly(MonthlyArgs),
    /// Report on how contacts were given out in a quarter, month by month
    #[command(after_help = period::QUARTERLY_HELP)]
    Quarterly(QuarterlyArgs),
}

/// What is reported on: how well labelled texts are answered.
#[derive(Debug, Args)]
pub(crate) struct QualityArgs {
    #[command(flatten)]
    pub(crate) labels: LabelArgs,
    /// Texts that belong to a human, and look-alikes: one {"text","reason"} a line, reason null for a look-alike
    #[arg(long, value_name = "FILE")]
    pub(crate) handoff: Option<PathBuf>,
    /// Conversations with the decision expected at each turn, as jieda eval transcripts takes them; --split doesn't
    /// touch them
    #[arg(long, value_name = "FILE")]
    pub(crate) transcripts: Option<PathBuf>,
    /// Ask as if it were this time of the knowledge base's time zone, such as 2026-11-11: FAQs that are not valid then
    /// are left out [default: no particular time, all enabled FAQs]
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<String>,
    /// Language of the page: zh or en
    #[arg(long, value_name = "LANG", default_value = "zh")]
    pub(crate) lang: Language,
    /// Tell how long each step of an answer took on this machine
    #[arg(long)]
    timings: bool,
    /// The file to write
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
}

impl QualityArgs {
    pub(crate) fn times(&self) -> Times {
        if self.timings {
            Times::Told
        } else {
            Times::Omitted
        }
    }
}
