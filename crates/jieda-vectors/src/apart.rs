//! Long work, away from the calls of searches.

use std::future::Future;

use tokio::runtime::Builder;

use crate::VectorsError;

/// Does something asynchronous on a thread and runtime of its own, and waits for it. It may borrow, and take as long as
/// it takes.
pub(crate) fn apart<T, F>(
    doing: &'static str,
    work: impl FnOnce() -> F + Send,
) -> Result<T, VectorsError>
where
    T: Send,
    F: Future<Output = Result<T, VectorsError>>,
{
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new()
            .name("jieda-vectors-bring".into())
            .spawn_scoped(scope, || {
                let runtime = Builder::new_current_thread().enable_all().build();
                runtime.map_err(VectorsError::Threads)?.block_on(work())
            })
            .map_err(VectorsError::Threads)?;
        thread
            .join()
            .unwrap_or(Err(VectorsError::GivenUp { doing }))
    })
}
