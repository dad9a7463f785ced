//! Threads that each run a whole job.

use std::{
    num::NonZeroUsize,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use candle_core::Result;

/// Threads for jobs that share nothing. Each is a rayon pool of one, so that what candle would spread
/// over all threads stays on its own: one job a core beats one product on all cores.
pub(crate) struct Workers {
    pools: Vec<rayon::ThreadPool>,
}

impl Workers {
    pub(crate) fn new(
        threads: NonZeroUsize,
    ) -> std::result::Result<Self, rayon::ThreadPoolBuildError> {
        let one = || rayon::ThreadPoolBuilder::new().num_threads(1).build();
        Ok(Self {
            pools: (0..threads.get())
                .map(|_| one())
                .collect::<std::result::Result<_, _>>()?,
        })
    }

    /// Does a job for every item; gives the outcomes in the items' order.
    pub(crate) fn map<T: Sync, R: Send>(
        &self,
        items: &[T],
        job: impl Fn(&T) -> Result<R> + Sync,
    ) -> Result<Vec<R>> {
        let next = AtomicUsize::new(0);
        let done: Mutex<Vec<(usize, Result<R>)>> = Mutex::new(Vec::with_capacity(items.len()));
        let work = || {
            while let Some((i, item)) = {
                let i = next.fetch_add(1, Ordering::Relaxed);
                items.get(i).map(|item| (i, item))
            } {
                let outcome = job(item);
                done.lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .push((i, outcome));
            }
        };
        std::thread::scope(|scope| {
            for pool in self.pools.iter().take(items.len()) {
                scope.spawn(|| pool.install(work));
            }
        });
        let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
        done.sort_by_key(|(i, _)| *i);
        done.into_iter().map(|(_, outcome)| outcome).collect()
    }
}
