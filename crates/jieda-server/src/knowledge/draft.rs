//! A draft as a folder.

use std::{
    fmt, fs,
    path::{Path, PathBuf},
};

use jieda::{
    CheckReport, EngineError, KnowledgeBase, Timestamp, copy_knowledge,
    release::{DataDir, Release, ReleaseId},
    write_file,
};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use tokio::sync::OwnedMutexGuard;

use crate::problem::{Problem, ProblemKind};

/// The FAQs of a folder.
pub(super) const FAQS_FILE: &str = "faqs.jsonl";
/// Digits of a revision.
const DIGITS: usize = 16;

/// The draft, held by one.
#[derive(Debug)]
pub struct Draft {
    dir: PathBuf,
    _guard: OwnedMutexGuard<()>,
}

/// What a draft was begun from.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Base {
    release: String,
    /// Of the draft, when it was just what the release is.
    revision: String,
}

/// What a draft holds, in short: it changes with every change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revision(String);

impl fmt::Display for Revision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Revision {
    /// Refuses a change that was made on something else.
    ///
    /// # Errors
    /// [`ProblemKind::StaleRevision`].
    pub fn expect(&self, expected: Option<&str>) -> Result<(), Problem> {
        match expected {
            Some(expected) if expected != self.0 => Err(Problem::new(
                ProblemKind::StaleRevision,
                "草稿已被别人修改，请刷新后再改",
            )),
            _ => Ok(()),
        }
    }
}

impl Draft {
    pub(super) fn new(dir: PathBuf, guard: OwnedMutexGuard<()>) -> Self {
        Self { dir, _guard: guard }
    }

    /// The folder.
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Whether there is one.
    #[must_use]
    pub fn exists(&self) -> bool {
        self.dir.join(FAQS_FILE).is_file()
    }

    /// Begins a draft as a copy of the current release (`shared`, where replicas share one), unless there is one. A draft in which nothing was changed yet
    /// follows the releases.
    ///
    /// # Errors
    /// [`Problem`]: the release is damaged, or the disk fails.
    pub fn begin(&self, data: &Path, shared: Option<ReleaseId>) -> Result<(), Problem> {
        let data = DataDir::open(data)?;
        let current = current(&data, shared)?;
        if self.exists() {
            self.settle(current.as_ref())?;
            let base = self.base();
            let is_old = current
                .as_ref()
                .is_some_and(|current| base.release != current.as_str());
            if !is_old || self.revision()?.0 != base.revision {
                return Ok(());
            }
        }
        match current {
            // It may be gone from here, where another is tried.
            Some(id) if data.find(&id)?.is_some() => self.reset(&data.release(&id)?),
            _ => self.reset(&data.open_current()?),
        }
    }

    /// The release that the draft was begun from, if another one is current by now: publishing the draft would take back
    /// what that one brought.
    ///
    /// # Errors
    /// [`Problem`] when the data directory can't be read.
    pub fn outdated(
        &self,
        data: &Path,
        shared: Option<ReleaseId>,
    ) -> Result<Option<String>, Problem> {
        let current = current(&DataDir::open(data)?, shared)?;
        self.settle(current.as_ref())?;
        let base = self.base().release;
        let is_old = current.is_some_and(|current| base != current.as_str());
        Ok(is_old.then_some(base))
    }

    /// Notes that the draft is what a release is.
    ///
    /// # Errors
    /// [`ProblemKind::Environment`].
    pub fn is_now(&self, release: &ReleaseId) -> Result<(), Problem> {
        self.write_base(&self.base_file(), release)
    }

    fn write_base(&self, path: &Path, release: &ReleaseId) -> Result<(), Problem> {
        let base = Base {
            release: release.to_string(),
            revision: self.revision()?.0,
        };
        let json = serde_json::to_vec(&base).unwrap_or_default();
        write_file(path, &json).map_err(|e| failed(path, &e))
    }

    /// Notes that a release was made of the draft that may become current later: it is what the draft is then, unless it was
    /// changed meanwhile.
    ///
    /// # Errors
    /// [`ProblemKind::Environment`].
    pub fn is_published_as(&self, release: &ReleaseId) -> Result<(), Problem> {
        self.write_base(&self.published_file(), release)
    }

    /// Where what was published has become current, the draft is that.
    fn settle(&self, current: Option<&ReleaseId>) -> Result<(), Problem> {
        let published = read_base(&self.published_file());
        let is_it = |current: &&ReleaseId| published.release == current.as_str();
        if let Some(current) = current.filter(is_it)
            && self.base().release != published.release
            && self.revision()?.0 == published.revision
        {
            self.is_now(current)?;
        }
        Ok(())
    }

    fn published_file(&self) -> PathBuf {
        self.dir.with_extension("published")
    }

    fn base_file(&self) -> PathBuf {
        self.dir.with_extension("base")
    }

    /// What it was begun from; of no release when that is not known.
    fn base(&self) -> Base {
        read_base(&self.base_file())
    }

    /// Makes the draft what a release is.
    ///
    /// # Errors
    /// As [`begin`](Self::begin).
    pub fn reset(&self, release: &Release) -> Result<(), Problem> {
        // Beside it first: half a copy is no draft.
        let beside = self.dir.with_extension("making");
        remove(&beside)?;
        copy_knowledge(release, &beside)?;
        remove(&self.dir)?;
        fs::rename(&beside, &self.dir).map_err(|e| failed(&self.dir, &e))?;
        self.is_now(release.id())
    }

    /// Forgets the draft.
    ///
    /// # Errors
    /// [`ProblemKind::Environment`].
    pub fn discard(&self) -> Result<(), Problem> {
        remove(&self.dir)
    }

    /// What it holds, in short.
    ///
    /// # Errors
    /// [`ProblemKind::Environment`].
    pub fn revision(&self) -> Result<Revision, Problem> {
        let mut names: Vec<PathBuf> = fs::read_dir(&self.dir)
            .map_err(|e| failed(&self.dir, &e))?
            .filter_map(|entry| Some(entry.ok()?.path()))
            .collect();
        names.sort();
        let mut hash = Sha256::new();
        for path in names {
            hash.update(path.file_name().unwrap_or_default().as_encoded_bytes());
            let contents = fs::read(&path).map_err(|e| failed(&path, &e))?;
            hash.update((contents.len() as u64).to_le_bytes());
            hash.update(contents);
        }
        let digits: String = hash.finalize().iter().map(|b| format!("{b:02x}")).collect();
        Ok(Revision(digits.chars().take(DIGITS).collect()))
    }

    /// What it holds.
    ///
    /// # Errors
    /// [`Problem`] when somebody has spoilt its files by hand.
    pub fn load(&self) -> Result<KnowledgeBase, Problem> {
        Ok(KnowledgeBase::load(&self.dir).map_err(EngineError::from)?)
    }

    /// What is wrong with it or worth knowing.
    #[must_use]
    pub fn check(&self) -> CheckReport {
        KnowledgeBase::check(&self.dir, Timestamp::now())
    }

    /// Replaces a file, if the folder is sound with it.
    ///
    /// # Errors
    /// [`ProblemKind::FaultyKnowledge`] with every fault, [`ProblemKind::Environment`]; then nothing has changed.
    pub(super) fn replace(&self, name: &str, contents: &str) -> Result<CheckReport, Problem> {
        let tried = tempfile::tempdir().map_err(|e| failed(&self.dir, &e))?;
        for entry in fs::read_dir(&self.dir).map_err(|e| failed(&self.dir, &e))? {
            let path = entry.map_err(|e| failed(&self.dir, &e))?.path();
            // Weights are no part of what is checked.
            let is_text = path.extension().is_some_and(|e| e != "safetensors");
            if let Some(file) = path.file_name().filter(|_| is_text) {
                fs::copy(&path, tried.path().join(file)).map_err(|e| failed(&path, &e))?;
            }
        }
        let path = tried.path().join(name);
        fs::write(&path, contents).map_err(|e| failed(&path, &e))?;
        let report = KnowledgeBase::check(tried.path(), Timestamp::now());
        if !report.is_sound() {
            let count = report.errors.len();
            return Err(Problem {
                files: report.errors,
                ..Problem::new(
                    ProblemKind::FaultyKnowledge,
                    format!("有 {count} 处问题，没有保存"),
                )
            });
        }
        let path = self.dir.join(name);
        write_file(&path, contents.as_bytes()).map_err(|e| failed(&path, &e))?;
        Ok(report)
    }
}

/// The release that is current for all: that of the data directory, unless replicas share one.
fn current(data: &DataDir, shared: Option<ReleaseId>) -> Result<Option<ReleaseId>, Problem> {
    match shared {
        Some(id) => Ok(Some(id)),
        None => Ok(data.current()?),
    }
}

/// Of no release when that is not known.
fn read_base(path: &Path) -> Base {
    let read = fs::read(path).ok();
    read.and_then(|json| serde_json::from_slice(&json).ok())
        .unwrap_or_default()
}

pub(super) fn failed(path: &Path, error: &std::io::Error) -> Problem {
    tracing::error!(path = %path.display(), %error, "a file of the draft failed");
    Problem::new(ProblemKind::Environment, format!("草稿读写出错：{error}"))
}

fn remove(dir: &Path) -> Result<(), Problem> {
    match fs::remove_dir_all(dir) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(failed(dir, &e)),
        _ => Ok(()),
    }
}
