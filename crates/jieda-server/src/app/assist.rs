//! The human's side of a conversation.

use std::sync::Arc;

use jieda::{
    Assistance, Conversation, Occasion, Timestamp,
    types::{ConversationId, Handover, Utterance},
};
use jieda_routing::Outcome;
use jieda_store::{Event, Turn};

use super::{
    App,
    answer::{MOST_TRIES, detached, overtaken},
};
use crate::{
    conversations::{Live, Settled, Slot, masked},
    problem::{Problem, ProblemKind},
};

/// What a human does.
#[derive(Debug)]
pub enum AgentAct {
    /// He says something to the customer.
    Says(String),
    /// He gives the conversation back to the engine.
    HandsBack(Outcome),
}

impl App {
    /// A human agent speaks, or gives the conversation back.
    ///
    /// # Errors
    /// [`Problem`]: there is no such conversation.
    pub async fn agent(
        self: &Arc<Self>,
        id: &ConversationId,
        act: AgentAct,
    ) -> Result<u32, Problem> {
        let (app, id) = (Arc::clone(self), id.clone());
        // What was begun is finished, also when the caller goes away meanwhile.
        detached(async move { app.act_to_the_end(&id, act).await }).await
    }

    async fn act_to_the_end(&self, id: &ConversationId, act: AgentAct) -> Result<u32, Problem> {
        if let AgentAct::Says(text) = &act
            && text.trim().is_empty()
        {
            return Err(Problem::field("/text", "没有可见的字符"));
        }
        for _ in 0..MOST_TRIES {
            let Some(number) = self.try_act(id, &act).await? else {
                continue;
            };
            match act {
                AgentAct::HandsBack(outcome) => self.ended_at_desk(id, outcome).await,
                AgentAct::Says(_) => self.replied_at_desk(id).await,
            }
            return Ok(number);
        }
        Err(overtaken())
    }

    /// The ticket of a conversation is over: the engine answers in it again, if a human had it. The ticket has ended by
    /// now: what fails is told in the log, and tried again by who keeps the routing core in step.
    pub(super) async fn back_to_engine(&self, id: &ConversationId) {
        match self.try_back(id).await {
            Ok(()) => {}
            // Of another system, or deleted.
            Err(problem) if problem.kind == ProblemKind::NotFound => {}
            Err(problem) => {
                tracing::error!(detail = problem.detail, conversation = %id, "a conversation is not the engine's again");
            }
        }
    }

    async fn try_back(&self, id: &ConversationId) -> Result<(), Problem> {
        for _ in 0..MOST_TRIES {
            let slot = self.conversations.find(id).await?;
            let is_human = slot.lock().await.conversation.state.handed_over.is_some();
            let act = AgentAct::HandsBack(Outcome::Resolved);
            if !is_human || self.try_act(id, &act).await?.is_some() {
                return Ok(());
            }
        }
        Err(overtaken())
    }

    /// None where another process was first.
    async fn try_act(&self, id: &ConversationId, act: &AgentAct) -> Result<Option<u32>, Problem> {
        let slot = self.conversations.find(id).await?;
        let mut live = slot.lock().await;
        if slot.is_overtaken() {
            return Ok(None);
        }
        let event = match act {
            AgentAct::Says(text) => {
                live.conversation.agent_says(text);
                Event::AgentSaid { text: masked(text) }
            }
            AgentAct::HandsBack(_) => {
                live.conversation.hand_back();
                Event::HandedBack
            }
        };
        let number = live.next.get();
        let on_disk = self.keep_event(&slot, &mut live, event);
        let settled = self.wait_for_disk((&*slot, live), on_disk).await;
        Ok((settled != Some(Settled::Overtaken)).then_some(number))
    }

    fn keep_event(
        &self,
        slot: &Arc<Slot>,
        live: &mut Live,
        event: Event,
    ) -> Option<tokio::sync::oneshot::Receiver<Settled>> {
        let turn = Turn {
            number: live.next,
            customer: live.conversation.customer.clone(),
            channel: live.conversation.customer.channel.clone(),
            state: live.conversation.state.clone(),
            ..Turn::new(Timestamp::now(), event)
        };
        live.next = live.next.saturating_add(1);
        self.conversations.keep(slot, (live, turn))
    }

    /// What the human gets of a conversation that was handed over.
    ///
    /// # Errors
    /// [`Problem`]: no such conversation, or it was not handed over.
    pub async fn handover(self: &Arc<Self>, id: &ConversationId) -> Result<Handover, Problem> {
        let slot = self.conversations.find(id).await?;
        let conversation = slot.lock().await.conversation.clone();
        let engine = self.engines.hold();
        let cases = self.cases();
        let package = self
            .compute(move || conversation.handover(&engine, cases.as_deref()))
            .await??;
        package.ok_or_else(|| Problem::not_found("转人工的资料：这个会话没有转人工"))
    }

    /// Help for an agent, with a conversation that is kept here or with a few texts.
    ///
    /// # Errors
    /// [`Problem`].
    pub async fn assist(self: &Arc<Self>, about: About) -> Result<Assistance, Problem> {
        let (engine, cases) = (self.engines.hold(), self.cases());
        match about {
            About::Conversation(id) => {
                let slot = self.conversations.find(&id).await?;
                let conversation = slot.lock().await.conversation.clone();
                let helped = self.compute(move || engine.assist(&conversation, cases.as_deref()));
                Ok(helped.await??)
            }
            About::Texts(texts) => {
                let work = move || {
                    let mut conversation = Conversation::default();
                    for text in &texts {
                        let utterance = Utterance::new(text.as_str());
                        conversation.say(&engine, &utterance, &Occasion::now())?;
                    }
                    engine.assist(&conversation, cases.as_deref())
                };
                Ok(self
                    .compute_in(crate::admission::Lane::Second, work)
                    .await??)
            }
        }
    }
}

/// What help is wanted with.
#[derive(Debug)]
pub enum About {
    /// A conversation that is kept here.
    Conversation(ConversationId),
    /// What a customer said, turn by turn.
    Texts(Vec<String>),
}
