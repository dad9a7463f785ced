//! The promise that a write is on the disk.

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

use tokio::sync::oneshot;

use crate::StoreError;

/// Resolves when a write is stored for good, or has failed. Dropping it changes nothing about that.
#[derive(Debug)]
#[must_use = "only the receipt tells whether the write was stored"]
pub struct Receipt(pub(super) oneshot::Receiver<Result<(), StoreError>>);

impl Receipt {
    /// Waits for it without a runtime.
    ///
    /// # Errors
    /// [`StoreError`] of the write; [`StoreError::Closed`] when the writer ended before.
    ///
    /// # Panics
    /// Inside of an asynchronous task, which must `await` it instead.
    pub fn wait(self) -> Result<(), StoreError> {
        self.0.blocking_recv().unwrap_or(Err(StoreError::Closed))
    }
}

impl Future for Receipt {
    type Output = Result<(), StoreError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let done = Pin::new(&mut self.0).poll(context);
        done.map(|result| result.unwrap_or(Err(StoreError::Closed)))
    }
}
