//! A release that is being made.

use std::{
    collections::HashMap,
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

use jiff::{SignedDuration, Timestamp};
use rayon::prelude::*;

use super::{
    Damage, DataDir, FileEntry, FilePath, Manifest, Release, ReleaseError, ReleaseId, ReleaseMeta,
    digest, durable,
    error::at,
    folder::{self, Listing},
    manifest::{MANIFEST_FILE, hash_of},
};

/// The names of drafts begin so.
pub(super) const MAKING: &str = ".making-";

/// A folder that becomes a release when it is [sealed](Self::seal), and goes away otherwise.
#[derive(Debug)]
pub struct Draft<'a> {
    data: &'a DataDir,
    path: PathBuf,
    /// Files of other releases, with the hashes that they must have.
    linked: HashMap<FilePath, String>,
}

impl<'a> Draft<'a> {
    pub(super) fn new(data: &'a DataDir) -> Result<Self, ReleaseError> {
        let mut number = 1_u64;
        loop {
            let path = data.releases_dir().join(format!("{MAKING}{number}"));
            match fs::create_dir(&path) {
                Ok(()) => {
                    return Ok(Self {
                        data,
                        path,
                        linked: HashMap::new(),
                    });
                }
                // One that could not be removed.
                Err(e) if e.kind() == io::ErrorKind::AlreadyExists => number += 1,
                Err(source) => return Err(at(path)(source)),
            }
        }
    }

    /// The folder to write into. Files and folders with portable names; no links.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Takes a file over from another release: a hard link where that is possible, else a copy. It
    /// must not be written to.
    ///
    /// # Errors
    /// [`ReleaseError::NoSuchFile`], [`ReleaseError::UnfitPath`], [`ReleaseError::File`].
    pub fn link_from(&mut self, release: &Release, path: &str) -> Result<(), ReleaseError> {
        let entry = release.entry(path)?;
        let file = entry.path.to_path();
        let (from, to) = (release.path().join(&file), self.path.join(&file));
        if let Some(folder) = to.parent() {
            fs::create_dir_all(folder).map_err(at(folder))?;
        }
        match fs::hard_link(&from, &to) {
            Ok(()) => {}
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists => return Err(at(to)(e)),
            // Not every file system has hard links.
            Err(_) => {
                fs::copy(&from, &to).map_err(at(to))?;
            }
        }
        self.linked.insert(entry.path.clone(), entry.sha256.clone());
        Ok(())
    }

    /// Makes it a release: hashes every file, puts everything on the disk, and gives the folder its
    /// name. The files become read-only. It is not current yet.
    ///
    /// # Errors
    /// [`ReleaseError::EmptyDraft`], [`ReleaseError::UnfitDraft`], [`ReleaseError::Clock`],
    /// [`ReleaseError::File`]; the draft is removed.
    pub fn seal(self, about: ReleaseMeta) -> Result<Release, ReleaseError> {
        let listing = self.checked_listing()?;
        let sealed = self.seal_files(listing)?;
        self.check_linked(&sealed)?;
        let id = self.free_id(about.created, &sealed)?;
        Manifest::new(id.clone(), about, sealed).write(&self.path)?;
        self.name(&id)
    }

    pub(super) fn data(&self) -> &'a DataDir {
        self.data
    }

    /// Puts every file on the disk, and refuses those that are not what a manifest says.
    pub(super) fn seal_as(&self, manifest: &Manifest) -> Result<(), ReleaseError> {
        let sealed = self.seal_files(self.checked_listing()?)?;
        let missing = manifest.files.iter().filter(|entry| {
            let found = sealed.binary_search_by(|f| f.path.cmp(&entry.path));
            found.is_err()
        });
        let wrong = sealed
            .iter()
            .filter(|found| manifest.file(&found.path) != Some(found));
        let missing = missing.map(|entry| Damage::Missing {
            path: entry.path.clone(),
        });
        let wrong = wrong.map(|found| Damage::Contents {
            path: found.path.clone(),
        });
        let unfit: Vec<Damage> = missing.chain(wrong).collect();
        if unfit.is_empty() {
            Ok(())
        } else {
            Err(self.unfit(unfit))
        }
    }

    /// Gives the folder, with all that is in it, the name of a release.
    pub(super) fn name(self, id: &ReleaseId) -> Result<Release, ReleaseError> {
        // The names of the files; in which order does not matter, since nobody sees them yet.
        for folder in folder::list(&self.path)?.folders {
            durable::sync_folder(&folder).map_err(at(&folder))?;
        }
        let place = self.data.release_path(id);
        durable::rename(&self.path, &place).map_err(at(&place))?;
        Release::open(place, id)
    }

    fn seal_files(&self, listing: Listing) -> Result<Vec<FileEntry>, ReleaseError> {
        let files = listing.files.into_par_iter();
        files
            .map(|found| seal_file(&self.path, found.path))
            .collect()
    }

    fn checked_listing(&self) -> Result<Listing, ReleaseError> {
        let mut listing = folder::list(&self.path)?;
        if self.path.join(MANIFEST_FILE).exists() {
            let name = MANIFEST_FILE.to_owned();
            listing.unfit.push(Damage::UnfitName { name });
        }
        if !listing.unfit.is_empty() {
            return Err(self.unfit(listing.unfit));
        }
        if listing.files.is_empty() {
            return Err(ReleaseError::EmptyDraft(self.path.clone()));
        }
        Ok(listing)
    }

    /// Damage of an old release must not become part of a new one.
    fn check_linked(&self, sealed: &[FileEntry]) -> Result<(), ReleaseError> {
        let as_linked = |entry: &FileEntry| match self.linked.get(&entry.path) {
            Some(sha256) => *sha256 == entry.sha256,
            None => true,
        };
        let changed: Vec<Damage> = sealed
            .iter()
            .filter(|entry| !as_linked(entry))
            .map(|entry| Damage::Contents {
                path: entry.path.clone(),
            })
            .collect();
        if changed.is_empty() {
            Ok(())
        } else {
            Err(self.unfit(changed))
        }
    }

    /// The id for a time, or for the next second that no release has: ids are in the order in which
    /// releases were made. A clock before 1970 counts as 1970.
    fn free_id(&self, created: Timestamp, files: &[FileEntry]) -> Result<ReleaseId, ReleaseError> {
        let hash = hash_of(files);
        let taken = self.data.ids()?;
        let start = created.max(Timestamp::UNIX_EPOCH);
        let later = |seconds| start.checked_add(SignedDuration::from_secs(seconds)).ok();
        (0..)
            .map_while(later)
            .map_while(|at| ReleaseId::new(at, &hash).ok())
            .find(|id| taken.iter().all(|other| other.time() != id.time()))
            .ok_or(ReleaseError::Clock(created))
    }

    fn unfit(&self, unfit: Vec<Damage>) -> ReleaseError {
        ReleaseError::UnfitDraft {
            path: self.path.clone(),
            unfit,
        }
    }
}

impl Drop for Draft<'_> {
    fn drop(&mut self) {
        // Of a sealed one nothing is left here; what can't be removed, the next publisher removes.
        let _ = fs::remove_dir_all(&self.path);
    }
}

/// Puts a file on the disk, for good.
fn seal_file(dir: &Path, path: FilePath) -> Result<FileEntry, ReleaseError> {
    let full = dir.join(path.to_path());
    let seal = || {
        let file = File::open(&full)?;
        let mut permissions = file.metadata()?.permissions();
        if !permissions.readonly() {
            permissions.set_readonly(true);
            file.set_permissions(permissions)?;
        }
        file.sync_all()?;
        digest::hash_file(&full)
    };
    let (sha256, bytes) = seal().map_err(at(&full))?;
    Ok(FileEntry {
        path,
        bytes,
        sha256,
    })
}
