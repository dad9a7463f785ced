//! What is in a folder, without following a link anywhere.

use std::{
    io,
    path::{Path, PathBuf},
};

use walkdir::WalkDir;

use super::{Damage, FilePath, ReleaseError, error::at, manifest::MANIFEST_FILE};

/// A file in a folder.
pub(super) struct Found {
    pub(super) path: FilePath,
    pub(super) bytes: u64,
}

/// What is in a folder, in the order of paths. The manifest is not listed.
#[derive(Default)]
pub(super) struct Listing {
    pub(super) files: Vec<Found>,
    /// The folder itself and those in it.
    pub(super) folders: Vec<PathBuf>,
    /// Links, devices, and names that can't be in a release.
    pub(super) unfit: Vec<Damage>,
}

pub(super) fn list(dir: &Path) -> Result<Listing, ReleaseError> {
    let mut listing = Listing::default();
    for entry in WalkDir::new(dir) {
        let entry = entry.map_err(|e| failed(dir, e))?;
        if entry.file_type().is_dir() {
            listing.folders.push(entry.into_path());
            continue;
        }
        let Some(path) = relative(dir, entry.path()) else {
            let name = entry.path().strip_prefix(dir).unwrap_or(entry.path());
            let name = name.to_string_lossy().into_owned();
            listing.unfit.push(Damage::UnfitName { name });
            continue;
        };
        if !entry.file_type().is_file() {
            listing.unfit.push(Damage::NotAFile { path });
        } else if path.as_str() != MANIFEST_FILE {
            let bytes = entry.metadata().map_err(|e| failed(dir, e))?.len();
            listing.files.push(Found { path, bytes });
        }
    }
    listing.files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(listing)
}

fn relative(dir: &Path, path: &Path) -> Option<FilePath> {
    let parts: Option<Vec<&str>> = path
        .strip_prefix(dir)
        .ok()?
        .iter()
        .map(|part| part.to_str())
        .collect();
    FilePath::new(parts?.join("/")).ok()
}

fn failed(dir: &Path, error: walkdir::Error) -> ReleaseError {
    let path = error.path().unwrap_or(dir).to_owned();
    // The only other error is a loop of links, and links are not followed.
    let source = error.into_io_error();
    at(path)(source.unwrap_or_else(|| io::Error::other("a loop of links")))
}
