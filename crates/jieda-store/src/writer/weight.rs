//! How much memory waits.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use crate::Write;

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

/// The length of a write as JSON.
pub(super) fn of(write: &Write) -> usize {
    let mut counter = Counter(0);
    // A value that is no JSON is refused when it is stored.
    let _ = match write {
        Write::Turn { turn, .. } => serde_json::to_writer(&mut counter, turn),
        Write::Feedback { feedback, .. } => serde_json::to_writer(&mut counter, feedback),
    };
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
