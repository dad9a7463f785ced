//! tantivy's files in one file, and a read-only directory over it.

use std::{
    collections::BTreeMap,
    io,
    ops::Range,
    path::{Path, PathBuf},
    sync::Arc,
};

use tantivy::directory::{
    Directory, DirectoryLock, FileHandle, Lock, OwnedBytes, WatchCallback, WatchHandle, WritePtr,
    error::{DeleteError, LockError, OpenReadError, OpenWriteError},
};

use super::TextIndexError;
use crate::bytes::FileBytes;

/// The number of files, then name and contents of each, every piece after its length (u64, little
/// endian).
pub(super) fn pack<'a>(files: impl ExactSizeIterator<Item = (&'a str, &'a [u8])>) -> Vec<u8> {
    let mut bytes = (files.len() as u64).to_le_bytes().to_vec();
    for (name, contents) in files {
        for piece in [name.as_bytes(), contents] {
            bytes.extend((piece.len() as u64).to_le_bytes());
            bytes.extend(piece);
        }
    }
    bytes
}

/// A packed file as tantivy sees it: files are slices of it, and nothing is ever written.
#[derive(Clone)]
pub(super) struct PackedDirectory {
    bytes: OwnedBytes,
    files: Arc<BTreeMap<PathBuf, Range<usize>>>,
}

impl PackedDirectory {
    pub(super) fn open(bytes: FileBytes) -> Result<Self, TextIndexError> {
        let mut reader = Reader {
            bytes: &bytes,
            position: 0,
        };
        let count = reader.number()?;
        let mut files = BTreeMap::new();
        for _ in 0..count {
            let name = reader.piece()?;
            let name = str::from_utf8(&bytes[name]).map_err(|_| TextIndexError::Damaged)?;
            files.insert(PathBuf::from(name), reader.piece()?);
        }
        if reader.position != bytes.len() {
            return Err(TextIndexError::Damaged);
        }
        Ok(Self {
            bytes: OwnedBytes::new(bytes),
            files: Arc::new(files),
        })
    }

    fn find(&self, path: &Path) -> Result<OwnedBytes, OpenReadError> {
        self.files
            .get(path)
            .map(|range| self.bytes.slice(range.clone()))
            .ok_or_else(|| OpenReadError::FileDoesNotExist(path.to_owned()))
    }
}

struct Reader<'a> {
    bytes: &'a [u8],
    position: usize,
}

impl Reader<'_> {
    fn number(&mut self) -> Result<usize, TextIndexError> {
        let head = self.bytes[self.position..]
            .first_chunk::<8>()
            .ok_or(TextIndexError::Damaged)?;
        self.position += 8;
        usize::try_from(u64::from_le_bytes(*head)).map_err(|_| TextIndexError::Damaged)
    }

    fn piece(&mut self) -> Result<Range<usize>, TextIndexError> {
        let length = self.number()?;
        let start = self.position;
        self.position = start
            .checked_add(length)
            .filter(|&end| end <= self.bytes.len())
            .ok_or(TextIndexError::Damaged)?;
        Ok(start..self.position)
    }
}

impl std::fmt::Debug for PackedDirectory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PackedDirectory")
            .field("files", &self.files)
            .finish_non_exhaustive()
    }
}

fn read_only() -> io::Error {
    io::Error::new(
        io::ErrorKind::ReadOnlyFilesystem,
        "a text index never changes",
    )
}

impl Directory for PackedDirectory {
    fn get_file_handle(&self, path: &Path) -> Result<Arc<dyn FileHandle>, OpenReadError> {
        Ok(Arc::new(self.find(path)?))
    }

    fn atomic_read(&self, path: &Path) -> Result<Vec<u8>, OpenReadError> {
        Ok(self.find(path)?.to_vec())
    }

    fn exists(&self, path: &Path) -> Result<bool, OpenReadError> {
        Ok(self.files.contains_key(path))
    }

    fn delete(&self, path: &Path) -> Result<(), DeleteError> {
        Err(DeleteError::IoError {
            io_error: Arc::new(read_only()),
            filepath: path.to_owned(),
        })
    }

    fn open_write(&self, path: &Path) -> Result<WritePtr, OpenWriteError> {
        Err(OpenWriteError::wrap_io_error(read_only(), path.to_owned()))
    }

    fn atomic_write(&self, _: &Path, _: &[u8]) -> io::Result<()> {
        Err(read_only())
    }

    fn sync_directory(&self) -> io::Result<()> {
        Ok(())
    }

    /// Nobody writes: there is nothing to lock.
    fn acquire_lock(&self, _: &Lock) -> Result<DirectoryLock, LockError> {
        Ok(DirectoryLock::from(Box::new(())))
    }

    fn watch(&self, _: WatchCallback) -> tantivy::Result<WatchHandle> {
        Ok(WatchHandle::empty())
    }
}
