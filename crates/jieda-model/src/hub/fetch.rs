//! One download: what is missing is fetched, checked and put in its place.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use hf_hub::{
    CacheRepo,
    api::{
        Progress,
        sync::{Api, ApiRepo},
    },
};

use super::{Hub, HubError};
use crate::digest::hash_file;

/// One download at work.
pub(super) struct Fetch<'a> {
    pub(super) hub: &'a Hub,
    pub(super) api: Api,
    pub(super) repo: ApiRepo,
    pub(super) cache: CacheRepo,
    pub(super) commit: &'a str,
    pub(super) work: &'a Path,
}

/// A file that is to be there.
struct Remote<'a> {
    name: &'a str,
    etag: String,
    bytes: u64,
}

impl Fetch<'_> {
    pub(super) fn all(
        &self,
        files: &[&str],
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<(), HubError> {
        let remotes: Vec<Remote<'_>> = files
            .iter()
            .map(|name| self.remote(name))
            .collect::<Result<_, _>>()?;
        let total = remotes.iter().map(|r| r.bytes).sum();
        let mut before = 0;
        let model = self.work.join("model");
        remove_dir(&model)?;
        for remote in &remotes {
            let blob = self.fetch(remote, &mut |bytes| progress(before + bytes, total))?;
            before += remote.bytes;
            progress(before, total);
            place(&blob, &model.join(remote.name))?;
        }
        Ok(())
    }

    /// What the hub says of a file. The etag becomes a file name in the cache: one that is more
    /// than a name could write outside of it.
    fn remote<'n>(&self, name: &'n str) -> Result<Remote<'n>, HubError> {
        let metadata = self
            .api
            .metadata(&self.repo.url(name))
            .map_err(|e| self.hub.error(e, name, self.work))?;
        let etag = metadata.etag().to_owned();
        let plain = etag.strip_prefix("W/").unwrap_or(&etag);
        if plain.is_empty()
            || !plain
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-')
        {
            return Err(self.hub.answer(format!("{name}: etag `{etag}`")));
        }
        if metadata.commit_hash() != self.commit {
            return Err(self.hub.answer(format!("{name} is of another commit")));
        }
        Ok(Remote {
            name,
            etag,
            bytes: metadata.size() as u64,
        })
    }

    /// Downloads a file unless it is there, and checks it.
    fn fetch(
        &self,
        remote: &Remote<'_>,
        progress: &mut dyn FnMut(u64),
    ) -> Result<PathBuf, HubError> {
        let blob = self.cache.blob_path(&remote.etag);
        if !blob.is_file() {
            let part = blob.with_extension("part");
            if fs::metadata(&part).is_ok_and(|m| m.len() >= remote.bytes) {
                // Nothing is left to ask for, and a hub refuses an empty range: begin again.
                remove_file(&part)?;
            }
            self.repo
                .download_with_progress(remote.name, Counter { progress, bytes: 0 })
                .map_err(|e| self.hub.error(e, remote.name, self.work))?;
        }
        let sound = is_sound(&blob, remote).map_err(|source| HubError::Write {
            path: blob.clone(),
            source,
        })?;
        if !sound {
            remove_file(&blob)?;
            return Err(HubError::Damaged {
                file: remote.name.to_owned(),
            });
        }
        Ok(blob)
    }
}

/// Whether a file has its length and, where the etag is a SHA-256 (large files), its contents.
fn is_sound(blob: &Path, remote: &Remote<'_>) -> io::Result<bool> {
    if fs::metadata(blob)?.len() != remote.bytes {
        return Ok(false);
    }
    if remote.etag.len() != 64 {
        return Ok(true);
    }
    Ok(hash_file(blob)?.0 == remote.etag)
}

/// Adds up what arrives.
struct Counter<'a> {
    progress: &'a mut dyn FnMut(u64),
    bytes: u64,
}

impl Progress for Counter<'_> {
    fn init(&mut self, _size: usize, _filename: &str) {
        self.bytes = 0;
    }

    fn update(&mut self, size: usize) {
        self.bytes += size as u64;
        (self.progress)(self.bytes);
    }

    fn finish(&mut self) {}
}

/// The same file at another place; a copy where the file system has no links.
fn place(blob: &Path, target: &Path) -> Result<(), HubError> {
    let done = || {
        if let Some(folder) = target.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::hard_link(blob, target).or_else(|_| fs::copy(blob, target).map(drop))
    };
    done().map_err(|source| HubError::Write {
        path: target.to_owned(),
        source,
    })
}

fn remove_dir(path: &Path) -> Result<(), HubError> {
    gone(fs::remove_dir_all(path), path)
}

fn remove_file(path: &Path) -> Result<(), HubError> {
    gone(fs::remove_file(path), path)
}

fn gone(result: io::Result<()>, path: &Path) -> Result<(), HubError> {
    match result {
        Err(source) if source.kind() != io::ErrorKind::NotFound => Err(HubError::Write {
            path: path.to_owned(),
            source,
        }),
        _ => Ok(()),
    }
}
