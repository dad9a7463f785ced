//! Releases on their way: up and down, each file checked.

use std::path::Path as FilePath;

use bytes::Bytes;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use jieda_knowledge::release::{
    DataDir, FileEntry, Manifest, Publisher, Release, ReleaseError, ReleaseId,
};
use jiff::Timestamp;
use object_store::{Error as StorageError, ObjectStoreExt as _, buffered::BufWriter, path::Path};
use tokio::{fs::File, io::AsyncWriteExt as _, runtime::Handle};

use crate::{Depot, DepotError};

/// Files on their way at the same time.
const AT_ONCE: usize = 4;
pub(crate) const MANIFEST: &str = "manifest.json";

/// How far a transfer has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Bytes that are done.
    pub done: u64,
    /// All bytes.
    pub all: u64,
}

impl Depot {
    /// Uploads a release, unless it is there. It is checked first, and is not current afterwards.
    ///
    /// # Errors
    /// [`DepotError`]: the release is damaged, or the storage fails; what was uploaded of it is used the next time.
    pub async fn push(
        &self,
        release: &Release,
        progress: &mut (dyn FnMut(Progress) + Send),
    ) -> Result<(), DepotError> {
        if self.has(release.id()).await? {
            return Ok(());
        }
        let checked = release.clone();
        blocking(move || Ok(checked.verify()?)).await?;
        let all = release.manifest().bytes();
        let mut done = 0;
        progress(Progress { done, all });
        let files = stream::iter(&release.manifest().files);
        let mut uploads = files
            .map(|entry| self.upload(release, entry))
            .buffer_unordered(AT_ONCE);
        while let Some(bytes) = uploads.try_next().await? {
            done += bytes;
            progress(Progress { done, all });
        }
        drop(uploads);
        let path = release.path().join(MANIFEST);
        let manifest = tokio::fs::read(&path).await.map_err(file(&path))?;
        // Last: a release is there when its manifest is.
        self.create(&self.manifest_path(release.id()), manifest.into())
            .await
    }

    /// Brings a release into a data directory, unless it is there: what other releases of the directory hold is taken over,
    /// the rest is downloaded, and every byte is checked. It does not become current. One that is there and damaged comes
    /// in anew.
    ///
    /// # Errors
    /// [`DepotError::NoSuchRelease`]; the storage, the network or the disk fail: then nothing has come in.
    pub async fn pull(
        &self,
        id: &ReleaseId,
        data: &DataDir,
        by: &str,
    ) -> Result<Release, DepotError> {
        match data.find(id) {
            Ok(Some(release)) => return Ok(release),
            Ok(None) | Err(ReleaseError::Damaged { .. }) => {}
            Err(error) => return Err(error.into()),
        }
        let bytes = self.manifest_bytes(id).await?;
        let manifest = Manifest::from_bytes(&bytes)?;
        if manifest.id != *id {
            return Err(self.damaged(
                &self.manifest_path(id),
                format!("it is that of release {}", manifest.id),
            ));
        }
        let (depot, data, by, id) = (self.clone(), data.clone(), by.to_owned(), id.clone());
        let runtime = Handle::current();
        // Locks and checks are of the disk, downloads of the network: this thread waits for both.
        blocking(move || {
            let mut publisher = data.publisher(&by, Timestamp::now())?;
            match data.find(&id) {
                // Somebody else brought it in meanwhile.
                Ok(Some(release)) => return Ok(release),
                Ok(None) => {}
                Err(ReleaseError::Damaged { .. }) => publisher.discard(&id)?,
                Err(error) => return Err(error.into()),
            }
            // What is taken over from a release that is damaged here, is downloaded the second time.
            let taken = bring_in(&depot, (&mut publisher, &runtime), &bytes, Known::Used);
            match taken {
                Err(DepotError::Release(ReleaseError::UnfitDraft { .. })) => {}
                done => return done,
            }
            match bring_in(
                &depot,
                (&mut publisher, &runtime),
                &bytes,
                Known::PassedOver,
            ) {
                Err(DepotError::Release(error @ ReleaseError::UnfitDraft { .. })) => {
                    Err(depot.damaged(&depot.manifest_path(&id), error.to_string()))
                }
                done => done,
            }
        })
        .await
    }

    async fn manifest_bytes(&self, id: &ReleaseId) -> Result<Bytes, DepotError> {
        let found = self.read(&self.manifest_path(id)).await?;
        found.ok_or_else(|| self.no_such(id))
    }

    async fn upload(&self, release: &Release, entry: &FileEntry) -> Result<u64, DepotError> {
        let path = release.path().join(entry.path.to_path());
        let mut from = File::open(&path).await.map_err(file(&path))?;
        let to = self.file_path(release.id(), entry);
        // Small files in one request, large ones in parts.
        let mut writer = BufWriter::new(self.store(), to);
        // Of both the file and the storage: the writer wraps what the storage says.
        let failed = |error: std::io::Error| match error.downcast::<StorageError>() {
            Ok(error) => self.failed()(error),
            Err(error) => file(&path)(error),
        };
        if let Err(error) = tokio::io::copy(&mut from, &mut writer).await {
            let _ = writer.abort().await;
            return Err(failed(error));
        }
        writer.shutdown().await.map_err(failed)?;
        Ok(entry.bytes)
    }

    async fn download(&self, from: &Path, to: &FilePath) -> Result<(), DepotError> {
        let found = self.store().get(from).await.map_err(self.failed())?;
        let mut parts = found.into_stream();
        let mut out = File::create(to).await.map_err(file(to))?;
        while let Some(part) = parts.try_next().await.map_err(self.failed())? {
            out.write_all(&part).await.map_err(file(to))?;
        }
        out.flush().await.map_err(file(to))
    }
}

/// Whether files of other releases of the data directory are taken over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Known {
    Used,
    PassedOver,
}

fn bring_in(
    depot: &Depot,
    (publisher, runtime): (&mut Publisher, &Handle),
    manifest: &[u8],
    known: Known,
) -> Result<Release, DepotError> {
    let mut incoming = publisher.receive(manifest)?;
    let missing = match known {
        Known::Used => incoming.reuse()?,
        Known::PassedOver => incoming.manifest().files.clone(),
    };
    let id = incoming.manifest().id.clone();
    let mut wanted = Vec::new();
    for entry in &missing {
        wanted.push((depot.file_path(&id, entry), incoming.place(entry)?));
    }
    runtime.block_on(async {
        let all = stream::iter(wanted);
        all.map(|(from, to)| async move { depot.download(&from, &to).await })
            .buffer_unordered(AT_ONCE)
            .try_collect::<Vec<()>>()
            .await
    })?;
    Ok(incoming.seal()?)
}

fn file(path: &FilePath) -> impl FnOnce(std::io::Error) -> DepotError {
    let path = path.to_owned();
    |source| DepotError::File { path, source }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, DepotError> + Send + 'static,
) -> Result<T, DepotError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|e| DepotError::Broken(e.to_string()))?
}
