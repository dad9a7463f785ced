//! The table `[server]` as it is written.

use std::{net::SocketAddr, num::NonZeroUsize, path::PathBuf, time::Duration};

use jieda::EngineConfig;
use jieda_store::{Location, PostgresOptions};
use serde::Deserialize;
use tracing_subscriber::EnvFilter;

use crate::conversations::Memory;

use super::{
    Knowledge, Limits, Log, LogFormat, Priority, Rate, ServerConfig, Tls,
    depot::{DepotConfig, RawDepot},
    qa::RawQa,
    routing::RawRouting,
};

/// In the default of `store`, and for whoever wants none.
const NO_STORE: &str = "none";
const STORE_FILE: &str = "conversations.db";
/// Answers at the same time, for each core: most of them wait for the batch that they are in.
const WORKERS_PER_CORE: usize = 8;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Raw {
    pub(super) server: RawServer,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawServer {
    http: String,
    grpc: String,
    state_dir: PathBuf,
    tenants: PathBuf,
    store: String,
    store_reader: String,
    store_connections: u32,
    retention_days: u32,
    store_wait_ms: u64,
    live_mb: u64,
    unsaved_mb: u64,
    follow_ms: u64,
    drain_seconds: u64,
    cors_origins: Vec<String>,
    limits: RawLimits,
    priority: RawPriority,
    tls: RawTls,
    routing: RawRouting,
    depot: RawDepot,
    qa: RawQa,
    log: RawLog,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawLimits {
    body_bytes: usize,
    upload_bytes: usize,
    batch: usize,
    timeout_ms: u64,
    rate: u32,
    burst: u32,
    workers: usize,
    queue_ms: u64,
    streams: usize,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPriority {
    tiers: Vec<String>,
    channels: Vec<String>,
    words: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawTls {
    certificate: PathBuf,
    key: PathBuf,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawLog {
    filter: String,
    format: LogFormat,
    otlp_endpoint: String,
}

impl RawServer {
    pub(super) fn check(
        self,
        engine: EngineConfig,
        knowledge: Knowledge,
    ) -> Result<ServerConfig, String> {
        let state_dir = Some(self.state_dir)
            .filter(|dir| !dir.as_os_str().is_empty())
            .or_else(|| ServerConfig::default_state_dir(&knowledge))
            .ok_or("no folder for keys and drafts: set server.state_dir")?;
        let store = match self.store.as_str() {
            "" => Some(Location::File(state_dir.join(STORE_FILE))),
            NO_STORE => None,
            store => Some(Location::of(store)),
        };
        let store = store.map(|store| match store {
            Location::Postgres(options) => Location::Postgres(PostgresOptions {
                reader_url: Some(self.store_reader).filter(|url| !url.is_empty()),
                connections: self.store_connections.max(1),
                ..options
            }),
            file @ Location::File(_) => file,
        });
        let http = address("server.http", &self.http)?;
        let depot = depot(self.depot, http, &knowledge)?;
        if self.live_mb == 0 {
            return Err("server.live_mb must be at least 1".into());
        }
        Ok(ServerConfig {
            engine,
            knowledge,
            http,
            grpc: Some(self.grpc)
                .filter(|grpc| !grpc.is_empty())
                .map(|grpc| address("server.grpc", &grpc))
                .transpose()?,
            state_dir,
            tenants: Some(self.tenants).filter(|file| !file.as_os_str().is_empty()),
            store,
            retention_days: Some(self.retention_days).filter(|&days| days > 0),
            store_wait: Duration::from_millis(self.store_wait_ms),
            memory: Memory {
                live_bytes: self.live_mb << 20,
                unsaved_bytes: self.unsaved_mb << 20,
            },
            follow_every: Duration::from_millis(self.follow_ms.max(50)),
            drain: Duration::from_secs(self.drain_seconds),
            cors_origins: origins(self.cors_origins)?,
            limits: self.limits.check()?,
            priority: Priority {
                tiers: self.priority.tiers,
                channels: self.priority.channels,
                words: self.priority.words,
            },
            tls: self.tls.check()?,
            routing: self.routing.check()?,
            depot,
            qa: self.qa.check()?,
            log: Log {
                filter: filter(self.log.filter)?,
                format: self.log.format,
                otlp_endpoint: Some(self.log.otlp_endpoint).filter(|e| !e.is_empty()),
            },
        })
    }
}

impl RawLimits {
    fn check(self) -> Result<Limits, String> {
        at_least_one("server.limits.body_bytes", self.body_bytes)?;
        at_least_one("server.limits.batch", self.batch)?;
        at_least_one("server.limits.streams", self.streams)?;
        if self.timeout_ms == 0 || self.queue_ms == 0 {
            return Err("server.limits.timeout_ms and queue_ms must be at least 1".into());
        }
        let cores = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
        Ok(Limits {
            body_bytes: self.body_bytes,
            upload_bytes: self.upload_bytes,
            batch: self.batch,
            timeout: Duration::from_millis(self.timeout_ms),
            rate: (self.rate > 0).then(|| Rate {
                per_second: self.rate,
                burst: self.burst.max(1),
            }),
            workers: match self.workers {
                0 => cores * WORKERS_PER_CORE,
                workers => workers,
            },
            queue: Duration::from_millis(self.queue_ms),
            streams: self.streams,
        })
    }
}

impl RawTls {
    fn check(self) -> Result<Option<Tls>, String> {
        let given = |path: &PathBuf| !path.as_os_str().is_empty();
        match (given(&self.certificate), given(&self.key)) {
            (false, false) => Ok(None),
            (true, true) if !self.certificate.is_file() || !self.key.is_file() => {
                Err("server.tls: the certificate or the key is no file".into())
            }
            (true, true) => Ok(Some(Tls {
                certificate: self.certificate,
                key: self.key,
            })),
            _ => Err("server.tls needs both certificate and key, or none of them".into()),
        }
    }
}

/// A folder is served as it is: it has no releases.
fn depot(
    raw: RawDepot,
    http: SocketAddr,
    knowledge: &Knowledge,
) -> Result<Option<DepotConfig>, String> {
    match raw.check(http)? {
        Some(_) if matches!(knowledge, Knowledge::Folder(_)) => {
            Err("server.depot needs a data directory (--data), which is its cache".into())
        }
        depot => Ok(depot),
    }
}

fn address(key: &str, text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| {
        format!("{key}=`{text}` is no address with a port, such as 127.0.0.1:7700 or [::1]:7700")
    })
}

fn filter(directives: String) -> Result<String, String> {
    match EnvFilter::try_new(&directives) {
        Ok(_) => Ok(directives),
        Err(e) => Err(format!("server.log.filter=`{directives}`: {e}")),
    }
}

fn at_least_one(key: &str, value: usize) -> Result<(), String> {
    if value == 0 {
        return Err(format!("{key} must be at least 1"));
    }
    Ok(())
}

fn origins(origins: Vec<String>) -> Result<Vec<String>, String> {
    let is_origin = |origin: &str| {
        let name = origin
            .strip_prefix("https://")
            .or_else(|| origin.strip_prefix("http://"));
        origin == "*" || name.is_some_and(|name| !name.is_empty() && !name.contains('/'))
    };
    match origins.iter().find(|origin| !is_origin(origin)) {
        Some(origin) => Err(format!(
            "server.cors_origins: `{origin}` is no origin, such as https://shop.example.com"
        )),
        None => Ok(origins),
    }
}
