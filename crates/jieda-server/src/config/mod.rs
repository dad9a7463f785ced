//! Configuration of the service: raw TOML → checked.

mod depot;
mod qa;
mod raw;
mod routing;
mod tenants;

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    time::Duration,
};

use jieda::{ConfigSource, EngineConfig, EngineError, Section};
use jieda_routing::qa::Qa;
use jieda_store::Location;

use crate::conversations::Memory;

pub(crate) use depot::DepotConfig;
use raw::Raw;
pub(crate) use routing::{Routing, Webhook};
pub use tenants::{Tenant, TenantName};

const DEFAULTS: &str = include_str!("../../server.toml");
const TABLE: &str = "server";

/// A checked configuration.
#[derive(Debug, Clone, PartialEq)]
pub struct ServerConfig {
    /// Model, retrieval and decision.
    pub engine: EngineConfig,
    /// What answers come from.
    pub knowledge: Knowledge,
    /// Where HTTP listens.
    pub http: SocketAddr,
    /// Where gRPC listens.
    pub grpc: Option<SocketAddr>,
    /// Where keys, users, audit log and draft are kept.
    pub state_dir: PathBuf,
    /// Where conversations are kept.
    pub store: Option<Location>,
    /// After how many quiet days a conversation is deleted.
    pub retention_days: Option<u32>,
    /// How long an answer waits for the disk.
    pub store_wait: Duration,
    /// What conversations may take of the memory.
    pub memory: Memory,
    /// How often another release is looked for.
    pub follow_every: Duration,
    /// How long requests may take to end after SIGTERM.
    pub drain: Duration,
    /// Origins that may call from a browser.
    pub cors_origins: Vec<String>,
    /// What one request, one key and all together may take.
    pub limits: Limits,
    /// Who goes first.
    pub priority: Priority,
    /// Certificate and key.
    pub tls: Option<Tls>,
    /// Who takes handovers; none where that is another system's.
    pub routing: Option<Routing>,
    /// The file that names several tenants; none where there is one knowledge base.
    pub tenants: Option<PathBuf>,
    /// Where releases come from that replicas share; none where the data directory is all there is.
    pub depot: Option<DepotConfig>,
    /// Which conversations people look at, and by what they score them.
    pub qa: Qa,
    /// What is logged and traced.
    pub log: Log,
}

/// What answers come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Knowledge {
    /// A folder, as it was when the service started. Read only.
    Folder(PathBuf),
    /// The current release of a data directory.
    Data(PathBuf),
}

/// What one request, one key and all together may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of a body.
    pub body_bytes: usize,
    /// Bytes of an uploaded file.
    pub upload_bytes: usize,
    /// Items of a batch.
    pub batch: usize,
    /// Time for a request.
    pub timeout: Duration,
    /// Requests per second of a key, and at once.
    pub rate: Option<Rate>,
    /// Answers at the same time.
    pub workers: usize,
    /// Longest wait in the queue.
    pub queue: Duration,
    /// Event streams at the same time.
    pub streams: usize,
}

/// How often a key may ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// In a second, at least one.
    pub per_second: u32,
    /// At once, at least one.
    pub burst: u32,
}

/// Who goes first when there is a queue.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Priority {
    /// Tiers of customers.
    pub tiers: Vec<String>,
    /// Channels.
    pub channels: Vec<String>,
    /// Words of urgent texts.
    pub words: Vec<String>,
}

/// Certificate and key, as PEM files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tls {
    /// The chain.
    pub certificate: PathBuf,
    /// The private key.
    pub key: PathBuf,
}

/// What is logged and traced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Log {
    /// Directives of `tracing-subscriber`.
    pub filter: String,
    /// For whom.
    pub format: LogFormat,
    /// Where traces go.
    pub otlp_endpoint: Option<String>,
}

/// For whom a log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// People.
    Text,
    /// Programs: one object a line.
    Json,
}

impl ServerConfig {
    /// The built-in defaults of the table `[server]`, with every key and what it means.
    pub const DEFAULTS: &'static str = DEFAULTS;

    /// Reads and checks all layers of a configuration.
    ///
    /// # Errors
    /// [`EngineError::Config`] with what is wrong and where.
    pub fn of(source: &ConfigSource, knowledge: Knowledge) -> Result<Self, EngineError> {
        let engine = EngineConfig::of(source)?;
        let Raw { server } = source.section(DEFAULTS, Section::Only(TABLE))?;
        let refuse = |message: String| EngineError::Config {
            path: source.path().to_owned(),
            message,
        };
        server.check(engine, knowledge).map_err(refuse)
    }

    /// Where a file of the state lies.
    #[must_use]
    pub fn state_file(&self, name: &str) -> PathBuf {
        self.state_dir.join(name)
    }

    /// Where keys, users and drafts of a knowledge base are kept, unless the configuration says otherwise.
    pub(crate) fn default_state_dir(knowledge: &Knowledge) -> Option<PathBuf> {
        let set = |name| {
            let value = std::env::var_os(name).filter(|value| !value.is_empty())?;
            Some(PathBuf::from(value))
        };
        match knowledge {
            Knowledge::Data(data) => Some(data.join("server")),
            Knowledge::Folder(_) => set("XDG_STATE_HOME")
                .map(|dir| dir.join("jieda"))
                .or_else(|| set("HOME").map(|dir| dir.join(".local/state/jieda")))
                .or_else(|| set("LOCALAPPDATA").map(|dir| dir.join("jieda").join("state"))),
        }
    }
}

impl Knowledge {
    /// The folder or data directory.
    #[must_use]
    pub fn path(&self) -> &Path {
        match self {
            Self::Folder(path) | Self::Data(path) => path,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<ServerConfig, String> {
        let text = format!("cache.dir = \"/c\"\n{text}");
        let source = ConfigSource::text(&text, Path::new("test.toml"));
        ServerConfig::of(&source, Knowledge::Data("data".into())).map_err(|e| e.to_string())
    }

    #[test]
    fn the_shipped_defaults_are_sound() {
        let config = read("").unwrap();
        assert_eq!(config.http.to_string(), "127.0.0.1:7700");
        assert_eq!(config.grpc.unwrap().to_string(), "127.0.0.1:7701");
        assert_eq!(config.state_dir, Path::new("data/server"));
        let file = Location::File("data/server/conversations.db".into());
        assert_eq!(config.store, Some(file));
        assert_eq!(config.limits.rate, None);
        assert!(config.limits.workers >= 8);
    }

    #[test]
    fn what_is_given_is_taken() {
        let config = read(
            "[server]\ngrpc = \"\"\nstore = \"none\"\nretention_days = 0\nstate_dir = \"/s\"\n\
             [server.limits]\nrate = 5\nworkers = 3\n[server.log]\nformat = \"json\"\n",
        )
        .unwrap();
        assert_eq!((config.grpc, config.retention_days), (None, None));
        assert_eq!(config.store, None);
        assert_eq!(
            config.limits.rate,
            Some(Rate {
                per_second: 5,
                burst: 100
            })
        );
        assert_eq!(config.limits.workers, 3);
        assert_eq!(config.log.format, LogFormat::Json);
        assert_eq!(config.state_file("keys.json"), Path::new("/s/keys.json"));
    }

    #[test]
    fn faults_are_named() {
        let check = |text: &str, expected: &str| {
            let message = read(text).unwrap_err();
            assert!(message.contains(expected), "{message}");
        };
        check("[server]\nhtp = 1", "unknown key `server.htp`");
        check("[server]\nhttp = \"localhost\"", "server.http");
        check("[server.tls]\nkey = \"k.pem\"", "server.tls");
        check("[server.limits]\nbatch = 0", "server.limits.batch");
        check("[server.log]\nformat = \"xml\"", "xml");
        check("[server.log]\nfilter = \"a=b=c\"", "server.log.filter");
        let tls = "[server.tls]\nkey = \"/no/k.pem\"\ncertificate = \"/no/c.pem\"";
        check(tls, "server.tls");
        check(
            "[server]\ncors_origins = [\"https://a.example/\"]",
            "no origin",
        );
        check(
            "[server]\ncors_origins = [\"shop.example.com\"]",
            "cors_origins",
        );
    }
}
