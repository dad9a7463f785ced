//! One download: what is missing is fetched, checked and put in its place.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read as _, Seek as _, SeekFrom, Write as _},
    path::{Path, PathBuf},
};

use super::{
    HubError,
    client::{Ask, Client},
};
use crate::digest::hash_file;

/// One download at work.
pub(super) struct Fetch<'a> {
    pub(super) client: &'a Client,
    pub(super) repo: &'a str,
    pub(super) commit: &'a str,
    pub(super) work: &'a Path,
}

/// No file of a model is larger, and sums of lengths stay far from overflow.
const LARGEST: u64 = 1 << 40;

/// A file that is to be there.
struct Remote<'a> {
    name: &'a str,
    /// Names its contents. Letters, digits and `-` only: it becomes a file name here.
    etag: String,
    bytes: u64,
}

impl Remote<'_> {
    /// Large files are named by their SHA-256.
    fn sha256(&self) -> Option<&str> {
        let etag = self.etag.as_str();
        let is_hash = etag.len() == 64 && etag.bytes().all(|b| b.is_ascii_hexdigit());
        is_hash.then_some(etag)
    }
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
        let (blobs, model) = (self.work.join("hub"), self.work.join("model"));
        remove_dir(&model)?;
        fs::create_dir_all(&blobs).map_err(at(&blobs))?;
        for remote in &remotes {
            let blob = self.fetch(remote, &blobs, &mut |b| progress(before + b, total))?;
            before += remote.bytes;
            progress(before, total);
            place(&blob, &model.join(remote.name))?;
        }
        Ok(())
    }

    fn path(&self, name: &str) -> String {
        format!("/{}/resolve/{}/{name}", self.repo, self.commit)
    }

    /// What the hub says of a file: all that a download goes by.
    fn remote<'n>(&self, name: &'n str) -> Result<Remote<'n>, HubError> {
        let answer = self.client.ask(&self.path(name), Ask::Head, name)?;
        let etag = answer.told("x-linked-etag").or_else(|| answer.own("etag"));
        let etag = etag.unwrap_or_default();
        let plain = etag.strip_prefix("W/").unwrap_or(etag).trim_matches('"');
        let sound = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
        if plain.is_empty() || plain.len() > 128 || !plain.bytes().all(sound) {
            return Err(self.client.answer(format!("{name}: etag `{etag}`")));
        }
        if answer.told("x-repo-commit") != Some(self.commit) {
            return Err(self.client.answer(format!("{name} is of another commit")));
        }
        let bytes = answer
            .told("x-linked-size")
            .or_else(|| answer.own("content-length"))
            .and_then(|length| length.parse().ok())
            .filter(|&bytes| bytes <= LARGEST);
        let Some(bytes) = bytes else {
            return Err(self
                .client
                .answer(format!("{name} has no length that can be")));
        };
        Ok(Remote {
            name,
            etag: plain.to_owned(),
            bytes,
        })
    }

    /// Downloads a file unless it is there, and checks it.
    fn fetch(
        &self,
        remote: &Remote<'_>,
        blobs: &Path,
        progress: &mut dyn FnMut(u64),
    ) -> Result<PathBuf, HubError> {
        let blob = blobs.join(&remote.etag);
        if !blob.is_file() {
            let part = blobs.join(format!("{}.part", remote.etag));
            self.append(remote, &part, progress)?;
            if !is_sound(&part, remote).map_err(at(&part))? {
                fs::remove_file(&part).map_err(at(&part))?;
                return Err(HubError::Damaged {
                    file: remote.name.to_owned(),
                });
            }
            fs::rename(&part, &blob).map_err(at(&blob))?;
        }
        Ok(blob)
    }

    /// Fetches what a file still lacks.
    fn append(
        &self,
        remote: &Remote<'_>,
        part: &Path,
        progress: &mut dyn FnMut(u64),
    ) -> Result<(), HubError> {
        let mut start = match fs::metadata(part) {
            // What can't be checked afterwards is not pieced together; it is small.
            Ok(there) if there.len() <= remote.bytes && remote.sha256().is_some() => there.len(),
            _ => 0,
        };
        if start == remote.bytes && start > 0 {
            return Ok(());
        }
        let asked = Ask::From(start);
        let answer = self
            .client
            .ask(&self.path(remote.name), asked, remote.name)?;
        let continues = answer
            .own("content-range")
            .is_some_and(|range| range.starts_with(&format!("bytes {start}-")));
        if answer.response.status().as_u16() != 206 {
            // A server that knows no ranges sends it all again.
            start = 0;
        } else if !continues {
            let message = format!("{}: another range than was asked for", remote.name);
            return Err(self.client.answer(message));
        }
        let mut file = open_at(part, start).map_err(at(part))?;
        // One byte too many is enough to see that the length is not the one told.
        let mut body = answer
            .response
            .into_body()
            .into_reader()
            .take(remote.bytes - start + 1);
        let mut buffer = vec![0; 1 << 17];
        let mut done = start;
        while done <= remote.bytes {
            let read = body.read(&mut buffer);
            let read = read.map_err(|e| self.client.unreachable(e.to_string()))?;
            if read == 0 {
                break;
            }
            file.write_all(&buffer[..read]).map_err(at(part))?;
            done += read as u64;
            progress(done.min(remote.bytes));
        }
        if done < remote.bytes {
            return Err(self.client.unreachable(format!(
                "{} stopped at byte {done} of {}",
                remote.name, remote.bytes
            )));
        }
        file.sync_all().map_err(at(part))
    }
}

/// Opens a file to go on writing at a place; what is behind it goes.
fn open_at(path: &Path, start: u64) -> io::Result<File> {
    let mut file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(path)?;
    file.set_len(start)?;
    file.seek(SeekFrom::Start(start))?;
    Ok(file)
}

/// Whether a file has its length and, where the etag is a SHA-256 (large files), its contents.
fn is_sound(path: &Path, remote: &Remote<'_>) -> io::Result<bool> {
    if fs::metadata(path)?.len() != remote.bytes {
        return Ok(false);
    }
    match remote.sha256() {
        None => Ok(true),
        Some(sha256) => Ok(hash_file(path)?.0 == sha256),
    }
}

/// The same file at another place; a copy where the file system has no links.
fn place(blob: &Path, target: &Path) -> Result<(), HubError> {
    if let Some(folder) = target.parent() {
        fs::create_dir_all(folder).map_err(at(folder))?;
    }
    fs::hard_link(blob, target)
        .or_else(|_| fs::copy(blob, target).map(drop))
        .map_err(at(target))
}

fn remove_dir(path: &Path) -> Result<(), HubError> {
    match fs::remove_dir_all(path) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => Err(at(path)(e)),
        _ => Ok(()),
    }
}

/// A fault of the disk at a path.
fn at(path: &Path) -> impl FnOnce(io::Error) -> HubError {
    let path = path.to_owned();
    move |source| HubError::Write { path, source }
}
