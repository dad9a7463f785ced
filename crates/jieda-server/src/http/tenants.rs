//! Whose a request is, where there are several tenants: by its path, `/t/NAME/…`, or by its key.

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::{Request, State},
    middleware::{self, Next},
    response::{IntoResponse as _, Response},
    routing::get,
};
use http::StatusCode;
use serde_json::json;
use tower::ServiceExt as _;

use super::{ProblemBody, assets, finish, guard};
use crate::{
    app::{App, Phase},
    problem::{Problem, ProblemKind},
    tenants::{Recorder, Served},
};

/// All tenants, each with his own routes.
type Tenants = Arc<Vec<(Arc<App>, Router)>>;

/// The whole service.
pub(crate) fn all(served: &[Served]) -> Router {
    if let [
        Served {
            name: None,
            app,
            figures,
            ..
        },
    ] = served
    {
        return super::router(app, figures.clone());
    }
    let tenants: Tenants = Arc::new(
        served
            .iter()
            .map(|one| (Arc::clone(&one.app), own(one)))
            .collect(),
    );
    let mut nested = Router::new();
    for (app, own) in tenants.iter() {
        nested = nested.nest_service(&app.path, own.clone());
    }
    let common = Router::new()
        .route("/healthz", get(healthz))
        .route("/readyz", get(readyz))
        .merge(assets::files())
        .layer(middleware::from_fn(finish::finish))
        // Who is found finishes the request himself.
        .fallback(by_key)
        .with_state(tenants);
    nested.merge(common)
}

/// The routes of a tenant: what they count, is his.
fn own(served: &Served) -> Router {
    let router = super::router(&served.app, served.figures.clone());
    match served.recorder.clone() {
        None => router,
        Some(recorder) => router.layer(middleware::from_fn_with_state(recorder, counted)),
    }
}

async fn counted(State(recorder): State<Recorder>, request: Request, next: Next) -> Response {
    recorder.within(next.run(request)).await
}

/// A request that names no tenant is of the one whose key it brings.
async fn by_key(State(tenants): State<Tenants>, request: Request) -> Response {
    let path = request.uri().path();
    if !path.starts_with("/v1/") && path != "/metrics" {
        return refused(
            ProblemKind::NotFound,
            "没有这个页面；每个租户在 /t/名称/ 下面",
        );
    }
    let Some(key) = guard::key_of(request.headers()) else {
        let told = "请给出租户的密钥（Authorization: Bearer …），或用 /t/名称/ 下面的地址";
        return refused(ProblemKind::Unauthenticated, told);
    };
    let owner = tenants
        .iter()
        .find(|(app, _)| app.access.by_key(key).is_ok());
    let Some((_, router)) = owner else {
        return refused(ProblemKind::Unauthenticated, "密钥无效");
    };
    let router = router.clone();
    match router.oneshot(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    }
}

/// A request that is nobody's.
fn refused(kind: ProblemKind, told: &str) -> Response {
    let id = uuid::Uuid::now_v7().simple().to_string();
    let mut response = ProblemBody::response(&Problem::new(kind, told), &id);
    finish::secure(response.headers_mut(), &finish::RequestId(id));
    response
}

async fn healthz(State(tenants): State<Tenants>) -> Response {
    health(&tenants).await.into_response()
}

/// Ready when all are.
async fn readyz(State(tenants): State<Tenants>) -> Response {
    let is_ready = tenants.iter().all(|(app, _)| app.phase() == Phase::Serving);
    let status = match is_ready {
        true => StatusCode::OK,
        false => StatusCode::SERVICE_UNAVAILABLE,
    };
    (status, health(&tenants).await).into_response()
}

async fn health(tenants: &Tenants) -> Json<serde_json::Value> {
    let mut all = serde_json::Map::new();
    for (app, _) in tenants.iter() {
        let name = app.path.rsplit('/').next().unwrap_or_default();
        let health = super::health::health(app).await;
        all.insert(name.to_owned(), json!(health));
    }
    let is = |status: &str| all.values().any(|one| one["status"] == status);
    let status = ["draining", "degraded"].into_iter().find(|s| is(s));
    Json(json!({ "status": status.unwrap_or("serving"), "tenants": all }))
}
