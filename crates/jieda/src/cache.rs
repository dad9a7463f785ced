//! The cache: text indexes and vectors, named by a hash of what they were made from.
//!
//! Invariants: an entry appears whole or not at all (written beside, flushed, renamed); an entry is
//! never written again; a damaged one is noticed, removed and built anew. Two processes that build
//! the same entry do the work twice, and either result is good.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering},
};

use jieda_knowledge::KnowledgeBase;
use jieda_retrieval::{TextIndex, VectorIndex};
use jieda_text::JiebaSegmenter;
use jieda_types::{Encoder, EncoderId};
use sha2::{Digest, Sha256};

use crate::{EngineError, Progress};

/// Changes when the text index, the vector file or the way that texts are normalised and cut
/// changes, so that old entries are not used any more.
const FORMAT: &str = "1";

const DIGEST_BYTES: usize = 32;

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

    /// The text index of a knowledge base: opened, or built.
    pub(crate) fn text_index(
        &self,
        kb: &KnowledgeBase,
        segmenter: &JiebaSegmenter,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<TextIndex, EngineError> {
        let dir = self.dir.join(format!("text-{}", key(kb, None)));
        if dir.exists() {
            match TextIndex::open(&dir) {
                Ok(index) => return Ok(index),
                Err(_) => {
                    progress(Progress::Rebuilding);
                    fs::remove_dir_all(&dir).map_err(|e| failed(&dir, &e))?;
                }
            }
        }
        let scratch = self.scratch()?;
        fs::create_dir_all(&scratch).map_err(|e| failed(&scratch, &e))?;
        let built = TextIndex::build(&scratch, kb, segmenter)
            .map_err(|e| failed(&scratch, &e))
            .and_then(|()| publish(&scratch, &dir));
        if built.is_err() {
            // The error that counts is the first one.
            let _ = fs::remove_dir_all(&scratch);
        }
        built?;
        TextIndex::open(&dir).map_err(|e| failed(&dir, &e))
    }

    /// The vectors of a knowledge base, if they are cached and sound.
    pub(crate) fn cached_vectors(
        &self,
        kb: &KnowledgeBase,
        encoder: &EncoderId,
        progress: &mut dyn FnMut(Progress),
    ) -> Option<VectorIndex> {
        let bytes = fs::read(self.vectors_path(kb, encoder)).ok()?;
        let vectors = bytes
            .split_last_chunk::<DIGEST_BYTES>()
            .and_then(|(body, digest)| {
                let sound = Sha256::digest(body).as_slice() == digest;
                sound.then(|| VectorIndex::from_bytes(body).ok()).flatten()
            });
        if vectors.is_none() {
            progress(Progress::Rebuilding);
        }
        vectors
    }

    /// Encodes a knowledge base and keeps the vectors.
    pub(crate) fn build_vectors(
        &self,
        kb: &KnowledgeBase,
        segmenter: &JiebaSegmenter,
        encoder: &dyn Encoder,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<VectorIndex, EngineError> {
        let mut report = |done, all| progress(Progress::Encoding { done, all });
        let vectors = VectorIndex::build(kb, segmenter, encoder, &mut report)?;
        let mut bytes = vectors.to_bytes();
        let digest = Sha256::digest(&bytes);
        bytes.extend_from_slice(&digest);
        let scratch = self.scratch()?;
        let written = write_synced(&scratch, &bytes)
            .map_err(|e| failed(&scratch, &e))
            .and_then(|()| publish(&scratch, &self.vectors_path(kb, encoder.id())));
        if written.is_err() {
            let _ = fs::remove_file(&scratch);
        }
        written.map(|()| vectors)
    }

    fn vectors_path(&self, kb: &KnowledgeBase, encoder: &EncoderId) -> PathBuf {
        self.dir
            .join(format!("vectors-{}.bin", key(kb, Some(encoder))))
    }

    /// A name that no other build uses, in the same folder, so that it can be renamed.
    fn scratch(&self) -> Result<PathBuf, EngineError> {
        static BUILDS: AtomicU64 = AtomicU64::new(0);
        fs::create_dir_all(&self.dir).map_err(|e| failed(&self.dir, &e))?;
        let number = BUILDS.fetch_add(1, Ordering::Relaxed);
        Ok(self
            .dir
            .join(format!(".tmp-{}-{number}", std::process::id())))
    }
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

fn write_synced(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = fs::File::create(path)?;
    io::Write::write_all(&mut file, bytes)?;
    file.sync_all()
}

/// Gives a finished entry its name. When another process was faster, its entry stays.
fn publish(scratch: &Path, target: &Path) -> Result<(), EngineError> {
    match fs::rename(scratch, target) {
        Ok(()) => Ok(()),
        Err(_) if target.is_dir() => fs::remove_dir_all(scratch).map_err(|e| failed(scratch, &e)),
        Err(e) => Err(failed(target, &e)),
    }
}

fn failed(path: &Path, error: &dyn std::error::Error) -> EngineError {
    EngineError::Cache {
        path: path.to_owned(),
        message: error.to_string(),
    }
}
