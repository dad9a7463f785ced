//! The files of a release.
//!
//! ```text
//! kb/             the knowledge base, in the form that loads fastest; what was learned and tuned for it
//! text.index      BM25
//! vectors.index   vectors of every phrasing and answer
//! format          what wrote them: a release of another format is published anew, not misread
//! ```

use std::{fs, path::Path};

use jieda_knowledge::{KnowledgeBase, release::Release};
use jieda_retrieval::{KnownVectors, TextIndex, VectorIndex, VectorKey};
use jieda_text::JiebaSegmenter;
use jieda_types::Encoder;

use crate::{EngineError, Progress, VectorPlace, learned::Learned};

const KNOWLEDGE: &str = "kb";
const TEXT: &str = "text.index";
const VECTORS: &str = "vectors.index";
const FORMAT: &str = "format";
/// Changes with the files, and with the way that texts are rendered, normalised and cut: an index finds
/// only what was cut like the query.
const CURRENT_FORMAT: &str = "jieda release 1\n";

/// The knowledge base of a release, without its indexes. Its files are checked first.
///
/// # Errors
/// [`EngineError::Release`] when it is damaged.
pub fn knowledge_of(release: &Release) -> Result<KnowledgeBase, EngineError> {
    release.verify()?;
    Ok(KnowledgeBase::load(&release.path().join(KNOWLEDGE))?)
}

/// Copies the knowledge base of a release into a new folder, with what was learned and tuned for it: a draft of the
/// next one. The release is checked first.
///
/// # Errors
/// [`EngineError::Release`] when it is damaged; [`EngineError::Unwritable`].
pub fn copy_knowledge(release: &Release, dir: &Path) -> Result<(), EngineError> {
    release.verify()?;
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |source| EngineError::Unwritable { path, source }
    };
    let from = release.path().join(KNOWLEDGE);
    fs::create_dir_all(dir).map_err(failed(dir))?;
    for entry in fs::read_dir(&from).map_err(failed(&from))? {
        let entry = entry.map_err(failed(&from))?;
        // Not `fs::copy`: what is in a release may not be written to, a draft may.
        let contents = fs::read(entry.path()).map_err(failed(&from))?;
        let to = dir.join(entry.file_name());
        jieda_knowledge::write_file(&to, &contents).map_err(failed(&to))?;
    }
    Ok(())
}

/// What a release holds, read.
pub(crate) struct Bundle {
    pub(crate) kb: KnowledgeBase,
    pub(crate) text: TextIndex,
    pub(crate) vectors: VectorIndex,
    pub(crate) learned: Learned,
}

/// What a new release is made from.
pub(crate) struct Ingredients<'a> {
    pub(crate) kb: &'a KnowledgeBase,
    pub(crate) learned: &'a Learned,
    pub(crate) segmenter: &'a JiebaSegmenter,
    pub(crate) encoder: &'a dyn Encoder,
    /// Vectors that need not be made again.
    pub(crate) known: &'a (dyn KnownVectors + Sync),
    /// Where they are searched.
    pub(crate) place: &'a VectorPlace,
}

impl Ingredients<'_> {
    /// Writes all files into a folder; gives the number of texts that were encoded.
    pub(crate) fn write(
        &self,
        dir: &Path,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<usize, EngineError> {
        write(&dir.join(FORMAT), CURRENT_FORMAT.as_bytes())?;
        let knowledge = dir.join(KNOWLEDGE);
        self.kb.save(&knowledge)?;
        self.learned.save(&knowledge)?;
        // Words and vectors are made side by side.
        let (text, vectors) = std::thread::scope(|scope| {
            let text = scope.spawn(|| self.write_text(&dir.join(TEXT)));
            let vectors = self.write_vectors(&dir.join(VECTORS), progress);
            (text.join(), vectors)
        });
        text.map_err(|_| EngineError::panicked("text index"))??;
        vectors
    }

    fn write_text(&self, path: &Path) -> Result<(), EngineError> {
        let text = TextIndex::build(self.kb, self.segmenter).map_err(|e| failed(path, &e))?;
        write(path, text.as_bytes())
    }

    fn write_vectors(
        &self,
        path: &Path,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<usize, EngineError> {
        let mut encoded = 0;
        let mut report = |done, all| {
            encoded = done;
            progress(Progress::Encoding { done, all });
        };
        let (segmenter, encoder) = (self.segmenter, self.encoder);
        let vectors = VectorIndex::build(self.kb, segmenter, encoder, self.known, &mut report)?;
        write(path, vectors.as_bytes())?;
        // What becomes current can be searched at once.
        self.place.keep(&vectors)?;
        Ok(encoded)
    }
}

impl Bundle {
    /// Reads a release, after every byte of it was checked: indexes trust their files.
    pub(crate) fn open(release: &Release) -> Result<Self, EngineError> {
        release.verify()?;
        Self::read(release.path())
    }

    /// Reads a folder that was just [written](Ingredients::write).
    pub(crate) fn read(dir: &Path) -> Result<Self, EngineError> {
        check_format(dir)?;
        let (kb, indexes) = std::thread::scope(|scope| {
            let kb = scope.spawn(|| KnowledgeBase::load(&dir.join(KNOWLEDGE)));
            let indexes = Self::indexes(dir);
            (kb.join(), indexes)
        });
        let mut kb = kb.map_err(|_| EngineError::panicked("knowledge base"))??;
        // Its publisher was told.
        kb.warnings.clear();
        let (text, vectors) = indexes?;
        let learned = Learned::load(&dir.join(KNOWLEDGE), Some(vectors.encoder()))?;
        Ok(Self {
            kb,
            text,
            vectors,
            learned,
        })
    }

    /// The vectors alone, to be used again: whatever is damaged is made anew.
    pub(crate) fn vectors(release: &Release) -> Option<VectorIndex> {
        release.verify().ok()?;
        check_format(release.path()).ok()?;
        VectorIndex::open(&release.path().join(VECTORS)).ok()
    }

    /// What the vectors of a release are named by; nothing is checked.
    pub(crate) fn vector_key(release: &Release) -> Option<VectorKey> {
        let vectors = VectorIndex::open(&release.path().join(VECTORS)).ok()?;
        Some(vectors.key())
    }

    fn indexes(dir: &Path) -> Result<(TextIndex, VectorIndex), EngineError> {
        let (text, vectors) = (dir.join(TEXT), dir.join(VECTORS));
        Ok((
            TextIndex::open(&text).map_err(|e| failed(&text, &e))?,
            VectorIndex::open(&vectors).map_err(|e| failed(&vectors, &e))?,
        ))
    }
}

fn check_format(dir: &Path) -> Result<(), EngineError> {
    let path = dir.join(FORMAT);
    let found = fs::read_to_string(&path).unwrap_or_default();
    if found == CURRENT_FORMAT {
        return Ok(());
    }
    Err(EngineError::Bundle {
        path,
        message: format!(
            "it says `{}`, this jieda makes and reads `{}`: publish again",
            found.trim(),
            CURRENT_FORMAT.trim()
        ),
    })
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), EngineError> {
    fs::write(path, bytes).map_err(|source| EngineError::Unwritable {
        path: path.to_owned(),
        source,
    })
}

fn failed(path: &Path, error: &dyn std::error::Error) -> EngineError {
    EngineError::Bundle {
        path: path.to_owned(),
        message: error.to_string(),
    }
}
