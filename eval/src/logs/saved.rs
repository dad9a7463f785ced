//! Conversations as `jieda chat --save` writes them: words and decisions, neither times nor ratings.

use jieda::{Channel, Conversation, Occasion};
use jieda_types::{Event, Speaker};

use super::{Decided, DecisionKind, Recorded, RecordedTurn, message::masked, recorded::Transfer};

/// The conversation of a line.
pub(super) fn recorded(line: usize, saved: Conversation) -> Recorded {
    let id = saved.id.unwrap_or_else(|| format!("line-{line}"));
    let channel = saved.customer.channel.as_deref();
    let occasion = Occasion {
        at: None,
        channel: channel.and_then(|name| Channel::new(name).ok()),
        customer: saved.customer.clone(),
        // The conversation's own id is taken.
        conversation: None,
    };
    let mut turns: Vec<RecordedTurn> = Vec::with_capacity(saved.history.len());
    let mut number = 0;
    // Since an agent spoke.
    let mut with_agent = false;
    for said in saved.history {
        let turn = |number, event| RecordedTurn {
            number,
            row: None,
            event,
            occasion: occasion.clone(),
            with_human: false,
            decided: None,
            expected: None,
            before: None,
        };
        let text = masked(said.text.as_str());
        match said.speaker {
            Speaker::Customer => {
                let decision = said
                    .decision
                    .and_then(|name| serde_json::from_value::<DecisionKind>(name.into()).ok());
                let silent = decision == Some(DecisionKind::Silent);
                // The engine spoke again after an agent: it had been given the conversation back.
                if std::mem::take(&mut with_agent) && !silent {
                    turns.push(turn(number, Event::HandedBack));
                }
                number += 1;
                turns.push(RecordedTurn {
                    with_human: silent,
                    decided: decision.map(|decision| Decided {
                        decision,
                        reason: None,
                        faq: said.faq.filter(|_| decision == DecisionKind::AutoReply),
                        rule: None,
                        confidence: None,
                    }),
                    ..turn(number, Event::said(text))
                });
            }
            Speaker::Agent => {
                with_agent = true;
                turns.push(turn(number, Event::AgentSaid { text }));
            }
            Speaker::Bot => {}
        }
    }
    Recorded {
        id: masked(&id).to_string(),
        transfer: Transfer::by_decisions(&turns),
        turns,
    }
}
