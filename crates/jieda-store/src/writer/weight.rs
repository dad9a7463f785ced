//! How much memory waits.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use serde::Serialize;

use crate::{Event, Turn, Write};

/// Bytes that are counted as long as it lives.
#[derive(Debug)]
pub(super) struct Held {
    bytes: usize,
    all: Arc<AtomicUsize>,
}

impl Held {
    /// Counts bytes, if that many may be held beside those that are.
    pub(super) fn take(all: &Arc<AtomicUsize>, bytes: usize, most: usize) -> Option<Self> {
        let fits = |held: usize| {
            let sum = held.saturating_add(bytes);
            (held == 0 || sum <= most).then_some(sum)
        };
        all.fetch_update(Ordering::Relaxed, Ordering::Relaxed, fits)
            .ok()?;
        Some(Self {
            bytes,
            all: Arc::clone(all),
        })
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.all.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

/// What a write takes, about: never less than its texts.
pub(super) fn of(write: &Write) -> usize {
    match write {
        Write::Turn { turn, .. } => turn.weight(),
        Write::Feedback { feedback, .. } => length(feedback),
    }
}

/// What a turn takes beside its texts: its state, which is below 4 kB, and all that has a length of its own.
const TURN: usize = 5 << 10;

impl Turn {
    /// Bytes of memory that it takes, about: never less than its texts.
    #[must_use]
    pub fn weight(&self) -> usize {
        let said = self.event.text().map_or(0, |text| text.as_str().len());
        let variables = match &self.event {
            Event::Said { variables, .. } => length(variables),
            _ => 0,
        };
        let answer = self.answer.as_ref();
        let answer = answer.map_or(0, |a| a.reply.as_str().len() + a.trace.as_str().len());
        // Few turns have a package.
        let package = self.handover.as_ref().map_or(0, length);
        TURN + said + variables + answer + package
    }
}

/// Of a value as JSON.
fn length(value: &impl Serialize) -> usize {
    let mut counter = Counter(0);
    // A value that is no JSON is refused when it is stored.
    let _ = serde_json::to_writer(&mut counter, value);
    counter.0
}

struct Counter(usize);

impl io::Write for Counter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
