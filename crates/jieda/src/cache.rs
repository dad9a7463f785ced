//! The cache: text indexes and vectors, named by a hash of what they were made from.
//!
//! An entry is one file with the sha256 of its contents at the end. Invariants: an entry appears
//! whole or not at all (written beside, flushed, renamed); it is never written again; a damaged one
//! is noticed and built anew. Two processes that build the same entry do the work twice, and either
//! result is good. A sound entry needs only to be readable.

use std::{
    fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
    time::Duration,
};

use jieda_knowledge::KnowledgeBase;
use jieda_retrieval::{NothingKnown, TextIndex, VectorIndex};
use jieda_text::JiebaSegmenter;
use jieda_types::{Encoder, EncoderId};
use sha2::{Digest, Sha256};

use crate::{EngineError, Progress};

/// Changes when the files, or the way that texts are rendered, normalised and cut change, so that
/// old entries are not used any more.
const FORMAT: &str = "6";

const DIGEST_BYTES: usize = 32;
const SCRATCH_PREFIX: &str = ".tmp-";
/// A build that has not finished by then was killed.
const LEFTOVER_AGE: Duration = Duration::from_secs(24 * 60 * 60);

/// A cache folder.
#[derive(Debug, Clone)]
pub(crate) struct Cache {
    dir: PathBuf,
}

impl Cache {
    pub(crate) fn new(dir: &Path) -> Self {
        Self {
            dir: dir.join(format!("v{FORMAT}")),
        }
    }

    /// The text index of a knowledge base: read, or built.
    pub(crate) fn text_index(
        &self,
        kb: &KnowledgeBase,
        segmenter: &JiebaSegmenter,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<TextIndex, EngineError> {
        let path = self.dir.join(format!("text-{}.bin", key(kb, None)));
        match read(&path, |body| TextIndex::from_bytes(body).ok())? {
            Entry::Sound(index) => return Ok(index),
            Entry::Damaged => progress(Progress::Rebuilding),
            Entry::Absent => {}
        }
        let index = TextIndex::build(kb, segmenter).map_err(|e| failed(&path, &e))?;
        self.write(&path, index.as_bytes())?;
        Ok(index)
    }

    /// The vectors of a knowledge base: read, or encoded.
    pub(crate) fn vectors(
        &self,
        kb: &KnowledgeBase,
        segmenter: &JiebaSegmenter,
        encoder: &dyn Encoder,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<VectorIndex, EngineError> {
        let path = self
            .dir
            .join(format!("vectors-{}.bin", key(kb, Some(encoder.id()))));
        match read(&path, |body| VectorIndex::from_bytes(body).ok())? {
            Entry::Sound(vectors) => {
                vectors.check_encoder(encoder.id())?;
                return Ok(vectors);
            }
            Entry::Damaged => progress(Progress::Rebuilding),
            Entry::Absent => {}
        }
        let mut report = |done, all| progress(Progress::Encoding { done, all });
        let vectors = VectorIndex::build(kb, segmenter, encoder, &NothingKnown, &mut report)?;
        self.write(&path, vectors.as_bytes())?;
        Ok(vectors)
    }

    fn write(&self, path: &Path, bytes: &[u8]) -> Result<(), EngineError> {
        let digest = Sha256::digest(bytes);
        let write = || -> io::Result<()> {
            fs::create_dir_all(&self.dir)?;
            self.remove_leftovers();
            let mut builder = tempfile::Builder::new();
            builder.prefix(SCRATCH_PREFIX);
            // As for any other file: what the umask leaves, so that a shared cache can be shared.
            #[cfg(unix)]
            builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
            let mut file = builder.tempfile_in(&self.dir)?;
            file.write_all(bytes)?;
            file.write_all(&digest)?;
            file.as_file().sync_all()?;
            file.persist(path)?;
            Ok(())
        };
        write().map_err(|e| failed(path, &e))
    }

    /// Removes what killed builds left. Whatever can't be removed does no harm.
    fn remove_leftovers(&self) {
        let Ok(entries) = fs::read_dir(&self.dir) else {
            return;
        };
        for entry in entries.flatten() {
            let old = entry
                .metadata()
                .and_then(|m| m.modified())
                .is_ok_and(|at| at.elapsed().is_ok_and(|age| age > LEFTOVER_AGE));
            if old
                && entry
                    .file_name()
                    .to_string_lossy()
                    .starts_with(SCRATCH_PREFIX)
            {
                let _ = fs::remove_file(entry.path());
            }
        }
    }
}

/// Reads an entry and checks it whole before any of it is used.
fn read<T>(path: &Path, parse: impl Fn(&[u8]) -> Option<T>) -> Result<Entry<T>, EngineError> {
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Entry::Absent),
        // No permission, too many open files …: that is no damage, and no reason to rebuild.
        Err(e) => return Err(failed(path, &e)),
    };
    let parsed = bytes
        .split_last_chunk::<DIGEST_BYTES>()
        .and_then(|(body, digest)| {
            let sound = Sha256::digest(body).as_slice() == digest;
            sound.then(|| parse(body)).flatten()
        });
    Ok(parsed.map_or(Entry::Damaged, Entry::Sound))
}

enum Entry<T> {
    Sound(T),
    Damaged,
    Absent,
}

fn key(kb: &KnowledgeBase, encoder: Option<&EncoderId>) -> String {
    let mut hash = Sha256::new();
    hash.update(kb.content_hash());
    if let Some(id) = encoder {
        hash.update(id.as_str());
    }
    hash.finalize()
        .iter()
        .take(12)
        .map(|b| format!("{b:02x}"))
        .collect()
}

fn failed(path: &Path, error: &dyn std::error::Error) -> EngineError {
    EngineError::Cache {
        path: path.to_owned(),
        message: error.to_string(),
    }
}
