//! The methods.

use std::{pin::Pin, sync::Arc};

use futures_util::{Stream, StreamExt as _};
use jieda::types::{ConversationId, Rating};
use jieda_store::{Outcome, TurnNumber};
use tokio::sync::{broadcast, mpsc};
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Request, Response, Status, Streaming};

use super::{
    call::{caller, measured, request_id},
    convert, v1,
};
use crate::{
    app::{App, Ask, Said, Whose, detached},
    auth::{Principal, Scope},
    conversations::TurnEvent,
    http::{Idempotency, MOST_COMMENT, ask, checked_key, kept},
    problem::Problem,
    wire::AnswerResponse,
};

/// Answers that a client of a stream may be behind.
const BEHIND: usize = 16;

/// All methods.
#[derive(Debug, Clone)]
pub(super) struct Service {
    app: Arc<App>,
    idempotency: Arc<Idempotency<v1::AnswerResponse>>,
}

impl Service {
    pub(super) fn new(app: Arc<App>) -> Self {
        Self {
            app,
            idempotency: Arc::default(),
        }
    }

    async fn answer_once(
        &self,
        principal: &Principal,
        request: v1::AnswerRequest,
        id: &str,
    ) -> Result<v1::AnswerResponse, Problem> {
        let key = request.idempotency_key.clone();
        let fingerprint = prost::Message::encode_to_vec(&request);
        let (app, id) = (Arc::clone(&self.app), id.to_owned());
        let word = (!key.is_empty()).then(|| kept(principal, &key, &fingerprint));
        let make = async move {
            let ask = Ask {
                key: word,
                ..ask(convert::asked(request), id)?
            };
            let answered = app.answer(ask);
            Ok(convert::answered(&answered.await?))
        };
        if key.is_empty() {
            return make.await;
        }
        let key = checked_key(&key)?;
        let (idempotency, principal) = (Arc::clone(&self.idempotency), principal.clone());
        // Also when the caller goes away: he comes again with the same key.
        let answer = detached(async move {
            let once = idempotency.once((&principal, key), &fingerprint, make);
            once.await
        });
        answer.await.map(|answer| (*answer).clone())
    }
}

#[tonic::async_trait]
impl v1::answer_service_server::AnswerService for Service {
    async fn answer(
        &self,
        request: Request<v1::AnswerRequest>,
    ) -> Result<Response<v1::AnswerResponse>, Status> {
        let id = request_id();
        measured("Answer", &id, async {
            let principal = caller(&self.app, request.metadata(), &[Scope::Answer])?;
            self.answer_once(&principal, request.into_inner(), &id)
                .await
        })
        .await
    }

    type ConverseStream =
        Pin<Box<dyn Stream<Item = Result<v1::ConverseResponse, Status>> + Send + 'static>>;

    async fn converse(
        &self,
        request: Request<Streaming<v1::ConverseRequest>>,
    ) -> Result<Response<Self::ConverseStream>, Status> {
        let id = request_id();
        measured("Converse", &id, async {
            let principal = caller(&self.app, request.metadata(), &[Scope::Answer])?;
            let permit = self.app.stream()?;
            let (sender, receiver) = mpsc::channel(BEHIND);
            let talk = Talk {
                service: self.clone(),
                principal,
                sender,
                conversation: None,
                id: id.clone(),
            };
            let stop = self.app.stopping();
            let requests = request.into_inner();
            tokio::spawn(async move {
                let _permit = permit;
                tokio::select! {
                    () = talk.run(requests) => {}
                    () = stop.cancelled() => {}
                }
            });
            let stream: Self::ConverseStream = Box::pin(ReceiverStream::new(receiver));
            Ok(stream)
        })
        .await
    }

    async fn feedback(
        &self,
        request: Request<v1::FeedbackRequest>,
    ) -> Result<Response<v1::FeedbackResponse>, Status> {
        let id = request_id();
        measured("Feedback", &id, async {
            caller(&self.app, request.metadata(), &[Scope::Answer])?;
            let body = request.into_inner();
            if body.comment.chars().count() > MOST_COMMENT {
                return Err(Problem::field(
                    "/comment",
                    format!("最多 {MOST_COMMENT} 个字"),
                ));
            }
            let outcome = match body.outcome.as_str() {
                "" => None,
                "solved" => Some(Outcome::Solved),
                "unsolved" => Some(Outcome::Unsolved),
                _ => return Err(Problem::field("/outcome", "应为 solved 或 unsolved")),
            };
            let said = Said {
                rating: rating(body.rating)?,
                turn: TurnNumber::new(body.turn),
                outcome,
                comment: convert::some(body.comment),
            };
            let whose = Whose::Here(conversation(body.conversation_id)?);
            let answer = self.app.feedback(whose, said, id.clone()).await?;
            Ok(v1::FeedbackResponse {
                answer: answer.as_ref().map(convert::answered),
            })
        })
        .await
    }

    async fn search(
        &self,
        request: Request<v1::SearchRequest>,
    ) -> Result<Response<v1::SearchResponse>, Status> {
        let id = request_id();
        measured("Search", &id, async {
            caller(&self.app, request.metadata(), &[Scope::Answer])?;
            let found = self
                .app
                .search(convert::searched(request.into_inner()))
                .await?;
            Ok(v1::SearchResponse {
                candidates: found.candidates.iter().map(convert::candidate).collect(),
                release: found.release,
            })
        })
        .await
    }

    async fn classify(
        &self,
        request: Request<v1::ClassifyRequest>,
    ) -> Result<Response<v1::ClassifyResponse>, Status> {
        let id = request_id();
        measured("Classify", &id, async {
            caller(&self.app, request.metadata(), &[Scope::Answer])?;
            let found = self.app.classify(request.into_inner().text).await?;
            Ok(v1::ClassifyResponse {
                intents: found.intents.iter().map(convert::intent).collect(),
                release: found.release,
            })
        })
        .await
    }
}

fn conversation(id: String) -> Result<ConversationId, Problem> {
    ConversationId::new(id).map_err(|e| Problem::field("/conversation_id", e.to_string()))
}

fn rating(value: u32) -> Result<Option<Rating>, Problem> {
    match value {
        0 => Ok(None),
        value => Rating::new(i64::from(value))
            .map(Some)
            .map_err(|_| Problem::field("/rating", "应为 1 到 5")),
    }
}

/// One bidirectional conversation.
struct Talk {
    service: Service,
    principal: Principal,
    sender: mpsc::Sender<Result<v1::ConverseResponse, Status>>,
    /// The conversation that the stream is in, once it is known.
    conversation: Option<(String, broadcast::Receiver<TurnEvent>)>,
    id: String,
}

impl Talk {
    /// Answers one request after the other, and passes on what a human agent says in between.
    async fn run(mut self, mut requests: Streaming<v1::ConverseRequest>) {
        loop {
            tokio::select! {
                request = requests.next() => {
                    let Some(Ok(request)) = request else { return };
                    let done = self.react(request).await;
                    let done = done.map_err(|problem| convert::status(&problem, &self.id));
                    let event = done.map(v1::converse_response::Event::Answer);
                    // A problem of one text doesn't end the stream for others, but gRPC can't go on after one.
                    let is_over = event.is_err();
                    if self.send(event).await.is_err() || is_over {
                        return;
                    }
                }
                event = next(&mut self.conversation) => {
                    let event = v1::converse_response::Event::Turn(convert::turn(&event));
                    if self.send(Ok(event)).await.is_err() {
                        return;
                    }
                }
            }
        }
    }

    async fn send(
        &self,
        event: Result<v1::converse_response::Event, Status>,
    ) -> Result<(), mpsc::error::SendError<Result<v1::ConverseResponse, Status>>> {
        let response = event.map(|event| v1::ConverseResponse { event: Some(event) });
        self.sender.send(response).await
    }

    async fn react(&mut self, request: v1::ConverseRequest) -> Result<v1::AnswerResponse, Problem> {
        use v1::converse_request::Event;
        let event = request
            .event
            .ok_or_else(|| Problem::field("/event", "没有内容"))?;
        let app = Arc::clone(&self.service.app);
        app.access.is_still(&self.principal)?;
        app.access.count(&self.principal)?;
        let known = self.conversation.as_ref().map(|(id, _)| id.clone());
        match event {
            Event::Say(mut said) => {
                if said.conversation_id.is_empty() {
                    said.conversation_id = known.unwrap_or_default();
                }
                let answered = self
                    .service
                    .answer_once(&self.principal, said, &self.id)
                    .await?;
                self.listen(&answered.conversation_id, answered.turn)
                    .await?;
                Ok(answered)
            }
            Event::Rating(value) => {
                let id = known.ok_or_else(|| Problem::field("/rating", "会话还没有开始"))?;
                let said = Said {
                    rating: rating(value)?,
                    ..Said::default()
                };
                let whose = Whose::Here(conversation(id)?);
                let answer = app.feedback(whose, said, self.id.clone()).await?;
                answer
                    .as_ref()
                    .map(|answer: &AnswerResponse| convert::answered(answer))
                    .ok_or_else(|| Problem::field("/rating", "应为 1 到 5"))
            }
        }
    }

    /// Listens to what comes after a turn.
    async fn listen(&mut self, id: &str, after: u32) -> Result<(), Problem> {
        if self
            .conversation
            .as_ref()
            .is_some_and(|(known, _)| known == id)
        {
            return Ok(());
        }
        let slot = self
            .service
            .app
            .conversations
            .find(&conversation(id.to_owned())?)
            .await?;
        let receiver = slot.listen();
        slot.knows_until(after);
        self.conversation = Some((id.to_owned(), receiver));
        Ok(())
    }
}

/// The next thing that a human agent does; never, without a conversation.
async fn next(conversation: &mut Option<(String, broadcast::Receiver<TurnEvent>)>) -> TurnEvent {
    loop {
        let Some((_, receiver)) = conversation else {
            return std::future::pending().await;
        };
        match receiver.recv().await {
            Ok(event) if matches!(event.event, "agent_said" | "handed_back") => return event,
            Ok(_) | Err(broadcast::error::RecvError::Lagged(_)) => {}
            Err(broadcast::error::RecvError::Closed) => *conversation = None,
        }
    }
}
