//! What was asked for on the command line.

use std::{path::PathBuf, time::Duration};

use crate::Failure;

/// What was asked for.
#[derive(Debug)]
pub(crate) struct Options {
    /// The binary `jieda`.
    pub(crate) jieda: PathBuf,
    pub(crate) model: PathBuf,
    pub(crate) kb: PathBuf,
    /// How long.
    pub(crate) time: Duration,
    /// How many times a replica is killed.
    pub(crate) kills: u32,
    /// How many times the database is restarted.
    pub(crate) restarts: u32,
    /// Clients that ask at the same time.
    pub(crate) clients: usize,
    /// Where the report goes.
    pub(crate) out: Option<PathBuf>,
    /// Only the latency is measured.
    pub(crate) latency: bool,
}

impl Options {
    pub(crate) fn from_args(mut args: impl Iterator<Item = String>) -> Result<Self, Failure> {
        let mut options = Self {
            jieda: "jieda".into(),
            model: "models/jieda-zh-small".into(),
            kb: "kb-samples/ecommerce".into(),
            time: Duration::from_secs(600),
            kills: 30,
            restarts: 1,
            clients: 12,
            out: None,
            latency: false,
        };
        while let Some(name) = args.next() {
            let mut value = || args.next().ok_or_else(|| format!("{name} needs a value"));
            match name.as_str() {
                "--jieda" => options.jieda = value()?.into(),
                "--model" => options.model = value()?.into(),
                "--kb" => options.kb = value()?.into(),
                "--seconds" => options.time = Duration::from_secs(value()?.parse()?),
                "--kills" => options.kills = value()?.parse()?,
                "--restarts" => options.restarts = value()?.parse()?,
                "--clients" => options.clients = value()?.parse()?,
                "--out" => options.out = Some(value()?.into()),
                "--latency" => options.latency = true,
                _ => {
                    return Err(
                        format!("{name} is no option; see benches/replicas/README.md").into(),
                    );
                }
            }
        }
        Ok(options)
    }
}
