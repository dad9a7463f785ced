//! Conversations that are kept.

use std::sync::Arc;

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::StatusCode;
use jieda::{
    Timestamp,
    types::{FaqId, Handover},
};
use jieda_routing::Outcome;
use jieda_store::{Cursor, Filter, Page, Store as _};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{
    ProblemBody, Shared,
    answer::conversation_id,
    extract::{Json, Path, Query},
};
use crate::{
    app::{AgentAct, App},
    auth::{Principal, Scope},
    problem::Problem,
    wire::{
        AgentRequest, ConversationBody, ConversationItem, ConversationList, ReplayBody, TurnTaken,
    },
};

const MOST: u32 = 200;

/// Which conversations.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(super) struct Wanted {
    /// With a turn at this time or later.
    #[param(value_type = Option<String>, format = DateTime)]
    since: Option<Timestamp>,
    /// With a turn before this time.
    #[param(value_type = Option<String>, format = DateTime)]
    until: Option<Timestamp>,
    /// With a turn that was so decided.
    decision: Option<String>,
    /// With a turn that was decided for this reason.
    reason: Option<String>,
    /// On this channel.
    channel: Option<String>,
    /// Answered with this FAQ.
    faq: Option<String>,
    /// With this text in what was said or replied.
    text: Option<String>,
    /// `next` of the page before.
    cursor: Option<String>,
    /// Most that are wanted, 1 to 200; 50 by default.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

/// List conversations, the newest first
#[utoipa::path(
    get, path = "/v1/conversations", tag = "conversations",
    params(Wanted),
    responses(
        (status = 200, body = ConversationList),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn list(
    State(app): State<Arc<App>>,
    principal: Principal,
    Query(wanted): Query<Wanted>,
) -> Result<Json<ConversationList>, Problem> {
    principal.needs(Scope::View)?;
    let limit = wanted.limit.unwrap_or(50);
    if !(1..=MOST).contains(&limit) {
        return Err(Problem::field("/limit", format!("应为 1 到 {MOST}")));
    }
    let cursor = wanted.cursor.as_deref().map(str::parse::<Cursor>);
    let cursor = cursor
        .transpose()
        .map_err(|_| Problem::field("/cursor", "应照抄上一页给出的 next"))?;
    let some = |text: Option<String>| text.filter(|text| !text.is_empty());
    let filter = Filter {
        since: wanted.since,
        until: wanted.until,
        channel: some(wanted.channel),
        decision: some(wanted.decision),
        reason: some(wanted.reason),
        faq: some(wanted.faq)
            .map(FaqId::new)
            .transpose()
            .map_err(|e| Problem::field("/faq", e.to_string()))?,
        text: some(wanted.text),
        ..Filter::default()
    };
    let page = Page {
        after: cursor,
        ..Page::newest(limit)
    };
    let store = app.conversations.store()?;
    let found = store.conversations(&filter, &page).await?;
    let mut items = Vec::new();
    for record in found.items {
        let log = store.log(&record.id).await?;
        items.push(ConversationItem::of(&record, log.as_ref()));
    }
    Ok(Json(ConversationList {
        items,
        next: found.next.map(|cursor| cursor.to_string()),
    }))
}

/// All of a conversation
#[utoipa::path(
    get, path = "/v1/conversations/{id}", tag = "conversations",
    params(("id" = String, Path)),
    responses(
        (status = 200, body = ConversationBody),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn show(
    State(app): State<Arc<App>>,
    principal: Principal,
    Path(id): Path<String>,
) -> Result<Json<ConversationBody>, Problem> {
    principal.needs(Scope::View)?;
    let id = conversation_id(id)?;
    let log = app.conversations.store()?.log(&id).await?;
    let log = log.ok_or_else(|| Problem::not_found(format_args!("会话 {id}")))?;
    Ok(Json(ConversationBody::of(&log)))
}

/// Run a conversation again
///
/// Each turn as it was decided then, and as it would be decided now.
#[utoipa::path(
    post, path = "/v1/conversations/{id}/replay", tag = "conversations",
    params(("id" = String, Path)),
    responses(
        (status = 200, body = ReplayBody),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn replay(
    State(app): State<Arc<App>>,
    principal: Principal,
    Path(id): Path<String>,
) -> Result<Json<ReplayBody>, Problem> {
    principal.needs(Scope::View)?;
    app.replay(&conversation_id(id)?).await.map(Json)
}

/// What a human gets of a conversation
///
/// See docs/handover.schema.json.
#[utoipa::path(
    get, path = "/v1/conversations/{id}/handover", tag = "agent",
    params(("id" = String, Path)),
    responses(
        (status = 200, body = Object),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn handover(
    State(app): State<Arc<App>>,
    principal: Principal,
    Path(id): Path<String>,
) -> Result<Json<Handover>, Problem> {
    principal.needs(Scope::Agent)?;
    app.handover(&conversation_id(id)?).await.map(Json)
}

/// Speak as a human agent
#[utoipa::path(
    post, path = "/v1/conversations/{id}/agent", tag = "agent",
    params(("id" = String, Path)),
    request_body = AgentRequest,
    responses(
        (status = 201, body = TurnTaken),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn agent_says(
    State(shared): State<Shared>,
    principal: Principal,
    Path(id): Path<String>,
    Json(body): Json<AgentRequest>,
) -> Result<Response, Problem> {
    principal.needs(Scope::Agent)?;
    let act = AgentAct::Says(body.text);
    let turn = shared.app.agent(&conversation_id(id)?, act).await?;
    Ok((StatusCode::CREATED, Json(TurnTaken { turn })).into_response())
}

/// How a contact ended.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(super) struct Ended {
    /// `resolved` (if nothing is said) or `unresolved`: what the ticket ends with.
    #[param(value_type = Option<String>)]
    outcome: Option<Outcome>,
}

/// Give a conversation back to the engine
///
/// Its ticket ends.
#[utoipa::path(
    post, path = "/v1/conversations/{id}/hand-back", tag = "agent",
    params(("id" = String, Path), Ended),
    responses(
        (status = 200, body = TurnTaken),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn hand_back(
    State(app): State<Arc<App>>,
    principal: Principal,
    Path(id): Path<String>,
    Query(ended): Query<Ended>,
) -> Result<Json<TurnTaken>, Problem> {
    principal.needs(Scope::Agent)?;
    let id = conversation_id(id)?;
    let outcome = ended.outcome.unwrap_or(Outcome::Resolved);
    let turn = app.agent(&id, AgentAct::HandsBack(outcome)).await?;
    Ok(Json(TurnTaken { turn }))
}
