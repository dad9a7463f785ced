//! Conversations as `jieda log export` writes them. Only what a replay needs is read: traces, by far the most of such a
//! file, are passed over.

use std::collections::BTreeMap;

use jieda::{Channel, Occasion, Timestamp};
use jieda_types::{
    Confidence, ConversationState, Customer, Event, FaqId, HandoffReason, MaskedText, Rating,
};
use serde::Deserialize;

use super::{Decided, DecisionKind, Recorded, RecordedTurn, message::masked, recorded::Transfer};

/// A conversation, as far as it is read.
#[derive(Debug, Deserialize)]
pub(super) struct ExportedConversation {
    id: String,
    turns: Vec<ExportedTurn>,
}

#[derive(Debug, Deserialize)]
struct ExportedTurn {
    number: u32,
    at: Timestamp,
    #[serde(default)]
    customer: Customer,
    #[serde(default)]
    channel: Option<String>,
    event: EventName,
    #[serde(default)]
    text: Option<String>,
    #[serde(default)]
    variables: BTreeMap<String, String>,
    #[serde(default)]
    rating: Option<Rating>,
    #[serde(default)]
    answer: Option<ExportedAnswer>,
    state: ConversationState,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum EventName {
    Said,
    Rated,
    AgentSaid,
    HandedBack,
}

#[derive(Debug, Deserialize)]
struct ExportedAnswer {
    decision: DecisionKind,
    #[serde(default)]
    faq: Option<FaqId>,
    #[serde(default)]
    reason: Option<HandoffReason>,
    confidence: Confidence,
    rule: String,
}

/// The conversation, or all that is wrong with it.
pub(super) fn recorded(raw: ExportedConversation) -> Result<Recorded, Vec<String>> {
    let mut before = ConversationState::default();
    let mut turns = Vec::with_capacity(raw.turns.len());
    let mut wrong = Vec::new();
    for turn in raw.turns {
        let number = turn.number;
        let text = turn.text.as_deref().map(masked);
        let event = match (turn.event, text, turn.rating) {
            (EventName::Said, Some(text), _) => Event::Said {
                text,
                variables: values(&turn.variables),
            },
            (EventName::AgentSaid, Some(text), _) => Event::AgentSaid { text },
            (EventName::Rated, _, Some(rating)) => Event::Rated { rating },
            (EventName::HandedBack, _, _) => Event::HandedBack,
            (EventName::Said | EventName::AgentSaid, None, _) => {
                wrong.push(format!("会话“{}”第 {number} 轮：没有 text", raw.id));
                continue;
            }
            (EventName::Rated, _, None) => {
                wrong.push(format!("会话“{}”第 {number} 轮：没有 rating", raw.id));
                continue;
            }
        };
        let decided = turn.answer.map(Decided::from);
        let is_silent = |decided: &Decided| decided.decision == DecisionKind::Silent;
        turns.push(RecordedTurn {
            number,
            row: None,
            event,
            occasion: Occasion {
                at: Some(turn.at),
                // A channel that was fit once is fit now.
                channel: turn.channel.and_then(|name| Channel::new(&name).ok()),
                customer: turn.customer,
                // The conversation's own id is taken.
                conversation: None,
            },
            with_human: decided.as_ref().is_some_and(is_silent),
            decided,
            expected: None,
            before: Some(Box::new(std::mem::replace(&mut before, turn.state))),
        });
    }
    if wrong.is_empty() {
        Ok(Recorded {
            id: masked(&raw.id).to_string(),
            transfer: Transfer::by_decisions(&turns),
            turns,
        })
    } else {
        Err(wrong)
    }
}

fn values(variables: &BTreeMap<String, String>) -> BTreeMap<String, MaskedText> {
    let variables = variables.iter();
    variables
        .map(|(name, value)| (name.clone(), masked(value)))
        .collect()
}

impl From<ExportedAnswer> for Decided {
    fn from(answer: ExportedAnswer) -> Self {
        let sent = answer.decision == DecisionKind::AutoReply;
        Self {
            decision: answer.decision,
            reason: answer.reason,
            faq: answer.faq.filter(|_| sent),
            rule: Some(answer.rule),
            confidence: Some(answer.confidence.get()),
        }
    }
}
