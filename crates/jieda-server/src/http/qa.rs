//! Quality review.

use std::sync::Arc;

use axum::extract::State;
use jieda::SignedDuration;

use super::{
    MOST_COMMENT, ProblemBody,
    answer::conversation_id,
    extract::{Json, Path, Query},
    reports::Time,
};
use crate::{
    app::{App, detached},
    auth::{Principal, Scope},
    problem::Problem,
    wire::{QaBody, QaFiguresBody, ReviewBody, ReviewRequest, ReviewsBody, SamplesBody},
};

/// Longest time of which samples are listed at once.
const MOST_DAYS: i64 = 31;
/// Shortest time of which there are figures.
const LEAST_HOURS: i64 = 24;

/// The score sheet and the sampling plans
#[utoipa::path(get, path = "/v1/qa", tag = "qa",
    responses(
        (status = 200, body = QaBody),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn about(
    State(app): State<Arc<App>>,
    principal: Principal,
) -> Result<Json<QaBody>, Problem> {
    principal.needs_any(&[Scope::View, Scope::Review])?;
    Ok(Json(QaBody::of(&app.config.qa)))
}

/// Conversations that were drawn for review
///
/// Whether one is drawn follows from its id and the plan, day by day: of a day that is over, the same every time. Those
/// that began in the time; 31 days at most.
#[utoipa::path(get, path = "/v1/qa/samples", tag = "qa",
    params(Time),
    responses(
        (status = 200, body = SamplesBody),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn samples(
    State(app): State<Arc<App>>,
    principal: Principal,
    Query(time): Query<Time>,
) -> Result<Json<SamplesBody>, Problem> {
    principal.needs_any(&[Scope::View, Scope::Review])?;
    let (since, until) = time.bounds()?;
    if until.duration_since(since) > SignedDuration::from_hours(MOST_DAYS * 24) {
        return Err(Problem::field("/since", format!("最多 {MOST_DAYS} 天")));
    }
    app.samples((since, until), &principal).await.map(Json)
}

/// What was found in a conversation
///
/// Others' reviews are told to those who have given theirs.
#[utoipa::path(get, path = "/v1/qa/conversations/{id}", tag = "qa",
    params(("id" = String, Path)),
    responses(
        (status = 200, body = ReviewsBody),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn show(
    State(app): State<Arc<App>>,
    principal: Principal,
    Path(id): Path<String>,
) -> Result<Json<ReviewsBody>, Problem> {
    principal.needs_any(&[Scope::View, Scope::Review])?;
    let id = conversation_id(id)?;
    app.reviews_of(&id, &principal).await.map(Json)
}

/// Score a conversation
///
/// A review by the same person before is replaced.
#[utoipa::path(put, path = "/v1/qa/conversations/{id}/review", tag = "qa",
    params(("id" = String, Path)),
    request_body = ReviewRequest,
    responses(
        (status = 200, body = ReviewBody),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn put(
    State(app): State<Arc<App>>,
    principal: Principal,
    Path(id): Path<String>,
    Json(body): Json<ReviewRequest>,
) -> Result<Json<ReviewBody>, Problem> {
    principal.needs(Scope::Review)?;
    let id = conversation_id(id)?;
    if body.comment.chars().count() > MOST_COMMENT {
        return Err(Problem::field(
            "/comment",
            format!("最多 {MOST_COMMENT} 个字"),
        ));
    }
    // What was begun is finished, also when the caller goes away meanwhile.
    detached(async move { app.review(id, body, &principal).await })
        .await
        .map(Json)
}

/// What reviews say together
///
/// By the time of the review; of a day at least.
#[utoipa::path(get, path = "/v1/qa/figures", tag = "qa",
    params(Time),
    responses(
        (status = 200, body = QaFiguresBody),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn figures(
    State(app): State<Arc<App>>,
    principal: Principal,
    Query(time): Query<Time>,
) -> Result<Json<QaFiguresBody>, Problem> {
    principal.needs_any(&[Scope::View, Scope::Review])?;
    let (since, until) = time.bounds()?;
    // One review alone would tell a second reviewer what the first one said.
    if until.duration_since(since) < SignedDuration::from_hours(LEAST_HOURS) {
        return Err(Problem::field("/since", format!("至少 {LEAST_HOURS} 小时")));
    }
    app.qa_figures((since, until)).await.map(Json)
}
