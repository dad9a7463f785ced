//! Pages and scripts that come with the binary: console, chat widget, documentation.

use axum::{
    Router,
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use http::{HeaderValue, header};
use rust_embed::{EmbeddedFile, RustEmbed};

use super::Shared;
use crate::problem::Problem;

/// What `npm run build` made of the folder `web`.
#[derive(RustEmbed)]
#[folder = "web/dist"]
struct Pages;

/// Files whose names hold a hash of their contents never change.
const FOREVER: &str = "public, max-age=31536000, immutable";
/// All others are asked for again.
const ASK_AGAIN: &str = "no-cache";

/// Below a path that pages are served under: empty, or that of a tenant.
pub(super) fn router(path: &str) -> Router<Shared> {
    let console = format!("{path}/console/");
    let there = console.clone();
    Router::new()
        .route("/", get(|| async move { Redirect::temporary(&console) }))
        .route(
            "/console",
            get(|| async move { Redirect::permanent(&there) }),
        )
        .route("/console/", get(|| page("console/index.html".into())))
        .route("/widget/", get(|| page("widget/index.html".into())))
        .route("/openapi.json", get(openapi))
        .merge(files())
        .merge(docs(path))
}

/// The files that pages are made of, which are the same for everybody.
pub(super) fn files<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new()
        .route("/console/{*path}", get(console))
        .route("/widget/{*path}", get(widget))
}

async fn console(Path(path): Path<String>) -> Result<Response, Problem> {
    page(format!("console/{path}")).await
}

/// Any page may put the widget on itself.
async fn widget(Path(path): Path<String>) -> Result<Response, Problem> {
    let mut response = page(format!("widget/{path}")).await?;
    response.headers_mut().insert(
        header::HeaderName::from_static("cross-origin-resource-policy"),
        HeaderValue::from_static("cross-origin"),
    );
    Ok(response)
}

async fn page(path: String) -> Result<Response, Problem> {
    let file = Pages::get(&path).ok_or_else(|| Problem::not_found("这个页面"))?;
    Ok(served(&path, file))
}

fn served(path: &str, file: EmbeddedFile) -> Response {
    let caching = if path.contains("/assets/") {
        FOREVER
    } else {
        ASK_AGAIN
    };
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind(path))),
        (header::CACHE_CONTROL, HeaderValue::from_static(caching)),
    ];
    (headers, file.data.into_owned()).into_response()
}

fn kind(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "json" => "application/json",
        "woff2" => "font/woff2",
        _ => "application/octet-stream",
    }
}

async fn openapi(State(shared): State<Shared>) -> Response {
    let json = HeaderValue::from_static("application/json");
    ([(header::CONTENT_TYPE, json)], shared.openapi.to_string()).into_response()
}

/// The pages of the API: Swagger UI, from this binary.
fn docs(path: &str) -> Router<Shared> {
    let config = utoipa_swagger_ui::Config::from(format!("{path}/openapi.json"));
    utoipa_swagger_ui::SwaggerUi::new("/docs")
        .config(config)
        .into()
}
