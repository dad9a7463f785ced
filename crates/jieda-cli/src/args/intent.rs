//! Arguments of `jieda train intent` and `jieda eval intent`.

use std::path::PathBuf;

use clap::Args;
use jieda::model::{
    IntentMethod, IntentOptions,
    train::{IntentObjective, Storage, TrainOptions},
};

use super::train::storage;

pub(crate) const TRAIN_HELP: &str = "\
Examples:
  jieda train intent --kb my-kb --log labelled.jsonl
  jieda train intent --data intents.jsonl --out my-kb/intents.safetensors
  jieda train intent --defaults --model models/ours
  jieda train intent --data intents.jsonl --fine-tune --out models/ours-intents

Without files, the knowledge base itself is learned: every phrasing of every FAQ, the labelled queries of its
queries.jsonl and of --log, each with the intent of its FAQ. A line of a file is {\"text\",\"intent\"}; an intent of
null or \"none\" teaches \"none of these\". Lines of the split \"test\" are never read.
An intent may have parts: refund/progress.
Cross-validation chooses between nearest neighbours (works from one example an intent), a linear head and kernel
ridge regression, unless --method says which. Small talk, thanks, requests for a human and complaints are known without training.

With --fine-tune the encoder itself is tuned for these intents, in minutes instead of seconds: --out is the folder of a
new model, with the head in it (own-intents.safetensors). Often it does not pay: a head on the frozen encoder is hard to
beat. So one text in ten is held out from both, and a model that names no more of them than a head on the base is not
written (exit code 1). To answer from a knowledge base with it, copy the head into its folder as intents.safetensors and
give --model.";

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
    /// Where to write the head [default: intents.safetensors in the knowledge base's folder]; with --fine-tune, the
    /// folder of the new model
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) method: MethodArgs,
    /// Tune the encoder too, and write a new model
    #[arg(long, requires = "out", conflicts_with_all = ["defaults", "method"])]
    pub(crate) fine_tune: bool,
    #[command(flatten)]
    pub(crate) tuning: FineTuneArgs,
}

/// How an encoder is tuned.
#[derive(Debug, Args)]
#[command(next_help_heading = "With --fine-tune")]
pub(crate) struct FineTuneArgs {
    /// Passes over all texts (5)
    #[arg(long, value_name = "N", requires = "fine_tune")]
    epochs: Option<usize>,
    /// Texts of a batch (32)
    #[arg(long, value_name = "N", requires = "fine_tune", value_parser = clap::value_parser!(u16).range(4..=1024))]
    batch: Option<u16>,
    /// Highest learning rate of the encoder (5e-5)
    #[arg(long, value_name = "RATE", requires = "fine_tune")]
    learning_rate: Option<f32>,
    /// Share of supervised contrast in the loss, 0 to 1; the rest is cross-entropy over the intents (0)
    #[arg(long, value_name = "SHARE", requires = "fine_tune")]
    contrast: Option<f64>,
    /// Temperature of the contrast (0.1)
    #[arg(long, value_name = "T", requires = "fine_tune")]
    temperature: Option<f64>,
    /// Chance of each token to be left out in training (0.1)
    #[arg(long, value_name = "SHARE", requires = "fine_tune")]
    token_dropout: Option<f64>,
    /// Layers at the bottom that stay as they are
    #[arg(long, value_name = "N", requires = "fine_tune")]
    freeze: Option<usize>,
    /// Epochs without gain after which it ends (5)
    #[arg(long, value_name = "N", requires = "fine_tune")]
    patience: Option<usize>,
    /// One text in as many is held out (10)
    #[arg(long, value_name = "N", requires = "fine_tune")]
    held_out: Option<usize>,
    /// Same seed and data, same model (1)
    #[arg(long, value_name = "N", requires = "fine_tune")]
    seed: Option<u64>,
    /// Threads; all of the machine's unless given
    #[arg(long, value_name = "N", requires = "fine_tune")]
    threads: Option<std::num::NonZeroUsize>,
    /// Numbers of the layers: q8, q8q5 (feed-forward in 5 bits), q5, f32 (q8)
    #[arg(long, requires = "fine_tune", value_parser = storage)]
    storage: Option<Storage>,
    /// Version of the new model (1)
    #[arg(long, value_name = "TEXT", requires = "fine_tune")]
    version: Option<String>,
}

impl FineTuneArgs {
    pub(crate) fn options(&self) -> TrainOptions {
        let defaults = TrainOptions::for_intents();
        TrainOptions {
            epochs: self.epochs.unwrap_or(defaults.epochs),
            batch: self.batch.map_or(defaults.batch, usize::from),
            learning_rate: self.learning_rate.unwrap_or(defaults.learning_rate),
            temperature: self.temperature.unwrap_or(defaults.temperature),
            patience: self.patience.unwrap_or(defaults.patience),
            freeze: self.freeze.unwrap_or(defaults.freeze),
            seed: self.seed.unwrap_or(defaults.seed),
            threads: self.threads,
            ..defaults
        }
    }

    pub(crate) fn objective(&self) -> IntentObjective {
        let defaults = IntentObjective::default();
        IntentObjective {
            contrast: self.contrast.unwrap_or(defaults.contrast),
            token_dropout: self.token_dropout.unwrap_or(defaults.token_dropout),
            held_out: self.held_out.unwrap_or(defaults.held_out),
            ..defaults
        }
    }

    pub(crate) fn storage(&self) -> Storage {
        self.storage.unwrap_or_default()
    }

    pub(crate) fn version(&self) -> String {
        self.version.clone().unwrap_or_else(|| "1".to_owned())
    }
}

#[derive(Debug, Args)]
pub(crate) struct EvalIntentArgs {
    /// Texts to learn from, one {"text","intent"} a line; without it, the phrasings of the knowledge base and the
    /// train split of --queries
    #[arg(long, value_name = "FILE", requires = "test")]
    pub(crate) train: Vec<PathBuf>,
    /// Texts to ask; an intent of null or "none" is out of scope. Without --train they are put to the head of --model, which
    /// train intent --fine-tune wrote
    #[arg(long, value_name = "FILE", conflicts_with = "queries")]
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
