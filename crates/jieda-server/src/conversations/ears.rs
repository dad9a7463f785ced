//! Those who listen to a conversation, and what they hear.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use jieda::types::MaskedText;
use jieda_store::{Sharing, Turn, TurnNumber};
use jiff::Timestamp;
use serde::Serialize;
use tokio::sync::broadcast;
use utoipa::ToSchema;

/// Turns that a listener may be behind.
const EVENTS: usize = 32;

/// A turn, for whoever listens to a conversation.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TurnEvent {
    /// Its place in the conversation, from 1.
    #[schema(value_type = u32)]
    pub number: TurnNumber,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// `said`, `rated`, `agent_said` or `handed_back`.
    pub event: &'static str,
    /// What was said, masked.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub text: Option<MaskedText>,
    /// What the engine said to it, masked.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub reply: Option<MaskedText>,
    /// What was decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decision: Option<&'static str>,
}

impl TurnEvent {
    /// What others may see of a turn.
    #[must_use]
    pub fn of(turn: &Turn) -> Self {
        Self {
            number: turn.number,
            at: turn.at,
            event: turn.event.name(),
            text: turn.event.text().cloned(),
            reply: turn.answer.as_ref().map(|answer| answer.reply.clone()),
            decision: turn.answer.as_ref().map(|answer| answer.decision.name()),
        }
    }
}

/// Those who listen to a conversation, and the last turn that they were told: each is told once, also where another
/// process made it.
#[derive(Debug)]
pub(super) struct Ears {
    pub(super) sender: broadcast::Sender<TurnEvent>,
    pub(super) told: AtomicU32,
}

impl Ears {
    pub(super) fn new() -> Self {
        Self {
            sender: broadcast::channel(EVENTS).0,
            told: AtomicU32::new(0),
        }
    }

    pub(super) fn are_there(&self) -> bool {
        self.sender.receiver_count() > 0
    }

    /// Tells a turn, if it was not told. Where other processes make turns as well, one whose predecessor was not told is
    /// left for later: they are told in order.
    fn tell(&self, turn: &Turn, sharing: Sharing) {
        let number = turn.number.get();
        let told = self.told.load(Ordering::Relaxed);
        let is_next = match sharing {
            Sharing::Alone => told < number,
            Sharing::Shared => told == 0 || told.saturating_add(1) == number,
        };
        let order = Ordering::Relaxed;
        if is_next
            && self
                .told
                .compare_exchange(told, number, order, order)
                .is_ok()
        {
            // Nobody may be listening any more.
            let _ = self.sender.send(TurnEvent::of(turn));
        }
    }
}

/// Tells those who listen, if anybody ever did.
pub(super) fn tell(ears: Option<&Arc<Ears>>, (turn, sharing): (&Turn, Sharing)) {
    if let Some(ears) = ears {
        ears.tell(turn, sharing);
    }
}
