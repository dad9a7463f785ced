//! A conversation, run again.

use std::sync::Arc;

use jieda::{Conversation, Engine, Reply, types::ConversationId};
use jieda_store::{Answer, ConversationLog, Store as _, Turn};

use super::App;
use crate::{
    conversations::play_again,
    problem::Problem,
    wire::{DecidedBody, ReplayBody, ReplayedTurn, rounded},
};

/// Turns that are run again, of a very long conversation.
const MOST_TURNS: usize = 200;

impl App {
    /// Runs a stored conversation on the engine of now. The state is what that makes of it, from the first turn on.
    ///
    /// # Errors
    /// [`Problem`]: there is none of this id, or the store can't be read.
    pub async fn replay(self: &Arc<Self>, id: &ConversationId) -> Result<ReplayBody, Problem> {
        let log = self.conversations.store()?.log(id).await?;
        let log = log.ok_or_else(|| Problem::not_found(format_args!("会话 {id}")))?;
        let engine = self.engines.hold();
        let work = move || -> Result<ReplayBody, Problem> {
            Ok(ReplayBody {
                release: engine.identity().knowledge.clone(),
                turns: run(&engine, &log)?,
            })
        };
        self.aside(work).await?
    }
}

fn run(engine: &Engine, log: &ConversationLog) -> Result<Vec<ReplayedTurn>, Problem> {
    let mut conversation = Conversation::new(log.conversation.id.as_str());
    let mut turns = Vec::new();
    for turn in log.turns.iter().take(MOST_TURNS) {
        let reply = play_again(engine, &mut conversation, turn)?;
        if let (Some(answer), Some(reply)) = (&turn.answer, reply) {
            turns.push(compared(turn, answer, &reply));
        }
    }
    Ok(turns)
}

fn compared(turn: &Turn, answer: &Answer, reply: &Reply) -> ReplayedTurn {
    let then = DecidedBody {
        decision: answer.decision.name(),
        reply: answer.reply.to_string(),
        faq: answer.faq().cloned(),
        confidence: rounded(answer.confidence.get()),
        rule: answer.rule.clone(),
    };
    let now = DecidedBody {
        decision: reply.decision.name(),
        reply: reply.text.clone(),
        faq: reply.faq.clone(),
        confidence: rounded(reply.confidence.get()),
        rule: reply.trace.rule.clone(),
    };
    ReplayedTurn {
        number: turn.number.get(),
        text: turn.event.text().cloned(),
        same: (then.decision, &then.faq, &then.rule) == (now.decision, &now.faq, &now.rule),
        then,
        now,
    }
}
