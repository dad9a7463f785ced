//! The turns of a conversation as they happen: server-sent events.

use std::{convert::Infallible, sync::Arc, time::Duration};

use axum::{
    extract::State,
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use futures_util::{Stream, StreamExt as _, stream};
use serde::{Deserialize, Serialize};
use tokio::sync::{OwnedSemaphorePermit, broadcast};
use tokio_stream::wrappers::{BroadcastStream, errors::BroadcastStreamRecvError};
use utoipa::IntoParams;

use super::{
    ProblemBody,
    answer::conversation_id,
    extract::{Path, Query},
};
use crate::{
    app::App,
    auth::{Principal, Scope},
    conversations::{Heard, TurnEvent},
    problem::Problem,
};

const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// From where.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(super) struct From {
    /// The number of the last turn that the caller has seen; 0 for all.
    #[param(minimum = 0)]
    after: Option<u32>,
}

/// Listen to a conversation
///
/// `event: turn` with a turn as JSON, those after `after` first. Whoever knows the id may listen: ids that the service
/// gives can't be guessed.
#[utoipa::path(
    get, path = "/v1/conversations/{id}/events", tag = "conversations",
    params(("id" = String, Path), From),
    responses(
        (status = 200, body = String, content_type = "text/event-stream"),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn events(
    State(app): State<Arc<App>>,
    principal: Principal,
    Path(id): Path<String>,
    Query(from): Query<From>,
) -> Result<Response, Problem> {
    principal.needs(Scope::Answer)?;
    let permit = app.stream()?;
    let id = conversation_id(id)?;
    let Heard {
        before,
        coming,
        seen,
    } = app.conversations.listen(&id, from.after).await?;
    let stream = numbered(
        (before, coming),
        move |event: &TurnEvent| event.number.get() > seen,
        |event| (event.number.to_string(), "turn"),
        permit,
    );
    Ok(until_over(&app, principal, stream))
}

/// Sends a stream until the service ends or the caller may listen no more.
pub(super) fn until_over(
    app: &Arc<App>,
    principal: Principal,
    stream: impl Stream<Item = Result<Event, Infallible>> + Send + 'static,
) -> Response {
    let revoked = Arc::clone(&app.access).until_revoked(principal);
    let stream = stream.take_until(app.stopping().cancelled_owned());
    let stream = stream.take_until(Box::pin(revoked));
    let alive = KeepAlive::new().interval(KEEP_ALIVE);
    Sse::new(stream).keep_alive(alive).into_response()
}

/// What was, then what comes and is new. A listener that is too far behind is cut off: it comes again with `after`.
/// `named` gives the id of an event, by which it comes again, and its kind.
pub(super) fn numbered<T: Serialize + Clone + Send + 'static>(
    (before, listener): (Vec<T>, broadcast::Receiver<T>),
    is_new: impl Fn(&T) -> bool + Send + 'static,
    named: impl Fn(&T) -> (String, &'static str) + Send + 'static,
    permit: OwnedSemaphorePermit,
) -> impl Stream<Item = Result<Event, Infallible>> + Send {
    let coming = BroadcastStream::new(listener)
        .take_while(|event| {
            let is_behind = matches!(event, Err(BroadcastStreamRecvError::Lagged(_)));
            std::future::ready(!is_behind)
        })
        .filter_map(move |event| std::future::ready(event.ok().filter(&is_new)));
    stream::iter(before).chain(coming).map(move |item| {
        let _held = &permit;
        let (id, kind) = named(&item);
        let event = Event::default().event(kind).id(id);
        Ok(event.json_data(&item).unwrap_or_default())
    })
}
