//! What a conversation is in memory.

use std::collections::VecDeque;

use jieda::Conversation;
use jieda_store::{Trace, Turn, TurnNumber};
use jiff::Timestamp;

/// Keys of requests that a conversation remembers.
const MOST_REQUESTS: usize = 8;
/// What one of them takes: a turn without its trace.
const REQUEST_BYTES: u64 = 6144;

/// What a turn is made on.
#[derive(Debug)]
pub struct Live {
    /// State, customer and history.
    pub conversation: Conversation,
    /// The number of the next turn.
    pub next: TurnNumber,
    /// The time of the last turn.
    pub(super) after: Option<Timestamp>,
    /// The last turns whose callers gave a key.
    requests: VecDeque<Turn>,
}

impl Live {
    /// A conversation whose next turn has this number.
    pub(crate) fn new(conversation: Conversation, next: TurnNumber) -> Self {
        Self {
            conversation,
            next,
            after: None,
            requests: VecDeque::new(),
        }
    }

    /// The turn that a request has led to already.
    pub(crate) fn of_request(&self, request: &str) -> Option<&Turn> {
        let is_it = |turn: &&Turn| turn.request.as_deref() == Some(request);
        self.requests.iter().rev().find(is_it)
    }

    /// Bytes of the turns that are remembered.
    pub(super) fn request_bytes(&self) -> u64 {
        REQUEST_BYTES * self.requests.len() as u64
    }

    /// Remembers a turn by the key of its request, if it has one. Its trace is not told again.
    pub(super) fn remember(&mut self, turn: &Turn) {
        if turn.request.is_some() {
            let mut turn = turn.clone();
            if let Some(answer) = &mut turn.answer {
                answer.trace = Trace::default();
            }
            self.requests.push_back(turn);
            if self.requests.len() > MOST_REQUESTS {
                self.requests.pop_front();
            }
        }
    }
}
