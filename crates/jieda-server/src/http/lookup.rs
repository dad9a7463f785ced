//! Searching, classifying and cutting.

use std::sync::Arc;

use axum::extract::State;

use super::{ProblemBody, extract::Json};
use crate::{
    app::App,
    auth::{Principal, Scope},
    problem::Problem,
    wire::{ClassifyResponse, SearchRequest, SearchResponse, SegmentResponse, TextRequest},
};

/// Find FAQs
#[utoipa::path(
    post, path = "/v1/search", tag = "lookup",
    request_body = SearchRequest,
    responses(
        (status = 200, body = SearchResponse),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn search(
    State(app): State<Arc<App>>,
    principal: Principal,
    Json(body): Json<SearchRequest>,
) -> Result<Json<SearchResponse>, Problem> {
    principal.needs(Scope::Answer)?;
    app.search(body).await.map(Json)
}

/// Name the intents of a text
#[utoipa::path(
    post, path = "/v1/classify", tag = "lookup",
    request_body = TextRequest,
    responses(
        (status = 200, body = ClassifyResponse),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn classify(
    State(app): State<Arc<App>>,
    principal: Principal,
    Json(body): Json<TextRequest>,
) -> Result<Json<ClassifyResponse>, Problem> {
    principal.needs(Scope::Answer)?;
    app.classify(body.text).await.map(Json)
}

/// Normalise a text and cut it into words
#[utoipa::path(
    post, path = "/v1/segment", tag = "lookup",
    request_body = TextRequest,
    responses(
        (status = 200, body = SegmentResponse),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn segment(
    State(app): State<Arc<App>>,
    principal: Principal,
    Json(body): Json<TextRequest>,
) -> Result<Json<SegmentResponse>, Problem> {
    principal.needs(Scope::Answer)?;
    app.segment(&body.text).map(Json)
}
