//! An answer: from a customer's words to what he reads, and what is kept of it.

use std::{sync::Arc, time::Duration};

use jieda::{
    Cases, Conversation, EngineError, Occasion, Reply,
    types::{ConversationId, ConversationState, Customer, Decision, Handover, Rating, Utterance},
};
use jieda_store::{Event, Sharing, Turn, TurnNumber};
use tokio::sync::{OwnedMutexGuard, oneshot};
use tracing::Instrument as _;

use super::App;
use crate::{
    conversations::{Conversations, Live, Settled, Slot, answer_of, said},
    engines::Held,
    metrics::Measured,
    problem::{Problem, ProblemKind},
    wire::{AnswerBody, AnswerResponse, Detail, ReplyContext},
};

/// Most bytes of one of the customer's fields, and of a variable's name.
const MOST_FIELD: usize = 128;
/// Most variables, and bytes of each value.
const MOST_VARIABLES: usize = 64;
const MOST_VALUE: usize = 4096;

/// A store for which more waits than this has fallen behind.
const BEHIND_BYTES: usize = 4 << 20;
/// Longest wait for a store that has fallen behind.
const MOST_WAIT: Duration = Duration::from_secs(1);
/// When whoever asked in a conversation that can't be read may ask again.
const STORE_AGAIN: Duration = Duration::from_secs(1);
/// Longest wait for a store that others write to as well.
const SHARED_WAIT: Duration = Duration::from_secs(15);
/// How often a turn is made anew because another process was first.
pub(super) const MOST_TRIES: usize = 8;

/// What is asked.
#[derive(Debug)]
pub struct Ask {
    /// The words and the caller's values.
    pub utterance: Utterance,
    /// Who asks; the one that the conversation knows, when the caller says nothing.
    pub customer: Option<Customer>,
    /// Where the conversation is kept.
    pub keeping: Keeping,
    /// How much of the answer is shown.
    pub detail: Detail,
    /// The request, for the log.
    pub request_id: String,
    /// The caller's key and what he asks, as one word: the same request is answered once, by whichever process.
    pub key: Option<String>,
}

impl Ask {
    /// The same under the caller's key.
    #[must_use]
    pub fn under(self, key: String) -> Self {
        Self {
            key: Some(key),
            ..self
        }
    }
}

/// Where a conversation is kept.
#[derive(Debug)]
pub enum Keeping {
    /// Here; a new one without an id.
    Here(Option<ConversationId>),
    /// The caller carries its state, and nothing is kept.
    Carried(Box<ConversationState>),
}

/// What came of an attempt to answer.
enum Tried {
    Answered(Box<AnswerResponse>),
    Overtaken,
}

/// What the engine made of a turn.
struct Made {
    reply: Reply,
    handover: Option<Handover>,
    engine: Held,
}

impl App {
    /// Answers. What was begun is finished and kept, also when the caller goes away meanwhile: a turn is never half made.
    ///
    /// # Errors
    /// [`Problem`].
    pub async fn answer(self: &Arc<Self>, ask: Ask) -> Result<AnswerResponse, Problem> {
        check(&ask)?;
        let app = Arc::clone(self);
        detached(async move { app.answer_to_the_end(ask).await }).await
    }

    async fn answer_to_the_end(self: &Arc<Self>, ask: Ask) -> Result<AnswerResponse, Problem> {
        match ask.keeping {
            Keeping::Carried(state) => {
                let turn = (ask.utterance, ask.customer.unwrap_or_default());
                self.answer_carried(*state, turn, (ask.detail, ask.request_id))
                    .await
            }
            Keeping::Here(ref id) => {
                let (slot, is_degraded) = self.slot(id.as_ref()).await?;
                self.answer_here(&slot, ask, is_degraded).await
            }
        }
    }

    /// The conversation; when the store can't be read, one that starts anew: the customer is answered all the same. Where
    /// another replica may know it, the caller is told to ask that one.
    async fn slot(&self, id: Option<&ConversationId>) -> Result<(Arc<Slot>, bool), Problem> {
        let Some(id) = id else {
            return Ok((self.conversations.begin(), false));
        };
        match self.conversations.resume(id).await {
            Ok(slot) => Ok((slot, false)),
            Err(error) if self.conversations.sharing() == Sharing::Shared => {
                tracing::error!(%error, "a conversation can't be read");
                Err(Problem::from(error).retry_after(STORE_AGAIN))
            }
            Err(error) => {
                tracing::error!(%error, "a conversation can't be read");
                Ok((Conversations::unread(id), true))
            }
        }
    }

    /// Where another process was first with a turn, the turn is made anew, on what is so now.
    async fn answer_here(
        self: &Arc<Self>,
        slot: &Arc<Slot>,
        ask: Ask,
        is_degraded: bool,
    ) -> Result<AnswerResponse, Problem> {
        let mut slot = Arc::clone(slot);
        for _ in 0..MOST_TRIES {
            match self.try_answer(&slot, &ask, is_degraded).await? {
                Tried::Answered(response) => return Ok(*response),
                Tried::Overtaken => slot = self.conversations.resume(slot.id()).await?,
            }
        }
        Err(overtaken())
    }

    async fn try_answer(
        self: &Arc<Self>,
        slot: &Arc<Slot>,
        ask: &Ask,
        is_degraded: bool,
    ) -> Result<Tried, Problem> {
        // Two turns of one conversation are made one after the other.
        let mut live = slot.lock().await;
        if slot.is_overtaken() {
            return Ok(Tried::Overtaken);
        }
        if let Some(turn) = ask.key.as_ref().and_then(|key| live.of_request(key))
            && let Some(answered) = AnswerResponse::again(slot.id(), turn, &ask.request_id)
        {
            return Ok(Tried::Answered(Box::new(answered)));
        }
        let customer = ask
            .customer
            .clone()
            .unwrap_or_else(|| live.conversation.customer.clone());
        let occasion = self.occasion(customer.clone())?;
        live.conversation.customer = customer;
        let utterance = ask.utterance.clone();
        let (mut live, made) = self.turn(live, &occasion, utterance.clone()).await?;
        let made = made?;
        trace(&made);
        self.last_degraded.note(&made.reply);
        let number = live.next;
        let mut response = respond(&made, &live.conversation.state, ask.detail, |answer| {
            AnswerResponse {
                conversation_id: Some(slot.id().to_string()),
                turn: number.get(),
                release: made.engine.identity().knowledge.clone(),
                request_id: ask.request_id.clone(),
                degraded: is_degraded || made.reply.is_degraded(),
                answer,
                state: None,
            }
        });
        let on_disk = self.keep(
            slot,
            &mut live,
            Happened {
                event: said(&utterance, &made.reply),
                occasion: &occasion,
                made: &made,
                request: ask.key.clone(),
            },
        );
        match self.wait_for_disk((&**slot, live), on_disk).await {
            Some(Settled::Overtaken) => return Ok(Tried::Overtaken),
            Some(Settled::Kept) => {}
            // Where others may go on with it, a turn that is not stored yet is one that they don't know.
            None => response.degraded |= self.conversations.sharing() == Sharing::Shared,
        }
        let handed = (&made.reply.decision, made.handover.as_ref());
        self.hand_to_desk(slot.id(), handed).await;
        Ok(Tried::Answered(Box::new(response)))
    }

    async fn answer_carried(
        self: &Arc<Self>,
        state: ConversationState,
        (utterance, customer): (Utterance, Customer),
        (detail, request_id): (Detail, String),
    ) -> Result<AnswerResponse, Problem> {
        let occasion = self.occasion(customer.clone())?;
        let turns = state.turns;
        let conversation = Conversation {
            state,
            customer,
            ..Conversation::default()
        };
        let live = Live::new(conversation, TurnNumber::MIN);
        let live = Arc::new(tokio::sync::Mutex::new(live)).lock_owned().await;
        let (live, made) = self.turn(live, &occasion, utterance).await?;
        let made = made?;
        trace(&made);
        self.last_degraded.note(&made.reply);
        let state = live.conversation.state.clone();
        Ok(respond(&made, &state, detail, |answer| AnswerResponse {
            conversation_id: None,
            turn: turns.saturating_add(1),
            release: made.engine.identity().knowledge.clone(),
            request_id,
            degraded: made.reply.is_degraded(),
            answer,
            state: Some(state.clone()),
        }))
    }

    /// Makes a turn: at once when the text is remembered, else at a place.
    async fn turn(
        self: &Arc<Self>,
        mut live: OwnedMutexGuard<Live>,
        occasion: &Occasion,
        utterance: Utterance,
    ) -> Result<(OwnedMutexGuard<Live>, Result<Made, Problem>), Problem> {
        let (engine, cases) = (self.engines.hold(), self.cases());
        let trial = self.replica.as_ref().and_then(|replica| replica.trial());
        if engine.remembers(&utterance.text, &live.conversation.state, occasion) {
            let made = make(
                &engine,
                &mut live.conversation,
                (&utterance, occasion),
                cases.as_deref(),
            );
            return Ok((live, made));
        }
        let lane = self.lane(&live.conversation, &utterance.text);
        let occasion = occasion.clone();
        self.compute_in(lane, move || {
            let sample = trial
                .as_ref()
                .and_then(|trial| trial.begin(engine.release(), &live.conversation));
            let made = make(
                &engine,
                &mut live.conversation,
                (&utterance, &occasion),
                cases.as_deref(),
            );
            let is_input = |problem: &Problem| {
                matches!(
                    problem.kind,
                    ProblemKind::EmptyText | ProblemKind::TextTooLong
                )
            };
            let counts = !made.as_ref().err().is_some_and(is_input);
            if let Some(trial) = trial.filter(|trial| counts && trial.is_of(engine.release())) {
                let reply = made.as_ref().ok().map(|made| &made.reply);
                trial.note(reply, (&utterance, &occasion), sample);
            }
            (live, made)
        })
        .await
    }

    fn keep(
        &self,
        slot: &Arc<Slot>,
        live: &mut Live,
        happened: Happened<'_>,
    ) -> Option<oneshot::Receiver<Settled>> {
        let Happened {
            event,
            occasion,
            made,
            request,
        } = happened;
        let number = live.next;
        live.next = live.next.saturating_add(1);
        if !self.conversations.keeps(slot) {
            return None;
        }
        let context = ReplyContext::new(&made.engine, &live.conversation.state);
        let turn = Turn {
            number,
            at: occasion.at.unwrap_or_else(jieda::Timestamp::now),
            customer: live.conversation.customer.clone(),
            channel: occasion.channel.as_ref().map(ToString::to_string),
            event,
            answer: Some(answer_of(&made.reply, made.engine.identity(), &context)),
            state: live.conversation.state.clone(),
            request,
            handover: made.handover.clone(),
        };
        self.conversations.keep(slot, (live, turn))
    }

    /// Waits for the disk as long as the configuration says; where others may go on with a conversation, until it is known
    /// what happened, or as long as is bearable, and nobody here makes its next turn meanwhile. None where it is not known.
    pub(super) async fn wait_for_disk(
        &self,
        (slot, live): (&Slot, OwnedMutexGuard<Live>),
        on_disk: Option<oneshot::Receiver<Settled>>,
    ) -> Option<Settled> {
        // A store that falls behind slows those down who fill it: what waits for it takes memory.
        let is_behind = self.conversations.waiting_bytes() > BEHIND_BYTES;
        let configured = self.config.store_wait;
        let (patience, held) = match self.conversations.sharing() {
            // It is waited for already.
            Sharing::Shared if slot.has_failed() => (configured, None),
            Sharing::Shared => (configured.max(self.shared_wait()), Some(live)),
            Sharing::Alone if is_behind => (configured.max(MOST_WAIT), None),
            Sharing::Alone => (configured, None),
        };
        let on_disk = on_disk.filter(|_| !patience.is_zero())?;
        // Whether it was in time, the metrics of the store tell.
        let settled = tokio::time::timeout(patience, on_disk).await;
        drop(held);
        settled.ok()?.ok()
    }

    /// Longest wait for a store that others write to as well: a restart of the database, but less than a request may take.
    fn shared_wait(&self) -> Duration {
        let left = self.timeout().saturating_sub(Duration::from_secs(2));
        left.clamp(Duration::from_secs(1), SHARED_WAIT)
    }

    /// A rating by a button, in a conversation that is kept here.
    pub(super) async fn rate_here(
        self: &Arc<Self>,
        slot: &Arc<Slot>,
        rating: Rating,
        request_id: String,
    ) -> Result<AnswerResponse, Problem> {
        let mut slot = Arc::clone(slot);
        for _ in 0..MOST_TRIES {
            match self.try_rate(&slot, rating, request_id.clone()).await? {
                Tried::Answered(response) => return Ok(*response),
                Tried::Overtaken => slot = self.conversations.resume(slot.id()).await?,
            }
        }
        Err(overtaken())
    }

    async fn try_rate(
        self: &Arc<Self>,
        slot: &Arc<Slot>,
        rating: Rating,
        request_id: String,
    ) -> Result<Tried, Problem> {
        let mut live = slot.lock().await;
        if slot.is_overtaken() {
            return Ok(Tried::Overtaken);
        }
        let engine = self.engines.hold();
        let occasion = self.occasion(live.conversation.customer.clone())?;
        let reply = live.conversation.rate(&engine, rating, &occasion);
        Measured::answer(&reply);
        let handover = handed_over(
            &engine,
            (&live.conversation, &reply),
            self.cases().as_deref(),
        )?;
        let made = Made {
            reply,
            handover,
            engine,
        };
        let number = live.next;
        let mut response = respond(&made, &live.conversation.state, Detail::Short, |answer| {
            AnswerResponse {
                conversation_id: Some(slot.id().to_string()),
                turn: number.get(),
                release: made.engine.identity().knowledge.clone(),
                request_id,
                degraded: false,
                answer,
                state: None,
            }
        });
        let on_disk = self.keep(
            slot,
            &mut live,
            Happened {
                event: Event::Rated { rating },
                occasion: &occasion,
                made: &made,
                request: None,
            },
        );
        match self.wait_for_disk((&**slot, live), on_disk).await {
            Some(Settled::Overtaken) => return Ok(Tried::Overtaken),
            Some(Settled::Kept) => {}
            None => response.degraded |= self.conversations.sharing() == Sharing::Shared,
        }
        // Before a ticket comes of it: it is of who served him until now.
        self.rated_at_desk(slot.id(), rating).await;
        let handed = (&made.reply.decision, made.handover.as_ref());
        self.hand_to_desk(slot.id(), handed).await;
        Ok(Tried::Answered(Box::new(response)))
    }

    /// The same, with a state that the caller carries.
    pub(super) fn rate_carried(
        &self,
        state: ConversationState,
        rating: Rating,
        request_id: String,
    ) -> Result<AnswerResponse, Problem> {
        let engine = self.engines.hold();
        let occasion = self.occasion(Customer::default())?;
        let turn = state.turns;
        let mut conversation = Conversation {
            state,
            ..Conversation::default()
        };
        let reply = conversation.rate(&engine, rating, &occasion);
        Measured::answer(&reply);
        let handover = handed_over(&engine, (&conversation, &reply), self.cases().as_deref())?;
        let made = Made {
            reply,
            handover,
            engine,
        };
        let state = conversation.state;
        Ok(respond(&made, &state, Detail::Short, |answer| {
            AnswerResponse {
                conversation_id: None,
                turn: turn.max(1),
                release: made.engine.identity().knowledge.clone(),
                request_id,
                degraded: false,
                answer,
                state: Some(state.clone()),
            }
        }))
    }
}

/// Runs work that goes on when the caller goes away.
///
/// # Errors
/// Those of the work; [`ProblemKind::Internal`] when it panics.
pub(crate) async fn detached<T: Send + 'static>(
    work: impl Future<Output = Result<T, Problem>> + Send + 'static,
) -> Result<T, Problem> {
    let done = crate::tenants::spawn(work.in_current_span()).await;
    done.unwrap_or_else(|error| {
        tracing::error!(%error, "a task panicked");
        Err(Problem::new(
            ProblemKind::Internal,
            "这是 jieda 的缺陷，详情见日志",
        ))
    })
}

/// What happened, and what the engine made of it.
struct Happened<'a> {
    event: Event,
    occasion: &'a Occasion,
    made: &'a Made,
    request: Option<String>,
}

fn make(
    engine: &Held,
    conversation: &mut Conversation,
    (utterance, occasion): (&Utterance, &Occasion),
    cases: Option<&Cases>,
) -> Result<Made, Problem> {
    let reply = conversation.say(engine, utterance, occasion)?;
    Measured::answer(&reply);
    Ok(Made {
        handover: handed_over(engine, (conversation, &reply), cases)?,
        reply,
        engine: engine.clone(),
    })
}

/// Others were first each time.
pub(super) fn overtaken() -> Problem {
    let told = "其他进程一直在处理这个会话，请稍后重试";
    Problem::new(ProblemKind::Conflict, told)
}

/// What a trace of the request tells: nothing that was said.
fn trace(made: &Made) {
    let span = tracing::Span::current();
    span.record("decision", made.reply.decision.name());
    span.record("release", made.engine.identity().knowledge.as_str());
}

/// What the human gets, on the turn that hands over.
fn handed_over(
    engine: &Held,
    (conversation, reply): (&Conversation, &Reply),
    cases: Option<&Cases>,
) -> Result<Option<Handover>, EngineError> {
    match reply.decision {
        Decision::Handoff { .. } => conversation.handover(engine, cases),
        _ => Ok(None),
    }
}

fn respond(
    made: &Made,
    state: &ConversationState,
    detail: Detail,
    with: impl FnOnce(AnswerBody) -> AnswerResponse,
) -> AnswerResponse {
    let context = ReplyContext {
        handover: made.handover.as_ref(),
        detail,
        ..ReplyContext::new(&made.engine, state)
    };
    with(AnswerBody::of(&made.reply, &context))
}

/// Bounds of what a caller may send; those of the text are the engine's.
fn check(ask: &Ask) -> Result<(), Problem> {
    if let Some(customer) = &ask.customer {
        let fields = [
            ("/customer/id", &customer.id),
            ("/customer/tier", &customer.tier),
            ("/customer/channel", &customer.channel),
            ("/customer/language", &customer.language),
        ];
        for (pointer, value) in fields {
            if value.as_ref().is_some_and(|value| value.len() > MOST_FIELD) {
                return Err(Problem::field(pointer, format!("最多 {MOST_FIELD} 字节")));
            }
        }
    }
    let variables = &ask.utterance.variables;
    if variables.len() > MOST_VARIABLES {
        return Err(Problem::field(
            "/variables",
            format!("最多 {MOST_VARIABLES} 个"),
        ));
    }
    let is_unfit =
        |(name, value): &(&String, &String)| name.len() > MOST_FIELD || value.len() > MOST_VALUE;
    if variables.iter().any(|variable| is_unfit(&variable)) {
        return Err(Problem::field(
            "/variables",
            format!("变量名最多 {MOST_FIELD} 字节，值最多 {MOST_VALUE} 字节"),
        ));
    }
    Ok(())
}
