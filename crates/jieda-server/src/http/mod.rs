//! The service over HTTP.

mod answer;
mod assets;
mod conversations;
mod cookie;
mod draft;
mod embeddings;
mod events;
mod extract;
mod finish;
mod gaps;
mod guard;
mod health;
mod idempotency;
mod knowledge;
mod lookup;
mod openapi;
mod policy;
mod problem;
mod qa;
mod releases;
mod reports;
mod rollout;
mod routing;
mod session;
mod tenants;

use std::sync::Arc;

use axum::{
    Router,
    extract::{DefaultBodyLimit, FromRef},
    middleware,
};
use http::{HeaderName, HeaderValue, Method, header};
use metrics_exporter_prometheus::PrometheusHandle;
use tower_http::{
    catch_panic::CatchPanicLayer,
    cors::{AllowOrigin, CorsLayer},
    set_header::SetResponseHeaderLayer,
};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::app::App;

pub(crate) use answer::{MOST_COMMENT, ask};
pub(crate) use guard::key_of;
pub(crate) use idempotency::{Idempotency, checked_key, kept};
pub use openapi::document;
pub(crate) use problem::ProblemBody;
pub(crate) use tenants::all;

/// What handlers share.
#[derive(Debug, Clone)]
pub struct Shared {
    app: Arc<App>,
    idempotency: Arc<Idempotency<String>>,
    figures: Figures,
    /// Held while a password is looked at.
    passwords: Arc<tokio::sync::Mutex<()>>,
    openapi: Arc<str>,
}

/// Where the figures are read.
#[derive(Clone)]
struct Figures(PrometheusHandle);

impl std::fmt::Debug for Figures {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Figures")
    }
}

impl FromRef<Shared> for Arc<App> {
    fn from_ref(shared: &Shared) -> Self {
        Arc::clone(&shared.app)
    }
}

/// Everything under `/v1`, with its documentation.
fn api() -> OpenApiRouter<Shared> {
    OpenApiRouter::with_openapi(openapi::about())
        .routes(routes!(answer::answer))
        .routes(routes!(answer::answer_batch))
        .routes(routes!(answer::feedback))
        .routes(routes!(answer::assist))
        .routes(routes!(lookup::search))
        .routes(routes!(lookup::classify))
        .routes(routes!(lookup::segment))
        .routes(routes!(embeddings::embeddings))
        .routes(routes!(conversations::list))
        .routes(routes!(conversations::show))
        .routes(routes!(conversations::replay))
        .routes(routes!(conversations::handover))
        .routes(routes!(conversations::agent_says))
        .routes(routes!(conversations::hand_back))
        .routes(routes!(events::events))
        .routes(routes!(knowledge::about))
        .routes(routes!(knowledge::list))
        .routes(routes!(draft::add))
        .routes(routes!(draft::put, draft::remove))
        .routes(routes!(draft::add_similar))
        .routes(routes!(draft::check))
        .routes(routes!(draft::diff))
        .routes(routes!(draft::discard))
        .routes(routes!(knowledge::export))
        .routes(routes!(releases::publish))
        .routes(routes!(releases::list))
        .routes(routes!(releases::move_to))
        .routes(routes!(rollout::see, rollout::send_back))
        .routes(routes!(policy::show))
        .routes(routes!(policy::curve))
        .routes(routes!(policy::put))
        .routes(routes!(gaps::gaps))
        .routes(routes!(reports::dashboard))
        .routes(routes!(qa::about))
        .routes(routes!(qa::samples))
        .routes(routes!(qa::show))
        .routes(routes!(qa::put))
        .routes(routes!(qa::figures))
        .routes(routes!(routing::view))
        .routes(routes!(routing::register))
        .routes(routes!(routing::agent_state))
        .routes(routes!(routing::arrive))
        .routes(routes!(routing::act))
        .routes(routes!(routing::mode))
        .routes(routes!(routing::figures))
        .routes(routes!(routing::events))
        .routes(routes!(session::show, session::log_in, session::log_out))
        .routes(routes!(health::reload))
        .routes(routes!(health::healthz))
        .routes(routes!(health::readyz))
        .routes(routes!(health::figures))
}

/// Files may be larger than other bodies.
fn uploads(limit: usize) -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .routes(routes!(draft::import))
        .layer(DefaultBodyLimit::max(limit))
}

/// The service of one tenant.
fn router(app: &Arc<App>, figures: PrometheusHandle) -> Router {
    let (api, openapi) = api()
        .layer(DefaultBodyLimit::max(app.config.limits.body_bytes))
        .merge(uploads(app.config.limits.upload_bytes))
        .split_for_parts();
    let openapi = serde_json::to_string(&openapi).unwrap_or_default();
    let shared = Shared {
        app: Arc::clone(app),
        idempotency: Arc::default(),
        figures: Figures(figures),
        passwords: Arc::default(),
        openapi: openapi.into(),
    };
    let strict = app.config.tls.as_ref().map(|_| only_encrypted());
    api.merge(assets::router(&app.path))
        .layer(middleware::from_fn_with_state(shared.clone(), guard::guard))
        .layer(CatchPanicLayer::custom(finish::panicked))
        .layer(cors(&app.config.cors_origins))
        .layer(middleware::from_fn(finish::finish))
        .layer(tower::util::option_layer(strict))
        .with_state(shared)
}

/// Tells browsers that there is nothing here in clear.
fn only_encrypted() -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::overriding(
        header::STRICT_TRANSPORT_SECURITY,
        HeaderValue::from_static("max-age=31536000"),
    )
}

fn cors(origins: &[String]) -> CorsLayer {
    let layer = CorsLayer::new()
        .allow_methods([Method::GET, Method::POST])
        .allow_headers([
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            HeaderName::from_static("idempotency-key"),
        ])
        .expose_headers([header::RETRY_AFTER, HeaderName::from_static("x-request-id")]);
    if origins.iter().any(|origin| origin == "*") {
        return layer.allow_origin(AllowOrigin::any());
    }
    let origins = origins.iter().filter_map(|o| HeaderValue::from_str(o).ok());
    layer.allow_origin(AllowOrigin::list(origins))
}
