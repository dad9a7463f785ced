//! The routing core: agents, queues, tickets, events.

use std::sync::Arc;

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::StatusCode;
use jieda_routing::{AgentId, TicketId};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{
    ProblemBody, Shared,
    extract::{Json, Path, Query},
};
use crate::{
    app::App,
    auth::{Principal, Scope},
    problem::Problem,
    routing::{DeskView, Numbered, routing_log},
    wire::{
        AgentRegistration, AgentStateBody, FiguresBody, FiguresQuery, ModeBody, RoutedBody,
        TicketAct, TicketRequest, TicketTaken,
    },
};

/// See agents, queues and open tickets
#[utoipa::path(
    get, path = "/v1/routing", tag = "routing",
    responses(
        (status = 200, body = Object),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn view(
    State(app): State<Arc<App>>,
    principal: Principal,
) -> Result<Json<DeskView>, Problem> {
    principal.needs_any(&[Scope::View, Scope::Agent])?;
    Ok(Json(app.desk()?.view().await?))
}

/// Register an agent, or change what he can do
///
/// A new one is offline.
#[utoipa::path(
    put, path = "/v1/routing/agents/{id}", tag = "routing",
    params(("id" = u32, Path)),
    request_body = AgentRegistration,
    responses(
        (status = 200, body = RoutedBody),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn register(
    State(app): State<Arc<App>>,
    principal: Principal,
    Path(id): Path<u32>,
    Json(body): Json<AgentRegistration>,
) -> Result<Json<RoutedBody>, Problem> {
    principal.needs(Scope::Edit)?;
    app.register_agent(AgentId(id), body).await.map(Json)
}

/// Say what an agent does now
#[utoipa::path(
    post, path = "/v1/routing/agents/{id}/state", tag = "routing",
    params(("id" = u32, Path)),
    request_body = AgentStateBody,
    responses(
        (status = 200, body = RoutedBody),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn agent_state(
    State(app): State<Arc<App>>,
    principal: Principal,
    Path(id): Path<u32>,
    Json(body): Json<AgentStateBody>,
) -> Result<Json<RoutedBody>, Problem> {
    principal.needs(Scope::Agent)?;
    let done = app.set_agent_state(AgentId(id), body.state).await;
    done.map(Json)
}

/// Let a case of another system wait for a human
///
/// Conversations that are handed over here have their tickets already.
#[utoipa::path(
    post, path = "/v1/routing/tickets", tag = "routing",
    request_body = TicketRequest,
    responses(
        (status = 201, body = TicketTaken),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn arrive(
    State(app): State<Arc<App>>,
    principal: Principal,
    Json(body): Json<TicketRequest>,
) -> Result<Response, Problem> {
    principal.needs(Scope::Agent)?;
    let taken = app.create_ticket(body).await?;
    Ok((StatusCode::CREATED, Json(taken)).into_response())
}

/// Say what happens to a ticket
///
/// `{"act": "accept", "agent": 7}`, `refuse`, `reply`, `hold`, `resume`, `transfer`, `end`, `abandon`, `rate`.
#[utoipa::path(
    post, path = "/v1/routing/tickets/{id}", tag = "routing",
    params(("id" = u64, Path)),
    request_body = TicketAct,
    responses(
        (status = 200, body = RoutedBody),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn act(
    State(app): State<Arc<App>>,
    principal: Principal,
    Path(id): Path<u64>,
    Json(body): Json<TicketAct>,
) -> Result<Json<RoutedBody>, Problem> {
    principal.needs(Scope::Agent)?;
    app.act_on_ticket(TicketId(id), body).await.map(Json)
}

/// Say whether the service is whole
///
/// While it is `degraded`, key channels of `routing.toml` go first.
#[utoipa::path(
    put, path = "/v1/routing/mode", tag = "routing",
    request_body = ModeBody,
    responses(
        (status = 200, body = RoutedBody),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn mode(
    State(app): State<Arc<App>>,
    principal: Principal,
    Json(body): Json<ModeBody>,
) -> Result<Json<RoutedBody>, Problem> {
    principal.needs(Scope::Admin)?;
    app.set_mode(body.mode).await.map(Json)
}

/// Figures of a time: waiting, work, service
///
/// Formulas and sources are in the documentation of `jieda_routing::figures`.
#[utoipa::path(
    get, path = "/v1/routing/figures", tag = "routing",
    params(FiguresQuery),
    responses(
        (status = 200, body = FiguresBody),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn figures(
    State(app): State<Arc<App>>,
    principal: Principal,
    Query(wanted): Query<FiguresQuery>,
) -> Result<Json<FiguresBody>, Problem> {
    principal.needs(Scope::View)?;
    app.routing_figures(wanted).await.map(Json)
}

/// From where.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(super) struct After {
    /// The last entry that the caller has seen; without it, what happens from now on.
    #[param(minimum = 0)]
    after: Option<u64>,
}

/// Listen to the routing core
///
/// `event: entry` with an entry of the journal as JSON, its number as the id; those after `after` first.
#[utoipa::path(
    get, path = "/v1/routing/events", tag = "routing",
    params(After),
    responses(
        (status = 200, body = String, content_type = "text/event-stream"),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn events(
    State(shared): State<Shared>,
    principal: Principal,
    Query(after): Query<After>,
) -> Result<Response, Problem> {
    principal.needs_any(&[Scope::View, Scope::Agent])?;
    let app = &shared.app;
    let desk = app.desk()?;
    let permit = app.stream()?;
    // Listened to first, so that no entry falls between.
    let listener = desk.listen();
    let before = match after.after {
        Some(after) => routing_log(desk.journal(), after).await?,
        None => Vec::new(),
    };
    let seen = before.last().map_or(after.after.unwrap_or(0), |e| e.number);
    let before = before.into_iter().map(Arc::new).collect();
    let stream = super::events::numbered(
        (before, listener),
        move |entry: &Arc<Numbered>| entry.number > seen,
        |entry| (entry.number.to_string(), "entry"),
        permit,
    );
    Ok(super::events::until_over(app, principal, stream))
}
