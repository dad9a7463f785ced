//! The host of the router: what is acknowledged is in the journal, and nothing else is.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may fail by panic"
)]

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use jieda_routing::{
    AgentId, AgentState, EventKind, Mode, Outcome, Refused, Rules, Stage, Ticket, TicketId,
};
use jieda_server::routing::{Act, Desk, DeskView, Of, RoutingError};
use jieda_store::{Bookmark, Entry, Journal, NewEntry, StoreError};
use jiff::Timestamp;

/// A journal in memory, whose disk may be full.
#[derive(Debug, Clone, Default)]
struct Paper(Arc<Mutex<Sheet>>);

#[derive(Debug, Default)]
struct Sheet {
    entries: Vec<Entry>,
    /// Entries that were forgotten.
    gone: u64,
    bookmarks: BTreeMap<String, u64>,
    /// Appends that fail, and whether they are written all the same.
    failing: Vec<Written>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Written {
    Yes,
    No,
}

impl Sheet {
    fn last(&self) -> u64 {
        self.gone + self.entries.len() as u64
    }
}

impl Paper {
    fn fail(&self, written: Written) {
        self.0.lock().unwrap().failing.push(written);
    }

    fn length(&self) -> usize {
        self.0.lock().unwrap().entries.len()
    }
}

impl Journal for Paper {
    async fn append(&self, journal: &str, last: u64, new: &[NewEntry]) -> Result<u64, StoreError> {
        let mut sheet = self.0.lock().unwrap();
        let found = sheet.last();
        if found != last {
            return Err(StoreError::Overtaken {
                journal: journal.to_owned(),
                last,
                found,
            });
        }
        let failing = sheet.failing.pop();
        if failing != Some(Written::No) {
            for (number, entry) in (last + 1..).zip(new) {
                sheet.entries.push(Entry {
                    number,
                    at: entry.at,
                    body: entry.body.clone(),
                });
            }
        }
        match failing {
            Some(_) => Err(StoreError::Busy),
            None => Ok(sheet.last()),
        }
    }

    async fn entries(&self, _: &str, after: u64, limit: u32) -> Result<Vec<Entry>, StoreError> {
        let sheet = self.0.lock().unwrap();
        let new = sheet.entries.iter().filter(|entry| entry.number > after);
        Ok(new.take(limit as usize).cloned().collect())
    }

    async fn forget(&self, _: &str, number: u64, time: Timestamp) -> Result<u64, StoreError> {
        let mut sheet = self.0.lock().unwrap();
        let before = sheet.entries.len();
        let last = sheet.last();
        let is_kept = |e: &Entry| e.number >= number || e.at >= time || e.number == last;
        sheet.entries.retain(is_kept);
        let gone = (before - sheet.entries.len()) as u64;
        sheet.gone += gone;
        Ok(gone)
    }

    async fn set_bookmark(&self, reader: &str, number: u64) -> Result<(), StoreError> {
        let mut sheet = self.0.lock().unwrap();
        sheet.bookmarks.insert(reader.to_owned(), number);
        Ok(())
    }

    async fn move_bookmark(
        &self,
        reader: &str,
        from: Option<u64>,
        to: u64,
    ) -> Result<Bookmark, StoreError> {
        let mut sheet = self.0.lock().unwrap();
        if sheet.bookmarks.get(reader).copied() != from {
            return Ok(Bookmark::Elsewhere);
        }
        sheet.bookmarks.insert(reader.to_owned(), to);
        Ok(Bookmark::Moved)
    }

    async fn bookmark(&self, reader: &str) -> Result<Option<u64>, StoreError> {
        Ok(self.0.lock().unwrap().bookmarks.get(reader).copied())
    }
}

async fn desk(paper: &Paper) -> Desk<Paper> {
    let rules = Rules::complete("").unwrap();
    Desk::open(paper.clone(), rules).await.unwrap()
}

fn arrive() -> Act {
    let ticket: Ticket = serde_json::from_str(r#"{"id":0}"#).unwrap();
    Act::Arrive {
        ticket: Box::new(ticket),
        of: Of::default(),
    }
}

fn ready(id: u32) -> [Act; 2] {
    agent(id, "")
}

/// Somebody to whom tickets are offered.
fn skilled(id: u32) -> [Act; 2] {
    agent(id, r#""综合":3"#)
}

fn agent(id: u32, skills: &str) -> [Act; 2] {
    let agent = format!(r#"{{"id":{id},"name":"a","skills":{{{skills}}},"capacity":2}}"#);
    let agent: jieda_routing::Agent = serde_json::from_str(&agent).unwrap();
    let state = AgentState::Ready;
    [
        Act::Happen(EventKind::AgentRegistered { agent }),
        Act::Happen(EventKind::AgentState {
            agent: AgentId(id),
            state,
        }),
    ]
}

/// What does not depend on how long ago the last event was.
fn seen(view: &DeskView) -> serde_json::Value {
    serde_json::json!([view.last, view.agents, view.tickets, view.alarms, view.mode])
}

#[tokio::test]
async fn what_could_not_be_written_did_not_happen() {
    let paper = Paper::default();
    let desk = desk(&paper).await;
    desk.act(arrive()).await.unwrap();
    let before = desk.view().await.unwrap();

    paper.fail(Written::No);
    let failed = desk.act(arrive()).await;
    assert!(matches!(failed, Err(RoutingError::Store(_))), "{failed:?}");
    assert_eq!(seen(&desk.view().await.unwrap()), seen(&before));
    desk.act(arrive()).await.unwrap();
    assert_eq!(desk.view().await.unwrap().tickets.len(), 2);

    // A disk may also write and then fail: what it holds is what counts.
    paper.fail(Written::Yes);
    assert!(desk.act(arrive()).await.is_err());
    assert_eq!(desk.view().await.unwrap().tickets.len(), 3);
}

#[tokio::test]
async fn two_hosts_of_one_journal_agree() {
    let paper = Paper::default();
    let hosts = [desk(&paper).await, desk(&paper).await];
    for act in ready(1) {
        hosts[0].act(act).await.unwrap();
    }
    let mut random = 7_u64;
    for step in 0..200_usize {
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        let host = &hosts[(random >> 33) as usize % 2];
        let open = host.view().await.unwrap().tickets;
        let act = match (open.first(), (random >> 40) % 3) {
            (Some(seen), 0) => match seen.stage {
                Some(Stage::Offered { agent }) => EventKind::OfferAccepted {
                    ticket: seen.ticket.id,
                    agent,
                },
                Some(Stage::Taken { .. }) => EventKind::ContactEnded {
                    ticket: seen.ticket.id,
                    outcome: Outcome::Resolved,
                },
                _ => EventKind::TicketAbandoned {
                    ticket: seen.ticket.id,
                },
            },
            (_, 1) if step % 50 == 0 => EventKind::ModeChanged {
                mode: Mode::Degraded,
            },
            _ => {
                host.act(arrive()).await.unwrap();
                continue;
            }
        };
        // The other host may have been there before.
        match host.act(Act::Happen(act)).await {
            Ok(_) | Err(RoutingError::Refused(_)) => {}
            Err(error) => panic!("{error}"),
        }
    }
    // Whoever acts last has read all.
    let fresh = desk(&paper).await;
    assert!(paper.length() > 100);
    for host in &hosts {
        host.act(arrive()).await.unwrap();
    }
    let last = desk(&paper).await.view().await.unwrap();
    assert_eq!(seen(&hosts[1].view().await.unwrap()), seen(&last));
    drop(fresh);
}

#[tokio::test]
async fn a_conversation_has_one_open_ticket() {
    let paper = Paper::default();
    let desk = desk(&paper).await;
    let id = jieda::types::ConversationId::new("c-1").unwrap();
    let act = |conversation| match arrive() {
        Act::Arrive { ticket, .. } => Act::Arrive {
            ticket,
            of: Of::conversation(conversation),
        },
        act => act,
    };
    desk.act(act(id.clone())).await.unwrap();
    let ticket = desk.ticket_of(&id).await.unwrap().unwrap();
    let again = desk.act(act(id.clone())).await;
    assert!(matches!(again, Err(RoutingError::HasTicket(open)) if open == ticket));
    let gone = EventKind::TicketAbandoned { ticket };
    desk.act(Act::Happen(gone.clone())).await.unwrap();
    let twice = desk.act(Act::Happen(gone)).await;
    assert!(matches!(
        twice,
        Err(RoutingError::Refused(Refused::UnknownTicket))
    ));
    desk.act(act(id.clone())).await.unwrap();
    assert_ne!(desk.ticket_of(&id).await.unwrap(), Some(ticket));
    assert!(ticket > TicketId(0));
}

#[tokio::test]
async fn a_long_journal_begins_anew_with_those_who_wait() {
    let paper = Paper::default();
    let desk = self::desk(&paper).await;
    for act in skilled(1) {
        desk.act(act).await.unwrap();
    }
    let says = |state| {
        Act::Happen(EventKind::AgentState {
            agent: AgentId(1),
            state,
        })
    };
    let taken = desk.act(arrive()).await.unwrap().number;
    let accepted = EventKind::OfferAccepted {
        ticket: TicketId(taken),
        agent: AgentId(1),
    };
    desk.act(Act::Happen(accepted)).await.unwrap();
    desk.act(says(AgentState::Busy)).await.unwrap();
    let waiting = desk.act(arrive()).await.unwrap().number;
    let before = desk.view().await.unwrap();
    for _ in 0..10_500 {
        desk.act(says(AgentState::Break)).await.unwrap();
        desk.act(says(AgentState::Busy)).await.unwrap();
    }
    let view = desk.view().await.unwrap();
    assert_eq!(view.agents[0].now.as_ref().unwrap().state, AgentState::Busy);
    let tickets = |view: &DeskView| {
        let ids = view.tickets.iter().map(|t| (t.ticket.id, t.stage));
        ids.collect::<Vec<_>>()
    };
    assert_eq!(tickets(&view), tickets(&before));
    let ids = tickets(&view).into_iter().map(|(id, _)| id.0);
    assert_eq!(ids.collect::<Vec<_>>(), [taken, waiting]);
    let forgotten = desk.forget(Timestamp::MAX).await.unwrap();
    assert!(forgotten > 20_000, "{forgotten}");
    let again = self::desk(&paper).await;
    let mut seen = again.view().await.unwrap();
    seen.at = view.at;
    assert_eq!(seen, view);
    let done = EventKind::ContactEnded {
        ticket: TicketId(taken),
        outcome: jieda_routing::Outcome::Resolved,
    };
    again.act(Act::Happen(done)).await.unwrap();
}

#[tokio::test]
async fn other_rules_come_into_force_while_somebody_waits() {
    let paper = Paper::default();
    let desk = self::desk(&paper).await;
    let conversation = id("c1");
    let of = Of::conversation(conversation.clone());
    let Act::Arrive { ticket, .. } = arrive() else {
        unreachable!()
    };
    let number = desk.act(Act::Arrive { ticket, of }).await.unwrap().number;
    drop(desk);
    let rules = Rules::complete("[limits]\nconcurrent = 1\n").unwrap();
    let desk = Desk::open(paper.clone(), rules.clone()).await.unwrap();
    assert_eq!(
        desk.rules().await.unwrap(),
        Rules::from_toml(&rules).unwrap()
    );
    let ticket = desk.ticket_of(&conversation).await.unwrap();
    assert_eq!(ticket, Some(TicketId(number)));
    // A third host that begins with the same rules reads the same.
    let again = Desk::open(paper, rules).await.unwrap();
    assert_eq!(again.ticket_of(&conversation).await.unwrap(), ticket);
}

#[tokio::test]
async fn the_mode_follows_what_answers_show_but_not_against_people() {
    let paper = Paper::default();
    let desk = self::desk(&paper).await;
    let mode = async || desk.view().await.unwrap().mode;
    let at = |second: i64| Timestamp::from_second(1_800_000_000 + second).unwrap();
    assert_eq!(desk.follow(Mode::Normal, at(0)).await.unwrap(), None);
    let degraded = desk.follow(Mode::Degraded, at(1)).await.unwrap();
    assert_eq!(degraded, Some(Mode::Degraded));
    assert_eq!(desk.follow(Mode::Degraded, at(30)).await.unwrap(), None);
    // Another host is whole, and this one is not: that counts, also after a start.
    let again = self::desk(&paper).await;
    assert_eq!(again.follow(Mode::Normal, at(31)).await.unwrap(), None);
    assert_eq!(again.follow(Mode::Normal, at(89)).await.unwrap(), None);
    let whole = again.follow(Mode::Normal, at(90)).await.unwrap();
    assert_eq!(whole, Some(Mode::Normal));

    let by_hand = |mode| Act::Happen(EventKind::ModeChanged { mode });
    desk.act(by_hand(Mode::Degraded)).await.unwrap();
    assert_eq!(desk.follow(Mode::Normal, at(999)).await.unwrap(), None);
    assert_eq!(mode().await, Mode::Degraded);
    desk.act(by_hand(Mode::Normal)).await.unwrap();
    assert_eq!(mode().await, Mode::Normal);
}

#[tokio::test]
async fn whoever_served_a_customer_last_is_asked_first() {
    let paper = Paper::default();
    let desk = self::desk(&paper).await;
    for act in [skilled(1), skilled(2)].into_iter().flatten() {
        desk.act(act).await.unwrap();
    }
    let arrive = |conversation: &str| {
        let Act::Arrive { ticket, .. } = arrive() else {
            unreachable!()
        };
        let of = Of {
            conversation: Some(id(conversation)),
            customer: Some("u-7".into()),
        };
        Act::Arrive { ticket, of }
    };
    desk.act(arrive("c-1")).await.unwrap();
    let offered = |view: &DeskView| match view.tickets[0].stage {
        Some(Stage::Offered { agent }) => (view.tickets[0].ticket.id, agent),
        other => panic!("{other:?}"),
    };
    let (ticket, agent) = offered(&desk.view().await.unwrap());
    let accepted = EventKind::OfferAccepted { ticket, agent };
    desk.act(Act::Happen(accepted)).await.unwrap();
    let outcome = Outcome::Resolved;
    let ended = EventKind::ContactEnded { ticket, outcome };
    desk.act(Act::Happen(ended)).await.unwrap();
    // He is ready again, and the other has worked less: he gets it all the same, also after a start.
    let state = AgentState::Ready;
    desk.act(Act::Happen(EventKind::AgentState { agent, state }))
        .await
        .unwrap();
    let desk = self::desk(&paper).await;
    desk.act(arrive("c-2")).await.unwrap();
    assert_eq!(offered(&desk.view().await.unwrap()).1, agent);
    let first = id("c-1");
    assert_eq!(desk.last_ticket_of(&first).await.unwrap(), Some(ticket));
}

fn id(text: &str) -> jieda::types::ConversationId {
    jieda::types::ConversationId::new(text).unwrap()
}
