//! Words that reach every process of one store at once, and that nobody may rely on: whoever listens looks now and then
//! anyway.

use sqlx::postgres::PgListener;

use crate::{AnyStore, StoreError};

/// What is announced in a store, one after the other. In a store that one machine has alone, nothing ever is.
#[derive(Debug)]
pub struct Announcements(Option<PgListener>);

impl Announcements {
    pub(crate) fn of(listener: PgListener) -> Self {
        Self(Some(listener))
    }

    /// Waits for the next one. A connection that is lost is made again; what was announced meanwhile is missed.
    ///
    /// # Errors
    /// [`StoreError::Unreachable`]; asking again tries again.
    pub async fn next(&mut self) -> Result<String, StoreError> {
        match &mut self.0 {
            Some(listener) => {
                let heard = listener.recv().await;
                let heard = heard.map_err(crate::postgres::failed("listening"))?;
                Ok(heard.payload().to_owned())
            }
            None => std::future::pending().await,
        }
    }
}

impl AnyStore {
    /// Announces something to all who [listen](Self::announcements), up to a few kilobytes.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn announce(&self, topic: &str, what: &str) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(_) => Ok(()),
            Self::Postgres(store) => store.announce(topic, what).await,
        }
    }

    /// Listens from now on. Takes a connection of its own.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn announcements(&self, topic: &str) -> Result<Announcements, StoreError> {
        match self {
            Self::Sqlite(_) => Ok(Announcements(None)),
            Self::Postgres(store) => store.announcements(topic).await,
        }
    }
}
