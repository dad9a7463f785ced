//! A store, for commands that are not asynchronous.

use std::path::{Path, PathBuf};

use jieda_store::{AnyStore, Location, StoreError};
use tokio::runtime::{Builder, Runtime};

/// A store, and what drives it.
pub(crate) struct Stored {
    runtime: Runtime,
    pub(crate) store: AnyStore,
}

impl Stored {
    /// Opens a store that is there.
    pub(crate) fn open(path: Option<&PathBuf>) -> anyhow::Result<Self> {
        let path = path.ok_or_else(|| {
            anyhow::anyhow!("请用 --store 指定会话库，例如 --store conversations.db 或 --store postgres://用户@主机/库")
        })?;
        Self::with(AnyStore::open(&location(path)))
    }

    /// Opens a store, and makes it if none is there.
    pub(crate) fn open_or_create(path: &Path) -> anyhow::Result<Self> {
        Self::with(AnyStore::open_or_create(&location(path)))
    }

    /// Runs to the end.
    pub(crate) fn block_on<T>(&self, future: impl Future<Output = T>) -> T {
        self.runtime.block_on(future)
    }

    fn with(open: impl Future<Output = Result<AnyStore, StoreError>>) -> anyhow::Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let store = runtime.block_on(open)?;
        Ok(Self { runtime, store })
    }
}

/// A file, or the address of a database.
pub(crate) fn location(path: &Path) -> Location {
    Location::of(&path.to_string_lossy())
}
