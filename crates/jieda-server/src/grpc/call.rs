//! What every call begins and ends with.

use std::time::{Duration, Instant};

use tonic::{Code, Response, Status, metadata::MetadataMap};
use tracing::Instrument as _;

use super::convert;
use crate::{
    app::{App, Phase},
    auth::{Principal, Scope},
    metrics::Measured,
    problem::{Problem, ProblemKind},
};

/// Who calls, if he may do one of these.
pub(super) fn caller(
    app: &App,
    metadata: &MetadataMap,
    scopes: &[Scope],
) -> Result<Principal, Problem> {
    if app.phase() == Phase::Draining {
        return Err(Problem::new(ProblemKind::Unavailable, "服务正在停止"));
    }
    let key = metadata.get("authorization").and_then(|v| v.to_str().ok());
    let key = key.and_then(|value| value.strip_prefix("Bearer "));
    let principal = match key {
        _ if app.access.is_open() => Principal::Anybody,
        Some(key) => app.access.by_key(key.trim())?,
        None => {
            let told = "请在元数据 authorization 里给出密钥：Bearer KEY";
            return Err(Problem::new(ProblemKind::Unauthenticated, told));
        }
    };
    app.access.count(&principal)?;
    principal.needs_any(scopes)?;
    Ok(principal)
}

/// A call: the name of its method, its id, and how long it may take.
#[derive(Debug, Clone, Copy)]
pub(super) struct Call<'a> {
    pub(super) method: &'static str,
    pub(super) id: &'a str,
    pub(super) timeout: Duration,
}

impl<'a> Call<'a> {
    /// One that may take as long as any request.
    pub(super) fn of(app: &App, method: &'static str, id: &'a str) -> Self {
        Self {
            method,
            id,
            timeout: app.timeout(),
        }
    }
}

/// Counts a call, ends it when it takes too long, and makes a status of its problem.
pub(super) async fn measured<T>(
    Call {
        method,
        id,
        timeout,
    }: Call<'_>,
    call: impl Future<Output = Result<T, Problem>>,
) -> Result<Response<T>, Status> {
    let started = Instant::now();
    let span = tracing::info_span!(
        "call",
        request_id = id,
        method,
        decision = tracing::field::Empty,
        release = tracing::field::Empty,
    );
    let done = tokio::time::timeout(timeout, call.instrument(span)).await;
    let late = |_| Err(Problem::new(ProblemKind::Timeout, "处理超时，请重试"));
    let done = done.unwrap_or_else(late);
    let code = done.as_ref().map_or_else(|p| p.kind.row().2, |_| Code::Ok);
    Measured::call(method, code, started.elapsed());
    done.map(Response::new)
        .map_err(|problem| convert::status(&problem, id))
}

pub(super) fn request_id() -> String {
    uuid::Uuid::now_v7().simple().to_string()
}
