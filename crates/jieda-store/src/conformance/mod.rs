//! Each case gets an empty store. A failed case panics, as a test does.
//!
//! ```
//! # use jieda_store::{SqliteStore, conformance};
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let dir = tempfile::tempdir()?;
//! # let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
//! let mut number = 0;
//! runtime.block_on(conformance::check(async || {
//!     number += 1;
//!     SqliteStore::open_or_create(&dir.path().join(format!("{number}.db"))).await
//! }));
//! # Ok(())
//! # }
//! ```
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "it is a test, and may fail by panic"
)]

mod bookmarks;
mod numbers;
mod queries;
mod reading;
mod retention;
pub mod samples;
#[cfg(unix)]
mod server;

#[cfg(unix)]
pub use server::PostgresServer;

use crate::{Journal, Store, StoreError, Write};

/// Runs all cases.
///
/// # Panics
/// When the store breaks a promise of [`Store`] or [`Journal`].
pub async fn check<S: Store + Journal>(mut new: impl AsyncFnMut() -> Result<S, StoreError>) {
    reading::what_is_written_is_read(&new().await.unwrap()).await;
    reading::a_conversation_follows_its_turns(&new().await.unwrap()).await;
    reading::feedback_needs_its_turn(&new().await.unwrap()).await;
    numbers::a_number_is_taken_once(&new().await.unwrap()).await;
    numbers::a_refused_write_leaves_the_others(&new().await.unwrap()).await;
    numbers::of_many_writers_one_wins(&new().await.unwrap()).await;
    numbers::a_turn_follows_the_one_it_was_made_on(&new().await.unwrap()).await;
    numbers::feedback_again_is_the_same(&new().await.unwrap()).await;
    queries::filters_find(&new().await.unwrap()).await;
    queries::text_is_no_pattern(&new().await.unwrap()).await;
    queries::pages_join(&new().await.unwrap()).await;
    queries::an_export_is_whole(&new().await.unwrap()).await;
    retention::what_is_old_goes(&new().await.unwrap()).await;
    retention::a_humans_conversation_stays(&new().await.unwrap()).await;
    retention::many_go(&new().await.unwrap()).await;
    bookmarks::bookmarks_move(&new().await.unwrap()).await;
}

/// Stores writes that all must be taken.
async fn write(store: &impl Store, writes: Vec<Write>) {
    for result in store.write(&writes).await.unwrap() {
        result.unwrap();
    }
}
