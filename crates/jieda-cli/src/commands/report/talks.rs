//! From kept conversations to what a report wants of them.

use jieda_eval::monthly::{DraftedTicket, Talk, TalkEvent, TalkFeedback, TalkTurn};
use jieda_store::{ConversationLog, Event, Turn};

/// A conversation without words, states and traces.
pub(super) fn talk(log: &ConversationLog) -> Talk {
    let state = &log.conversation.state;
    Talk {
        channel: log.conversation.channel.clone(),
        intent: state.intents.first().map(|intent| intent.id.clone()),
        turns: log.turns.iter().map(turn).collect(),
        feedback: log
            .feedback
            .iter()
            .map(|feedback| TalkFeedback {
                turn: feedback.turn.map(jieda_store::TurnNumber::get),
                rating: feedback.rating,
            })
            .collect(),
    }
}

fn turn(turn: &Turn) -> TalkTurn {
    TalkTurn {
        number: turn.number.get(),
        at: turn.at,
        event: event(turn),
        decision: turn.answer.as_ref().map(|answer| answer.decision.clone()),
        ticket: turn.handover.as_ref().map(|handover| DraftedTicket {
            kind: handover.ticket.kind.clone(),
            urgency: handover.ticket.urgency,
        }),
    }
}

fn event(turn: &Turn) -> TalkEvent {
    match &turn.event {
        Event::Rated { .. } | Event::Said { .. } => {
            turn.rating().map_or(TalkEvent::Said, TalkEvent::Rated)
        }
        Event::AgentSaid { .. } | Event::HandedBack => TalkEvent::Agent,
    }
}
