//! Arguments of `jieda depot`.

use clap::{Args, Subcommand};

pub(crate) const HELP: &str = "\
Examples:
  jieda depot check s3://answers/jieda
  jieda depot push s3://answers/jieda --data data
  jieda depot push s3://answers/jieda --data data --canary
  jieda depot show s3://answers/jieda
  jieda depot pull s3://answers/jieda --data elsewhere
  jieda depot rollback s3://answers/jieda

A depot holds the releases that several replicas share, in an object storage: s3://BUCKET/PREFIX (also OSS, COS and
MinIO, by AWS_ENDPOINT), gs://…, az://CONTAINER/…, file:///FOLDER. Credentials come from the environment (AWS_…,
GOOGLE_…, AZURE_…). Replicas with server.depot.url follow what is current there within a second or so.

With --canary, one replica answers from a release first. It becomes current for all when nothing was wrong for a while, and
is sent back when its answers fail or change too much.";

#[derive(Debug, Subcommand)]
pub(crate) enum DepotCommand {
    /// Try whether a storage can be a depot: write, read, list, create only what is not there
    Check(PlaceArgs),
    /// What is current, what is being rolled out, and what each replica answers from
    Show(PlaceArgs),
    /// Upload a release of --data, and make it current
    Push(PushArgs),
    /// Bring what is current into --data, and make it current there
    Pull(PlaceArgs),
    /// Go back to the release before, or to any other, at once
    Rollback(RollbackArgs),
    /// End a roll-out: its release is not to become current
    SendBack(SendBackArgs),
    /// Remove old releases, never those that are needed
    Prune(PruneArgs),
}

#[derive(Debug, Args)]
pub(crate) struct PlaceArgs {
    /// The depot, such as s3://answers/jieda
    #[arg(value_name = "URL")]
    pub(crate) url: String,
}

#[derive(Debug, Args)]
pub(crate) struct PushArgs {
    #[command(flatten)]
    pub(crate) place: PlaceArgs,
    /// The release, or the beginning of its id [default: the current one of --data]
    #[arg(value_name = "RELEASE")]
    pub(crate) release: Option<String>,
    /// Let one replica try it first
    #[arg(long)]
    pub(crate) canary: bool,
    /// Upload it, and change nothing
    #[arg(long, conflicts_with = "canary")]
    pub(crate) upload_only: bool,
    /// Who publishes
    #[arg(long, value_name = "NAME", env = "USER", default_value = "?")]
    pub(crate) by: String,
}

#[derive(Debug, Args)]
pub(crate) struct RollbackArgs {
    #[command(flatten)]
    pub(crate) place: PlaceArgs,
    /// The release, or the beginning of its id [default: the one before]
    #[arg(value_name = "RELEASE")]
    pub(crate) release: Option<String>,
    /// Who goes back
    #[arg(long, value_name = "NAME", env = "USER", default_value = "?")]
    pub(crate) by: String,
}

#[derive(Debug, Args)]
pub(crate) struct SendBackArgs {
    #[command(flatten)]
    pub(crate) place: PlaceArgs,
    /// Why, for those who ask later
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub(crate) why: String,
    /// Who says so
    #[arg(long, value_name = "NAME", env = "USER", default_value = "?")]
    pub(crate) by: String,
}

#[derive(Debug, Args)]
pub(crate) struct PruneArgs {
    #[command(flatten)]
    pub(crate) place: PlaceArgs,
    /// Keep so many of the newest
    #[arg(long, value_name = "N", default_value_t = 5)]
    pub(crate) keep: usize,
}
