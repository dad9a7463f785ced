//! Arguments, and the help that teaches them.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use jieda::{SearchMode, types::Utterance};
use jieda_eval::truth::Split;

const ABOUT: &str = "jieda (解答): a self-hosted answer engine for Chinese customer service";

const AFTER_HELP: &str = "\
Examples:
  jieda ask 买的鞋子不合脚想退
  jieda ask --kb kb-samples/banking --json 银行卡丢了怎么办
  jieda chat --kb kb-samples/telecom
  jieda search --explain 运费谁出
  jieda eval retrieval --kb kb-samples/banking --queries eval/truth/banking/queries.jsonl --split test

Exit codes:
  0   success
  1   the input is faulty: the utterance, the knowledge base, the labels or the configuration
  2   the command line is faulty
  3   the model is missing or damaged
  4   the environment: the disk is full, the cache or an output file can't be written
  70  a bug in jieda

Environment: JIEDA_CONFIG, JIEDA_CACHE_DIR, NO_COLOR.";

/// jieda (解答): a self-hosted answer engine for Chinese customer service.
#[derive(Debug, Parser)]
#[command(name = "jieda", version, about = ABOUT, after_help = AFTER_HELP, max_term_width = 100)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) common: Common,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Options that every command takes.
#[derive(Debug, Args)]
pub(crate) struct Common {
    /// Knowledge base folder: kb.toml (optional), intents.jsonl, faqs.jsonl
    #[arg(
        long,
        global = true,
        value_name = "DIR",
        default_value = "kb-samples/ecommerce"
    )]
    pub(crate) kb: PathBuf,
    /// Model folder, instead of the configuration's
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) model: Option<PathBuf>,
    /// Configuration file (TOML); what it leaves out keeps its default
    #[arg(long, global = true, value_name = "FILE", env = "JIEDA_CONFIG")]
    pub(crate) config: Option<PathBuf>,
    /// Print JSON for programs instead of text for people
    #[arg(long, global = true)]
    pub(crate) json: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Answer one question: auto-reply, clarify, rephrase, hand over, or small talk
    Ask(AskArgs),
    /// Talk turn by turn; the conversation's state is kept
    Chat(AnswerArgs),
    /// Find FAQs without deciding anything
    Search(SearchArgs),
    /// Show how a text is normalised and cut into words
    Segment(TextArgs),
    /// Name the intents of a text, by the FAQs nearest to it
    Classify(ClassifyArgs),
    /// Measure quality against labelled data, or learn the shipped numbers anew
    Eval {
        #[command(subcommand)]
        command: EvalCommand,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum EvalCommand {
    /// recall@k and MRR of labelled queries
    Retrieval(EvalRetrievalArgs),
    /// Learn fusion weights and confidence calibrator from train queries, leaving one industry out
    Fit(EvalFitArgs),
}

#[derive(Debug, Args)]
pub(crate) struct TextArgs {
    /// The text; `-` reads it from standard input, and `--` goes before one that begins with a dash
    #[arg(value_name = "TEXT")]
    pub(crate) text: String,
}

#[derive(Debug, Args)]
pub(crate) struct AskArgs {
    #[command(flatten)]
    pub(crate) text: TextArgs,
    #[command(flatten)]
    pub(crate) answer: AnswerArgs,
}

/// How answers are made and shown: `ask` and `chat` alike.
#[derive(Debug, Args)]
pub(crate) struct AnswerArgs {
    /// A value for a {variable} in answers; may be repeated
    #[arg(long = "var", value_name = "NAME=VALUE", value_parser = parse_variable)]
    variables: Vec<(String, String)>,
    /// Show how each decision came about
    #[arg(long)]
    pub(crate) explain: bool,
}

impl AnswerArgs {
    /// What the customer said, with the values that were given.
    pub(crate) fn utterance(&self, text: String) -> Utterance {
        Utterance {
            text,
            variables: self.variables.iter().cloned().collect(),
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct SearchArgs {
    #[command(flatten)]
    pub(crate) text: TextArgs,
    /// bm25, vector or hybrid
    #[arg(long, default_value = "hybrid")]
    pub(crate) mode: SearchMode,
    /// How many FAQs to show
    #[arg(long, short = 'k', default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub(crate) limit: u16,
    /// Show every part of every score
    #[arg(long)]
    pub(crate) explain: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ClassifyArgs {
    #[command(flatten)]
    pub(crate) text: TextArgs,
    /// How many intents to show
    #[arg(long, short = 'k', default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub(crate) limit: u16,
}

#[derive(Debug, Args)]
pub(crate) struct EvalRetrievalArgs {
    /// Labelled queries: one {"text","faq","style","split"} a line
    #[arg(long, value_name = "FILE")]
    pub(crate) queries: PathBuf,
    /// bm25, vector or hybrid
    #[arg(long, default_value = "hybrid")]
    pub(crate) mode: SearchMode,
    /// Only the queries of this split: train or test
    #[arg(long)]
    pub(crate) split: Option<Split>,
    /// Write what became of each query to this file (tab-separated)
    #[arg(long, value_name = "FILE")]
    pub(crate) cases: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct EvalFitArgs {
    /// Folder with one knowledge base folder an industry
    #[arg(long, value_name = "DIR", default_value = "kb-samples")]
    pub(crate) kbs: PathBuf,
    /// Folder with the labels of each industry: queries.jsonl and unanswerable.jsonl
    #[arg(long, value_name = "DIR", default_value = "eval/truth")]
    pub(crate) truth: PathBuf,
    /// Industries to learn from: names of folders in both
    #[arg(
        long,
        value_delimiter = ',',
        default_value = "banking,ecommerce,telecom"
    )]
    pub(crate) industries: Vec<String>,
    /// Write fusion.toml and calibrator.toml into this folder
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
}

fn parse_variable(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("expected NAME=VALUE, such as order_id=20260101".into()),
    }
}
