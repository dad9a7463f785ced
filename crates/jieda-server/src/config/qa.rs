//! The table `[server.qa]`.

use std::path::PathBuf;

use jieda_routing::qa::Qa;
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawQa {
    file: PathBuf,
}

impl RawQa {
    pub(super) fn check(self) -> Result<Qa, String> {
        let told =
            |e: &dyn std::fmt::Display| format!("server.qa.file={}: {e}", self.file.display());
        let own = if self.file.as_os_str().is_empty() {
            String::new()
        } else {
            std::fs::read_to_string(&self.file).map_err(|e| told(&e))?
        };
        Qa::from_toml(&own).map_err(|e| told(&e))
    }
}
