//! Asking, rating, and help for agents.

use std::sync::Arc;

use axum::{
    Extension,
    extract::State,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderValue, header};
use jieda::types::{ConversationId, Customer, Rating, Utterance};
use jieda_store::TurnNumber;

use super::{ProblemBody, Shared, extract::Json, finish::RequestId, idempotency};
use crate::{
    app::{About, App, Ask, Keeping, Said, Whose, detached},
    auth::{Principal, Scope},
    problem::{Problem, ProblemKind},
    wire::{
        AnswerRequest, AnswerResponse, AssistRequest, AssistResponse, BatchItem, BatchRequest,
        BatchResponse, Detail, FeedbackRequest, FeedbackResponse,
    },
};

/// Most characters of a comment.
pub(crate) const MOST_COMMENT: usize = 4000;

/// Answer a customer
///
/// The decision, the reply, and how both came about. With an `Idempotency-Key`, a request that comes twice is carried out
/// once.
#[utoipa::path(
    post, path = "/v1/answer", tag = "answer",
    params(("Idempotency-Key" = Option<String>, Header, max_length = 255, pattern = "^[!-~]+$",
            description = "The same key with the same body gives the same answer, for a day")),
    request_body = AnswerRequest,
    responses(
        (status = 200, body = AnswerResponse),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn answer(
    State(shared): State<Shared>,
    principal: Principal,
    Extension(id): Extension<RequestId>,
    headers: HeaderMap,
    Json(body): Json<AnswerRequest>,
) -> Result<Response, Problem> {
    principal.needs(Scope::Answer)?;
    let Some(key) = idempotency::key_of(&headers)? else {
        let answered = shared.app.answer(ask(body, id.0)?).await?;
        return Ok(Json(answered).into_response());
    };
    let fingerprint = serde_json::to_vec(&body).unwrap_or_default();
    let kept = idempotency::kept(&principal, &key, &fingerprint);
    let app = Arc::clone(&shared.app);
    let make = async move {
        let answered = app.answer(ask(body, id.0)?.under(kept)).await?;
        serde_json::to_string(&answered)
            .map_err(|e| Problem::new(ProblemKind::Internal, e.to_string()))
    };
    // Also when the caller goes away: he comes again with the same key.
    let json = detached(async move {
        let once = shared
            .idempotency
            .once((&principal, key), &fingerprint, make);
        once.await
    })
    .await?;
    let json_type = HeaderValue::from_static("application/json");
    Ok(([(header::CONTENT_TYPE, json_type)], json.to_string()).into_response())
}

/// Answer many
///
/// Items are answered side by side; those of one conversation in order. One that fails spoils no other.
#[utoipa::path(
    post, path = "/v1/answer/batch", tag = "answer",
    request_body = BatchRequest,
    responses(
        (status = 200, body = BatchResponse),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn answer_batch(
    State(app): State<Arc<App>>,
    principal: Principal,
    Extension(id): Extension<RequestId>,
    Json(body): Json<BatchRequest>,
) -> Result<Json<BatchResponse>, Problem> {
    principal.needs(Scope::Answer)?;
    let most = app.config.limits.batch;
    if body.items.is_empty() || body.items.len() > most {
        return Err(Problem::field("/items", format!("应有 1 到 {most} 项")));
    }
    app.access.count_more(&principal, body.items.len())?;
    // Tasks of their own, so that their texts come into one batch of the encoder.
    let tasks: Vec<_> = in_order(body.items)
        .into_iter()
        .map(|group| {
            let (app, id) = (Arc::clone(&app), id.0.clone());
            crate::tenants::spawn(async move {
                let mut done = Vec::new();
                for (position, item) in group {
                    let answered = match ask(item, id.clone()) {
                        Ok(ask) => app.answer(ask).await,
                        Err(problem) => Err(problem),
                    };
                    done.push((position, answered));
                }
                done
            })
        })
        .collect();
    let mut items = Vec::new();
    for task in tasks {
        let done = task.await;
        items.extend(done.map_err(|e| Problem::new(ProblemKind::Internal, e.to_string()))?);
    }
    items.sort_by_key(|(position, _)| *position);
    let item = |(_, answered)| match answered {
        Ok(answer) => BatchItem {
            answer: Some(answer),
            problem: None,
        },
        Err(problem) => BatchItem {
            answer: None,
            problem: Some(ProblemBody::of(&problem, &id.0)),
        },
    };
    Ok(Json(BatchResponse {
        items: items.into_iter().map(item).collect(),
    }))
}

/// Groups of items that must go one after the other: those of one conversation.
fn in_order(items: Vec<AnswerRequest>) -> Vec<Vec<(usize, AnswerRequest)>> {
    let mut groups: Vec<Vec<(usize, AnswerRequest)>> = Vec::new();
    for (position, item) in items.into_iter().enumerate() {
        let same = |group: &&mut Vec<(usize, AnswerRequest)>| {
            item.conversation_id.is_some()
                && group
                    .first()
                    .is_some_and(|(_, first)| first.conversation_id == item.conversation_id)
        };
        match groups.iter_mut().find(same) {
            Some(group) => group.push((position, item)),
            None => groups.push(vec![(position, item)]),
        }
    }
    groups
}

/// Rate or comment an answer
///
/// A rating is a turn of the conversation: at or below the policy's limit it leads to a human. Outcome and comment are
/// taken down.
#[utoipa::path(
    post, path = "/v1/feedback", tag = "answer",
    request_body = FeedbackRequest,
    responses(
        (status = 200, body = FeedbackResponse),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn feedback(
    State(app): State<Arc<App>>,
    principal: Principal,
    Extension(id): Extension<RequestId>,
    Json(body): Json<FeedbackRequest>,
) -> Result<Json<FeedbackResponse>, Problem> {
    principal.needs(Scope::Answer)?;
    let whose = match (body.conversation_id, body.state) {
        (Some(conversation), None) => Whose::Here(conversation_id(conversation)?),
        (None, Some(state)) => Whose::Carried(Box::new(state)),
        _ => {
            let told = "conversation_id 和 state 应给出一个";
            return Err(Problem::field("/conversation_id", told));
        }
    };
    let rating = body
        .rating
        .map(|rating| Rating::new(i64::from(rating)))
        .transpose();
    let turn = body.turn.map(|turn| TurnNumber::new(turn).ok_or(()));
    if body
        .comment
        .as_ref()
        .is_some_and(|c| c.chars().count() > MOST_COMMENT)
    {
        return Err(Problem::field(
            "/comment",
            format!("最多 {MOST_COMMENT} 个字"),
        ));
    }
    let said = Said {
        rating: rating.map_err(|_| Problem::field("/rating", "应为 1 到 5"))?,
        turn: turn
            .transpose()
            .map_err(|()| Problem::field("/turn", "从 1 开始"))?,
        outcome: body.outcome,
        comment: body.comment,
    };
    Ok(Json(FeedbackResponse {
        answer: app.feedback(whose, said, id.0).await?,
    }))
}

/// Help a human agent
///
/// Intents, a drafted ticket and FAQs for a conversation, or for what a customer said.
#[utoipa::path(
    post, path = "/v1/assist", tag = "agent",
    request_body = AssistRequest,
    responses(
        (status = 200, body = AssistResponse),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn assist(
    State(app): State<Arc<App>>,
    principal: Principal,
    Json(body): Json<AssistRequest>,
) -> Result<Json<AssistResponse>, Problem> {
    principal.needs(Scope::Agent)?;
    let most = app.config.limits.batch;
    let about = match (body.conversation_id, body.texts) {
        (Some(id), texts) if texts.is_empty() => About::Conversation(conversation_id(id)?),
        (None, texts) if (1..=most).contains(&texts.len()) => About::Texts(texts),
        _ => {
            let told = format!("conversation_id 和 texts（1 到 {most} 句）应给出一个");
            return Err(Problem::field("/texts", told));
        }
    };
    Ok(Json(AssistResponse {
        assistance: app.assist(about).await?,
    }))
}

/// A conversation's id, checked.
pub(super) fn conversation_id(text: String) -> Result<ConversationId, Problem> {
    ConversationId::new(text).map_err(|e| Problem::field("/conversation_id", e.to_string()))
}

/// What is asked, checked.
pub(crate) fn ask(body: AnswerRequest, request_id: String) -> Result<Ask, Problem> {
    let keeping = match (body.conversation_id, body.state) {
        (Some(_), Some(_)) => {
            let told = "conversation_id 和 state 只能给出一个";
            return Err(Problem::field("/state", told));
        }
        (None, Some(state)) => Keeping::Carried(Box::new(state)),
        (id, None) => Keeping::Here(id.map(conversation_id).transpose()?),
    };
    Ok(Ask {
        utterance: Utterance {
            text: body.text,
            variables: body.variables,
        },
        customer: body.customer.map(Customer::from),
        keeping,
        detail: if body.explain {
            Detail::Explained
        } else {
            Detail::Short
        },
        request_id,
        key: None,
    })
}
