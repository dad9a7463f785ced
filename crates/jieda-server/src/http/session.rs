//! People who log in to the console.

use std::{sync::Arc, time::Duration};

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, StatusCode, header};
use serde_json::json;

use super::{
    ProblemBody, Shared,
    cookie::{self, Transport},
    extract::Json,
    knowledge::audit,
};
use crate::{
    app::App,
    auth::{Principal, Role, Session, UserRecord},
    problem::{Problem, ProblemKind},
    wire::{LoginRequest, SessionBody, UserBody},
};

/// How long somebody waits for his password to be looked at.
const PATIENCE: Duration = Duration::from_secs(2);

/// Who is logged in
#[utoipa::path(get, path = "/v1/session", tag = "session", security(()),
    responses(
        (status = 200, body = SessionBody),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn show(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
) -> Result<Json<SessionBody>, Problem> {
    if app.access.is_open() {
        return Ok(Json(SessionBody {
            user: UserBody {
                name: "本机".into(),
                role: Role::Publisher,
            },
            open: true,
            csrf: String::new(),
        }));
    }
    let token = cookie::token(&headers);
    let token = token.ok_or_else(|| Problem::new(ProblemKind::Unauthenticated, "请登录"))?;
    Ok(Json(body(&app.access.by_session(token)?)))
}

/// Log in
#[utoipa::path(post, path = "/v1/session", tag = "session", security(()),
    request_body = LoginRequest,
    responses(
        (status = 200, body = SessionBody),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn log_in(
    State(shared): State<Shared>,
    headers: HeaderMap,
    Json(login): Json<LoginRequest>,
) -> Result<Response, Problem> {
    let app = Arc::clone(&shared.app);
    if UserRecord::is_impossible(&login.name, &login.password) {
        return Err(Problem::new(
            ProblemKind::Unauthenticated,
            "用户名或密码不对",
        ));
    }
    // Looking at a password takes a core and memory, on purpose: one at a time, and who would wait long is sent away.
    let looking = tokio::time::timeout(PATIENCE, shared.passwords.lock()).await;
    let _looking = looking.map_err(|_| {
        Problem::new(ProblemKind::RateLimited, "登录的人太多，请稍后再试").retry_after(PATIENCE)
    })?;
    let looked = {
        let app = Arc::clone(&app);
        let log_in = move || {
            let found = app.access.log_in(&login.name, &login.password);
            let action = match &found {
                Ok(_) => "log_in",
                // Who types his password into the wrong field must not find it in the log.
                Err(_) if !app.access.knows_user(&login.name) => return found,
                Err(_) => "log_in_refused",
            };
            audit(&app, &format!("user:{}", login.name), action, &json!({}));
            found
        };
        shared.app.compute(log_in).await?
    };
    let (token, session) = looked?;
    let mut response = Json(body(&session)).into_response();
    if let Some(cookie) = cookie::set(&token, (&app.path, transport(&app, &headers))) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

/// Log out
#[utoipa::path(delete, path = "/v1/session", tag = "session",
    responses(
        (status = 204),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn log_out(
    State(app): State<Arc<App>>,
    _principal: Principal,
    headers: HeaderMap,
) -> Response {
    if let Some(token) = cookie::token(&headers) {
        app.access.log_out(token);
    }
    let mut response = StatusCode::NO_CONTENT.into_response();
    if let Some(cookie) = cookie::clear((&app.path, transport(&app, &headers))) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    response
}

fn transport(app: &App, headers: &HeaderMap) -> Transport {
    // A proxy in front may have taken the encryption off.
    let forwarded = headers
        .get("x-forwarded-proto")
        .is_some_and(|proto| proto == "https");
    match &app.config.tls {
        None if !forwarded => Transport::Plain,
        _ => Transport::Tls,
    }
}

fn body(session: &Session) -> SessionBody {
    SessionBody {
        user: UserBody {
            name: session.user.clone(),
            role: session.role,
        },
        open: false,
        csrf: session.csrf.clone(),
    }
}
