//! One release.

use std::{
    collections::HashSet,
    fs,
    path::{Path, PathBuf},
};

use rayon::prelude::*;

use super::{
    Damage, FileEntry, FilePath, Manifest, ReleaseError, ReleaseId, digest, error::at, folder,
    manifest::ManifestError,
};

/// How closely a release is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Check {
    /// The manifest, and that every file is there with its length: milliseconds.
    Sizes,
    /// Every byte of every file, and that there are no others.
    Contents,
}

/// A release whose manifest is sound, and whose files are there with the right lengths.
#[derive(Debug, Clone, PartialEq)]
pub struct Release {
    path: PathBuf,
    manifest: Manifest,
}

impl Release {
    /// Opens the folder of a release.
    pub(super) fn open(path: PathBuf, id: &ReleaseId) -> Result<Self, ReleaseError> {
        let release = Self::with_manifest(path, id)?;
        let mut damage = release.compare()?;
        // A stray file is no reason not to answer customers.
        damage.retain(|d| !matches!(d, Damage::Surplus { .. } | Damage::UnfitName { .. }));
        release.unless(damage)
    }

    /// Its name.
    #[must_use]
    pub fn id(&self) -> &ReleaseId {
        &self.manifest.id
    }

    /// Its folder. Nothing in it may be changed.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What it is, and its files.
    #[must_use]
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Where one of its files is.
    ///
    /// # Errors
    /// [`ReleaseError::NoSuchFile`], [`ReleaseError::UnfitPath`].
    pub fn file(&self, path: &str) -> Result<PathBuf, ReleaseError> {
        self.entry(path)
            .map(|entry| self.path.join(entry.path.to_path()))
    }

    /// Checks every byte of every file, and that there are no other files. Uses all processors.
    ///
    /// # Errors
    /// [`ReleaseError::Damaged`] with everything that is wrong, [`ReleaseError::File`].
    pub fn verify(&self) -> Result<(), ReleaseError> {
        // The manifest in memory was read earlier: what counts is the one on the disk.
        let release = Self::with_manifest(self.path.clone(), self.id())?;
        let mut damage = release.compare()?;
        let told: HashSet<FilePath> = damage.iter().filter_map(Damage::file).cloned().collect();
        let files = &release.manifest.files;
        let others = files.par_iter().filter(|file| !told.contains(&file.path));
        damage.par_extend(others.filter_map(|file| release.wrong_contents(file)));
        release.unless(damage).map(drop)
    }

    pub(super) fn check(&self, check: Check) -> Result<(), ReleaseError> {
        match check {
            Check::Sizes => Ok(()),
            Check::Contents => self.verify(),
        }
    }

    pub(super) fn entry(&self, path: &str) -> Result<&FileEntry, ReleaseError> {
        let path = FilePath::new(path)?;
        self.manifest
            .file(&path)
            .ok_or_else(|| ReleaseError::NoSuchFile {
                id: self.id().clone(),
                path,
            })
    }

    fn with_manifest(path: PathBuf, id: &ReleaseId) -> Result<Self, ReleaseError> {
        let is_folder = fs::symlink_metadata(&path).map_err(at(&path))?.is_dir();
        let read = if is_folder {
            Manifest::read(&path, id)
        } else {
            Err(ManifestError::Unsound("the release is no folder".into()))
        };
        match read {
            Ok(manifest) => Ok(Self { path, manifest }),
            Err(ManifestError::Other(e)) => Err(e),
            Err(ManifestError::Unsound(message)) => Err(ReleaseError::Damaged {
                id: id.clone(),
                path,
                damage: vec![Damage::Manifest { message }],
            }),
        }
    }

    /// Compares names and lengths in the folder with those of the manifest.
    fn compare(&self) -> Result<Vec<Damage>, ReleaseError> {
        let listing = folder::list(&self.path)?;
        let mut damage = listing.unfit;
        let no_files: HashSet<FilePath> = damage.iter().filter_map(Damage::file).cloned().collect();
        for entry in &self.manifest.files {
            let path = entry.path.clone();
            let found = listing.files.binary_search_by(|f| f.path.cmp(&path));
            match found.ok().and_then(|place| listing.files.get(place)) {
                None if no_files.contains(&path) => {}
                None => damage.push(Damage::Missing { path }),
                Some(found) if found.bytes != entry.bytes => damage.push(Damage::Size {
                    path,
                    expected: entry.bytes,
                    found: found.bytes,
                }),
                Some(_) => {}
            }
        }
        let surplus = listing
            .files
            .into_iter()
            .filter(|found| self.manifest.file(&found.path).is_none());
        damage.extend(surplus.map(|found| Damage::Surplus { path: found.path }));
        Ok(damage)
    }

    fn wrong_contents(&self, file: &FileEntry) -> Option<Damage> {
        let path = file.path.clone();
        match digest::hash_file(&self.path.join(path.to_path())) {
            Ok((sha256, _)) if sha256 == file.sha256 => None,
            Ok(_) => Some(Damage::Contents { path }),
            Err(e) => Some(Damage::Unreadable {
                path,
                message: e.to_string(),
            }),
        }
    }

    fn unless(self, mut damage: Vec<Damage>) -> Result<Self, ReleaseError> {
        damage.sort_by(|a, b| a.file().cmp(&b.file()));
        if damage.is_empty() {
            return Ok(self);
        }
        Err(ReleaseError::Damaged {
            id: self.manifest.id,
            path: self.path,
            damage,
        })
    }
}
