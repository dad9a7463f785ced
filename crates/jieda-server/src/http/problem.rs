//! Problems as RFC 9457 has them.

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use http::{HeaderValue, header};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    problem::{FieldError, Problem, ProblemKind},
    wire::FileProblemBody,
};

/// A problem: `application/problem+json`.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ProblemBody {
    /// `urn:jieda:problem:` and the code.
    #[serde(rename = "type")]
    pub kind: String,
    /// What kind of problem it is, in Chinese.
    pub title: &'static str,
    /// The HTTP status.
    pub status: u16,
    /// What happened, in Chinese.
    pub detail: String,
    /// The stable code.
    pub code: &'static str,
    /// The id of the request, as in logs.
    pub request_id: String,
    /// Where in the body.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
    /// Faults of files.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<FileProblemBody>,
}

impl ProblemBody {
    /// A problem of a request.
    #[must_use]
    pub fn of(problem: &Problem, request_id: &str) -> Self {
        let (code, status, _, title) = problem.kind.row();
        Self {
            kind: format!("urn:jieda:problem:{code}"),
            title,
            status: status.as_u16(),
            detail: problem.detail.clone(),
            code,
            request_id: request_id.to_owned(),
            errors: problem.errors.clone(),
            problems: problem.files.iter().map(FileProblemBody::of).collect(),
        }
    }

    /// The whole response.
    pub(super) fn response(problem: &Problem, request_id: &str) -> Response {
        let body = Self::of(problem, request_id);
        let mut response = (problem.kind.status(), Json(body)).into_response();
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        if let Some(wait) = problem.retry_after {
            // Rounded up: who comes a little later is let in.
            let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
            headers.insert(header::RETRY_AFTER, seconds.max(1).into());
        }
        if problem.kind == ProblemKind::Unauthenticated {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

/// The body is made at the end, where the id of the request is known.
impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.kind.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}
