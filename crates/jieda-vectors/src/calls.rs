//! Asynchronous calls for callers who wait.

use std::{
    fmt,
    future::Future,
    sync::{Mutex, PoisonError, mpsc},
    time::{Duration, Instant},
};

use tokio::runtime::{Builder, Runtime};

use crate::VectorsError;

/// Longest that a search waits for an engine. An answer is made without it then.
const WITHIN: Duration = Duration::from_secs(2);
/// How long an engine that failed is not asked.
const REST: Duration = Duration::from_secs(2);

/// Runs calls on a thread of its own, so that any thread may wait for them, also one of another runtime.
pub(crate) struct Calls {
    /// Always there, until it is dropped.
    runtime: Option<Runtime>,
    /// Until when nothing is asked.
    resting: Mutex<Option<Instant>>,
}

impl Calls {
    pub(crate) fn start() -> Result<Self, VectorsError> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("jieda-vectors")
            .enable_all()
            .build()
            .map_err(VectorsError::Threads)?;
        Ok(Self {
            runtime: Some(runtime),
            resting: Mutex::default(),
        })
    }

    /// Waits for a call. After one that failed, the engine rests.
    pub(crate) fn wait<T: Send + 'static>(
        &self,
        doing: &'static str,
        call: impl Future<Output = Result<T, VectorsError>> + Send + 'static,
    ) -> Result<T, VectorsError> {
        if self.is_resting() {
            return Err(VectorsError::Resting);
        }
        let answered = self.run(doing, call);
        let rest = answered.is_err().then(|| Instant::now() + REST);
        *self.resting() = rest;
        answered
    }

    fn run<T: Send + 'static>(
        &self,
        doing: &'static str,
        call: impl Future<Output = Result<T, VectorsError>> + Send + 'static,
    ) -> Result<T, VectorsError> {
        let runtime = self
            .runtime
            .as_ref()
            .ok_or(VectorsError::GivenUp { doing })?;
        let (tell, told) = mpsc::sync_channel(1);
        runtime.spawn(async move {
            let late = |_| VectorsError::Late {
                doing,
                within: WITHIN,
            };
            let answered = tokio::time::timeout(WITHIN, call).await.map_err(late);
            // Whoever waited may be gone.
            let _ = tell.send(answered.flatten());
        });
        told.recv().unwrap_or(Err(VectorsError::GivenUp { doing }))
    }

    /// After a rest it is asked by one caller; for the others it goes on resting until that one knows.
    fn is_resting(&self) -> bool {
        let mut resting = self.resting();
        let now = Instant::now();
        match *resting {
            Some(until) if now < until => true,
            Some(_) => {
                *resting = Some(now + WITHIN);
                false
            }
            None => false,
        }
    }

    fn resting(&self) -> std::sync::MutexGuard<'_, Option<Instant>> {
        self.resting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Where clients that keep connections do so.
    pub(crate) fn enter(&self) -> Option<tokio::runtime::EnterGuard<'_>> {
        self.runtime.as_ref().map(Runtime::enter)
    }
}

impl Drop for Calls {
    fn drop(&mut self) {
        // Waiting for the thread is not allowed on threads of another runtime.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl fmt::Debug for Calls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Calls").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail by panic")]

    use super::*;

    #[test]
    fn any_thread_may_wait() {
        let calls = Calls::start().unwrap();
        let outer = Builder::new_current_thread().build().unwrap();
        let answer = outer.block_on(async {
            let answer = calls.wait("adding", async { Ok(1 + 1) });
            drop(calls);
            answer
        });
        assert_eq!(answer.unwrap(), 2);
    }

    #[test]
    fn after_a_failure_it_is_left_alone() {
        let calls = Calls::start().unwrap();
        let fail = async { Err::<(), _>(VectorsError::TooLarge("everything")) };
        assert!(matches!(
            calls.wait("failing", fail),
            Err(VectorsError::TooLarge(_))
        ));
        let asked = calls.wait("asking", async { Ok(()) });
        assert!(matches!(asked, Err(VectorsError::Resting)));
        *calls.resting() = Some(Instant::now());
        assert!(calls.wait("asking", async { Ok(()) }).is_ok());
    }
}
