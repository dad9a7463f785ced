//! A data directory: its releases, and which one is current.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use jiff::Timestamp;

use super::{
    Check, Holder, Manifest, Pointer, Publisher, Release, ReleaseError, ReleaseId, Watch,
    data_file::{self, DATA_FILE},
    durable,
    error::at,
    lock::Lock,
};

const CURRENT_FILE: &str = "CURRENT";
const LOCK_FILE: &str = "LOCK";
const RELEASES: &str = "releases";
/// How often the current release may be pruned between reading its name and opening it. Each time
/// somebody must have published two more; more often is no coincidence.
const RETRIES: usize = 10;

/// A data directory, for reading. Making and changing releases is a [`Publisher`]'s.
///
/// It holds no files open and remembers nothing: every call sees what is on the disk now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataDir {
    path: PathBuf,
}

/// A release as [listed](DataDir::releases).
#[derive(Debug)]
pub struct ReleaseInfo {
    /// Its name.
    pub id: ReleaseId,
    /// What it is; or what is wrong with it. Lengths of files were checked, contents were not.
    pub manifest: Result<Manifest, ReleaseError>,
}

impl DataDir {
    /// Opens a data directory. Nothing is created.
    ///
    /// # Errors
    /// [`ReleaseError::NotADataDir`], [`ReleaseError::NewerFormat`], [`ReleaseError::BadDataFile`],
    /// [`ReleaseError::File`].
    pub fn open(path: &Path) -> Result<Self, ReleaseError> {
        data_file::check(path)?;
        let path = path.to_owned();
        Ok(Self { path })
    }

    /// Makes a data directory, with the folders above it. One that is there already is opened.
    ///
    /// # Errors
    /// [`ReleaseError::Occupied`] when the folder holds something else, [`ReleaseError::Busy`] when
    /// somebody else is making it; else as [`open`](Self::open).
    pub fn create(path: &Path) -> Result<Self, ReleaseError> {
        match Self::open(path) {
            Err(ReleaseError::NotADataDir(_)) => {}
            opened => return opened,
        }
        durable::create_folders(path).map_err(at(path))?;
        // Before the lock, which leaves a file.
        refuse_occupied(path)?;
        let _lock = Lock::take(&path.join(LOCK_FILE))?;
        let releases = path.join(RELEASES);
        durable::create_folders(&releases).map_err(at(releases))?;
        data_file::write(path)?;
        Self::open(path)
    }

    /// The folder.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The name of the current release; none when none has been published yet.
    ///
    /// # Errors
    /// [`ReleaseError::CurrentDamaged`], [`ReleaseError::File`].
    pub fn current(&self) -> Result<Option<ReleaseId>, ReleaseError> {
        Ok(self.pointer()?.map(|pointer| pointer.current))
    }

    /// The current release, where a rollback leads, and the latest moves.
    ///
    /// # Errors
    /// As [`current`](Self::current).
    pub fn pointer(&self) -> Result<Option<Pointer>, ReleaseError> {
        Pointer::read(&self.current_file())
    }

    /// Opens the current release, also while others publish and prune.
    ///
    /// # Errors
    /// [`ReleaseError::NothingCurrent`]; else as [`current`](Self::current) and
    /// [`release`](Self::release).
    pub fn open_current(&self) -> Result<Release, ReleaseError> {
        let nothing = || ReleaseError::NothingCurrent(self.path.clone());
        let mut id = self.current()?.ok_or_else(nothing)?;
        for _ in 0..RETRIES {
            let opened = self.release(&id);
            let now = match &opened {
                Ok(_) => return opened,
                Err(_) => self.current()?.ok_or_else(nothing)?,
            };
            if now == id {
                return opened;
            }
            id = now;
        }
        self.release(&id)
    }

    /// Opens a release: manifest and lengths of files are checked.
    ///
    /// # Errors
    /// [`ReleaseError::NoSuchRelease`], [`ReleaseError::Damaged`], [`ReleaseError::NewerFormat`],
    /// [`ReleaseError::File`].
    pub fn release(&self, id: &ReleaseId) -> Result<Release, ReleaseError> {
        match Release::open(self.release_path(id), id) {
            // Never there, or pruned meanwhile: what its files looked like then means nothing.
            Err(_) if !self.has(id) => Err(ReleaseError::NoSuchRelease {
                asked: id.to_string(),
                existing: self.ids()?,
            }),
            opened => opened,
        }
    }

    /// All releases, newest first. A damaged one is listed with what is wrong.
    ///
    /// # Errors
    /// [`ReleaseError::File`] when the folder can't be read.
    pub fn releases(&self) -> Result<Vec<ReleaseInfo>, ReleaseError> {
        let info = |id: ReleaseId| {
            let manifest = self.release(&id).map(|release| release.manifest().clone());
            ReleaseInfo { id, manifest }
        };
        // One that was pruned meanwhile is no damaged one.
        let gone =
            |info: &ReleaseInfo| matches!(info.manifest, Err(ReleaseError::NoSuchRelease { .. }));
        let infos = self.ids()?.into_iter().map(info);
        Ok(infos.filter(|info| !gone(info)).collect())
    }

    /// The release that a person means: an id, the beginning of one, or of its hash. It must mean one
    /// release only. The release may be damaged.
    ///
    /// # Errors
    /// [`ReleaseError::NoSuchRelease`], [`ReleaseError::Ambiguous`], [`ReleaseError::File`].
    pub fn resolve(&self, text: &str) -> Result<ReleaseId, ReleaseError> {
        let asked = text.trim().to_owned();
        let existing = self.ids()?;
        let begins = |text: &str| !asked.is_empty() && text.starts_with(&asked);
        let meant = |id: &&ReleaseId| begins(id.as_str()) || begins(id.hash());
        let candidates: Vec<ReleaseId> = existing.iter().filter(meant).cloned().collect();
        match candidates.as_slice() {
            [] => Err(ReleaseError::NoSuchRelease { asked, existing }),
            [id] => Ok(id.clone()),
            _ => Err(ReleaseError::Ambiguous { asked, candidates }),
        }
    }

    /// Takes the lock of those who change things, and removes what killed ones left. `by` is who
    /// publishes, for others to read.
    ///
    /// # Errors
    /// [`ReleaseError::Busy`] with who holds it; [`ReleaseError::File`].
    pub fn publisher(&self, by: &str, now: Timestamp) -> Result<Publisher, ReleaseError> {
        let holder = Holder {
            by: by.to_owned(),
            pid: std::process::id(),
            since: now,
        };
        let mut lock = Lock::take(&self.path.join(LOCK_FILE))?;
        // On a full disk, others get a poorer message.
        let _ = lock.sign(&holder);
        Publisher::new(self.clone(), by.to_owned(), lock)
    }

    /// For a running engine, which asks now and then whether another release has become current.
    /// `seen` is the one that it has.
    #[must_use]
    pub fn watch(&self, seen: Option<ReleaseId>) -> Watch {
        Watch::new(self.clone(), seen)
    }

    /// The ids of all releases, newest first. Whatever else is in the folder is none.
    pub(super) fn ids(&self) -> Result<Vec<ReleaseId>, ReleaseError> {
        let dir = self.releases_dir();
        let mut ids = Vec::new();
        for entry in fs::read_dir(&dir).map_err(at(&dir))? {
            let name = entry.map_err(at(&dir))?.file_name();
            ids.extend(
                name.to_str()
                    .map(str::parse::<ReleaseId>)
                    .and_then(Result::ok),
            );
        }
        ids.sort_by(|a, b| b.cmp(a));
        Ok(ids)
    }

    pub(super) fn checked(&self, id: &ReleaseId, check: Check) -> Result<Release, ReleaseError> {
        let release = self.release(id)?;
        release.check(check)?;
        Ok(release)
    }

    pub(super) fn has(&self, id: &ReleaseId) -> bool {
        let found = fs::symlink_metadata(self.release_path(id));
        !found.is_err_and(|e| e.kind() == io::ErrorKind::NotFound)
    }

    pub(super) fn release_path(&self, id: &ReleaseId) -> PathBuf {
        self.releases_dir().join(id.as_str())
    }

    pub(super) fn releases_dir(&self) -> PathBuf {
        self.path.join(RELEASES)
    }

    pub(super) fn current_file(&self) -> PathBuf {
        self.path.join(CURRENT_FILE)
    }
}

/// Whether nothing but what [`DataDir::create`] makes is there: it may have been interrupted.
fn refuse_occupied(path: &Path) -> Result<(), ReleaseError> {
    for entry in fs::read_dir(path).map_err(at(path))? {
        let name = entry.map_err(at(path))?.file_name();
        let known = [DATA_FILE, LOCK_FILE, RELEASES]
            .iter()
            .any(|known| name == *known);
        let half_written = *name == *durable::beside(DATA_FILE.as_ref());
        if !known && !half_written {
            return Err(ReleaseError::Occupied {
                path: path.to_owned(),
                entry: name.to_string_lossy().into_owned(),
            });
        }
    }
    Ok(())
}
