//! A depot: what is current in it, and what it holds.

use std::{collections::BTreeSet, fmt, sync::Arc};

use bytes::Bytes;
use futures_util::TryStreamExt as _;
use jieda_knowledge::release::{Action, FileEntry, Move, ReleaseId, stamped};
use jiff::Timestamp;
use object_store::{
    Error as StorageError, ObjectStore, ObjectStoreExt as _, PutMode, PutOptions, PutPayload,
    path::Path,
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{
    DepotError, DepotState, ReplicaReport, place::Place, state::FORMAT, transfer::MANIFEST,
};

const STATES: &str = "states";
const RELEASES: &str = "releases";
const REPLICAS: &str = "replicas";
const PROBES: &str = "probes";

/// A place in an object storage that holds releases. Clones are one.
#[derive(Clone)]
pub struct Depot {
    place: Arc<Place>,
}

/// A release that is to become current.
#[derive(Debug, Clone, Copy)]
pub struct Publication<'a> {
    /// Which; it was pushed before.
    pub release: &'a ReleaseId,
    /// Who publishes it.
    pub by: &'a str,
    /// When.
    pub at: Timestamp,
    /// How.
    pub stages: Stages,
}

/// How a release becomes current.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stages {
    /// For all replicas.
    AtOnce,
    /// For one replica first; see [`Rollout`](crate::Rollout).
    Canary,
}

/// The part of a state that every version has.
#[derive(Deserialize)]
struct Version {
    format: u32,
}

impl fmt::Debug for Depot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Depot").field(&self.place.name).finish()
    }
}

impl fmt::Display for Depot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.place.name)
    }
}

impl Depot {
    /// Opens a depot; one that is empty is a depot. Nothing is asked of the storage yet.
    ///
    /// # Errors
    /// [`DepotError::Address`].
    pub fn open(url: &str) -> Result<Self, DepotError> {
        Ok(Self {
            place: Arc::new(Place::of(url)?),
        })
    }

    /// What holds now; none where nothing was published yet.
    ///
    /// # Errors
    /// [`DepotError`].
    pub async fn state(&self) -> Result<Option<DepotState>, DepotError> {
        let mut last = 0;
        let mut listed = self.store().list(Some(&self.path(&[STATES])));
        while let Some(object) = listed.try_next().await.map_err(self.failed())? {
            last = last.max(number_of(&object.location).unwrap_or(0));
        }
        if last == 0 {
            return Ok(None);
        }
        self.state_of(last).await
    }

    /// What holds now, if it is newer than what is known.
    ///
    /// # Errors
    /// [`DepotError`].
    pub async fn newer(&self, known: u64) -> Result<Option<DepotState>, DepotError> {
        let mut newest = None;
        let mut number = known + 1;
        while let Some(state) = self.state_of(number).await? {
            newest = Some(state);
            number += 1;
        }
        Ok(newest)
    }

    /// Makes a state the one that holds.
    ///
    /// # Errors
    /// [`DepotError::Overtaken`] when somebody else was first.
    pub async fn advance(&self, next: &DepotState) -> Result<(), DepotError> {
        let path = self.state_path(next.number);
        let text = stamped::render(next).map_err(|e| self.damaged(&path, e.to_string()))?;
        let payload = Bytes::from(text);
        match self.put_new(&path, payload.clone()).await {
            Ok(()) => Ok(()),
            Err(error) if is_there(&error) => {
                // It may be ours: a request that seemed to fail was carried out, and was sent again.
                match self.read(&path).await? {
                    Some(there) if there == payload => Ok(()),
                    _ => Err(DepotError::Overtaken),
                }
            }
            Err(error) => Err(self.failed()(error)),
        }
    }

    /// Makes a release current, at once or in stages. The first one is current at once. `seen` is the state that whoever
    /// publishes has decided on, read before he began his work: none where there was none.
    ///
    /// # Errors
    /// [`DepotError::NoSuchRelease`] when it was not pushed; [`DepotError::Overtaken`] when something has changed since.
    pub async fn publish(
        &self,
        publication: &Publication<'_>,
        seen: Option<&DepotState>,
    ) -> Result<DepotState, DepotError> {
        if !self.has(publication.release).await? {
            return Err(self.no_such(publication.release));
        }
        let step = Move {
            id: publication.release.clone(),
            at: publication.at,
            action: Action::Publish,
            by: publication.by.to_owned(),
        };
        let next = match seen {
            None => DepotState::first(step),
            Some(state) if state.pointer.current == step.id && state.rollout.is_none() => {
                return Ok(state.clone());
            }
            Some(state) if state.pointer.current == step.id => state.moved(step),
            Some(state) => match publication.stages {
                Stages::AtOnce => state.moved(step),
                Stages::Canary => state.rolling_out(&step),
            },
        };
        self.advance(&next).await?;
        Ok(next)
    }

    /// Goes back to a release, at once; without one, to that which was current before. A release that is being rolled out is
    /// left where it is.
    ///
    /// # Errors
    /// [`DepotError::Empty`], [`DepotError::NothingBefore`], [`DepotError::NoSuchRelease`], [`DepotError::Overtaken`].
    pub async fn roll_back(
        &self,
        to: Option<&ReleaseId>,
        by: &str,
        at: Timestamp,
    ) -> Result<DepotState, DepotError> {
        let state = self.state().await?.ok_or_else(|| self.empty())?;
        let to = match to {
            Some(id) if self.has(id).await? => id.clone(),
            Some(id) => return Err(self.no_such(id)),
            None => {
                let mut before = None;
                for id in &state.pointer.before {
                    if self.has(id).await? {
                        before = Some(id.clone());
                        break;
                    }
                }
                before.ok_or_else(|| DepotError::NothingBefore(self.to_string()))?
            }
        };
        let next = state.moved(Move {
            id: to,
            at,
            action: Action::Rollback,
            by: by.to_owned(),
        });
        self.advance(&next).await?;
        Ok(next)
    }

    /// The releases that are there whole, newest first.
    ///
    /// # Errors
    /// [`DepotError::Storage`].
    pub async fn releases(&self) -> Result<Vec<ReleaseId>, DepotError> {
        let (store, all) = (self.store(), self.path(&[RELEASES]));
        let listed = store.list_with_delimiter(Some(&all)).await;
        let folders = listed.map_err(self.failed())?.common_prefixes;
        let mut ids = Vec::new();
        for folder in folders {
            let id = folder
                .filename()
                .and_then(|name| name.parse::<ReleaseId>().ok());
            if let Some(id) = id
                && self.has(&id).await?
            {
                ids.push(id);
            }
        }
        ids.sort_by(|a, b| b.cmp(a));
        Ok(ids)
    }

    /// Removes old releases: all but the newest so many, the current one, the one that a rollback leads to, and one that is
    /// being rolled out. Gives those that are gone.
    ///
    /// # Errors
    /// [`DepotError::Empty`]: then nobody knows what is needed, and nothing is removed.
    pub async fn prune(&self, keep: usize) -> Result<Vec<ReleaseId>, DepotError> {
        let state = self.state().await?.ok_or_else(|| self.empty())?;
        let releases = self.releases().await?;
        let mut needed: BTreeSet<&ReleaseId> = releases.iter().take(keep).collect();
        needed.insert(&state.pointer.current);
        needed.extend(state.pointer.before.iter().find(|id| releases.contains(id)));
        needed.extend(state.rollout.as_ref().map(|rollout| &rollout.release));
        let mut gone = Vec::new();
        for id in releases.iter().filter(|id| !needed.contains(id)) {
            // First what says that it is there: half a release is none.
            self.delete(&self.manifest_path(id)).await?;
            let folder = self.path(&[RELEASES, id.as_str()]);
            let files = self
                .store()
                .list(Some(&folder))
                .map_ok(|object| object.location);
            let files: Vec<Path> = files.try_collect().await.map_err(self.failed())?;
            for file in files {
                self.delete(&file).await?;
            }
            gone.push(id.clone());
        }
        Ok(gone)
    }

    /// Tries what a depot needs: to write, to read, to list, and to create only what is not there.
    ///
    /// # Errors
    /// [`DepotError::Unconditional`], or what the storage refuses.
    pub async fn check(&self) -> Result<(), DepotError> {
        let name = uuid::Uuid::new_v4().simple().to_string();
        let path = self.path(&[PROBES, &name]);
        self.put_new(&path, Bytes::from_static(b"1"))
            .await
            .map_err(self.failed())?;
        let again = self.put_new(&path, Bytes::from_static(b"2")).await;
        let read = self.read(&path).await;
        self.delete(&path).await?;
        self.state().await?;
        match (again, read?) {
            (Err(error), Some(read)) if is_there(&error) && read == "1" => Ok(()),
            (Err(error), _) if !is_there(&error) => Err(self.failed()(error)),
            _ => Err(DepotError::Unconditional(self.to_string())),
        }
    }

    /// Says what a replica answers from.
    ///
    /// # Errors
    /// [`DepotError::Storage`].
    pub async fn report(&self, report: &ReplicaReport) -> Result<(), DepotError> {
        let path = self.path(&[REPLICAS, &format!("{}.json", report.replica)]);
        let text = serde_json::to_vec(report).map_err(|e| self.damaged(&path, e.to_string()))?;
        let put = self.store().put(&path, text.into()).await;
        put.map(drop).map_err(self.failed())
    }

    /// A replica ends: it answers from nothing.
    ///
    /// # Errors
    /// [`DepotError::Storage`].
    pub async fn sign_off(&self, replica: &str) -> Result<(), DepotError> {
        self.delete(&self.path(&[REPLICAS, &format!("{replica}.json")]))
            .await
    }

    /// What all replicas said last, by name. What can't be read is passed over: it is written anew in a moment.
    ///
    /// # Errors
    /// [`DepotError::Storage`].
    pub async fn reports(&self) -> Result<Vec<ReplicaReport>, DepotError> {
        let listed = self.store().list(Some(&self.path(&[REPLICAS])));
        let objects: Vec<_> = listed.try_collect().await.map_err(self.failed())?;
        let mut reports = Vec::new();
        for object in objects {
            let read = self.read(&object.location).await?;
            let report = read.and_then(|bytes| serde_json::from_slice(&bytes).ok());
            reports.extend(report);
        }
        reports.sort_by(|a: &ReplicaReport, b| a.replica.cmp(&b.replica));
        Ok(reports)
    }

    /// Whether a release is there whole.
    ///
    /// # Errors
    /// [`DepotError::Storage`].
    pub async fn has(&self, id: &ReleaseId) -> Result<bool, DepotError> {
        match self.store().head(&self.manifest_path(id)).await {
            Ok(_) => Ok(true),
            Err(StorageError::NotFound { .. }) => Ok(false),
            Err(error) => Err(self.failed()(error)),
        }
    }

    async fn state_of(&self, number: u64) -> Result<Option<DepotState>, DepotError> {
        let path = self.state_path(number);
        let Some(bytes) = self.read(&path).await? else {
            return Ok(None);
        };
        let version: Version = self.parse(&path, &bytes)?;
        if version.format > FORMAT {
            return Err(DepotError::NewerFormat {
                place: self.to_string(),
                object: path.to_string(),
                found: version.format,
                supported: FORMAT,
            });
        }
        let state: DepotState = self.parse(&path, &bytes)?;
        if state.number != number {
            return Err(self.damaged(&path, format!("it is state {}", state.number)));
        }
        Ok(Some(state))
    }

    fn parse<T: DeserializeOwned>(&self, path: &Path, bytes: &[u8]) -> Result<T, DepotError> {
        stamped::parse(bytes).map_err(|message| self.damaged(path, message))
    }

    /// Creates an object; one that is there with the same contents is as good.
    pub(crate) async fn create(&self, path: &Path, bytes: Bytes) -> Result<(), DepotError> {
        match self.put_new(path, bytes.clone()).await {
            Ok(()) => Ok(()),
            Err(error) if is_there(&error) && self.read(path).await?.as_ref() == Some(&bytes) => {
                Ok(())
            }
            Err(error) => Err(self.failed()(error)),
        }
    }

    async fn put_new(&self, path: &Path, bytes: Bytes) -> Result<(), StorageError> {
        let options = PutOptions::from(PutMode::Create);
        let put = self
            .store_ref()
            .put_opts(path, PutPayload::from(bytes), options);
        put.await.map(drop)
    }

    pub(crate) async fn read(&self, path: &Path) -> Result<Option<Bytes>, DepotError> {
        match self.store().get(path).await {
            Ok(found) => Ok(Some(found.bytes().await.map_err(self.failed())?)),
            Err(StorageError::NotFound { .. }) => Ok(None),
            Err(error) => Err(self.failed()(error)),
        }
    }

    async fn delete(&self, path: &Path) -> Result<(), DepotError> {
        match self.store().delete(path).await {
            Ok(()) | Err(StorageError::NotFound { .. }) => Ok(()),
            Err(error) => Err(self.failed()(error)),
        }
    }

    pub(crate) fn store(&self) -> Arc<dyn ObjectStore> {
        Arc::clone(&self.place.store)
    }

    fn store_ref(&self) -> &dyn ObjectStore {
        &*self.place.store
    }

    pub(crate) fn manifest_path(&self, id: &ReleaseId) -> Path {
        self.path(&[RELEASES, id.as_str(), MANIFEST])
    }

    pub(crate) fn file_path(&self, id: &ReleaseId, entry: &FileEntry) -> Path {
        let mut parts = vec![RELEASES, id.as_str()];
        parts.extend(entry.path.as_str().split('/'));
        self.path(&parts)
    }

    fn state_path(&self, number: u64) -> Path {
        // As many digits as any number has: the order of names is that of numbers.
        self.path(&[STATES, &format!("{number:020}.json")])
    }

    fn path(&self, parts: &[&str]) -> Path {
        let prefix = self.place.prefix.clone();
        parts.iter().fold(prefix, |path, part| path.join(*part))
    }

    pub(crate) fn failed(&self) -> impl FnOnce(StorageError) -> DepotError + use<> {
        let place = self.to_string();
        |source| DepotError::Storage {
            place,
            source: Box::new(source),
        }
    }

    pub(crate) fn damaged(&self, path: &Path, message: String) -> DepotError {
        DepotError::Damaged {
            place: self.to_string(),
            object: path.to_string(),
            message,
        }
    }

    pub(crate) fn no_such(&self, id: &ReleaseId) -> DepotError {
        DepotError::NoSuchRelease {
            place: self.to_string(),
            id: id.clone(),
        }
    }

    fn empty(&self) -> DepotError {
        DepotError::Empty(self.to_string())
    }
}

fn number_of(path: &Path) -> Option<u64> {
    path.filename()?.strip_suffix(".json")?.parse().ok()
}

/// Whether nothing was created since something is there.
fn is_there(error: &StorageError) -> bool {
    matches!(
        error,
        StorageError::AlreadyExists { .. } | StorageError::Precondition { .. }
    )
}
