//! The routing core: agents, queues, tickets, events.

use std::sync::Arc;

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::StatusCode;
use jieda::Timestamp;
use jieda_routing::{
    Agent, AgentId, Channel, EventKind, Language, Level, Shift, Skill, Ticket, TicketId, Tier,
    figures::{Cut, History, Period},
};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{
    ProblemBody, Shared,
    answer::conversation_id,
    extract::{Json, Path, Query},
};
use crate::{
    app::{App, detached},
    auth::{Principal, Scope},
    problem::Problem,
    routing::{Act, DeskView, Numbered, RoutingEntry, routing_log},
    wire::{
        AgentRegistration, AgentStateBody, FiguresBody, ModeBody, RoutedBody, TicketAct,
        TicketRequest, TicketTaken,
    },
};

/// Longest text of a name or reason, in bytes.
const MOST_NAME: usize = 128;

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
    let agent = agent(AgentId(id), body)?;
    happen(app, EventKind::AgentRegistered { agent }).await
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
    let kind = EventKind::AgentState {
        agent: AgentId(id),
        state: body.state,
    };
    happen(app, kind).await
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
    let conversation = body.conversation_id.clone().map(conversation_id);
    let act = Act::Arrive {
        ticket: Box::new(ticket(body)?),
        conversation: conversation.transpose()?,
    };
    let done = act_at(app, act).await?;
    let taken = TicketTaken {
        // The number of the entry is that of the ticket.
        ticket: done.number,
        number: done.number,
    };
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
    if let TicketAct::Refuse { reason, .. } = &body
        && reason.len() > MOST_NAME
    {
        return Err(Problem::field("/reason", format!("最多 {MOST_NAME} 字节")));
    }
    let kind = body.event(TicketId(id));
    let kind = kind.map_err(|(pointer, detail)| Problem::field(pointer, detail))?;
    happen(app, kind).await
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
    happen(app, EventKind::ModeChanged { mode: body.mode }).await
}

/// Of which contacts.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(super) struct Wanted {
    /// From this time on.
    #[param(value_type = String, format = DateTime)]
    since: Timestamp,
    /// Before this time; now without one.
    #[param(value_type = Option<String>, format = DateTime)]
    until: Option<Timestamp>,
    /// Of this group.
    group: Option<String>,
    /// On this channel.
    channel: Option<String>,
    /// With this agent.
    agent: Option<u32>,
}

/// Figures of a time: waiting, work, service
///
/// Formulas and sources are in the documentation of `jieda_routing::figures`.
#[utoipa::path(
    get, path = "/v1/routing/figures", tag = "routing",
    params(Wanted),
    responses(
        (status = 200, body = FiguresBody),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn figures(
    State(app): State<Arc<App>>,
    principal: Principal,
    Query(wanted): Query<Wanted>,
) -> Result<Json<FiguresBody>, Problem> {
    principal.needs(Scope::View)?;
    let until = wanted.until.unwrap_or_else(Timestamp::now);
    if wanted.since >= until {
        return Err(Problem::field("/until", "应晚于 since"));
    }
    let period = Period {
        from: wanted.since,
        to: until,
    };
    let cut = Cut {
        channel: name("/channel", wanted.channel, Channel::new)?,
        skill: name("/group", wanted.group, Skill::new)?,
        agent: wanted.agent.map(AgentId),
    };
    let desk = Arc::clone(app.desk()?);
    let (log, rules) = (routing_log(desk.journal(), 0).await?, desk.rules().await?);
    let figures = app.aside(move || {
        let logged = log.into_iter().filter_map(|numbered| match numbered.entry {
            RoutingEntry::Event { logged, .. } => Some(*logged),
            RoutingEntry::Rules { .. } => None,
        });
        let logged: Vec<_> = logged.collect();
        History::of(&rules.groups, &logged).figures(&period, &cut)
    });
    Ok(Json(FiguresBody::of(&figures.await?)))
}

async fn happen(app: Arc<App>, kind: EventKind) -> Result<Json<RoutedBody>, Problem> {
    let done = act_at(app, Act::Happen(kind)).await?;
    let actions = match &done.entry {
        RoutingEntry::Event { logged, .. } => logged.applied.actions().cloned().collect(),
        RoutingEntry::Rules { .. } => Vec::new(),
    };
    Ok(Json(RoutedBody {
        number: done.number,
        actions,
    }))
}

/// What was begun is finished, also when the caller goes away meanwhile.
async fn act_at(app: Arc<App>, act: Act) -> Result<Arc<Numbered>, Problem> {
    let desk = Arc::clone(app.desk()?);
    detached(async move { Ok(desk.act(act).await?) }).await
}

fn agent(id: AgentId, body: AgentRegistration) -> Result<Agent, Problem> {
    let skill = |(name, level): (String, i64)| {
        let pointer = format!("/skills/{name}");
        let level = Level::new(level).map_err(|e| Problem::field(&pointer, e.to_string()))?;
        Ok((checked(&pointer, &name, Skill::new)?, level))
    };
    let shift = |(i, value): (usize, serde_json::Value)| {
        serde_json::from_value::<Shift>(value)
            .map_err(|e| Problem::field(format!("/shifts/{i}"), e.to_string()))
    };
    let languages = body.languages.iter();
    let channels = body.channels.iter();
    if body.name.trim().is_empty() || body.name.len() > MOST_NAME {
        return Err(Problem::field(
            "/name",
            format!("应为 1 到 {MOST_NAME} 字节"),
        ));
    }
    Ok(Agent {
        id,
        name: body.name,
        skills: body
            .skills
            .into_iter()
            .map(skill)
            .collect::<Result<_, Problem>>()?,
        capacity: body.capacity,
        languages: languages
            .map(|name| checked("/languages", name, Language::new))
            .collect::<Result<_, _>>()?,
        channels: channels
            .map(|name| checked("/channels", name, Channel::new))
            .collect::<Result<_, _>>()?,
        shifts: body
            .shifts
            .into_iter()
            .enumerate()
            .map(shift)
            .collect::<Result<_, _>>()?,
    })
}

fn ticket(body: TicketRequest) -> Result<Ticket, Problem> {
    let tags = body.tags.iter();
    Ok(Ticket {
        // Its number is given when it arrives.
        id: TicketId(0),
        skill: name("/skill", body.skill, Skill::new)?,
        tags: tags
            .map(|tag| checked("/tags", tag, Skill::new))
            .collect::<Result<_, _>>()?,
        urgency: body.urgency,
        tier: name("/tier", body.tier, Tier::new)?,
        channel: name("/channel", body.channel, Channel::new)?,
        language: name("/language", body.language, Language::new)?,
        last_contact: None,
    })
}

fn name<T>(
    pointer: &str,
    text: Option<String>,
    new: fn(&str) -> Result<T, jieda_routing::EmptyName>,
) -> Result<Option<T>, Problem> {
    text.map(|text| checked(pointer, &text, new)).transpose()
}

fn checked<T>(
    pointer: &str,
    text: &str,
    new: fn(&str) -> Result<T, jieda_routing::EmptyName>,
) -> Result<T, Problem> {
    if text.len() > MOST_NAME {
        return Err(Problem::field(pointer, format!("最多 {MOST_NAME} 字节")));
    }
    new(text).map_err(|e| Problem::field(pointer, e.to_string()))
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
    let permit = super::events::permit(app)?;
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
