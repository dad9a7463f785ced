//! Arguments of the service and of what belongs to it.

use std::{net::SocketAddr, path::PathBuf};

use clap::{Args, Subcommand};
use jieda_server::{Role, Scope};

pub(crate) const HELP: &str = "\
Examples:
  jieda serve                                  the sample knowledge base, read only
  jieda serve --data data                      the current release, and a console that edits and publishes
  jieda serve --data data --http 0.0.0.0:7700  for other machines: needs a key first
  jieda serve --tenants tenants.toml           several knowledge bases, each below /t/NAME/
  jieda serve --config jieda.toml              every key: jieda config default

Then: http://127.0.0.1:7700/console/ (console), /widget/ (chat), /docs (API), /metrics.

SIGTERM finishes what is under way and ends; SIGHUP looks for another release and reads the keys again.

With --json, one line when requests are answered: {\"http\",\"grpc\"}. Port 0 takes a free one.";

pub(crate) const KEY_HELP: &str = "\
Scopes:
  answer   ask, rate, search, classify, encode: what a chat front end needs
  agent    speak as a human agent, get handovers and help
  view     read conversations, knowledge, reports, policy
  edit     change the draft of the knowledge base
  publish  publish and roll back
  admin    metrics and reloading

A running service takes notice within two seconds. Only a hash of a key is kept.";

#[derive(Debug, Args)]
pub(crate) struct ServeArgs {
    /// Where HTTP listens [default: 127.0.0.1:7700]
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) http: Option<SocketAddr>,
    /// Where gRPC listens; `off` for nowhere [default: 127.0.0.1:7701]
    #[arg(long, value_name = "ADDRESS|off", value_parser = grpc_address)]
    pub(crate) grpc: Option<String>,
    /// Several knowledge bases in one process: a table each, [shop] with data = "data/shop"
    #[arg(long, value_name = "FILE", conflicts_with_all = ["state_dir", "store"])]
    pub(crate) tenants: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) state: StateArgs,
    /// Where conversations are kept: a file, or `none` [default: conversations.db in the state folder]
    #[arg(long, value_name = "FILE|none")]
    pub(crate) store: Option<PathBuf>,
}

fn grpc_address(text: &str) -> Result<String, String> {
    match text {
        "off" => Ok(String::new()),
        _ => text
            .parse::<SocketAddr>()
            .map(|address| address.to_string())
            .map_err(|_| "neither an address with a port nor `off`".into()),
    }
}

/// Where the service keeps its files.
#[derive(Debug, Args)]
pub(crate) struct StateArgs {
    /// Folder of keys, users, audit log, draft and conversations [default: `server` in the data directory, or
    /// ~/.local/state/jieda]
    #[arg(long, value_name = "DIR")]
    pub(crate) state_dir: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum KeyCommand {
    /// Make a key; it is shown once
    Create(KeyCreateArgs),
    /// List keys, revoked ones too
    List(StateArgs),
    /// Let a key work no more
    Revoke(KeyRevokeArgs),
}

#[derive(Debug, Args)]
pub(crate) struct KeyCreateArgs {
    /// What it is for, such as 官网聊天窗口
    #[arg(long, value_name = "TEXT")]
    pub(crate) name: String,
    /// What it may do; may be repeated
    #[arg(
        long = "scope",
        value_name = "SCOPE",
        value_delimiter = ',',
        default_value = "answer"
    )]
    pub(crate) scopes: Vec<Scope>,
    #[command(flatten)]
    pub(crate) state: StateArgs,
}

#[derive(Debug, Args)]
pub(crate) struct KeyRevokeArgs {
    /// The key's id, as `jieda key list` shows it
    #[arg(value_name = "ID")]
    pub(crate) id: String,
    #[command(flatten)]
    pub(crate) state: StateArgs,
}

#[derive(Debug, Subcommand)]
pub(crate) enum UserCommand {
    /// Add a person, or give one another role or password; the password is read from standard input
    Add(UserAddArgs),
    /// List people
    List(StateArgs),
    /// Remove a person
    Remove(UserRemoveArgs),
}

#[derive(Debug, Args)]
pub(crate) struct UserAddArgs {
    /// How he logs in
    #[arg(value_name = "NAME")]
    pub(crate) name: String,
    /// viewer reads, editor changes the draft, publisher publishes
    #[arg(long, value_name = "ROLE")]
    pub(crate) role: Role,
    #[command(flatten)]
    pub(crate) state: StateArgs,
}

#[derive(Debug, Args)]
pub(crate) struct UserRemoveArgs {
    /// How he logs in
    #[arg(value_name = "NAME")]
    pub(crate) name: String,
    #[command(flatten)]
    pub(crate) state: StateArgs,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Print the built-in configuration: every key, and what it means
    Default,
    /// Print the configuration in force: file, environment and options together
    Show,
    /// Check the configuration and the files that it names
    Check,
}
