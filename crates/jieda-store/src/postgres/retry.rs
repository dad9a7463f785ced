//! Trying again.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::{Duration, Instant},
};

use crate::StoreError;

/// How long what is read is tried again: somebody waits for it.
pub(super) const READING: Duration = Duration::from_secs(3);
/// The first pause; each next one is twice as long, up to the longest.
const FIRST: Duration = Duration::from_millis(10);
const LONGEST: Duration = Duration::from_secs(1);

/// Attempts at one thing. Between two of them there is a pause of a random length, so that processes that failed together
/// don't come again together.
#[derive(Debug)]
pub(super) struct Tries<'a> {
    begun: Instant,
    pause: Duration,
    patience: Duration,
    counter: &'a AtomicUsize,
}

impl<'a> Tries<'a> {
    pub(super) fn new(patience: Duration, counter: &'a AtomicUsize) -> Self {
        Self {
            begun: Instant::now(),
            pause: FIRST,
            patience,
            counter,
        }
    }

    /// Waits until it is worth another attempt.
    ///
    /// # Errors
    /// The failure, if that is for good, or if it has gone on for too long.
    pub(super) async fn after(&mut self, error: StoreError) -> Result<(), StoreError> {
        if !error.is_temporary() || self.begun.elapsed() + self.pause > self.patience {
            return Err(error);
        }
        self.counter.fetch_add(1, Ordering::Relaxed);
        tokio::time::sleep(self.pause.mul_f64(0.5 + fastrand::f64())).await;
        self.pause = (self.pause * 2).min(LONGEST);
        Ok(())
    }
}

/// Does what does no harm when it is done twice, until it works or its tries are used up.
macro_rules! again {
    ($tries:expr, $work:expr) => {{
        let mut tries = $tries;
        loop {
            match $work {
                Ok(done) => break Ok(done),
                Err(error) => tries.after(error).await?,
            }
        }
    }};
}
pub(super) use again;
