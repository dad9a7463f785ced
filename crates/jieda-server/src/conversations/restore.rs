//! From a log back to a conversation.

use jieda::{
    Conversation, HandedOver,
    types::{Availability, Decision, HistoryTurn, Speaker},
};
use jieda_store::{ConversationLog, Event, Turn};

/// A conversation as it was after its last turn.
#[must_use]
pub fn restore(log: &ConversationLog) -> Conversation {
    let record = &log.conversation;
    let handed_over_by = log.turns.iter().rev().find_map(handed_over);
    Conversation {
        id: Some(record.id.to_string()),
        customer: record.customer.clone(),
        state: record.state.clone(),
        history: log.turns.iter().flat_map(history).collect(),
        handed_over_by: handed_over_by.filter(|_| record.handed_over.is_some()),
    }
}

fn handed_over(turn: &Turn) -> Option<HandedOver> {
    let answer = turn.answer.as_ref()?;
    matches!(answer.decision, Decision::Handoff { .. }).then(|| HandedOver {
        rule: answer.rule.clone(),
        availability: answer.availability.unwrap_or(Availability::Now),
    })
}

/// What was said on a turn, by either side.
fn history(turn: &Turn) -> Vec<HistoryTurn> {
    let answer = turn.answer.as_ref();
    let faq = answer.and_then(|answer| answer.faq().cloned());
    let said = turn.event.text().map(|text| HistoryTurn {
        speaker: turn.event.speaker(),
        text: text.clone(),
        decision: match &turn.event {
            Event::Said { .. } => answer.map(|answer| answer.decision.name().to_owned()),
            _ => None,
        },
        faq: faq.clone(),
    });
    let replied = answer.filter(|answer| !answer.reply.as_str().is_empty());
    let replied = replied.map(|answer| HistoryTurn {
        speaker: Speaker::Bot,
        text: answer.reply.clone(),
        decision: None,
        faq,
    });
    said.into_iter().chain(replied).collect()
}
