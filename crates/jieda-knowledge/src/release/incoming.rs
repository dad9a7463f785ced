//! A release that was made elsewhere, on its way in.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::{
    DataDir, Draft, FileEntry, Manifest, Release, ReleaseError, durable,
    error::at,
    manifest::{MANIFEST_FILE, ManifestError},
};

/// The folder of a release that is brought in: it becomes a release when it is [sealed](Self::seal), and goes away
/// otherwise.
#[derive(Debug)]
pub struct Incoming<'a> {
    draft: Draft<'a>,
    manifest: Manifest,
    /// As it came: the release is the same to the last byte.
    bytes: Vec<u8>,
}

impl<'a> Incoming<'a> {
    pub(super) fn new(draft: Draft<'a>, bytes: &[u8]) -> Result<Self, ReleaseError> {
        Ok(Self {
            manifest: parsed(bytes)?,
            draft,
            bytes: bytes.to_vec(),
        })
    }

    /// What it is, and its files.
    #[must_use]
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Takes over what other releases of the data directory hold, and gives the files that are still to be written, each
    /// to its [place](Self::place).
    ///
    /// # Errors
    /// [`ReleaseError::File`].
    pub fn reuse(&mut self) -> Result<Vec<FileEntry>, ReleaseError> {
        let known = self.draft.data().releases()?;
        let known: Vec<Release> = known
            .into_iter()
            .filter_map(|info| self.draft.data().release(&info.id).ok())
            .collect();
        let mut missing = Vec::new();
        for entry in self.manifest.files.clone() {
            let same = |release: &&Release| {
                let found = release.manifest().file(&entry.path);
                found.is_some_and(|found| found.sha256 == entry.sha256)
            };
            match known.iter().find(same) {
                // Whether it is still what it was, is seen when all is sealed.
                Some(release) => self.draft.link_from(release, entry.path.as_str())?,
                None => missing.push(entry),
            }
        }
        Ok(missing)
    }

    /// Where a file is to be written. The folders above it are there.
    ///
    /// # Errors
    /// [`ReleaseError::File`].
    pub fn place(&self, entry: &FileEntry) -> Result<PathBuf, ReleaseError> {
        let place = self.draft.path().join(entry.path.to_path());
        if let Some(folder) = place.parent() {
            fs::create_dir_all(folder).map_err(at(folder))?;
        }
        Ok(place)
    }

    /// Checks every byte of every file against the manifest, puts everything on the disk, and gives the folder its name. It
    /// is not current yet.
    ///
    /// # Errors
    /// [`ReleaseError::UnfitDraft`] with every file that is not what the manifest says, [`ReleaseError::File`]; what came
    /// in is removed.
    pub fn seal(self) -> Result<Release, ReleaseError> {
        let Self {
            draft,
            manifest,
            bytes,
        } = self;
        draft.seal_as(&manifest)?;
        let place = draft.path().join(MANIFEST_FILE);
        durable::write(&place, &bytes).map_err(at(&place))?;
        draft.name(&manifest.id)
    }
}

impl Manifest {
    /// Reads the bytes of a manifest, such as those of a release that is elsewhere.
    ///
    /// # Errors
    /// [`ReleaseError::Foreign`] when they are damaged, [`ReleaseError::NewerFormat`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ReleaseError> {
        parsed(bytes)
    }
}

fn parsed(bytes: &[u8]) -> Result<Manifest, ReleaseError> {
    Manifest::parse(bytes, Path::new(MANIFEST_FILE)).map_err(|error| match error {
        ManifestError::Other(error) => error,
        ManifestError::Unsound(message) => ReleaseError::Foreign { message },
    })
}

impl DataDir {
    /// Whether a release is here and whole: manifest and lengths of files are checked.
    ///
    /// # Errors
    /// As [`release`](Self::release), but for a release that is not here.
    pub fn find(&self, id: &super::ReleaseId) -> Result<Option<Release>, ReleaseError> {
        match self.release(id) {
            Ok(release) => Ok(Some(release)),
            Err(ReleaseError::NoSuchRelease { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }
}
