//! Arguments of `jieda replay`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use jieda_eval::{logs::Format, replay::Course};

/// Sides that can be compared.
const MOST_SIDES: usize = 2;

pub(crate) const HELP: &str = "\
Examples:
  what last month's conversations would have got from today's release:
    jieda replay --data data --log november.jsonl
  what a lower reply threshold would change:
    jieda replay --log november.csv --threshold reply=0.7
  what the next release breaks:
    jieda replay --data data --release current --release 20261130T080000 --log november.jsonl --out diff
  two policies, on conversations with labels:
    jieda replay --kb kb-samples/banking --policy old.toml --policy new.toml \\
      --log eval/truth/banking/transcripts.jsonl

Sides. A is the knowledge base (--kb, --data, or the first --release) with the policy in force or the first
--policy. B is A but for what is given for it: the second --release, the second --policy, and --threshold, which
changes B alone. Without any of these there is no B, and A is compared with what was decided then, if the log
tells.

Logs, told apart by extension and shape, or by --format:
  export       what `jieda log export` writes: times, values, decisions and states of every turn
  saved        what `jieda chat --save` writes
  transcripts  conversations with the decision expected at each turn, see `jieda eval transcripts --help`
  messages     JSON lines of any system: {\"conversation_id\":\"c1\",\"role\":\"customer\",\"text\":\"怎么退货\",
               \"time\":\"2026-11-11 20:00:05\"} each, or {\"id\":\"c1\",\"messages\":[{\"role\",\"content\"},…]}
  table        CSV or xlsx, one message a row, in any encoding, with a header such as 会话ID, 角色, 内容, 时间, 评分
A message may have a rating, channel, tier, customer_id, and a label: \"expect\":{\"decision\",\"faq\",\"reason\"}, or
columns 应有处理 and 应答FAQ. Roles are 客户, 机器人, 人工 and 系统, or customer, bot, agent and system, and their
usual synonyms. Every faulty line is told at once. Personal data is masked before anything else is done.

Time. Each turn is decided as of its own time: service hours, validity of FAQs, 昨天. Turns without one are decided
as of --at, or else at no particular time: every FAQ is valid then, and the service is open. The clock of this
machine is never read: the same input gives the same output, byte for byte, on any number of threads.

Course.
  closed  the engine goes on from its own decisions. Once it has handed a conversation over, it is silent until
          the record says that a human gave it back. What would have happened, if customers said the same.
  open    each turn starts from what the record led up to: the stored state where the log has it, else a
          conversation that was handed over too soon goes on. Turns that a human had to answer are passed over.
What human agents said is passed on as such in both. In a log without a bot, the engine is tried in the place of
the humans. In logs that hold no values of variables (all but export), every variable counts as known.

Figures. coverage: automatic replies of all turns of the customer's. A reply to a labelled turn is wrong unless it
is the label's FAQ. Handovers: by conversation. GT-T compares the turn at which a conversation goes to a human
with the labelled one, or without labels with the recorded one. The cost curve prices labelled questions by
threshold alone. Intervals and p-values draw whole conversations.

`jieda log replay` differs: it reads the store itself, with its filters, and is a check with exit code 1 when a
decision differs from the stored one, be it only in its rule.

With --json: {\"format\",\"course\",\"log\",\"passed_over\",\"recorded\",\"a\",\"b\",\"comparison\":{\"from\",\"to\",\"figures\",
\"changed\"},\"examples\"}; a side is {\"identity\",\"turns\",\"decisions\",\"coverage\",\"clarify_rate\",\"rephrase_rate\",
\"handed_over\",\"handover_rate\",\"handovers_by_reason\",\"labels\",\"timing\",\"costs\"}. --out writes report.txt,
report.json and changed.jsonl, with every decision that changes.";

#[derive(Debug, Args)]
pub(crate) struct ReplayArgs {
    /// The recorded conversations
    #[arg(long, value_name = "FILE")]
    pub(crate) log: PathBuf,
    /// Kind of the log: export, saved, transcripts, messages or table; told from the file unless given
    #[arg(long, value_name = "KIND")]
    pub(crate) format: Option<Format>,
    /// Release of the data directory, `current`, or a folder; given twice, the second is B's
    #[arg(long, value_name = "RELEASE|DIR")]
    pub(crate) release: Vec<String>,
    /// Policy file, instead of the one in force; given twice, the second is B's
    #[arg(long, value_name = "FILE")]
    pub(crate) policy: Vec<PathBuf>,
    /// A threshold of B's policy, such as reply=0.7, clarify=0.3 or failure_limit=3; may be repeated
    #[arg(long, value_name = "NAME=VALUE", value_parser = threshold)]
    pub(crate) threshold: Vec<Threshold>,
    /// What leads up to each turn
    #[arg(long, value_name = "COURSE", default_value = "closed")]
    pub(crate) course: CourseName,
    /// When turns without a time were, on the clocks of the knowledge base, such as "2026-11-11 20:00"
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<String>,
    /// Write report.txt, report.json and changed.jsonl into this folder
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// Changes to show as examples
    #[arg(long, short = 'n', value_name = "N", default_value_t = 20,
          value_parser = clap::value_parser!(u16).range(0..=1000))]
    pub(crate) limit: u16,
    /// Tell on standard error how long encoding and replaying took
    #[arg(long)]
    pub(crate) timings: bool,
}

/// One threshold.
#[derive(Debug, Clone)]
pub(crate) struct Threshold {
    pub(crate) name: String,
    pub(crate) value: String,
}

/// Courses by name.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum CourseName {
    Closed,
    Open,
}

impl From<CourseName> for Course {
    fn from(name: CourseName) -> Self {
        match name {
            CourseName::Closed => Self::Closed,
            CourseName::Open => Self::Open,
        }
    }
}

impl ReplayArgs {
    /// What the parser can't know is wrong.
    pub(crate) fn fault(&self) -> Option<String> {
        let counts = [
            ("--release <RELEASE|DIR>", self.release.len()),
            ("--policy <FILE>", self.policy.len()),
        ];
        let (name, _) = counts.into_iter().find(|(_, count)| *count > MOST_SIDES)?;
        Some(format!(
            "the argument '{name}' can be used twice at most: for A and for B"
        ))
    }

    /// Whether anything is given for B.
    pub(crate) fn has_second(&self) -> bool {
        self.release.len() > 1 || self.policy.len() > 1 || !self.threshold.is_empty()
    }
}

fn threshold(text: &str) -> Result<Threshold, String> {
    match text.split_once('=') {
        Some((name, value)) if is_key(name) && value.parse::<f64>().is_ok() => Ok(Threshold {
            name: name.to_owned(),
            value: value.to_owned(),
        }),
        _ => Err("expected NAME=VALUE with a number, such as reply=0.7".into()),
    }
}

/// What can stand as a key in a policy file.
fn is_key(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
}
