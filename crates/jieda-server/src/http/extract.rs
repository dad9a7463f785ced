//! Bodies, paths and queries, whose faults are problems of ours.

use axum::{
    extract::{
        FromRequest, FromRequestParts, Request,
        rejection::{JsonRejection, PathRejection, QueryRejection},
    },
    response::{IntoResponse, Response},
};
use http::request::Parts;
use serde::{Serialize, de::DeserializeOwned};

use crate::problem::{Problem, ProblemKind};

/// A JSON body.
#[derive(Debug)]
pub(super) struct Json<T>(pub(super) T);

/// Parts of the path.
#[derive(Debug)]
pub(super) struct Path<T>(pub(super) T);

/// What stands behind the question mark.
#[derive(Debug)]
pub(super) struct Query<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let body = axum::Json::from_request(request, state).await;
        body.map(|axum::Json(value)| Self(value))
            .map_err(|rejection| match rejection {
                JsonRejection::JsonDataError(e) => {
                    Problem::new(ProblemKind::InvalidField, e.body_text())
                }
                JsonRejection::JsonSyntaxError(e) => {
                    Problem::new(ProblemKind::BadRequest, e.body_text())
                }
                JsonRejection::MissingJsonContentType(_) => Problem::new(
                    ProblemKind::UnsupportedMediaType,
                    "Content-Type 应为 application/json",
                ),
                other if other.status() == http::StatusCode::PAYLOAD_TOO_LARGE => Problem::new(
                    ProblemKind::TooLarge,
                    "请求体太大（server.limits.body_bytes）",
                ),
                other => Problem::new(ProblemKind::BadRequest, other.body_text()),
            })
    }
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        axum::Json(self.0).into_response()
    }
}

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let path = axum::extract::Path::from_request_parts(parts, state).await;
        path.map(|axum::extract::Path(value)| Self(value))
            .map_err(|rejection: PathRejection| {
                Problem::new(ProblemKind::InvalidField, rejection.body_text())
            })
    }
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let query = axum::extract::Query::from_request_parts(parts, state).await;
        query
            .map(|axum::extract::Query(value)| Self(value))
            .map_err(|rejection: QueryRejection| {
                Problem::new(ProblemKind::InvalidField, rejection.body_text())
            })
    }
}
