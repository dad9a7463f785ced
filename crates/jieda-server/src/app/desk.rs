//! What those who route want of the routing core, over either wire.

use std::sync::Arc;

use jieda::{Timestamp, types::ConversationId};
use jieda_routing::{
    Agent, AgentId, AgentState, Channel, EmptyName, EventKind, Language, Level, Mode, Shift, Skill,
    Ticket, TicketId, Tier,
    figures::{Cut, Period},
};

use super::{App, detached};
use crate::{
    problem::Problem,
    routing::{Act, Numbered, Of, RoutingEntry, history},
    wire::{
        AgentRegistration, FiguresBody, FiguresQuery, RoutedBody, TicketAct, TicketRequest,
        TicketTaken,
    },
};

/// Longest text of a name or reason, in bytes.
const MOST_NAME: usize = 128;

impl App {
    /// An agent is new, or has changed.
    ///
    /// # Errors
    /// [`Problem`].
    pub async fn register_agent(
        &self,
        id: AgentId,
        body: AgentRegistration,
    ) -> Result<RoutedBody, Problem> {
        let agent = agent(id, body)?;
        self.happen(EventKind::AgentRegistered { agent }).await
    }

    /// An agent says what he does.
    ///
    /// # Errors
    /// [`Problem`].
    pub async fn set_agent_state(
        &self,
        agent: AgentId,
        state: AgentState,
    ) -> Result<RoutedBody, Problem> {
        self.happen(EventKind::AgentState { agent, state }).await
    }

    /// A case of another system waits for a human.
    ///
    /// # Errors
    /// [`Problem`].
    pub async fn create_ticket(&self, body: TicketRequest) -> Result<TicketTaken, Problem> {
        let conversation = body.conversation_id.clone().map(ConversationId::new);
        let conversation = conversation.transpose();
        let of = Of {
            conversation: conversation
                .map_err(|e| Problem::field("/conversation_id", e.to_string()))?,
            customer: body.customer_id.clone(),
        };
        let act = Act::Arrive {
            ticket: Box::new(ticket(body)?),
            of,
        };
        let done = self.act_at_desk(act).await?;
        Ok(TicketTaken {
            // The number of the entry is that of the ticket.
            ticket: done.number,
            number: done.number,
        })
    }

    /// Something happens to a ticket. When it is over, its conversation is the engine's again.
    ///
    /// # Errors
    /// [`Problem`].
    pub async fn act_on_ticket(
        self: &Arc<Self>,
        id: TicketId,
        act: TicketAct,
    ) -> Result<RoutedBody, Problem> {
        if let TicketAct::Refuse { reason, .. } = &act
            && reason.len() > MOST_NAME
        {
            return Err(Problem::field("/reason", format!("最多 {MOST_NAME} 字节")));
        }
        let is_over = matches!(act, TicketAct::End { .. } | TicketAct::Abandon);
        let kind = act.event(id);
        let kind = kind.map_err(|(pointer, detail)| Problem::field(pointer, detail))?;
        if !is_over {
            return self.happen(kind).await;
        }
        let app = Arc::clone(self);
        // What was begun is finished, also when the caller goes away meanwhile.
        detached(async move {
            let conversation = app.desk()?.conversation_of(id).await?;
            let done = app.happen(kind).await?;
            if let Some(conversation) = conversation {
                app.back_to_engine(&conversation).await;
            }
            Ok(done)
        })
        .await
    }

    /// The service is whole, or is not.
    ///
    /// # Errors
    /// [`Problem`].
    pub async fn set_mode(&self, mode: Mode) -> Result<RoutedBody, Problem> {
        self.happen(EventKind::ModeChanged { mode }).await
    }

    /// Figures of a time.
    ///
    /// # Errors
    /// [`Problem`].
    pub async fn routing_figures(&self, wanted: FiguresQuery) -> Result<FiguresBody, Problem> {
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
        let history = {
            let desk = self.desk()?;
            // One at a time: each reads the whole journal.
            let _alone = self.reporting.lock().await;
            history(desk, &period).await?
        };
        let work = move || {
            let figures = FiguresBody::of(&history.figures(&period, &cut));
            match history.knows_self_served(&period) {
                true => figures,
                false => FiguresBody {
                    automatic_resolution: None,
                    ..figures
                },
            }
        };
        self.compute(work).await
    }

    async fn happen(&self, kind: EventKind) -> Result<RoutedBody, Problem> {
        let done = self.act_at_desk(Act::Happen(kind)).await?;
        let actions = match &done.entry {
            RoutingEntry::Event { logged, .. } => logged.applied.actions().cloned().collect(),
            RoutingEntry::Rules { .. } => Vec::new(),
        };
        Ok(RoutedBody {
            number: done.number,
            actions,
        })
    }

    /// What was begun is finished, also when the caller goes away meanwhile.
    async fn act_at_desk(&self, act: Act) -> Result<Arc<Numbered>, Problem> {
        let desk = Arc::clone(self.desk()?);
        detached(async move { Ok(desk.act(act).await?) }).await
    }
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
    new: fn(&str) -> Result<T, EmptyName>,
) -> Result<Option<T>, Problem> {
    text.map(|text| checked(pointer, &text, new)).transpose()
}

fn checked<T>(
    pointer: &str,
    text: &str,
    new: fn(&str) -> Result<T, EmptyName>,
) -> Result<T, Problem> {
    if text.len() > MOST_NAME {
        return Err(Problem::field(pointer, format!("最多 {MOST_NAME} 字节")));
    }
    new(text).map_err(|_| Problem::field(pointer, "是空的"))
}
