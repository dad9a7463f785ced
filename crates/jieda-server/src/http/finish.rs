//! What every response goes through: an id, a body for problems, security headers, log and figures.

use std::{any::Any, time::Instant};

use axum::{
    extract::{MatchedPath, Request},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use tracing::Instrument as _;

use super::ProblemBody;
use crate::{
    metrics::Measured,
    problem::{Problem, ProblemKind},
};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// Longest id that a caller may give.
const MOST_ID: usize = 64;

/// The id of a request.
#[derive(Debug, Clone)]
pub(super) struct RequestId(pub(super) String);

/// What browsers are told of every page of ours: nothing from elsewhere, in nobody else's frame.
const POLICY: &str = "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
     connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

pub(super) async fn finish(mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let id = RequestId(request_id(request.headers()));
    let method = request.method().clone();
    // The pattern: paths hold ids.
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or("other", MatchedPath::as_str)
        .to_owned();
    request.extensions_mut().insert(id.clone());
    let span = tracing::info_span!(
        "request",
        request_id = %id.0,
        %method,
        route,
        status = tracing::field::Empty,
        decision = tracing::field::Empty,
        release = tracing::field::Empty,
    );
    let mut response = next.run(request).instrument(span.clone()).await;
    if let Some(problem) = problem_of(&mut response) {
        let headers = std::mem::take(response.headers_mut());
        response = ProblemBody::response(&problem, &id.0);
        keep_cors(response.headers_mut(), &headers);
    }
    let took = started.elapsed();
    let status = response.status();
    span.record("status", status.as_u16());
    Measured::request(&route, method.as_str(), status.as_u16(), took);
    let ms = took.as_secs_f64() * 1e3;
    if status.is_server_error() && status != StatusCode::SERVICE_UNAVAILABLE {
        tracing::error!(request_id = %id.0, %method, route, status = status.as_u16(), ms, "request");
    } else {
        tracing::debug!(request_id = %id.0, %method, route, status = status.as_u16(), ms, "request");
    }
    secure(response.headers_mut(), &id);
    response
}

/// A panic of a handler: the caller gets a problem, and the log what happened.
#[expect(clippy::needless_pass_by_value, reason = "the layer wants it so")]
pub(super) fn panicked(panic: Box<dyn Any + Send + 'static>) -> Response {
    let message = panic
        .downcast_ref::<&str>()
        .map(|&text| text.to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned());
    tracing::error!(message = message.unwrap_or_default(), "a handler panicked");
    Problem::new(ProblemKind::Internal, "这是 jieda 的缺陷，详情见日志").into_response()
}

/// What went wrong: told by a handler, or by the framework, whose texts are replaced.
fn problem_of(response: &mut Response) -> Option<Problem> {
    if let Some(problem) = response.extensions_mut().remove::<Problem>() {
        if problem.kind == ProblemKind::Internal {
            tracing::error!(detail = problem.detail, "internal problem");
        }
        return Some(problem);
    }
    let status = response.status();
    // A body of our own says all that there is to say.
    let json = HeaderValue::from_static("application/json");
    if response.headers().get(header::CONTENT_TYPE) == Some(&json) {
        return None;
    }
    let kind = match status {
        StatusCode::NOT_FOUND => ProblemKind::NotFound,
        StatusCode::METHOD_NOT_ALLOWED => ProblemKind::MethodNotAllowed,
        StatusCode::PAYLOAD_TOO_LARGE => ProblemKind::TooLarge,
        StatusCode::UNSUPPORTED_MEDIA_TYPE => ProblemKind::UnsupportedMediaType,
        _ if status.is_client_error() => ProblemKind::BadRequest,
        _ if status.is_server_error() => ProblemKind::Internal,
        _ => return None,
    };
    Some(Problem::new(kind, kind.row().3))
}

fn request_id(headers: &HeaderMap) -> String {
    let is_fit = |text: &&str| {
        let fits = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        (1..=MOST_ID).contains(&text.len()) && text.chars().all(fits)
    };
    let given = headers.get(REQUEST_ID).and_then(|v| v.to_str().ok());
    let given = given.filter(is_fit);
    given.map_or_else(|| uuid::Uuid::now_v7().simple().to_string(), str::to_owned)
}

/// A browser shows a problem to a page of another origin only with these.
fn keep_cors(to: &mut HeaderMap, from: &HeaderMap) {
    let is_cors = |name: &HeaderName| {
        name.as_str().starts_with("access-control-")
            || name == header::VARY
            || name == header::ALLOW
    };
    for (name, value) in from.iter().filter(|(name, _)| is_cors(name)) {
        to.append(name, value.clone());
    }
}

pub(super) fn secure(headers: &mut HeaderMap, id: &RequestId) {
    if let Ok(id) = HeaderValue::from_str(&id.0) {
        headers.insert(REQUEST_ID, id);
    }
    let fixed = [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_FRAME_OPTIONS, "DENY"),
    ];
    for (name, value) in fixed {
        headers
            .entry(name)
            .or_insert_with(|| HeaderValue::from_static(value));
    }
    // Answers are somebody's own.
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert_with(|| HeaderValue::from_static("no-store"));
}
