//! The methods.

use std::{pin::Pin, sync::Arc};

use futures_util::{Stream, StreamExt as _};
use jieda::types::{ConversationId, Rating};
use jieda_store::{Outcome, TurnNumber};
use tokio::sync::{broadcast, mpsc};
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Request, Response, Status, Streaming};

use super::{
    call::{Call, caller, measured, request_id},
    convert, v1,
};
use crate::{
    app::{App, Ask, Said, Whose, detached},
    auth::{Principal, Scope},
    conversations::TurnEvent,
    http::{Idempotency, MOST_COMMENT, ask, checked_key, kept},
    problem::{Problem, ProblemKind},
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
        measured(Call::of(&self.app, "Answer", &id), async {
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
        measured(Call::of(&self.app, "Converse", &id), async {
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
            crate::tenants::spawn(async move {
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
        measured(Call::of(&self.app, "Feedback", &id), async {
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
        measured(Call::of(&self.app, "Search", &id), async {
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
        measured(Call::of(&self.app, "Classify", &id), async {
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
    conversation: Option<Heard>,
    id: String,
}

/// A conversation that a stream is in.
struct Heard {
    id: String,
    coming: broadcast::Receiver<TurnEvent>,
    /// The last turn that the client knows.
    seen: u32,
}

/// The stream is over.
struct Over;

impl Talk {
    /// Answers one request after the other, and passes on what a human agent says in between.
    async fn run(mut self, requests: Streaming<v1::ConverseRequest>) {
        // It ends: nobody is told how.
        let Err(Over) = self.go_on(requests).await;
    }

    async fn go_on(
        &mut self,
        mut requests: Streaming<v1::ConverseRequest>,
    ) -> Result<std::convert::Infallible, Over> {
        let access = Arc::clone(&self.service.app.access);
        let mut revoked = Box::pin(access.until_revoked(self.principal.clone()));
        loop {
            tokio::select! {
                request = requests.next() => {
                    let Some(Ok(request)) = request else { return Err(Over) };
                    match self.react(request).await {
                        Ok(Some(answer)) => {
                            self.send(v1::converse_response::Event::Answer(answer)).await?;
                        }
                        Ok(None) => {}
                        // A problem of one text doesn't end the stream for others, but gRPC can't go on after one.
                        Err(problem) => return self.fail(&problem).await,
                    }
                }
                event = next(&mut self.conversation) => match event {
                    Some(event) => self.pass_on(&event).await?,
                    None => {
                        let told = "落后太多，请重新连接，并用 listen 从最后看到的一轮继续";
                        return self.fail(&Problem::new(ProblemKind::Unavailable, told)).await;
                    }
                },
                () = &mut revoked => {
                    let gone = self.service.app.access.is_still(&self.principal);
                    return match gone {
                        Err(problem) => self.fail(&problem).await,
                        Ok(()) => Err(Over),
                    };
                }
            }
        }
    }

    async fn pass_on(&self, event: &TurnEvent) -> Result<(), Over> {
        self.send(v1::converse_response::Event::Turn(convert::turn(event)))
            .await
    }

    async fn send(&self, event: v1::converse_response::Event) -> Result<(), Over> {
        let response = v1::ConverseResponse { event: Some(event) };
        self.sender.send(Ok(response)).await.map_err(|_| Over)
    }

    /// Tells what is wrong, which ends the stream.
    async fn fail<T>(&self, problem: &Problem) -> Result<T, Over> {
        let _ = self
            .sender
            .send(Err(convert::status(problem, &self.id)))
            .await;
        Err(Over)
    }

    /// Does what is asked; gives what is answered to it.
    async fn react(
        &mut self,
        request: v1::ConverseRequest,
    ) -> Result<Option<v1::AnswerResponse>, Problem> {
        use v1::converse_request::Event;
        let event = request
            .event
            .ok_or_else(|| Problem::field("/event", "没有内容"))?;
        let app = Arc::clone(&self.service.app);
        app.access.is_still(&self.principal)?;
        app.access.count(&self.principal)?;
        let known = self.conversation.as_ref().map(|heard| heard.id.clone());
        match event {
            Event::Say(mut said) => {
                if said.conversation_id.is_empty() {
                    said.conversation_id = known.unwrap_or_default();
                }
                let answered = self
                    .service
                    .answer_once(&self.principal, said, &self.id)
                    .await?;
                let is_new = known_id(&self.conversation) != Some(&answered.conversation_id);
                if is_new
                    && let Err(problem) =
                        self.listen(&answered.conversation_id, answered.turn).await
                {
                    // He has his answer all the same; with the next one it is tried again.
                    tracing::warn!(
                        detail = problem.detail,
                        "a stream does not hear its conversation"
                    );
                }
                Ok(Some(answered))
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
                    .map(|answer: &AnswerResponse| Some(convert::answered(answer)))
                    .ok_or_else(|| Problem::field("/rating", "应为 1 到 5"))
            }
            Event::Listen(wanted) => {
                self.listen(&wanted.conversation_id, wanted.after).await?;
                Ok(None)
            }
        }
    }

    /// Listens to what comes after a turn.
    async fn listen(&mut self, id: &str, after: u32) -> Result<(), Problem> {
        let conversations = &self.service.app.conversations;
        let heard = conversations
            .listen(&conversation(id.to_owned())?, Some(after))
            .await?;
        for event in heard.before.iter().filter(|event| is_by_a_human(event)) {
            // If nobody hears it any more, the stream ends by itself.
            let _ = self.pass_on(event).await;
        }
        self.conversation = Some(Heard {
            id: id.to_owned(),
            coming: heard.coming,
            seen: heard.seen,
        });
        Ok(())
    }
}

fn known_id(conversation: &Option<Heard>) -> Option<&String> {
    conversation.as_ref().map(|heard| &heard.id)
}

fn is_by_a_human(event: &TurnEvent) -> bool {
    matches!(event.event, "agent_said" | "handed_back")
}

/// The next thing that a human agent does; never, without a conversation. None where the client is too far behind.
async fn next(conversation: &mut Option<Heard>) -> Option<TurnEvent> {
    loop {
        let Some(heard) = conversation else {
            return std::future::pending().await;
        };
        match heard.coming.recv().await {
            Ok(event) => {
                let is_new = event.number.get() > heard.seen;
                heard.seen = heard.seen.max(event.number.get());
                if is_new && is_by_a_human(&event) {
                    return Some(event);
                }
            }
            Err(broadcast::error::RecvError::Lagged(_)) => return None,
            Err(broadcast::error::RecvError::Closed) => *conversation = None,
        }
    }
}
