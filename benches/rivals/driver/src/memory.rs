//! Memory of this process in MB, of Linux's `/proc`.

use serde::Serialize;

/// What is resident, and the same with shared pages divided by their users.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Memory {
    rss_mb: f64,
    pss_mb: f64,
}

impl Memory {
    pub(crate) fn now() -> Self {
        let rollup = std::fs::read_to_string("/proc/self/smaps_rollup").unwrap_or_default();
        let field = |name: &str| {
            let line = rollup.lines().find_map(|line| line.strip_prefix(name));
            let kilobytes = line.and_then(|l| l.split_whitespace().next()?.parse::<f64>().ok());
            kilobytes.unwrap_or(0.0) * 1024.0 / 1e6
        };
        Self {
            rss_mb: field("Rss:"),
            pss_mb: field("Pss:"),
        }
    }
}
