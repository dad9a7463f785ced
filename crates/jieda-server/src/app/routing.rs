//! From conversations to tickets, and from those who route to the routing core.

use std::sync::Arc;

use jieda::types::{ConversationId, Decision, FaqId, Handover, Rating};
use jieda_routing::{Background, EventKind, Outcome, Skill, Ticket, TicketId};
use jieda_store::AnyStore;

use super::App;
use crate::{
    problem::{Problem, ProblemKind},
    routing::{Act, Desk, RoutingError},
};

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
        let act = Act::Arrive {
            ticket: Box::new(self.ticket_of(handover)),
            conversation: Some(conversation.clone()),
        };
        match desk.act(act).await {
            Ok(_) | Err(RoutingError::HasTicket(_)) => {}
            Err(error) => {
                tracing::error!(%error, %conversation, "a handover has no ticket");
            }
        }
    }

    /// The ticket of a handover, without its number, which is given when it arrives.
    pub(super) fn ticket_of(&self, handover: &Handover) -> Ticket {
        let background = Background {
            tags: self.tags_of(handover.tried.iter().map(|tried| &tried.id)),
            ..Background::default()
        };
        Ticket::of(TicketId(0), handover, background)
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
        match told.await {
            // Whoever speaks without having taken the ticket is none of the router's agents.
            Ok(()) | Err(RoutingError::Refused(_)) => {}
            Err(error) => tracing::error!(%error, %conversation, "the routing core was not told"),
        }
    }

    pub(super) async fn rated_at_desk(&self, conversation: &ConversationId, rating: Rating) {
        self.tell_desk(conversation, |ticket| EventKind::Rated { ticket, rating })
            .await;
    }

    pub(super) async fn replied_at_desk(&self, conversation: &ConversationId) {
        self.tell_desk(conversation, |ticket| EventKind::AgentReplied { ticket })
            .await;
    }

    pub(super) async fn ended_at_desk(&self, conversation: &ConversationId) {
        let outcome = Outcome::Resolved;
        self.tell_desk(conversation, |ticket| EventKind::ContactEnded {
            ticket,
            outcome,
        })
        .await;
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

impl From<RoutingError> for Problem {
    fn from(error: RoutingError) -> Self {
        use jieda_routing::Refused as R;
        let refused = |kind, words: &str| Self::new(kind, words);
        match error {
            RoutingError::Store(error) => error.into(),
            RoutingError::Rules(error) => Self::new(ProblemKind::Environment, error.to_string()),
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
