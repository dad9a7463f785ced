//! What a human gets when a conversation is passed to him, so that nobody has to repeat himself.

use serde::{Deserialize, Serialize};

use crate::{
    Confidence, Customer, FaqId, HandoffReason, IntentId, MaskedText, Rating, TryOutcome, Urgency,
};

/// Who spoke.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Speaker {
    /// The customer.
    Customer,
    /// The engine.
    Bot,
    /// A human agent.
    Agent,
}

/// One turn of a conversation's history, as it may be kept: personal data is masked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct HistoryTurn {
    /// Who spoke.
    pub speaker: Speaker,
    /// The words.
    pub text: MaskedText,
    /// What was decided on a turn of the customer's; the name of the decision.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<String>,
    /// The FAQ that was answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub faq: Option<FaqId>,
}

/// An intent with its name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct HandoverIntent {
    /// The intent.
    pub id: IntentId,
    /// As people call it.
    pub name: String,
    /// Highest confidence in the conversation.
    pub confidence: Confidence,
}

/// An FAQ, and what became of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct HandoverFaq {
    /// The FAQ.
    pub id: FaqId,
    /// Its standard question.
    pub question: String,
    /// The confidence of the turn that tried it.
    pub confidence: Confidence,
    /// What became of it.
    pub outcome: TryOutcome,
}

/// An FAQ that may help the agent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SuggestedFaq {
    /// The FAQ.
    pub id: FaqId,
    /// Its standard question.
    pub question: String,
    /// Its answer, with `{variables}` where values are not known.
    pub answer: String,
}

/// A conversation that was solved, and is like this one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SimilarCase {
    /// Its id.
    pub conversation: String,
    /// What the customer wanted, in one line.
    pub summary: String,
    /// What solved it: the last answer, masked.
    pub solution: String,
    /// How alike they are: cosine, at most 1.
    pub similarity: f32,
}

/// Whether a human is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Availability {
    /// Someone takes over now.
    Now,
    /// Outside of service hours: the customer is called back.
    Callback,
}

/// One thing that the customer named: an order number, an amount.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TicketField {
    /// What it is, by the name of its kind: `order_id`, `tracking_no`, `amount`, `date` and others.
    pub name: String,
    /// As he wrote it, a day with its date where that is known: 昨天（2026-11-28）. Personal data is masked.
    pub value: String,
}

/// A ticket, drafted from the words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TicketDraft {
    /// Type, such as 退款 or 投诉.
    pub kind: String,
    /// How much it presses.
    pub urgency: Urgency,
    /// What it is about, in one line taken from the customer's own words.
    pub summary: String,
    /// What he named.
    pub fields: Vec<TicketField>,
}

/// Everything that the agent needs to go on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Handover {
    /// The caller's id of the conversation.
    pub conversation: Option<String>,
    /// Who asks.
    pub customer: Customer,
    /// Why a human is needed.
    pub reason: HandoffReason,
    /// The rule that said so.
    pub rule: String,
    /// Whether someone takes over now.
    pub availability: Availability,
    /// What he may want, likeliest first.
    pub intents: Vec<HandoverIntent>,
    /// What was tried, in order.
    pub tried: Vec<HandoverFaq>,
    /// Turns without a match, in a row, when it was handed over.
    pub consecutive_failures: u32,
    /// The last rating.
    pub satisfaction: Option<Rating>,
    /// The skill that the agent should have.
    pub skill: Option<String>,
    /// The drafted ticket.
    pub ticket: TicketDraft,
    /// Everything that was said, masked.
    pub history: Vec<HistoryTurn>,
    /// FAQs that may help.
    pub faqs: Vec<SuggestedFaq>,
    /// Conversations that may help.
    pub similar: Vec<SimilarCase>,
}
