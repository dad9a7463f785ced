//! Conversations that ended without a human, told to the routing core: what the automatic resolution rate counts.

use std::{sync::Arc, time::Duration};

use jieda::{
    SignedDuration, Timestamp,
    types::{Decision, Event},
};
use jieda_routing::{Channel, Outcome};
use jieda_store::{
    AnyStore, ConversationLog, ConversationRecord, Filter, Journal as _, Outcome as Said, Page,
    Store as _,
};

use super::App;
use crate::{
    problem::Problem,
    routing::{Act, Desk, RoutingError},
};

/// How often they are looked for.
const LOOK_EVERY: Duration = Duration::from_secs(60);
/// A conversation that is quiet for so long has ended. One that goes on later is another contact.
const QUIET: SignedDuration = SignedDuration::from_mins(30);
/// Under which it is kept up to when conversations were counted, in milliseconds.
const COUNTED: &str = "routing.settled";
const PAGE: u32 = 200;

impl App {
    /// Counts conversations that ended without a human, for ever.
    pub(crate) async fn keep_settling(self: Arc<Self>, desk: Arc<Desk<AnyStore>>) {
        loop {
            tokio::time::sleep(LOOK_EVERY).await;
            let until = Timestamp::now().checked_sub(QUIET).unwrap_or_default();
            if let Err(error) = self.settle(&desk, until).await {
                tracing::warn!(
                    detail = error.detail,
                    "ended conversations can't be counted"
                );
            }
        }
    }

    /// Counts those in which something happened last after the time that was reached before, and before `until`.
    async fn settle(&self, desk: &Desk<AnyStore>, until: Timestamp) -> Result<(), Problem> {
        let journal = desk.journal();
        let since = match journal.bookmark(COUNTED).await? {
            Some(reached) => {
                Timestamp::from_millisecond(i64::try_from(reached).unwrap_or(i64::MAX))
                    .unwrap_or(until)
            }
            // What was before there was a routing core, is in none of its figures.
            None => desk.known_since().await?,
        };
        if since >= until {
            return Ok(());
        }
        let store = self.conversations.store()?;
        let filter = Filter {
            since: Some(since),
            until: Some(until),
            ..Filter::default()
        };
        let mut page = Page::oldest(PAGE);
        loop {
            let slice = store.conversations(&filter, &page).await?;
            for record in &slice.items {
                let is_over = record.updated < until && record.handed_over.is_none();
                if is_over {
                    self.settle_one(desk, record).await?;
                }
            }
            match slice.next {
                Some(cursor) => page = page.after(cursor),
                None => break,
            }
        }
        let reached = u64::try_from(until.as_millisecond()).unwrap_or_default();
        Ok(journal.set_bookmark(COUNTED, reached).await?)
    }

    async fn settle_one(
        &self,
        desk: &Desk<AnyStore>,
        record: &ConversationRecord,
    ) -> Result<(), Problem> {
        let log = self.conversations.store()?.log(&record.id).await?;
        let Some(outcome) = log.as_ref().and_then(outcome_of) else {
            return Ok(());
        };
        let channel = record.channel.as_deref();
        let act = Act::Settle {
            conversation: record.id.clone(),
            quiet_since: record.updated,
            channel: channel.and_then(|name| Channel::new(name).ok()),
            outcome,
        };
        match desk.act(act).await {
            Ok(_) | Err(RoutingError::IsSettled) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

/// How the last contact of a conversation ended, which was quiet ever since; none where a human had part in it, or nothing
/// was asked.
///
/// What the customer said of it counts. If he said nothing, it was resolved when his last question was answered: neither
/// asked back nor given up.
fn outcome_of(log: &ConversationLog) -> Option<Outcome> {
    let last = contact_begins(log);
    let turns = log.turns.get(last..)?;
    let begun = turns.first()?.at;
    let mut answered = None;
    for turn in turns {
        match (
            &turn.event,
            turn.answer.as_ref().map(|answer| &answer.decision),
        ) {
            (Event::AgentSaid { .. } | Event::HandedBack, _)
            | (_, Some(Decision::Handoff { .. } | Decision::Silent)) => return None,
            (_, None | Some(Decision::SmallTalk { .. })) | (Event::Rated { .. }, _) => {}
            (_, Some(Decision::AutoReply { .. })) => answered = Some(Outcome::Resolved),
            (_, Some(_)) => answered = Some(Outcome::Unresolved),
        }
    }
    let said = log.feedback.iter().rev().filter(|f| f.at >= begun);
    let said = said.filter_map(|feedback| feedback.outcome).next();
    let said = said.map(|said| match said {
        Said::Solved => Outcome::Resolved,
        Said::Unsolved => Outcome::Unresolved,
    });
    answered.map(|by_itself| said.unwrap_or(by_itself))
}

/// The turn with which the last contact begins: the first one after the last long silence.
fn contact_begins(log: &ConversationLog) -> usize {
    let pairs = log.turns.windows(2).enumerate().rev();
    let mut silences = pairs.filter(|(_, pair)| pair[1].at.duration_since(pair[0].at) >= QUIET);
    silences.next().map_or(0, |(before, _)| before + 1)
}

#[cfg(test)]
mod tests {
    use jieda::types::{
        Confidence, ConversationId, ConversationState, Customer, FaqId, HandoffReason,
    };
    use jieda_store::{Answer, Feedback, Trace, Turn, TurnNumber};

    use super::*;
    use crate::conversations::masked;

    fn at(minute: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minute)
    }

    fn reply() -> Decision {
        let faq = FaqId::new("ec-001").unwrap();
        Decision::AutoReply { faq }
    }

    fn human() -> Decision {
        Decision::Handoff {
            reason: HandoffReason::HumanRequest,
        }
    }

    /// What was decided at which minute; none: an agent spoke.
    fn outcome(turns: &[(i64, Option<Decision>)], said: &[(i64, Said)]) -> Option<Outcome> {
        let turn = |(i, (minute, decision)): (usize, &(i64, Option<Decision>))| {
            let text = masked("怎么退货");
            let event = match decision {
                Some(_) => Event::said(text),
                None => Event::AgentSaid { text },
            };
            let number = TurnNumber::new(i as u32 + 1).unwrap();
            let answer = decision.clone().map(|decision| Answer {
                decision,
                reply: masked("可以退"),
                confidence: Confidence::saturating(0.9),
                rule: "confident".into(),
                availability: None,
                variant: None,
                release: String::new(),
                policy: String::new(),
                latency: Duration::ZERO,
                trace: Trace::default(),
            });
            Turn {
                number,
                answer,
                ..Turn::new(at(*minute), event)
            }
        };
        let turns: Vec<Turn> = turns.iter().enumerate().map(turn).collect();
        let feedback = said.iter().map(|(minute, outcome)| Feedback {
            at: at(*minute),
            turn: None,
            rating: None,
            outcome: Some(*outcome),
            comment: None,
        });
        outcome_of(&ConversationLog {
            conversation: ConversationRecord {
                id: ConversationId::new("c-1").unwrap(),
                opened: at(0),
                updated: at(0),
                customer: Customer::default(),
                channel: None,
                last_turn: TurnNumber::MIN,
                release: None,
                handed_over: None,
                state: ConversationState::default(),
            },
            turns,
            feedback: feedback.collect(),
        })
    }

    #[test]
    fn it_ended_as_the_customer_said_or_as_he_was_answered() {
        let (resolved, unresolved) = (Some(Outcome::Resolved), Some(Outcome::Unresolved));
        let rephrase = || Some(Decision::Rephrase);
        assert_eq!(outcome(&[(0, Some(reply()))], &[]), resolved);
        assert_eq!(
            outcome(&[(0, Some(reply())), (1, rephrase())], &[]),
            unresolved
        );
        assert_eq!(
            outcome(&[(0, rephrase()), (1, Some(reply()))], &[]),
            resolved
        );
        assert_eq!(
            outcome(&[(0, Some(reply()))], &[(1, Said::Unsolved)]),
            unresolved
        );
        assert_eq!(outcome(&[(0, rephrase())], &[(1, Said::Solved)]), resolved);
        assert_eq!(outcome(&[], &[]), None);
    }

    #[test]
    fn where_a_human_had_part_it_is_his() {
        assert_eq!(outcome(&[(0, Some(human())), (1, None)], &[]), None);
        assert_eq!(
            outcome(&[(0, Some(reply())), (1, Some(human()))], &[]),
            None
        );
        // Long ago: what the customer came for today, the engine answered.
        let turns = [(0, Some(human())), (1, None), (90, Some(reply()))];
        assert_eq!(outcome(&turns, &[]), Some(Outcome::Resolved));
        assert_eq!(
            outcome(&turns, &[(5, Said::Unsolved)]),
            Some(Outcome::Resolved)
        );
    }
}
