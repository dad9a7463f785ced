//! Trying again.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::{Duration, Instant},
};

use crate::StoreError;

/// How long something is tried again.
pub(super) struct Again;

impl Again {
    /// Where somebody waits for what is read.
    pub(super) const READ: Duration = Duration::from_secs(3);
}

/// The first pause; each next one is twice as long, up to the longest.
const FIRST: Duration = Duration::from_millis(10);
const LONGEST: Duration = Duration::from_secs(1);

/// Does something until it works, fails for good, or has failed for too long. Between two attempts there is a pause of a
/// random length, so that processes that failed together don't come again together.
pub(super) async fn with_retries<T>(
    patience: Duration,
    counter: &AtomicUsize,
    mut work: impl AsyncFnMut() -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    let begun = Instant::now();
    let mut pause = FIRST;
    loop {
        let error = match work().await {
            Err(error) if error.is_temporary() => error,
            done => return done,
        };
        if begun.elapsed() + pause > patience {
            return Err(error);
        }
        counter.fetch_add(1, Ordering::Relaxed);
        tokio::time::sleep(pause.mul_f64(0.5 + fastrand::f64())).await;
        pause = (pause * 2).min(LONGEST);
    }
}
