//! An answer, and what is asked.

use std::collections::BTreeMap;

use jieda::{
    Policy, Reply, Thresholds,
    types::{
        AnswerVariant, Availability, Awaiting, ClarifyOption, ConversationId, ConversationState,
        Customer, Decision, FaqId, Handover,
    },
};
use jieda_store::Turn;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{CandidateBody, IntentBody, TimingsBody, TraceBody, rounded};

/// Candidates that an answer shows.
const CANDIDATES: usize = 5;
/// Candidates that an explained answer shows.
const EXPLAINED: usize = 10;
/// Intents that an answer shows.
const INTENTS: usize = 5;

/// A customer's words, and what the caller knows beside them.
#[derive(Debug, Clone, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AnswerRequest {
    /// The words, as typed.
    #[schema(min_length = 1, example = "退货的邮费谁出")]
    pub text: String,
    /// The conversation that they belong to; a new one is begun without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 128)]
    pub conversation_id: Option<String>,
    /// Who asks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<CustomerBody>,
    /// Values for the `{variables}` of answers.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub variables: BTreeMap<String, String>,
    /// The state that the last answer gave, for a caller that keeps conversations itself; an empty object begins one.
    /// Nothing is stored then. Excludes `conversation_id`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub state: Option<ConversationState>,
    /// Whether candidates come with every part of their scores.
    #[serde(default)]
    pub explain: bool,
}

/// Who asks, as far as the caller knows him.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CustomerBody {
    /// The caller's id of him.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 128)]
    pub id: Option<String>,
    /// His tier, such as `VIP`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 128)]
    pub tier: Option<String>,
    /// Where he writes, such as `app`: FAQs of other channels are left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 128)]
    pub channel: Option<String>,
    /// What he speaks: a handover goes to an agent who speaks it, too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 128)]
    pub language: Option<String>,
}

impl From<CustomerBody> for Customer {
    fn from(body: CustomerBody) -> Self {
        Self {
            id: body.id,
            tier: body.tier,
            channel: body.channel,
            language: body.language,
        }
    }
}

impl From<Customer> for CustomerBody {
    fn from(customer: Customer) -> Self {
        Self {
            id: customer.id,
            tier: customer.tier,
            channel: customer.channel,
            language: customer.language,
        }
    }
}

/// What `jieda ask --json` prints: an answer and how it came about.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AnswerBody {
    /// What was decided: `auto_reply`, `clarify`, `rephrase`, `ask_value`, `handoff`, `smalltalk`, `silent`.
    #[schema(example = "auto_reply")]
    pub decision: &'static str,
    /// What the customer reads; empty when nothing is said.
    pub reply: String,
    /// The FAQ whose answer was sent.
    #[schema(value_type = Option<String>)]
    pub faq: Option<FaqId>,
    /// Which answer it is, where several are tried.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub variant: Option<VariantBody>,
    /// The calibrated probability that the best candidate answers the customer.
    #[schema(minimum = 0, maximum = 1)]
    pub confidence: f64,
    /// The likeliest intent.
    pub intent: Option<IntentBody>,
    /// The likeliest intents.
    pub intents: Vec<IntentBody>,
    /// What was found, best first.
    pub candidates: Vec<CandidateBody>,
    /// The options of a clarifying question; the customer may answer by number or words.
    pub options: Vec<OptionBody>,
    /// Why there was no automatic answer.
    pub reason: Option<&'static str>,
    /// Whether a human is there, for a handover: `now` or `callback`.
    #[schema(value_type = Option<String>)]
    pub availability: Option<Availability>,
    /// Whether the reply asks for a rating.
    pub ask_rating: bool,
    /// What the human gets, see docs/handover.schema.json.
    #[schema(value_type = Option<Object>)]
    pub handover: Option<Handover>,
    /// How it came about.
    pub trace: TraceBody,
    /// How long each step took.
    pub timings_ms: TimingsBody,
}

/// An answer of the service.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AnswerResponse {
    /// The conversation; none when the caller carries the state.
    pub conversation_id: Option<String>,
    /// The number of this turn in its conversation, from 1.
    pub turn: u32,
    /// Which knowledge answered.
    pub release: String,
    /// The id of the request, as in logs.
    pub request_id: String,
    /// Whether a part was down and the answer was made without it.
    pub degraded: bool,
    /// The answer.
    #[serde(flatten)]
    pub answer: AnswerBody,
    /// What is remembered, for a caller that carries it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub state: Option<ConversationState>,
}

/// Which answer a conversation is given, of those that are tried against each other.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct VariantBody {
    /// The answer: `A` to `H`.
    #[schema(example = "B")]
    pub label: String,
    /// What is tried: another one as soon as any of the answers is edited.
    pub experiment: String,
}

impl VariantBody {
    /// Converts a variant.
    #[must_use]
    pub fn of(variant: &AnswerVariant) -> Self {
        Self {
            label: variant.label.to_string(),
            experiment: variant.experiment.clone(),
        }
    }
}

/// One choice of a clarifying question.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OptionBody {
    /// The FAQ that is answered when the customer picks it.
    #[schema(value_type = String)]
    pub faq: FaqId,
    /// Its standard question.
    pub question: String,
}

/// How much of an answer is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Detail {
    /// Candidates in short.
    #[default]
    Short,
    /// Candidates with every part of their scores.
    Explained,
}

/// What a body needs beside the reply.
#[derive(Debug, Clone, Copy)]
pub struct ReplyContext<'a> {
    /// The state after the turn.
    pub state: &'a ConversationState,
    /// What the human gets.
    pub handover: Option<&'a Handover>,
    /// How much is shown.
    pub detail: Detail,
    /// By which thresholds it was decided.
    pub thresholds: &'a Thresholds,
    /// The knowledge base, for the names of intents.
    pub kb: &'a jieda::KnowledgeBase,
}

impl AnswerBody {
    /// Converts a reply.
    #[must_use]
    pub fn of(reply: &Reply, context: &ReplyContext<'_>) -> Self {
        let intents = reply.intents.ranked.iter().take(INTENTS);
        let intents: Vec<_> = intents.map(|i| IntentBody::of(i, context.kb)).collect();
        let shown = match context.detail {
            Detail::Short => CANDIDATES,
            Detail::Explained => EXPLAINED,
        };
        let candidates = reply.candidates.ranked.iter().take(shown);
        let candidates = candidates.map(|c| match context.detail {
            Detail::Short => CandidateBody::short(c),
            Detail::Explained => CandidateBody::explained(c),
        });
        let options = match &reply.decision {
            Decision::Clarify { options } => options.as_slice(),
            _ => &[],
        };
        Self {
            decision: reply.decision.name(),
            reply: reply.text.clone(),
            faq: reply.faq.clone(),
            variant: reply.variant.as_ref().map(VariantBody::of),
            confidence: rounded(reply.confidence.get()),
            intent: intents.first().cloned(),
            intents,
            candidates: candidates.collect(),
            options: options.iter().map(OptionBody::of).collect(),
            reason: reply.reason(),
            availability: reply.availability,
            ask_rating: context.state.awaiting == Awaiting::Rating,
            handover: context.handover.cloned(),
            trace: TraceBody::of(reply, context.thresholds),
            timings_ms: TimingsBody::of(&reply.timings),
        }
    }
}

impl AnswerResponse {
    /// The answer that a turn was given, as far as it is kept: without intents, candidates and trace, and with what the
    /// caller's values said masked. None where a human spoke.
    #[must_use]
    pub fn again(id: &ConversationId, turn: &Turn, request_id: &str) -> Option<Self> {
        let kept = turn.answer.as_ref()?;
        let options = match &kept.decision {
            Decision::Clarify { options } => options.as_slice(),
            _ => &[],
        };
        let answer = AnswerBody {
            decision: kept.decision.name(),
            reply: kept.reply.as_str().to_owned(),
            faq: kept.faq().cloned(),
            variant: kept.variant.as_ref().map(VariantBody::of),
            confidence: rounded(kept.confidence.get()),
            intent: None,
            intents: Vec::new(),
            candidates: Vec::new(),
            options: options.iter().map(OptionBody::of).collect(),
            reason: kept.decision.reason(),
            availability: kept.availability,
            ask_rating: turn.state.awaiting == Awaiting::Rating,
            handover: turn.handover.clone(),
            trace: TraceBody {
                rule: kept.rule.clone(),
                ..TraceBody::default()
            },
            timings_ms: TimingsBody::default(),
        };
        Some(Self {
            conversation_id: Some(id.to_string()),
            turn: turn.number.get(),
            release: kept.release.clone(),
            request_id: request_id.to_owned(),
            degraded: false,
            answer,
            state: None,
        })
    }
}

impl OptionBody {
    /// Converts an option.
    #[must_use]
    pub fn of(option: &ClarifyOption) -> Self {
        Self {
            faq: option.faq.clone(),
            question: option.question.clone(),
        }
    }
}

impl<'a> ReplyContext<'a> {
    /// What an answer of this engine needs.
    #[must_use]
    pub fn new(engine: &'a jieda::Engine, state: &'a ConversationState) -> Self {
        let policy: &Policy = engine.policy();
        Self {
            state,
            handover: None,
            detail: Detail::Short,
            thresholds: &policy.thresholds,
            kb: engine.searcher().kb(),
        }
    }
}
