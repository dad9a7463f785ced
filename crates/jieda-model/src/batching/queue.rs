//! Who waits, and who comes into the next batch.

use std::{
    collections::VecDeque,
    sync::mpsc::Sender,
    time::{Duration, Instant},
};

use jieda_types::{Encoded, TextRole};

use super::BatchingError;

/// What a waiting caller is told.
#[derive(Debug)]
pub(super) enum Event {
    /// The next of its vectors, or why there are none.
    Encoded(Result<Vec<Encoded>, BatchingError>),
    /// Its token was cancelled.
    Cancelled,
}

/// What a text costs. The tokenizer is out of reach here: in Chinese a token is about a character,
/// and two more open and close the sequence. Other languages are cheaper than this says.
pub(super) fn cost(text: &str) -> usize {
    text.chars().count() + 2
}

/// What a caller still waits for.
struct Request {
    id: u64,
    role: TextRole,
    texts: VecDeque<String>,
    cost: usize,
    arrived: Instant,
    events: Sender<Event>,
}

/// Texts that are encoded together.
pub(super) struct Batch {
    pub(super) role: TextRole,
    pub(super) texts: Vec<String>,
    /// Whom the vectors are for: the first so many are the first caller's, and so on.
    pub(super) shares: Vec<(Sender<Event>, usize)>,
}

/// Callers in the order in which they are served.
#[derive(Default)]
pub(super) struct Queue {
    requests: VecDeque<Request>,
    /// The rest of a request whose piece is being encoded.
    cut: Option<Request>,
    next_id: u64,
}

impl Queue {
    pub(super) fn len(&self) -> usize {
        self.all().count()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn all(&self) -> impl Iterator<Item = &Request> {
        self.requests.iter().chain(&self.cut)
    }

    /// Whether what waits is enough for a batch of this budget.
    pub(super) fn fills(&self, budget: usize) -> bool {
        self.all().map(|r| r.cost).sum::<usize>() >= budget
    }

    /// How long the one who came first has been waiting.
    pub(super) fn longest_wait(&self) -> Duration {
        self.all()
            .map(|r| r.arrived.elapsed())
            .max()
            .unwrap_or_default()
    }

    /// Adds a caller at the end; the number is for [`Queue::remove`].
    pub(super) fn push(&mut self, texts: &[&str], role: TextRole, events: Sender<Event>) -> u64 {
        let id = self.next_id;
        self.next_id += 1;
        self.requests.push_back(Request {
            id,
            role,
            texts: texts.iter().map(|&t| t.to_owned()).collect(),
            cost: texts.iter().map(|t| cost(t)).sum(),
            arrived: Instant::now(),
            events,
        });
        id
    }

    /// Forgets a caller who is gone.
    pub(super) fn remove(&mut self, id: u64) {
        self.requests.retain(|r| r.id != id);
        self.cut = self.cut.take().filter(|r| r.id != id);
    }

    /// Sends everybody away.
    pub(super) fn refuse_all(&mut self, error: &BatchingError) {
        for request in self.requests.drain(..).chain(self.cut.take()) {
            let _ = request.events.send(Event::Encoded(Err(error.clone())));
        }
    }

    /// Takes the next batch out of the queue: the first caller, and those of the same role that fit
    /// behind it, in order, up to the first that does not fit. That one is not overtaken by smaller
    /// ones, and is nearer to the front next time.
    ///
    /// Only a request that is larger than the budget is cut, and only when it is at the front. Its
    /// rest goes to the end of the queue once that piece is done: everybody who waits then is served
    /// before its next piece, and who comes later is not.
    pub(super) fn next_batch(&mut self, budget: usize) -> Option<Batch> {
        self.requests.extend(self.cut.take());
        let mut first = self.requests.pop_front()?;
        let mut batch = Batch {
            role: first.role,
            texts: Vec::new(),
            shares: Vec::new(),
        };
        let mut left = budget.saturating_sub(first.take(budget, &mut batch));
        if !first.texts.is_empty() {
            self.cut = Some(first);
            return Some(batch);
        }
        let mut i = 0;
        while let Some(request) = self.requests.get(i) {
            if request.role != batch.role {
                i += 1;
            } else if request.cost > left {
                break;
            } else if let Some(mut request) = self.requests.remove(i) {
                left -= request.take(left, &mut batch);
            }
        }
        Some(batch)
    }
}

impl Request {
    /// Moves texts into a batch while they fit, at least one; gives what they cost.
    fn take(&mut self, budget: usize, batch: &mut Batch) -> usize {
        let (mut spent, mut count) = (0, 0);
        while let Some(text) = self.texts.front() {
            let cost = cost(text);
            if count > 0 && spent + cost > budget {
                break;
            }
            batch.texts.extend(self.texts.pop_front());
            spent += cost;
            count += 1;
        }
        self.cost -= spent;
        batch.shares.push((self.events.clone(), count));
        spent
    }
}
