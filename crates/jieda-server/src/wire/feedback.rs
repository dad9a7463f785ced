//! What is said of an answer.

use jieda::types::ConversationState;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::AnswerResponse;

/// Feedback on a conversation, or on one turn of it.
#[derive(Debug, Clone, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FeedbackRequest {
    /// The conversation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 128)]
    pub conversation_id: Option<String>,
    /// The state, for a caller that carries it. Excludes `conversation_id`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub state: Option<ConversationState>,
    /// How satisfied the customer is, 1 to 5. The engine reacts: a low rating leads to a human.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 5)]
    pub rating: Option<u8>,
    /// The turn that outcome and comment are on; the conversation as a whole without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1)]
    pub turn: Option<u32>,
    /// Whether it was solved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "solved")]
    pub outcome: Option<jieda_store::Outcome>,
    /// What the customer says of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 4000)]
    pub comment: Option<String>,
}

/// What came of it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FeedbackResponse {
    /// What the engine says to a rating; none without one.
    pub answer: Option<AnswerResponse>,
}
