//! What a customer says of an answer.

use std::sync::Arc;

use jieda::types::{ConversationId, ConversationState, Rating};
use jieda_store::{Feedback, Outcome, TurnNumber};

use super::{App, detached};
use crate::{conversations::masked, problem::Problem, wire::AnswerResponse};

/// Feedback on a conversation.
#[derive(Debug, Default)]
pub struct Said {
    /// How satisfied the customer is: the engine reacts.
    pub rating: Option<Rating>,
    /// The turn that the rest is on.
    pub turn: Option<TurnNumber>,
    /// Whether it was solved.
    pub outcome: Option<Outcome>,
    /// What he says of it.
    pub comment: Option<String>,
}

/// Where the conversation is.
#[derive(Debug)]
pub enum Whose {
    /// Kept here.
    Here(ConversationId),
    /// The caller carries its state.
    Carried(Box<ConversationState>),
}

impl App {
    /// Takes feedback. A rating is a turn, and has an answer.
    ///
    /// # Errors
    /// [`Problem`].
    pub async fn feedback(
        self: &Arc<Self>,
        whose: Whose,
        said: Said,
        request_id: String,
    ) -> Result<Option<AnswerResponse>, Problem> {
        let app = Arc::clone(self);
        // What was begun is finished, also when the caller goes away meanwhile.
        detached(async move { app.take_feedback(whose, said, request_id).await }).await
    }

    async fn take_feedback(
        self: &Arc<Self>,
        whose: Whose,
        said: Said,
        request_id: String,
    ) -> Result<Option<AnswerResponse>, Problem> {
        let has_record = said.outcome.is_some() || said.comment.is_some();
        if said.rating.is_none() && !has_record {
            return Err(Problem::field(
                "/rating",
                "rating、outcome、comment 至少要有一个",
            ));
        }
        let id = match whose {
            Whose::Carried(_) if has_record => {
                let told = "只有保存在服务器上的会话才能记下 outcome 和 comment";
                return Err(Problem::field("/conversation_id", told));
            }
            Whose::Carried(state) => {
                let rating = said.rating;
                let answer = rating.map(|rating| self.rate_carried(*state, rating, request_id));
                return answer.transpose();
            }
            Whose::Here(id) => id,
        };
        let slot = self.conversations.find(&id).await?;
        if has_record {
            let feedback = Feedback {
                at: jieda::Timestamp::now(),
                turn: said.turn,
                rating: said.rating,
                outcome: said.outcome,
                comment: said.comment.as_deref().map(masked),
            };
            self.conversations.feedback(&id, feedback).await?;
        }
        match said.rating {
            Some(rating) => self.rate_here(&slot, rating, request_id).await.map(Some),
            None => Ok(None),
        }
    }
}
