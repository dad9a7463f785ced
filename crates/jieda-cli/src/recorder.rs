//! What is said and decided goes into a store.

use std::{collections::VecDeque, path::Path};

use anyhow::Context as _;
use jieda::{
    Conversation, Engine, Occasion, PersonalData, Reply, Timestamp,
    types::{ConversationId, Customer, Handover, MaskedText, Rating},
};
use jieda_server::{answer_of, wire::ReplyContext};
use jieda_store::{Event, StoreError, Turn, TurnNumber, Write, Writer, WriterOptions};

use crate::stored::Stored;

/// Most turns that wait for a disk that fails: then it ends.
const MOST_UNSAVED: usize = 100;

/// Records one conversation after the other.
pub(crate) struct Recorder {
    writer: Writer,
    id: ConversationId,
    next: TurnNumber,
    /// In order, the first was tried in vain.
    unsaved: VecDeque<Write>,
}

/// What happened, and what the engine made of it.
pub(crate) struct Happened<'a> {
    pub(crate) engine: &'a Engine,
    pub(crate) event: Event,
    pub(crate) occasion: &'a Occasion,
    pub(crate) reply: Option<&'a Reply>,
    pub(crate) package: Option<&'a Handover>,
}

impl Recorder {
    /// Records into a file, which is made if it isn't there.
    pub(crate) fn open(file: &Path) -> anyhow::Result<Self> {
        let stored = Stored::open_or_create(file)?;
        Ok(Self {
            writer: Writer::start(stored.store, &WriterOptions::default())?,
            id: new_id("chat")?,
            next: TurnNumber::MIN,
            unsaved: VecDeque::new(),
        })
    }

    /// Begins another conversation, and gives it an id that no other has.
    pub(crate) fn begin(&mut self, kind: &str) -> anyhow::Result<&ConversationId> {
        self.id = new_id(kind)?;
        self.next = TurnNumber::MIN;
        Ok(&self.id)
    }

    /// Stores the turn that led to the conversation as it is now, and waits for it. What could not be stored
    /// is tried again with the next turn.
    pub(crate) fn turn(
        &mut self,
        conversation: &Conversation,
        happened: Happened<'_>,
    ) -> anyhow::Result<()> {
        anyhow::ensure!(self.unsaved.len() < MOST_UNSAVED, "会话库一直写不进去");
        let occasion = happened.occasion;
        let customer = if occasion.customer == Customer::default() {
            &conversation.customer
        } else {
            &occasion.customer
        };
        let turn = Turn {
            number: self.next,
            at: occasion.at.unwrap_or_else(Timestamp::now),
            customer: customer.clone(),
            channel: occasion.channel.as_ref().map(ToString::to_string),
            event: happened.event,
            answer: happened.reply.map(|reply| {
                let context = ReplyContext::new(happened.engine, &conversation.state);
                answer_of(reply, happened.engine.identity(), &context)
            }),
            state: conversation.state.clone(),
            request: None,
            handover: happened.package.cloned(),
        };
        self.next = self.next.saturating_add(1);
        self.unsaved.push_back(Write::turn(self.id.clone(), turn));
        self.save()
    }

    /// Tries again what could not be stored.
    pub(crate) fn save(&mut self) -> anyhow::Result<()> {
        while let Some(write) = self.unsaved.front() {
            let stored = self.writer.record(write.clone()).and_then(|r| r.wait());
            match stored {
                // An id that another process has as well: no later try would end otherwise.
                Ok(()) | Err(StoreError::Conflict { .. }) => {
                    self.unsaved.pop_front();
                }
                Err(_) => {}
            }
            stored.context("这一轮没有存入会话库")?;
        }
        Ok(())
    }
}

/// The customer rated.
pub(crate) fn rated(rating: Rating) -> Event {
    Event::Rated { rating }
}

/// A human agent said something.
pub(crate) fn agent_said(text: &str) -> Event {
    Event::AgentSaid { text: masked(text) }
}

fn masked(text: &str) -> MaskedText {
    PersonalData::mask(text).to_masked_text()
}

/// When it began, and six digits by chance.
fn new_id(kind: &str) -> anyhow::Result<ConversationId> {
    let time = Timestamp::now().strftime("%Y%m%dT%H%M%S").to_string();
    let chance = fastrand::u32(..1 << 24);
    Ok(ConversationId::new(format!("{kind}-{time}-{chance:06x}"))?)
}
