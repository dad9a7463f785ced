//! Arguments, and the help that teaches them.

pub(crate) mod depot;
pub(crate) mod eval;
pub(crate) mod forecast;
pub(crate) mod gaps;
pub(crate) mod intent;
pub(crate) mod kb;
pub(crate) mod log;
pub(crate) mod replay;
pub(crate) mod report;
pub(crate) mod serve;
pub(crate) mod simulate;
pub(crate) mod suite;
pub(crate) mod train;
pub(crate) mod transcripts;
pub(crate) mod tune;

use std::path::PathBuf;

use clap::{Args, CommandFactory as _, Parser, Subcommand};
use jieda::{
    Cases, Channel, Conversation, Engine, KnowledgeBase, Moment, Occasion, SearchMode, Timestamp,
    types::{Customer, Utterance},
};

use crate::conversations::read_conversations;

const ABOUT: &str = "jieda (解答): a self-hosted answer engine for Chinese customer service";

const AFTER_HELP: &str = "\
Examples:
  jieda ask 买的鞋子不合脚想退
  jieda ask --kb kb-samples/banking --json 银行卡丢了怎么办
  jieda chat --kb kb-samples/telecom
  jieda search --explain 运费谁出
  jieda kb import 客服知识库.xlsx --into my-kb
  jieda kb publish my-kb --data data
  jieda serve --data data
  jieda ask --data data 怎么退货
  jieda replay --log conversations.csv --threshold reply=0.7
  jieda model pull BAAI/bge-small-zh-v1.5
  jieda report --kb my-kb --queries labelled.jsonl --out report.html
  jieda report monthly --data data --month 2026-11 --out november.html
  jieda eval retrieval --kb kb-samples/banking --queries eval/truth/banking/queries.jsonl --split test

Exit codes:
  0   success
  1   the input is faulty: the utterance, the knowledge base, the labels or the configuration
  2   the command line is faulty
  3   the model is missing or damaged
  4   the environment: the disk is full, a file can't be written, the model hub can't be reached
  70  a bug in jieda

Environment: JIEDA_CONFIG, JIEDA_DATA, JIEDA_CACHE_DIR, HF_ENDPOINT, HF_TOKEN, NO_COLOR; and every key of the
configuration: model.dir is JIEDA_MODEL_DIR (`jieda config default` shows all).";

/// jieda (解答): a self-hosted answer engine for Chinese customer service.
#[derive(Debug, Parser)]
#[command(name = "jieda", version, about = ABOUT, after_help = AFTER_HELP, max_term_width = 100)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) common: Common,
    #[command(subcommand)]
    pub(crate) command: Command,
}

impl Cli {
    /// What the parser can't know: a folder and a data directory exclude each other, but `train intent` takes a
    /// file of labelled texts by the same name, and reports on a time take records from the one and names from the
    /// other.
    pub(crate) fn check(&self) -> Result<(), clap::Error> {
        let train_intent = matches!(
            &self.command,
            Command::Train {
                command: train::TrainCommand::Intent(_)
            }
        );
        let report_on_time =
            matches!(&self.command, Command::Report(args) if args.command.is_some());
        let may_have_both = train_intent || report_on_time;
        if self.common.kb.is_some() && self.common.data.is_some() && !may_have_both {
            let message = "the argument '--kb <DIR>' cannot be used with '--data <DIR>'";
            return Err(Self::command().error(clap::error::ErrorKind::ArgumentConflict, message));
        }
        if let Command::Replay(args) = &self.command
            && let Some(message) = args.fault()
        {
            return Err(Self::command().error(clap::error::ErrorKind::TooManyValues, message));
        }
        Ok(())
    }
}

/// Options that every command takes.
#[derive(Debug, Args)]
pub(crate) struct Common {
    /// Knowledge base folder: kb.toml and intents.jsonl (optional), faqs.jsonl, .xlsx, .csv, .yaml or .md
    /// [default: kb-samples/ecommerce]
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) kb: Option<PathBuf>,
    /// Data directory: answer from its current release, instead of a folder [env: JIEDA_DATA, unless --kb is
    /// given]
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
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
    #[command(after_help = CHAT_HELP)]
    Chat(ChatArgs),
    /// Help a human agent: drafted ticket, FAQs and similar solved conversations for a conversation
    #[command(after_help = ASSIST_HELP)]
    Assist(AssistArgs),
    /// Look up, export, delete and run again what `chat --store` and `ask --store` have kept
    #[command(after_help = log::HELP)]
    Log(Box<log::LogArgs>),
    /// Tell what would have become of recorded conversations: another knowledge base, policy or threshold
    #[command(after_help = replay::HELP)]
    Replay(Box<replay::ReplayArgs>),
    /// Serve HTTP, gRPC, the console and the chat widget
    #[command(after_help = serve::HELP)]
    Serve(serve::ServeArgs),
    /// Make, list and revoke API keys of the service
    #[command(after_help = serve::KEY_HELP)]
    Key {
        #[command(subcommand)]
        command: serve::KeyCommand,
    },
    /// Add, list and remove people who may use the console
    User {
        #[command(subcommand)]
        command: serve::UserCommand,
    },
    /// Show and check the configuration
    Config {
        #[command(subcommand)]
        command: serve::ConfigCommand,
    },
    /// Look whether everything that the service needs is in order
    Doctor(serve::StateArgs),
    /// Find FAQs without deciding anything
    Search(SearchArgs),
    /// Show how a text is normalised and cut into words
    Segment(TextArgs),
    /// Print the vectors of texts, one JSON object a line: {"text","vector","tokens"}
    Encode(EncodeArgs),
    /// Name the intents of a text
    Classify(ClassifyArgs),
    /// Import, check, publish and roll back knowledge bases
    Kb {
        #[command(subcommand)]
        command: kb::KbCommand,
    },
    /// List, inspect, fetch and check models
    Model {
        #[command(subcommand)]
        command: ModelCommand,
    },
    /// Train encoders on your own knowledge bases and logs
    Train {
        #[command(subcommand)]
        command: train::TrainCommand,
    },
    /// Choose the thresholds of a knowledge base from labelled queries, with a bound on wrong replies
    #[command(after_help = tune::HELP)]
    Tune(tune::TuneArgs),
    /// Write a report on how well customers are served: one page to read, print and pass on
    #[command(after_help = report::HELP)]
    Report(Box<report::ReportArgs>),
    /// Play a day of contacts and agents, to see what rules do before customers do
    Simulate {
        #[command(subcommand)]
        command: simulate::SimulateCommand,
    },
    /// Releases that several replicas share, in an object storage
    #[command(after_help = depot::HELP)]
    Depot {
        #[command(subcommand)]
        command: depot::DepotCommand,
    },
    /// How many contacts will come, hour by hour, and how many agents they take
    #[command(after_help = forecast::HELP)]
    Forecast(forecast::ForecastArgs),
    /// Measure speed on this machine
    Bench {
        #[command(subcommand)]
        command: BenchCommand,
    },
    /// Measure quality against labelled data, or learn the shipped numbers anew
    Eval {
        #[command(subcommand)]
        command: eval::EvalCommand,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum BenchCommand {
    /// Time the encoder: every backend, on real queries, tokenising included
    Encode(BenchEncodeArgs),
}

/// What `jieda bench encode` runs.
#[derive(Debug, Args)]
pub(crate) struct BenchEncodeArgs {
    /// Texts of one call; several are run one after the other
    #[arg(long, value_name = "N", value_delimiter = ',', default_values_t = [1, 32],
          value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) batch: Vec<u16>,
    /// Threads; several are run one after the other
    #[arg(long, value_name = "N", value_delimiter = ',', default_values_t = [1],
          value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(crate) threads: Vec<u16>,
    /// This way of computing alone, such as cpu-int8, cpu-f32 or candle-f32
    #[arg(long, value_name = "WAY", value_parser = ["cpu-int8", "cpu-f32", "candle-f32"])]
    pub(crate) only: Option<String>,
    /// Texts to encode, one on each line
    #[arg(long, value_name = "FILE")]
    pub(crate) queries: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ModelCommand {
    /// The models that are there; faulty ones with their fault
    List(ModelsFolder),
    /// All that a model's manifest says
    Info(WhichModel),
    /// Fetch a model from a hub, or copy a folder that was carried over by hand
    Pull(PullArgs),
    /// Hash every file of a model and compare it with the manifest
    Verify(WhichModel),
}

/// Where models live.
#[derive(Debug, Args)]
pub(crate) struct ModelsFolder {
    /// Folder of models
    #[arg(long, value_name = "DIR", default_value = "models")]
    pub(crate) into: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct WhichModel {
    /// Name of a model in the folder of models, or any model folder
    #[arg(value_name = "NAME|DIR")]
    pub(crate) which: String,
    #[command(flatten)]
    pub(crate) into: ModelsFolder,
}

#[derive(Debug, Args)]
pub(crate) struct PullArgs {
    /// Repository on the hub, such as BAAI/bge-small-zh-v1.5; a local folder of that name goes first
    #[arg(value_name = "REPO|DIR")]
    pub(crate) source: String,
    /// Branch, tag or commit
    #[arg(long, value_name = "REV", default_value = "main")]
    pub(crate) revision: String,
    /// Name of the model here, instead of the last part of REPO or DIR
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// Text that the model wants before a query; its card says which
    #[arg(long, value_name = "TEXT")]
    pub(crate) query_prefix: Option<String>,
    /// Text that the model wants before a passage
    #[arg(long, value_name = "TEXT")]
    pub(crate) passage_prefix: Option<String>,
    #[command(flatten)]
    pub(crate) into: ModelsFolder,
}

#[derive(Debug, Args)]
pub(crate) struct TextArgs {
    /// The text; `-` reads it from standard input, and `--` goes before one that begins with a dash
    #[arg(value_name = "TEXT")]
    pub(crate) text: String,
}

#[derive(Debug, Args)]
pub(crate) struct EncodeArgs {
    /// Texts to encode
    #[arg(value_name = "TEXT", required_unless_present = "file")]
    pub(crate) texts: Vec<String>,
    /// Encode the lines of this file as well
    #[arg(long, value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,
    /// Encode as passages, with their prefix, instead of queries
    #[arg(long)]
    pub(crate) passage: bool,
}

#[derive(Debug, Args)]
pub(crate) struct AskArgs {
    #[command(flatten)]
    pub(crate) text: TextArgs,
    #[command(flatten)]
    pub(crate) answer: AnswerArgs,
    #[command(flatten)]
    pub(crate) store: log::StoreArg,
}

const CHAT_HELP: &str = "\
In the conversation:
  /rate N      the customer presses a button: N of 5
  /agent TEXT  a human agent says TEXT
  /back        the human gives the conversation back
  /handover    show what the human gets
  /state       show what is remembered
  /new, /quit

With --json, one line in gives one object out.";

const ASSIST_HELP: &str = "\
Examples:
  jieda assist 冰箱买了三天就不制冷了 已经重启过两次
  jieda assist --conversation saved.jsonl --cases solved.jsonl --json

Texts are what the customer said, turn by turn; --conversation takes the last one of a file that
`jieda chat --save` wrote.";

#[derive(Debug, Args)]
pub(crate) struct ChatArgs {
    #[command(flatten)]
    pub(crate) answer: AnswerArgs,
    #[command(flatten)]
    pub(crate) store: log::StoreArg,
    /// Append each conversation to this file when it ends: one JSON object a line, personal data masked
    #[arg(long, value_name = "FILE")]
    pub(crate) save: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct AssistArgs {
    /// What the customer said, turn by turn
    #[arg(value_name = "TEXT", required_unless_present = "conversation")]
    pub(crate) texts: Vec<String>,
    /// Conversations as `jieda chat --save` writes them; the last one counts
    #[arg(long, value_name = "FILE", conflicts_with = "texts")]
    pub(crate) conversation: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) answer: AnswerArgs,
}

/// When and where a question is asked.
#[derive(Debug, Args)]
pub(crate) struct OccasionArgs {
    /// The customer's channel, such as app: FAQs of other channels are left out
    #[arg(long, value_name = "NAME")]
    channel: Option<String>,
    /// Ask as if it were this time of the knowledge base's time zone, such as 2026-11-11 or
    /// "2026-11-11 20:00", instead of now
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
}

impl OccasionArgs {
    /// The occasion, for a knowledge base.
    pub(crate) fn on(&self, kb: &KnowledgeBase) -> anyhow::Result<Occasion> {
        let occasion = match &self.at {
            None => Occasion::now(),
            Some(text) => Occasion::at(timestamp(text, kb)?),
        };
        Ok(match &self.channel {
            None => occasion,
            Some(name) => {
                let channel = Channel::new(name);
                occasion
                    .on(channel.map_err(|_| anyhow::anyhow!("--channel“{name}”不能用作渠道名"))?)
            }
        })
    }
}

/// What `--at` says, on the clocks of a knowledge base.
pub(crate) fn timestamp(at: &str, kb: &KnowledgeBase) -> anyhow::Result<Timestamp> {
    let moment = Moment::parse(at).ok_or_else(|| {
        anyhow::anyhow!("--at“{at}”不是时间，应写成 2026-11-11 或 \"2026-11-11 20:00\"")
    })?;
    Ok(kb.timezone.to_timestamp(moment.start())?)
}

/// How answers are made and shown: `ask` and `chat` alike.
#[derive(Debug, Args)]
pub(crate) struct AnswerArgs {
    /// A value for a {variable} in answers; may be repeated
    #[arg(long = "var", value_name = "NAME=VALUE", value_parser = parse_variable)]
    variables: Vec<(String, String)>,
    /// The customer's tier, such as VIP: the policy may give it a lane of its own
    #[arg(long, value_name = "NAME")]
    tier: Option<String>,
    #[command(flatten)]
    pub(crate) occasion: OccasionArgs,
    /// Solved conversations, one JSON object a line as `jieda chat --save` writes them: the most similar ones
    /// go to the agent with a handover
    #[arg(long, value_name = "FILE")]
    cases: Option<PathBuf>,
    /// Show how each decision came about
    #[arg(long)]
    pub(crate) explain: bool,
}

impl AnswerArgs {
    /// A conversation of this customer.
    pub(crate) fn conversation(&self, id: &str, occasion: &Occasion) -> Conversation {
        let mut conversation = Conversation::new(id);
        conversation.customer = Customer {
            id: None,
            tier: self.tier.clone(),
            channel: occasion.channel.as_ref().map(ToString::to_string),
            language: None,
        };
        conversation
    }

    /// The solved conversations, if any were named.
    pub(crate) fn cases(&self, engine: &Engine) -> anyhow::Result<Option<Cases>> {
        let Some(file) = &self.cases else {
            return Ok(None);
        };
        let conversations = read_conversations(file)?;
        Ok(Some(Cases::of(engine, &conversations)?))
    }

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
    #[command(flatten)]
    pub(crate) occasion: OccasionArgs,
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

fn parse_variable(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("expected NAME=VALUE, such as order_id=20260101".into()),
    }
}
