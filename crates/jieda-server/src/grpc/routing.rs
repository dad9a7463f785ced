//! The routing core's methods.

use std::{pin::Pin, sync::Arc};

use futures_util::{Stream, StreamExt as _, stream};
use jieda::{Timestamp, types::Rating};
use jieda_routing::{
    Action, ActionKind, AgentId, AgentState, Alarm, Mode, OnShift, Outcome, Stage, TicketId,
};
use tokio_stream::wrappers::BroadcastStream;
use tonic::{Request, Response, Status};

use super::{
    call::{Call, caller, measured, request_id},
    convert::{as_struct, some},
    v1,
};
use crate::{
    app::App,
    auth::Scope,
    problem::Problem,
    routing::{AgentSeen, DeskView, Numbered, RoutingEntry, TicketSeen, routing_log},
    wire::{AgentRegistration, FiguresQuery, RoutedBody, TicketAct, TicketRequest},
};

/// All methods.
#[derive(Debug, Clone)]
pub(super) struct Routing {
    app: Arc<App>,
}

impl Routing {
    pub(super) fn new(app: Arc<App>) -> Self {
        Self { app }
    }
}

#[tonic::async_trait]
impl v1::routing_service_server::RoutingService for Routing {
    async fn view(
        &self,
        request: Request<v1::ViewRequest>,
    ) -> Result<Response<v1::ViewResponse>, Status> {
        let id = request_id();
        measured(Call::of(&self.app, "View", &id), async {
            caller(&self.app, request.metadata(), &[Scope::View, Scope::Agent])?;
            Ok(seen(self.app.desk()?.view().await?))
        })
        .await
    }

    async fn register_agent(
        &self,
        request: Request<v1::RegisterAgentRequest>,
    ) -> Result<Response<v1::Routed>, Status> {
        let id = request_id();
        measured(Call::of(&self.app, "RegisterAgent", &id), async {
            caller(&self.app, request.metadata(), &[Scope::Edit])?;
            let (agent, body) = registration(request.into_inner())?;
            Ok(routed(&self.app.register_agent(agent, body).await?))
        })
        .await
    }

    async fn set_agent_state(
        &self,
        request: Request<v1::SetAgentStateRequest>,
    ) -> Result<Response<v1::Routed>, Status> {
        let id = request_id();
        measured(Call::of(&self.app, "SetAgentState", &id), async {
            caller(&self.app, request.metadata(), &[Scope::Agent])?;
            let body = request.into_inner();
            let state = state(body.state())?;
            let done = self.app.set_agent_state(AgentId(body.id), state).await?;
            Ok(routed(&done))
        })
        .await
    }

    async fn create_ticket(
        &self,
        request: Request<v1::CreateTicketRequest>,
    ) -> Result<Response<v1::TicketCreated>, Status> {
        let id = request_id();
        measured(Call::of(&self.app, "CreateTicket", &id), async {
            caller(&self.app, request.metadata(), &[Scope::Agent])?;
            let taken = self
                .app
                .create_ticket(ticket(request.into_inner())?)
                .await?;
            Ok(v1::TicketCreated {
                ticket: taken.ticket,
                number: taken.number,
            })
        })
        .await
    }

    async fn act(&self, request: Request<v1::ActRequest>) -> Result<Response<v1::Routed>, Status> {
        let id = request_id();
        measured(Call::of(&self.app, "Act", &id), async {
            caller(&self.app, request.metadata(), &[Scope::Agent])?;
            let body = request.into_inner();
            let ticket = TicketId(body.ticket);
            let done = self.app.act_on_ticket(ticket, act(body.act)?).await?;
            Ok(routed(&done))
        })
        .await
    }

    async fn set_mode(
        &self,
        request: Request<v1::SetModeRequest>,
    ) -> Result<Response<v1::Routed>, Status> {
        let id = request_id();
        measured(Call::of(&self.app, "SetMode", &id), async {
            caller(&self.app, request.metadata(), &[Scope::Admin])?;
            let mode: Mode = named("/mode", request.into_inner().mode, "normal 或 degraded")?;
            Ok(routed(&self.app.set_mode(mode).await?))
        })
        .await
    }

    async fn figures(
        &self,
        request: Request<v1::FiguresRequest>,
    ) -> Result<Response<v1::FiguresResponse>, Status> {
        let id = request_id();
        measured(Call::of(&self.app, "Figures", &id), async {
            caller(&self.app, request.metadata(), &[Scope::View])?;
            let body = request.into_inner();
            let time = |pointer: &str, text: &str| {
                let told = |_| Problem::field(pointer, "应为时间，如 2026-11-30T09:00:00+08:00");
                text.parse().map_err(told)
            };
            let wanted = FiguresQuery {
                since: time("/since", &body.since)?,
                until: some(body.until).map(|t| time("/until", &t)).transpose()?,
                group: some(body.group),
                channel: some(body.channel),
                agent: Some(body.agent).filter(|agent| *agent != 0),
            };
            let figures = self.app.routing_figures(wanted).await?;
            Ok(v1::FiguresResponse {
                figures: as_struct(&figures),
            })
        })
        .await
    }

    type EventsStream =
        Pin<Box<dyn Stream<Item = Result<v1::RoutingEntry, Status>> + Send + 'static>>;

    async fn events(
        &self,
        request: Request<v1::EventsRequest>,
    ) -> Result<Response<Self::EventsStream>, Status> {
        let id = request_id();
        measured(Call::of(&self.app, "Events", &id), async {
            let scopes = [Scope::View, Scope::Agent];
            let principal = caller(&self.app, request.metadata(), &scopes)?;
            let desk = self.app.desk()?;
            let permit = self.app.stream()?;
            let after = request.into_inner().after;
            // Listened to first, so that no entry falls between.
            let listener = desk.listen();
            let before = match after {
                Some(after) => routing_log(desk.journal(), after).await?,
                None => Vec::new(),
            };
            let seen = before.last().map_or(after.unwrap_or(0), |e| e.number);
            // One who is too far behind is cut off: he comes again with `after`.
            let coming = BroadcastStream::new(listener)
                .take_while(|entry| std::future::ready(entry.is_ok()))
                .filter_map(move |entry| {
                    std::future::ready(entry.ok().filter(|entry| entry.number > seen))
                });
            let all = stream::iter(before.into_iter().map(Arc::new)).chain(coming);
            let entries = all.map(move |numbered| {
                let _held = &permit;
                Ok(entry(&numbered))
            });
            let revoked = Arc::clone(&self.app.access).until_revoked(principal);
            let entries = entries
                .take_until(self.app.stopping().cancelled_owned())
                .take_until(Box::pin(revoked));
            let stream: Self::EventsStream = Box::pin(entries);
            Ok(stream)
        })
        .await
    }
}

fn seen(view: DeskView) -> v1::ViewResponse {
    // Waits are of the last event.
    let since = Timestamp::now()
        .duration_since(view.at)
        .as_secs_f64()
        .max(0.0);
    let queues = view.groups.iter().map(|group| v1::QueueView {
        group: group.group.to_string(),
        waiting: u32::try_from(group.waiting).unwrap_or(u32::MAX),
        longest_s: group.longest.map_or(0.0, |wait| wait.as_secs_f64() + since),
    });
    v1::ViewResponse {
        last: view.last,
        queues: queues.collect(),
        agents: view.agents.into_iter().map(agent_seen).collect(),
        tickets: view.tickets.into_iter().map(ticket_seen).collect(),
        alarms: view.alarms.iter().filter_map(as_struct).collect(),
        mode: word(&view.mode),
    }
}

fn agent_seen(seen: AgentSeen) -> v1::AgentView {
    let now = seen.now;
    let on_shift = now.as_ref().map(|now| now.on_shift);
    let tickets = now.iter().flat_map(|now| &now.tickets);
    let capacity = now.as_ref().map_or(0, |now| now.capacity);
    let state = now.as_ref().map_or(AgentState::Offline, |now| now.state);
    let skills = seen.agent.skills.iter();
    v1::AgentView {
        id: seen.agent.id.0,
        state: state_of(state).into(),
        on_shift: on_shift == Some(OnShift::Yes),
        tickets: tickets.map(|ticket| ticket.0).collect(),
        capacity: u32::try_from(capacity).unwrap_or(u32::MAX),
        skills: skills
            .map(|(skill, level)| (skill.to_string(), u32::from(level.get())))
            .collect(),
        name: seen.agent.name,
    }
}

fn ticket_seen(seen: TicketSeen) -> v1::TicketView {
    let agent = match seen.stage {
        None | Some(Stage::Waiting) => None,
        Some(Stage::Offered { agent } | Stage::Taken { agent }) => Some(agent),
    };
    let text = |name: Option<String>| name.unwrap_or_default();
    let ticket = seen.ticket;
    v1::TicketView {
        id: ticket.id.0,
        stage: seen.stage.map(Stage::name).unwrap_or_default().into(),
        agent: agent.map_or(0, |agent| agent.0),
        arrived: seen.arrived.to_string(),
        conversation_id: text(seen.conversation.map(|id| id.to_string())),
        skill: text(ticket.skill.map(Into::into)),
        urgency: ticket.urgency.to_string(),
        tier: text(ticket.tier.map(Into::into)),
        channel: text(ticket.channel.map(Into::into)),
    }
}

fn entry(numbered: &Numbered) -> v1::RoutingEntry {
    let actions = match &numbered.entry {
        RoutingEntry::Event { logged, .. } => logged.applied.actions().map(action).collect(),
        RoutingEntry::Rules { .. } => Vec::new(),
    };
    v1::RoutingEntry {
        number: numbered.number,
        body: as_struct(numbered),
        actions,
    }
}

fn routed(body: &RoutedBody) -> v1::Routed {
    v1::Routed {
        number: body.number,
        actions: body.actions.iter().map(action).collect(),
    }
}

fn action(action: &Action) -> v1::RoutingAction {
    use ActionKind as K;
    let (name, ticket, agent, group) = match &action.kind {
        K::Offered { ticket, agent, .. } => ("offered", Some(ticket), Some(agent), None),
        K::OfferWithdrawn { ticket, agent, .. } => {
            ("offer_withdrawn", Some(ticket), Some(agent), None)
        }
        K::Queued { ticket, group, .. } => ("queued", Some(ticket), None, Some(group)),
        K::Overflowed { ticket, group } => ("overflowed", Some(ticket), None, Some(group)),
        K::Escalated { ticket, group } => ("escalated", Some(ticket), None, Some(group)),
        K::StateSet { agent, .. } => ("state_set", None, Some(agent), None),
        K::AlarmRaised { alarm } | K::AlarmCleared { alarm } => {
            let name = match action.kind {
                K::AlarmRaised { .. } => "alarm_raised",
                _ => "alarm_cleared",
            };
            match alarm {
                Alarm::LongQueue { group } | Alarm::LongWait { group, .. } => {
                    (name, None, None, Some(group))
                }
                Alarm::SilentAgent { agent, ticket } | Alarm::NotFollowedUp { agent, ticket } => {
                    (name, Some(ticket), Some(agent), None)
                }
                Alarm::TicketOverdue { ticket } => (name, Some(ticket), None, None),
            }
        }
    };
    v1::RoutingAction {
        at: action.at.to_string(),
        action: name.into(),
        ticket: ticket.map_or(0, |ticket| ticket.0),
        agent: agent.map_or(0, |agent| agent.0),
        group: group.map(ToString::to_string).unwrap_or_default(),
        body: as_struct(action),
    }
}

fn registration(
    request: v1::RegisterAgentRequest,
) -> Result<(AgentId, AgentRegistration), Problem> {
    let shifts = request
        .shifts
        .into_iter()
        .map(|shift| serde_json::json!({ "days": shift.days, "from": shift.from, "to": shift.to }));
    let skills = request.skills.into_iter();
    let body = AgentRegistration {
        name: request.name,
        skills: skills
            .map(|(skill, level)| (skill, i64::from(level)))
            .collect(),
        capacity: u16::try_from(request.capacity)
            .map_err(|_| Problem::field("/capacity", format!("最多 {}", u16::MAX)))?,
        languages: request.languages,
        channels: request.channels,
        shifts: shifts.collect(),
    };
    Ok((AgentId(request.id), body))
}

fn ticket(request: v1::CreateTicketRequest) -> Result<TicketRequest, Problem> {
    Ok(TicketRequest {
        skill: some(request.skill),
        tags: request.tags,
        urgency: match some(request.urgency) {
            Some(urgency) => named("/urgency", urgency, "普通、紧急或特急")?,
            None => Default::default(),
        },
        tier: some(request.tier),
        channel: some(request.channel),
        language: some(request.language),
        conversation_id: some(request.conversation_id),
        customer_id: some(request.customer_id),
    })
}

fn act(act: Option<v1::act_request::Act>) -> Result<TicketAct, Problem> {
    use v1::act_request::Act as A;
    Ok(
        match act.ok_or_else(|| Problem::field("/act", "没有内容"))? {
            A::Accept(v1::Accept { agent }) => TicketAct::Accept { agent },
            A::Refuse(v1::Refuse { agent, reason }) => TicketAct::Refuse { agent, reason },
            A::Reply(_) => TicketAct::Reply,
            A::Hold(_) => TicketAct::Hold,
            A::Resume(_) => TicketAct::Resume,
            A::Transfer(v1::Transfer { to }) => TicketAct::Transfer { to },
            A::End(v1::End { outcome }) => {
                let outcome: Outcome = named("/outcome", outcome, "resolved 或 unresolved")?;
                TicketAct::End { outcome }
            }
            A::Abandon(_) => TicketAct::Abandon,
            A::Rate(v1::Rate { rating }) => TicketAct::Rate {
                rating: Rating::new(i64::from(rating))
                    .map_err(|_| Problem::field("/rating", "应为 1 到 5"))?,
            },
        },
    )
}

fn state(state: v1::AgentState) -> Result<AgentState, Problem> {
    use v1::AgentState as S;
    Ok(match state {
        S::Unspecified => return Err(Problem::field("/state", "没有内容")),
        S::Offline => AgentState::Offline,
        S::Ready => AgentState::Ready,
        S::Busy => AgentState::Busy,
        S::AfterWork => AgentState::AfterWork,
        S::Break => AgentState::Break,
    })
}

fn state_of(state: AgentState) -> v1::AgentState {
    use v1::AgentState as S;
    match state {
        AgentState::Offline => S::Offline,
        AgentState::Ready => S::Ready,
        AgentState::Busy => S::Busy,
        AgentState::AfterWork => S::AfterWork,
        AgentState::Break => S::Break,
    }
}

/// One of a few words, as JSON has them.
fn named<T: serde::de::DeserializeOwned>(
    pointer: &str,
    text: String,
    known: &str,
) -> Result<T, Problem> {
    let read = serde_json::from_value(serde_json::Value::String(text));
    read.map_err(|_| Problem::field(pointer, format!("应为 {known}")))
}

/// The word that JSON has for something.
fn word(value: &impl serde::Serialize) -> String {
    let value = serde_json::to_value(value).unwrap_or_default();
    value.as_str().unwrap_or_default().to_owned()
}
