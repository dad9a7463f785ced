//! The table `[server.routing]`.

use std::{fmt, path::PathBuf};

use jieda_routing::Rules;
use serde::Deserialize;

/// Who takes handovers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Routing {
    /// The rules, with all that `routing.toml` leaves to the shipped ones.
    pub rules: String,
    /// Where alarms go.
    pub webhook: Option<Webhook>,
    /// After how many days the journal is shortened.
    pub keep_days: Option<u32>,
}

/// Where alarms go.
#[derive(Clone, PartialEq, Eq)]
pub struct Webhook {
    /// The address.
    pub url: String,
    /// By which the receiver knows that they are ours.
    pub secret: String,
}

/// Without the secret.
impl fmt::Debug for Webhook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Webhook")
            .field("url", &self.url)
            .finish_non_exhaustive()
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawRouting {
    enabled: bool,
    rules: PathBuf,
    webhook_url: String,
    webhook_secret: String,
    keep_days: u32,
}

impl RawRouting {
    pub(super) fn check(self) -> Result<Option<Routing>, String> {
        if !self.enabled {
            return Ok(None);
        }
        let own = if self.rules.as_os_str().is_empty() {
            String::new()
        } else {
            std::fs::read_to_string(&self.rules)
                .map_err(|e| format!("server.routing.rules={}: {e}", self.rules.display()))?
        };
        let rules = Rules::complete(&own)
            .map_err(|e| format!("server.routing.rules={}: {e}", self.rules.display()))?;
        let webhook = match (self.webhook_url.as_str(), self.webhook_secret.as_str()) {
            ("", _) => None,
            (_, "") => return Err("server.routing.webhook_url needs a webhook_secret".into()),
            (url, _) if !url.starts_with("http://") && !url.starts_with("https://") => {
                return Err(format!(
                    "server.routing.webhook_url={url} is no http(s) address"
                ));
            }
            (url, secret) => Some(Webhook {
                url: url.to_owned(),
                secret: secret.to_owned(),
            }),
        };
        Ok(Some(Routing {
            rules,
            webhook,
            keep_days: Some(self.keep_days).filter(|&days| days > 0),
        }))
    }
}
