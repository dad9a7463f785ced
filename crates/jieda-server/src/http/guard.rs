//! Who asks, and whether he may.

use std::sync::Arc;

use axum::{
    extract::{FromRequestParts, Request, State},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use http::{HeaderMap, Method, header, request::Parts};

use super::{Shared, cookie};
use crate::{
    app::{App, Phase},
    auth::{Principal, Session, SessionMark},
    problem::{Problem, ProblemKind},
};

const CSRF: &str = "x-csrf-token";
/// Names of this machine, for pages that are served without a key.
const LOOPBACK: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];

/// Refuses what comes too late, or through a foreign name; ends what takes too long.
pub(super) async fn guard(State(shared): State<Shared>, request: Request, next: Next) -> Response {
    let app = &shared.app;
    let path = request.uri().path();
    let is_probe = matches!(path, "/healthz" | "/readyz" | "/metrics");
    if app.phase() == Phase::Draining && !is_probe {
        return Problem::new(ProblemKind::Unavailable, "服务正在停止")
            .retry_after(std::time::Duration::from_secs(1))
            .into_response();
    }
    if app.access.is_open() && !is_of_this_machine(request.headers(), request.uri()) {
        let told = "没有密钥时只接受对本机地址的访问；请用 jieda key create 建立密钥";
        return Problem::new(ProblemKind::Forbidden, told).into_response();
    }
    if app.access.is_open() && is_foreign(&request, &app.config.cors_origins) {
        let told = "没有密钥时不接受其他网站的页面发来的请求（server.cors_origins 可以允许）";
        return Problem::new(ProblemKind::Forbidden, told).into_response();
    }
    let is_long = path.ends_with("/events") || path.contains("/kb/");
    if is_long {
        return next.run(request).await;
    }
    match tokio::time::timeout(app.timeout(), next.run(request)).await {
        Ok(response) => response,
        Err(_) => Problem::new(ProblemKind::Timeout, "处理超时，请重试").into_response(),
    }
}

/// A page of another site may reach a service of this machine by a name of its own that leads here.
fn is_of_this_machine(headers: &HeaderMap, uri: &http::Uri) -> bool {
    let host = headers.get(header::HOST).and_then(|h| h.to_str().ok());
    let host = host.or_else(|| uri.authority().map(http::uri::Authority::as_str));
    let name = |host: &str| match host.rfind(']') {
        Some(end) => host[..=end].to_owned(),
        None => host.split(':').next().unwrap_or_default().to_owned(),
    };
    // HTTP/1.0 has no host, and no browser speaks it.
    host.is_none_or(|host| LOOPBACK.contains(&name(host).to_ascii_lowercase().as_str()))
}

/// Whether a page of another site changes something: where nobody needs a key, any page that somebody of this machine
/// opens could.
fn is_foreign(request: &Request, allowed: &[String]) -> bool {
    let is_read = [Method::GET, Method::HEAD, Method::OPTIONS].contains(request.method());
    let header = |name| {
        request
            .headers()
            .get(name)
            .and_then(|v: &http::HeaderValue| v.to_str().ok())
    };
    let host = header(header::HOST).unwrap_or_default();
    let is_ours = |origin: &str| {
        let name = origin.split_once("://").map_or(origin, |(_, name)| name);
        name == host || allowed.iter().any(|a| a == origin)
    };
    let is_elsewhere = match header(header::ORIGIN) {
        Some(origin) => !is_ours(origin),
        None => request
            .headers()
            .get("sec-fetch-site")
            .is_some_and(|site| site == "cross-site"),
    };
    !is_read && is_elsewhere
}

impl FromRequestParts<Shared> for Principal {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, shared: &Shared) -> Result<Self, Problem> {
        let principal = principal(parts, &shared.app)?;
        shared.app.access.count(&principal)?;
        Ok(principal)
    }
}

fn principal(parts: &Parts, app: &Arc<App>) -> Result<Principal, Problem> {
    // Where nobody needs a key, one that a page happens to send does no harm.
    if app.access.is_open() {
        return Ok(Principal::Anybody);
    }
    if let Some(key) = key_of(&parts.headers) {
        return app.access.by_key(key);
    }
    if let Some(token) = cookie::token(&parts.headers) {
        let session = app.access.by_session(token)?;
        let is_read = [Method::GET, Method::HEAD].contains(&parts.method);
        if !is_read && !has_csrf(&parts.headers, &session) {
            return Err(Problem::new(
                ProblemKind::Forbidden,
                "缺少 X-CSRF-Token，或与登录不符，请刷新页面",
            ));
        }
        return Ok(Principal::User {
            name: session.user,
            role: session.role,
            session: SessionMark::of(token),
        });
    }
    Err(Problem::new(
        ProblemKind::Unauthenticated,
        "请在 Authorization 里给出密钥，或先登录",
    ))
}

/// `Authorization: Bearer KEY`.
pub(crate) fn key_of(headers: &HeaderMap) -> Option<&str> {
    let bearer = headers.get(header::AUTHORIZATION)?.to_str().ok();
    let (scheme, key) = bearer?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| key.trim())
}

fn has_csrf(headers: &HeaderMap, session: &Session) -> bool {
    use subtle::ConstantTimeEq as _;
    let given = headers.get(CSRF).map(http::HeaderValue::as_bytes);
    given.is_some_and(|given| given.ct_eq(session.csrf.as_bytes()).into())
}
