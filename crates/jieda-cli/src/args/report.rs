//! Arguments of `jieda report`.

use std::path::PathBuf;

use clap::Args;
use jieda_eval::{page::Language, quality::Times};

use super::tune::LabelArgs;

pub(crate) const HELP: &str = "\
Examples:
  jieda report --kb my-kb --queries labelled.jsonl --out report.html
  jieda report --data data --queries q.jsonl --unanswerable none.jsonl --handoff humans.jsonl \\
    --transcripts conversations.jsonl --split test --out report.html

One HTML file that needs nothing else: no network, no script. It says how often the right FAQ is found and sent, with
95 % intervals, what other thresholds would do, which FAQs are taken for each other, the worst misses and why they came
about, and where to begin. What no file was given for is left out. A browser prints it, or saves it as PDF.

The same input gives the same file, byte for byte: texts are asked at no particular time unless --at names one, and times
are told with --timings alone. Personal data is masked.

Measure on labels that nothing was chosen by: not those that thresholds were tuned on, or that lent the FAQs their
phrasings (--split test). With --json, all figures go to standard output as well.

Exit code 1 when a file is faulty; all faults of all files are told at once.";

/// What is reported on. A report of another kind would be a subcommand.
#[derive(Debug, Args)]
pub(crate) struct ReportArgs {
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

impl ReportArgs {
    pub(crate) fn times(&self) -> Times {
        if self.timings {
            Times::Told
        } else {
            Times::Omitted
        }
    }
}
