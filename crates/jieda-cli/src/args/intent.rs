//! Arguments of `jieda train intent` and `jieda eval intent`.

use std::path::PathBuf;

use clap::Args;
use jieda::model::{IntentMethod, IntentOptions};

pub(crate) const TRAIN_HELP: &str = "\
Examples:
  jieda train intent --kb my-kb --log labelled.jsonl
  jieda train intent --data intents.jsonl --out my-kb/intents.safetensors
  jieda train intent --defaults --model models/ours

Without files, the knowledge base itself is learned: every phrasing of every FAQ, the labelled queries of its
queries.jsonl and of --log, each with the intent of its FAQ. A line of a file is {\"text\",\"intent\"}; an intent of
null or \"none\" teaches \"none of these\". Lines of the split \"test\" are never read.
An intent may have parts: refund/progress.
Cross-validation chooses between nearest neighbours (works from one example an intent), a linear head and kernel
ridge regression, unless --method says which. Small talk, thanks, requests for a human and complaints are known without training.";

/// How a head is fitted.
#[derive(Debug, Args)]
pub(crate) struct MethodArgs {
    /// neighbours, linear or kernel, instead of what cross-validation prefers
    #[arg(long)]
    pub(crate) method: Option<IntentMethod>,
    /// Parts of the cross-validation
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u8).range(2..=20))]
    pub(crate) folds: u8,
}

impl MethodArgs {
    pub(crate) fn options(&self) -> IntentOptions {
        IntentOptions {
            method: self.method,
            folds: self.folds.into(),
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct TrainIntentArgs {
    /// Texts and their intents, one {"text","intent"} a line; --data FILE is taken as one of them
    #[arg(value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Labelled queries of the knowledge base, one {"text","faq"} a line
    #[arg(long, value_name = "FILE")]
    pub(crate) log: Vec<PathBuf>,
    /// Train the head for the intents of any conversation, which every knowledge base shares, from built-in texts;
    /// it is written into the model's folder. The models that ship have theirs; one of your own wants one
    #[arg(long, conflicts_with_all = ["files", "log"])]
    pub(crate) defaults: bool,
    /// Where to write the head [default: intents.safetensors in the knowledge base's folder]
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) method: MethodArgs,
}

#[derive(Debug, Args)]
pub(crate) struct EvalIntentArgs {
    /// Texts to learn from, one {"text","intent"} a line; without it, the phrasings of the knowledge base and the
    /// train split of --queries
    #[arg(long, value_name = "FILE", requires = "test")]
    pub(crate) train: Vec<PathBuf>,
    /// Texts to ask; an intent of null or "none" is out of scope
    #[arg(long, value_name = "FILE", requires = "train")]
    pub(crate) test: Vec<PathBuf>,
    /// Labelled queries of the knowledge base: learned are those of the train split, asked those of the test split
    #[arg(long, value_name = "FILE", conflicts_with = "train")]
    pub(crate) queries: Option<PathBuf>,
    /// Queries that no FAQ answers: asked are those of the test split
    #[arg(long, value_name = "FILE", conflicts_with = "train")]
    pub(crate) unanswerable: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) method: MethodArgs,
}
