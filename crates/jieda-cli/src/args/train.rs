//! Arguments of `jieda train`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use jieda::model::train::{Storage, TrainOptions};

#[derive(Debug, Subcommand)]
pub(crate) enum TrainCommand {
    /// Fine-tune the encoder: queries must find their FAQ among all of its knowledge base
    #[command(after_help = ENCODER_HELP)]
    Encoder(EncoderArgs),
    /// Fit a small adapter to one knowledge base's labelled log, in seconds; the encoder stays as it is
    #[command(after_help = ADAPTER_HELP)]
    Adapter(AdapterArgs),
    /// Train a head that names intents, in seconds; the encoder stays as it is
    #[command(after_help = super::intent::TRAIN_HELP)]
    Intent(super::intent::TrainIntentArgs),
    /// Make a smaller encoder that gives the vectors of a larger one
    #[command(after_help = DISTILL_HELP)]
    Distill(DistillArgs),
}

const ENCODER_HELP: &str = "\
Examples:
  jieda train encoder --kb kb-samples/ecommerce --log labelled.jsonl --out models/ours
  jieda train encoder models/train-data/*/ --validate models/train-data/express --out models/all

For the labelled log of one knowledge base, `jieda train adapter` is quicker and finds more.
A knowledge base folder may hold queries.jsonl, one {\"text\",\"faq\"} a line; lines of the
split \"test\" are never read. Without --validate, one FAQ in eight is held out to see when to
stop; of a single knowledge base, one query in five.
A model that does not beat its base on held-out queries is not written (exit code 1).
A training that was interrupted goes on from its last checkpoint with the same command.";

const ADAPTER_HELP: &str = "\
Example:
  jieda train adapter --kb kb-samples/ecommerce --log labelled.jsonl

The adapter is written into the knowledge base folder (adapter.safetensors) and used from then on by
every command; remove the file to undo it. Vectors of the knowledge base don't change. Queries of the
knowledge base's own queries.jsonl are learned as well; lines of the split \"test\" are never read.
Cross-validation decides: an adapter that does not find more, or whose gain could be chance, is not
written (exit code 1).";

const DISTILL_HELP: &str = "\
Example:
  jieda train distill --model models/jieda-zh-base --layers 0,4,7,11 \\
      models/train-data/*/ --text chats.txt --out models/small

All texts of the knowledge bases are learned besides those of --text. Where there are labelled
queries, every other step learns from them.";

/// What both kinds of training learn from, and where to they write.
#[derive(Debug, Args)]
pub(crate) struct TrainArgs {
    /// Knowledge base folders to learn from, with their queries.jsonl where there is one; the one of
    /// --kb unless given
    #[arg(value_name = "DIR")]
    pub(crate) kbs: Vec<PathBuf>,
    /// Labelled queries of the one knowledge base: {"text","faq"} a line
    #[arg(long, value_name = "FILE")]
    pub(crate) log: Vec<PathBuf>,
    /// Pairs of texts that mean the same: {"text","positive"} a line. With pairs alone, no knowledge base is
    /// read unless it is named as DIR
    #[arg(long, value_name = "FILE")]
    pub(crate) pairs: Vec<PathBuf>,
    /// Knowledge base folders that only tell when to stop; may be repeated. They are not learned from, if
    /// they are among DIR as well
    #[arg(long, value_name = "DIR", value_delimiter = ',')]
    pub(crate) validate: Vec<PathBuf>,
    /// Folder of the new model
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// Version of the new model
    #[arg(long, value_name = "TEXT", default_value = "1")]
    pub(crate) version: String,
    /// Numbers of the layers: q8, q8q5 (feed-forward in 5 bits), q5, f32
    #[arg(long, default_value = "q8", value_parser = storage)]
    pub(crate) storage: Storage,
    /// Passes over all queries (4; to distill, 8); 0 writes the base as it is, in the numbers of --storage
    #[arg(long, value_name = "N")]
    pub(crate) epochs: Option<usize>,
    /// Most FAQs that meet in a batch (100)
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(4..=1024))]
    pub(crate) batch: Option<u16>,
    /// Highest learning rate (5e-5; to distill, 3e-4)
    #[arg(long, value_name = "RATE")]
    pub(crate) learning_rate: Option<f32>,
    /// Temperature of the contrast (0.04); lower looks at the nearest wrong FAQs alone
    #[arg(long, value_name = "T")]
    pub(crate) temperature: Option<f64>,
    /// Epochs without gain after which it ends (2; to distill, 8)
    #[arg(long, value_name = "N")]
    pub(crate) patience: Option<usize>,
    /// Layers at the bottom that stay as they are
    #[arg(long, value_name = "N")]
    pub(crate) freeze: Option<usize>,
    /// Same seed and data, same model
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) seed: u64,
    /// Threads; all of the machine's unless given
    #[arg(long, value_name = "N")]
    pub(crate) threads: Option<std::num::NonZeroUsize>,
    /// Pause after this many epochs; the same command goes on
    #[arg(long, value_name = "N")]
    pub(crate) stop_after: Option<usize>,
}

#[derive(Debug, Args)]
pub(crate) struct EncoderArgs {
    #[command(flatten)]
    pub(crate) train: TrainArgs,
}

#[derive(Debug, Args)]
pub(crate) struct AdapterArgs {
    /// Labelled queries of the knowledge base: {"text","faq"} a line
    #[arg(long, value_name = "FILE")]
    pub(crate) log: Vec<PathBuf>,
    /// Where the adapter goes, instead of the knowledge base folder
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// Same seed and data, same adapter
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) seed: u64,
}

#[derive(Debug, Args)]
pub(crate) struct DistillArgs {
    #[command(flatten)]
    pub(crate) train: TrainArgs,
    /// Layers of the teacher that the student begins with
    #[arg(long, value_name = "N,N", value_delimiter = ',', default_values_t = [0, 4, 7, 11])]
    pub(crate) layers: Vec<usize>,
    /// Texts without labels, one a line
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub(crate) text: Vec<PathBuf>,
}

impl TrainArgs {
    /// The options, with what was given instead of the defaults.
    pub(crate) fn options(&self, defaults: &TrainOptions) -> TrainOptions {
        TrainOptions {
            epochs: self.epochs.unwrap_or(defaults.epochs),
            batch: self.batch.map_or(defaults.batch, usize::from),
            learning_rate: self.learning_rate.unwrap_or(defaults.learning_rate),
            temperature: self.temperature.unwrap_or(defaults.temperature),
            patience: self.patience.unwrap_or(defaults.patience),
            freeze: self.freeze.unwrap_or(defaults.freeze),
            seed: self.seed,
            threads: self.threads,
            stop_after: self.stop_after,
            ..defaults.clone()
        }
    }
}

pub(super) fn storage(text: &str) -> Result<Storage, String> {
    match text {
        "q8" => Ok(Storage::Q8),
        "q8q5" => Ok(Storage::Q8Q5),
        "q5" => Ok(Storage::Q5),
        "f32" => Ok(Storage::F32),
        _ => Err("known: q8, q8q5, q5, f32".into()),
    }
}
