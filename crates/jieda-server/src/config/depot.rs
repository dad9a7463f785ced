//! The table `[server.depot]`.

use std::time::Duration;

use jieda_depot::Stages;
use serde::Deserialize;

/// Least time between two looks: a storage counts requests.
const LEAST_POLL: Duration = Duration::from_millis(200);

/// Where releases come from, and how they become current.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DepotConfig {
    /// Address of the object storage.
    pub url: String,
    /// Name of this replica.
    pub replica: String,
    /// How often it is looked for another release.
    pub poll: Duration,
    /// Releases that are kept here, beside the current one and the one before.
    pub keep: usize,
    /// How a release that is published here becomes current.
    pub stages: Stages,
    /// How long a canary answers alone.
    pub canary_for: Duration,
    /// Percent of answers that may differ.
    pub most_changed: u8,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawDepot {
    url: String,
    replica: String,
    poll_ms: u64,
    keep: usize,
    stages: Stages,
    canary_seconds: u64,
    canary_changed: u8,
}

impl RawDepot {
    pub(super) fn check(self, http: std::net::SocketAddr) -> Result<Option<DepotConfig>, String> {
        if self.url.is_empty() {
            return Ok(None);
        }
        // What is wrong with the address is told before the model is loaded.
        jieda_depot::Depot::open(&self.url).map_err(|e| format!("server.depot.url: {e}"))?;
        let replica = match self.replica.as_str() {
            "" => named_by_host(http.port()),
            name => name.to_owned(),
        };
        let is_fit = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        if replica.len() > 100 || replica.starts_with('.') || !replica.chars().all(is_fit) {
            return Err(format!(
                "server.depot.replica=`{replica}`: at most 100 letters, digits, `-`, `_` and `.`"
            ));
        }
        if !(1..=100).contains(&self.canary_changed) {
            return Err("server.depot.canary_changed must be from 1 to 100 percent".into());
        }
        Ok(Some(DepotConfig {
            url: self.url,
            replica,
            poll: Duration::from_millis(self.poll_ms).max(LEAST_POLL),
            keep: self.keep,
            stages: self.stages,
            canary_for: Duration::from_secs(self.canary_seconds),
            most_changed: self.canary_changed,
        }))
    }
}

/// Containers are called as their pods are; elsewhere the port tells processes of one machine apart.
fn named_by_host(port: u16) -> String {
    let host = std::env::var("HOSTNAME").ok().or_else(|| {
        let name = std::fs::read_to_string("/etc/hostname").ok()?;
        Some(name.trim().to_owned())
    });
    let host = host.filter(|host| !host.is_empty());
    format!("{}-{port}", host.unwrap_or_else(|| "replica".into()))
}
