//! Conversations that are kept.

use jieda::{
    Assistance, Timestamp,
    types::{Decision, FaqId, HandoffReason, Handover, MaskedText, Rating},
};
use jieda_store::{Answer, ConversationLog, ConversationRecord, Event, Feedback, Outcome, Turn};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{AnswerRequest, AnswerResponse, CustomerBody, OptionBody, VariantBody, rounded};
use crate::http::ProblemBody;

/// Many texts.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BatchRequest {
    /// Each as for `/v1/answer`; at most `server.limits.batch`.
    #[schema(min_items = 1, max_items = 64)]
    pub items: Vec<AnswerRequest>,
}

/// What came of them, in the same order.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BatchResponse {
    /// One an item.
    pub items: Vec<BatchItem>,
}

/// What came of one.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BatchItem {
    /// The answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer: Option<AnswerResponse>,
    /// Why there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<ProblemBody>,
}

/// What help is wanted with: a conversation, or what a customer said.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AssistRequest {
    /// A conversation that is kept here.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 128)]
    pub conversation_id: Option<String>,
    /// What a customer said, turn by turn.
    #[serde(default)]
    pub texts: Vec<String>,
}

/// Help for an agent.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AssistResponse {
    /// Intents, drafted ticket, skill, FAQs and similar solved conversations.
    #[serde(flatten)]
    #[schema(value_type = Object)]
    pub assistance: Assistance,
}

/// What a human agent says.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AgentRequest {
    /// His words.
    #[schema(min_length = 1)]
    pub text: String,
}

/// A turn that was taken.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub struct TurnTaken {
    /// Its number.
    pub turn: u32,
}

/// Conversations, the newest first.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ConversationList {
    /// In short.
    pub items: Vec<ConversationItem>,
    /// Where the next page begins; none when this is the last.
    pub next: Option<String>,
}

/// A conversation in short.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ConversationItem {
    /// Its id.
    pub id: String,
    /// The time of its first turn.
    #[schema(value_type = String, format = DateTime)]
    pub opened: Timestamp,
    /// The time of its last turn.
    #[schema(value_type = String, format = DateTime)]
    pub updated: Timestamp,
    /// Who asks.
    pub customer: CustomerBody,
    /// Turns so far.
    pub turns: u32,
    /// Why it is a human's.
    #[schema(value_type = Option<String>)]
    pub handed_over: Option<HandoffReason>,
    /// What the customer said first, masked.
    #[schema(value_type = Option<String>)]
    pub first_text: Option<MaskedText>,
    /// What was decided last.
    pub last_decision: Option<&'static str>,
}

impl ConversationItem {
    /// Converts what is kept.
    #[must_use]
    pub fn of(record: &ConversationRecord, log: Option<&ConversationLog>) -> Self {
        let turns = log.map(|log| log.turns.as_slice()).unwrap_or_default();
        let decided = turns.iter().rev().find_map(|turn| turn.answer.as_ref());
        Self {
            id: record.id.to_string(),
            opened: record.opened,
            updated: record.updated,
            customer: record.customer.clone().into(),
            turns: record.last_turn.get(),
            handed_over: record.handed_over,
            first_text: turns.iter().find_map(|turn| turn.event.text().cloned()),
            last_decision: decided.map(|answer| answer.decision.name()),
        }
    }
}

/// All of a conversation.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ConversationBody {
    /// Its id.
    pub id: String,
    /// The time of its first turn.
    #[schema(value_type = String, format = DateTime)]
    pub opened: Timestamp,
    /// The time of its last turn.
    #[schema(value_type = String, format = DateTime)]
    pub updated: Timestamp,
    /// Who asks.
    pub customer: CustomerBody,
    /// Why it is a human's.
    #[schema(value_type = Option<String>)]
    pub handed_over: Option<HandoffReason>,
    /// What happened, in order.
    pub turns: Vec<TurnBody>,
    /// What was said of it afterwards.
    pub feedback: Vec<FeedbackBody>,
}

/// One thing that happened.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TurnBody {
    /// Its place, from 1.
    pub number: u32,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// `said`, `rated`, `agent_said`, `handed_back`.
    pub event: &'static str,
    /// What was said, masked.
    #[schema(value_type = Option<String>)]
    pub text: Option<MaskedText>,
    /// The rating.
    #[schema(value_type = Option<u8>)]
    pub rating: Option<Rating>,
    /// What the engine said to it.
    pub answer: Option<KeptAnswerBody>,
    /// What the human got.
    #[schema(value_type = Option<Object>)]
    pub handover: Option<Handover>,
}

/// What the engine said.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct KeptAnswerBody {
    /// What was decided.
    pub decision: &'static str,
    /// What the customer read, masked.
    #[schema(value_type = String)]
    pub reply: MaskedText,
    /// The FAQ whose answer was sent.
    #[schema(value_type = Option<String>)]
    pub faq: Option<FaqId>,
    /// Which answer it is, where several are tried.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub variant: Option<VariantBody>,
    /// The calibrated confidence.
    pub confidence: f64,
    /// The rule that fired.
    pub rule: String,
    /// Why there was no automatic answer.
    pub reason: Option<&'static str>,
    /// The options of a clarifying question.
    pub options: Vec<OptionBody>,
    /// Which knowledge answered.
    pub release: String,
    /// How long it took.
    pub latency_us: u64,
    /// How it came about.
    #[schema(value_type = Object)]
    pub trace: serde_json::Value,
}

/// Feedback.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FeedbackBody {
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// On which turn.
    pub turn: Option<u32>,
    /// The rating.
    #[schema(value_type = Option<u8>)]
    pub rating: Option<Rating>,
    /// Whether it was solved.
    #[schema(value_type = Option<String>)]
    pub outcome: Option<Outcome>,
    /// What was said, masked.
    #[schema(value_type = Option<String>)]
    pub comment: Option<MaskedText>,
}

impl ConversationBody {
    /// Converts what is kept.
    #[must_use]
    pub fn of(log: &ConversationLog) -> Self {
        let record = &log.conversation;
        Self {
            id: record.id.to_string(),
            opened: record.opened,
            updated: record.updated,
            customer: record.customer.clone().into(),
            handed_over: record.handed_over,
            turns: log.turns.iter().map(TurnBody::of).collect(),
            feedback: log.feedback.iter().map(FeedbackBody::of).collect(),
        }
    }
}

impl TurnBody {
    fn of(turn: &Turn) -> Self {
        Self {
            number: turn.number.get(),
            at: turn.at,
            event: turn.event.name(),
            text: turn.event.text().cloned(),
            rating: match turn.event {
                Event::Rated { rating } => Some(rating),
                _ => None,
            },
            answer: turn.answer.as_ref().map(KeptAnswerBody::of),
            handover: turn.handover.clone(),
        }
    }
}

impl KeptAnswerBody {
    fn of(answer: &Answer) -> Self {
        let options = match &answer.decision {
            Decision::Clarify { options } => options.as_slice(),
            _ => &[],
        };
        Self {
            decision: answer.decision.name(),
            reply: answer.reply.clone(),
            faq: answer.faq().cloned(),
            variant: answer.variant.as_ref().map(VariantBody::of),
            confidence: rounded(answer.confidence.get()),
            rule: answer.rule.clone(),
            reason: answer.decision.reason(),
            options: options.iter().map(OptionBody::of).collect(),
            release: answer.release.clone(),
            latency_us: u64::try_from(answer.latency.as_micros()).unwrap_or(u64::MAX),
            trace: answer.trace.value(),
        }
    }
}

impl FeedbackBody {
    fn of(feedback: &Feedback) -> Self {
        Self {
            at: feedback.at,
            turn: feedback.turn.map(|turn| turn.get()),
            rating: feedback.rating,
            outcome: feedback.outcome,
            comment: feedback.comment.clone(),
        }
    }
}

/// A conversation, run again.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ReplayBody {
    /// Which knowledge decided now.
    pub release: String,
    /// The turns on which something was decided.
    pub turns: Vec<ReplayedTurn>,
}

/// A turn then and now.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ReplayedTurn {
    /// Its place.
    pub number: u32,
    /// What was said, masked.
    #[schema(value_type = Option<String>)]
    pub text: Option<MaskedText>,
    /// As it was decided.
    pub then: DecidedBody,
    /// As it is decided now.
    pub now: DecidedBody,
    /// Whether decision, FAQ and rule are the same.
    pub same: bool,
}

/// What was decided.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct DecidedBody {
    /// The decision.
    pub decision: &'static str,
    /// What the customer read.
    pub reply: String,
    /// The FAQ.
    #[schema(value_type = Option<String>)]
    pub faq: Option<FaqId>,
    /// The confidence.
    pub confidence: f64,
    /// The rule.
    pub rule: String,
}
