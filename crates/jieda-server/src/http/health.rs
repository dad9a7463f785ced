//! For whoever runs the service.

use std::sync::Arc;

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::{HeaderValue, StatusCode, header};
use jieda::Refreshed;

use super::{ProblemBody, Shared, extract::Json};
use crate::{
    app::{App, Phase},
    auth::{Principal, Scope},
    metrics::Measured,
    problem::Problem,
    wire::{HealthBody, ReloadBody},
};

/// Whether the process lives
#[utoipa::path(get, path = "/healthz", tag = "operations", security(()),
    responses((status = 200, body = HealthBody)))]
pub(super) async fn healthz(State(app): State<Arc<App>>) -> Json<HealthBody> {
    Json(health(&app).await)
}

/// Whether it takes requests
///
/// 503 from the moment at which it is told to end.
#[utoipa::path(get, path = "/readyz", tag = "operations", security(()),
    responses((status = 200, body = HealthBody), (status = 503, body = HealthBody)))]
pub(super) async fn readyz(State(app): State<Arc<App>>) -> Response {
    let status = match app.phase() {
        Phase::Serving => StatusCode::OK,
        Phase::Leaving | Phase::Draining => StatusCode::SERVICE_UNAVAILABLE,
    };
    let mut response = Json(health(&app).await).into_response();
    *response.status_mut() = status;
    response
}

pub(super) async fn health(app: &App) -> HealthBody {
    let store = match app.conversations.is_healthy().await {
        None => "none",
        Some(true) => "up",
        Some(false) => "down",
    };
    HealthBody {
        status: match app.phase() {
            Phase::Leaving | Phase::Draining => "draining",
            Phase::Serving if store == "down" => "degraded",
            Phase::Serving => "serving",
        },
        store,
        release: app.engines.hold().identity().knowledge.clone(),
        version: env!("CARGO_PKG_VERSION"),
    }
}

/// Figures for Prometheus
#[utoipa::path(get, path = "/metrics", tag = "operations",
    responses(
        (status = 200, body = String, content_type = "text/plain"),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn figures(
    State(shared): State<Shared>,
    principal: Principal,
) -> Result<Response, Problem> {
    principal.needs(Scope::Admin)?;
    Measured::now(&shared.app);
    if let Some(desk) = &shared.app.routing {
        match desk.view().await {
            Ok(view) => Measured::desk(&view),
            Err(error) => tracing::warn!(%error, "the routing core can't be seen"),
        }
    }
    let kind = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
    Ok(([(header::CONTENT_TYPE, kind)], shared.figures.0.render()).into_response())
}

/// Look for another release now, and read the keys again
#[utoipa::path(post, path = "/v1/reload", tag = "operations",
    responses(
        (status = 200, body = ReloadBody),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn reload(
    State(app): State<Arc<App>>,
    principal: Principal,
) -> Result<Json<ReloadBody>, Problem> {
    principal.needs(Scope::Admin)?;
    app.reload_files().await;
    let work = {
        let app = Arc::clone(&app);
        move || app.engines.refresh()
    };
    let refreshed = app.compute(work).await??;
    Ok(Json(ReloadBody {
        swapped: matches!(refreshed, Refreshed::Swapped { .. }),
        release: app.engines.hold().identity().knowledge.clone(),
    }))
}
