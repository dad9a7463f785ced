//! What commands write into the audit log of the service.

use std::{io::Write as _, path::Path};

use jieda_server::AuditLog;
use serde_json::Value;

use super::serve::state_of;
use crate::{
    args::{Common, serve::StateArgs},
    paint::{WARN, paint},
};

/// Takes down what was done with keys and users.
pub(super) fn audit(state_dir: &Path, action: &str, about: &Value) -> anyhow::Result<()> {
    let who = std::env::var("USER").unwrap_or_else(|_| "?".into());
    AuditLog::open(&state_dir.join("audit.jsonl"))?.note(&format!("cli:{who}"), action, about)?;
    Ok(())
}

/// Takes down which release became current. That has happened by now: what fails is told, and fails nothing.
pub(super) fn audit_release(common: &Common, action: &str, about: &Value) {
    let noted = state_of(common, &StateArgs { state_dir: None }).and_then(|config| {
        std::fs::create_dir_all(&config.state_dir)?;
        audit(&config.state_dir, action, about)
    });
    if let Err(error) = noted {
        let told = format!("没有记入审计日志：{error:#}");
        let _ = writeln!(anstream::stderr(), "{}：{told}", paint(WARN, "提醒"));
    }
}
