//! From conversations to tickets, and from those who route to the routing core.

use std::{sync::Arc, time::Duration};

use jieda::types::{ConversationId, Decision, FaqId, Handover, Rating};
use jieda_routing::{Background, EventKind, Language, Outcome, Refused, Skill, Ticket, TicketId};
use jieda_store::AnyStore;

use super::App;
use crate::{
    problem::{Problem, ProblemKind},
    routing::{Act, Desk, Of, RoutingError},
};

/// How long a customer waits for his ticket to be written.
const PATIENCE: Duration = Duration::from_secs(3);

impl App {
    /// The routing core.
    ///
    /// # Errors
    /// [`ProblemKind::NotPossible`] where it is off.
    pub fn desk(&self) -> Result<&Arc<Desk<AnyStore>>, Problem> {
        self.routing.as_ref().ok_or_else(|| {
            Problem::new(
                ProblemKind::NotPossible,
                "没有开启坐席分配（server.routing.enabled）",
            )
        })
    }

    /// A conversation was handed over: its ticket arrives, and is on the disk before the customer reads that somebody
    /// will come. What fails is told in the log: the customer is answered all the same.
    pub(super) async fn hand_to_desk(
        &self,
        conversation: &ConversationId,
        (decision, handover): (&Decision, Option<&Handover>),
    ) {
        let (Some(desk), Decision::Handoff { .. }, Some(handover)) =
            (&self.routing, decision, handover)
        else {
            return;
        };
        let arrive = desk.act(self.arrival(conversation, handover));
        match tokio::time::timeout(PATIENCE, arrive).await {
            Ok(Ok(_) | Err(RoutingError::HasTicket(_))) => {}
            Ok(Err(error)) => {
                tracing::error!(%error, %conversation, "a handover has no ticket; it gets one later");
            }
            Err(_) => tracing::error!(%conversation, "a handover has no ticket yet"),
        }
    }

    /// A handover, as the routing core takes it.
    pub(super) fn arrival(&self, conversation: &ConversationId, handover: &Handover) -> Act {
        let language = handover.customer.language.as_deref();
        let background = Background {
            tags: self.tags_of(handover.tried.iter().map(|tried| &tried.id)),
            language: language.and_then(|name| Language::new(name).ok()),
            ..Background::default()
        };
        Act::Arrive {
            // Its number is given when it arrives.
            ticket: Box::new(Ticket::of(TicketId(0), handover, background)),
            of: Of {
                conversation: Some(conversation.clone()),
                customer: handover.customer.id.clone(),
            },
        }
    }

    /// Something happened in a conversation that a ticket may be of.
    pub(super) async fn tell_desk(
        &self,
        conversation: &ConversationId,
        what: impl FnOnce(TicketId) -> EventKind,
    ) {
        let Some(desk) = &self.routing else { return };
        let told = async {
            match desk.ticket_of(conversation).await? {
                Some(ticket) => desk.act(Act::Happen(what(ticket))).await.map(drop),
                None => Ok(()),
            }
        };
        log_failure(told.await, conversation);
    }

    /// A customer rated who served him: the one who has his ticket, or had it last.
    pub(super) async fn rated_at_desk(&self, conversation: &ConversationId, rating: Rating) {
        let Some(desk) = &self.routing else { return };
        let told = async {
            match desk.last_ticket_of(conversation).await? {
                Some(ticket) => {
                    let rated = EventKind::Rated { ticket, rating };
                    desk.act(Act::Happen(rated)).await.map(drop)
                }
                None => Ok(()),
            }
        };
        log_failure(told.await, conversation);
    }

    pub(super) async fn replied_at_desk(&self, conversation: &ConversationId) {
        self.tell_desk(conversation, |ticket| EventKind::AgentReplied { ticket })
            .await;
    }

    /// The conversation was given back. One that nobody has taken needs nobody any more.
    pub(super) async fn ended_at_desk(&self, conversation: &ConversationId, outcome: Outcome) {
        let Some(desk) = &self.routing else { return };
        let told = async {
            let Some(ticket) = desk.ticket_of(conversation).await? else {
                return Ok(());
            };
            let ended = EventKind::ContactEnded { ticket, outcome };
            match desk.act(Act::Happen(ended)).await {
                Err(RoutingError::Refused(Refused::NotTaken)) => {
                    let gone = EventKind::TicketAbandoned { ticket };
                    desk.act(Act::Happen(gone)).await.map(drop)
                }
                done => done.map(drop),
            }
        };
        log_failure(told.await, conversation);
    }

    /// Skill groups and tags of FAQs: they find the group where the package names none.
    fn tags_of<'a>(&self, faqs: impl Iterator<Item = &'a FaqId>) -> Vec<Skill> {
        let engine = self.engines.hold();
        let kb = engine.searcher().kb();
        let faqs = faqs.filter_map(|id| kb.faq(id));
        let names = faqs.flat_map(|faq| faq.skill.iter().chain(&faq.tags));
        names.filter_map(|name| Skill::new(name).ok()).collect()
    }
}

/// What the customer or the agent did, has happened all the same.
fn log_failure(told: Result<(), RoutingError>, conversation: &ConversationId) {
    match told {
        // Whoever speaks without having taken the ticket is none of the router's agents.
        Ok(()) | Err(RoutingError::Refused(_)) => {}
        Err(error) => tracing::error!(%error, %conversation, "the routing core was not told"),
    }
}

impl From<RoutingError> for Problem {
    fn from(error: RoutingError) -> Self {
        use jieda_routing::Refused as R;
        let refused = |kind, words: &str| Self::new(kind, words);
        match error {
            RoutingError::Store(error) => error.into(),
            RoutingError::Rules(error) => Self::new(ProblemKind::Environment, error.to_string()),
            RoutingError::IsSettled => Self::new(ProblemKind::Conflict, "会话已经计入统计"),
            RoutingError::HasTicket(ticket) => Self::new(
                ProblemKind::Conflict,
                format!("会话已经有未结束的工单 {ticket}"),
            ),
            RoutingError::Refused(why) => match why {
                R::UnknownAgent => refused(ProblemKind::NotFound, "没有这个坐席"),
                R::UnknownTicket => refused(ProblemKind::NotFound, "没有这个工单，或已经结束"),
                R::UnknownGroup => refused(ProblemKind::NotFound, "没有这个技能组"),
                R::BackInTime => refused(ProblemKind::Conflict, "时间早于上一个事件"),
                R::DuplicateTicket => refused(ProblemKind::Conflict, "已有这个编号的工单"),
                R::NotOffered => refused(ProblemKind::Conflict, "工单没有派给这个坐席，或已收回"),
                R::NotTaken => refused(ProblemKind::Conflict, "还没有坐席接下这个工单"),
                R::AlreadyTaken => refused(ProblemKind::Conflict, "已有坐席接下这个工单"),
                R::Hold => refused(ProblemKind::Conflict, "已经在保持中，或不在保持中"),
            },
        }
    }
}
