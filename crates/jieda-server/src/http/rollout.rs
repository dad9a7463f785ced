//! What replicas answer from, and a release that is tried at one of them.

use std::sync::Arc;

use axum::extract::State;
use serde_json::json;

use super::{ProblemBody, extract::Json, knowledge::audit};
use crate::{
    app::App,
    auth::{Principal, Scope},
    depot::Replica,
    problem::{Problem, ProblemKind},
    wire::{RolloutBody, SendBackRequest},
};

const MOST_WHY: usize = 500;

fn replica(app: &App) -> Result<&Arc<Replica>, Problem> {
    app.replica.as_ref().ok_or_else(|| {
        let told = "没有配置共享的版本库（server.depot.url），版本只在本机";
        Problem::new(ProblemKind::NotPossible, told)
    })
}

/// See what replicas answer from
#[utoipa::path(get, path = "/v1/kb/rollout", tag = "knowledge",
    responses(
        (status = 200, body = RolloutBody),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn see(
    State(app): State<Arc<App>>,
    principal: Principal,
) -> Result<Json<RolloutBody>, Problem> {
    principal.needs(Scope::View)?;
    let (state, reports) = replica(&app)?.seen().await?;
    Ok(Json(RolloutBody::of(state.as_ref(), reports)))
}

/// Send a release back that is being tried
///
/// Everybody answers as before.
#[utoipa::path(delete, path = "/v1/kb/rollout", tag = "knowledge",
    request_body = SendBackRequest,
    responses(
        (status = 200, body = RolloutBody),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn send_back(
    State(app): State<Arc<App>>,
    principal: Principal,
    Json(body): Json<SendBackRequest>,
) -> Result<Json<RolloutBody>, Problem> {
    principal.needs(Scope::Publish)?;
    if body.why.chars().count() > MOST_WHY {
        return Err(Problem::field("/why", format!("最多 {MOST_WHY} 个字")));
    }
    let replica = replica(&app)?;
    let why = match body.why.trim() {
        "" => format!("{} 撤回了它", principal.id()),
        why => why.split(char::is_control).collect::<Vec<_>>().join(" "),
    };
    let state = replica.send_back(&principal.id(), why.clone()).await?;
    let release = state.ended.as_ref().map(|ended| ended.release.to_string());
    let about = json!({ "release": release, "why": why });
    audit(&app, &principal.id(), "send_back", &about);
    replica.catch_up().await;
    let (state, reports) = replica.seen().await?;
    Ok(Json(RolloutBody::of(state.as_ref(), reports)))
}
