//! From a knowledge base folder to a release.

use std::{
    collections::HashSet,
    path::Path,
    sync::{Mutex, PoisonError},
};

use jieda_decision::Tuned;
use jieda_knowledge::{
    KnowledgeBase, Problem,
    release::{Check, DataDir, PromiseCheck, Publisher, Release, ReleaseMeta},
};
use jieda_retrieval::{KnownVectors, SearchMode, TextHash, VectorIndex};
use jieda_text::JiebaSegmenter;
use jieda_types::EncoderId;
use jiff::Timestamp;

use super::bundle::{Bundle, Ingredients};
use crate::{
    Engine, EngineConfig, EngineError, Progress, Searcher, SharedEncoder, learned::Learned,
};

/// Older releases whose vectors are looked through before a text is encoded.
const LOOK_BACK: usize = 2;

/// A knowledge base folder on its way into a data directory.
#[derive(Debug, Clone, Copy)]
pub struct Publishing<'a> {
    /// Model and other settings.
    pub config: &'a EngineConfig,
    /// The folder.
    pub kb_dir: &'a Path,
    /// The data directory; made if it isn't there.
    pub data: &'a Path,
    /// Who publishes, for others to read.
    pub by: &'a str,
    /// What is new, in the publisher's words.
    pub note: &'a str,
    /// What time it is.
    pub now: Timestamp,
    /// An encoder that is loaded already; without one, the configuration's is loaded.
    pub encoder: Option<&'a SharedEncoder>,
}

/// A release that was made.
#[derive(Debug, Clone)]
pub struct Built {
    /// The release.
    pub release: Release,
    /// Whether it is new.
    pub outcome: Outcome,
    /// What is worth knowing of the folder.
    pub warnings: Vec<Problem>,
    /// The promise of the policy that it answers by, if that makes one.
    pub tuned: Option<Tuned>,
    /// What came of checking the promise; none when that was not done.
    pub promise: Option<PromiseCheck>,
}

/// Looks at the engine that a release will be, before the release is one, and says what has become of the promise of
/// its policy. None when the policy makes no promise.
///
/// jieda-eval's `risk::Recheck` computes the figures; this crate only asks.
pub type Recheck<'a> = dyn FnMut(&Engine) -> Result<Option<PromiseCheck>, EngineError> + 'a;

/// Whether there was anything to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// A new release was made.
    New {
        /// Texts that were encoded.
        encoded: usize,
        /// Texts whose vectors were taken over from older releases.
        reused: usize,
    },
    /// The current release is just that already.
    Unchanged,
}

impl Publishing<'_> {
    /// Makes a release, which is not current yet. Only texts that no recent release has are encoded.
    ///
    /// # Errors
    /// [`EngineError::Knowledge`] with every problem of the folder: then nothing was made;
    /// [`EngineError::Release`], such as another publisher at work; faults of model and disk.
    pub fn build(&self, progress: &mut dyn FnMut(Progress)) -> Result<Built, EngineError> {
        self.make(&mut self.begin()?, None, progress)
    }

    /// The same, and checks the promise of the policy: what came of it is kept in the release's manifest.
    ///
    /// # Errors
    /// As [`build`](Self::build), and whatever the check fails with; then nothing was made.
    pub fn build_checked(
        &self,
        recheck: &mut Recheck<'_>,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Built, EngineError> {
        self.make(&mut self.begin()?, Some(recheck), progress)
    }

    /// Makes a release and makes it current.
    ///
    /// # Errors
    /// As [`build`](Self::build); the current release stays what it was.
    pub fn publish(&self, progress: &mut dyn FnMut(Progress)) -> Result<Built, EngineError> {
        self.go(None, progress)
    }

    /// The same, after the promise of the policy was checked. Where [`Built::promise`] says that it is
    /// [broken](jieda_knowledge::release::PromiseOutcome::Broken), the release is made and does not become current: it
    /// can be looked into, and its vectors are not made again.
    ///
    /// # Errors
    /// As [`build_checked`](Self::build_checked); the current release stays what it was.
    pub fn publish_checked(
        &self,
        recheck: &mut Recheck<'_>,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Built, EngineError> {
        self.go(Some(recheck), progress)
    }

    fn go(
        &self,
        recheck: Option<&mut Recheck<'_>>,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Built, EngineError> {
        let mut work = self.begin()?;
        let built = self.make(&mut work, recheck, progress)?;
        let promise = built.promise.as_ref();
        if promise.is_none_or(|check| check.outcome.may_publish()) {
            work.publisher
                .promote(built.release.id(), Check::Sizes, self.now)?;
        }
        Ok(built)
    }

    /// Checks the folder, then takes the lock of the data directory.
    fn begin(&self) -> Result<Work, EngineError> {
        let warnings = KnowledgeBase::check(self.kb_dir, self.now).into_warnings()?;
        Ok(Work {
            kb: KnowledgeBase::load(self.kb_dir)?,
            warnings,
            publisher: DataDir::create(self.data)?.publisher(self.by, self.now)?,
        })
    }

    fn make(
        &self,
        work: &mut Work,
        recheck: Option<&mut Recheck<'_>>,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Built, EngineError> {
        let Work {
            kb,
            warnings,
            publisher,
        } = work;
        // A damaged pointer is told before the work is done.
        publisher.data().pointer()?;
        let (encoder, segmenter) = std::thread::scope(|scope| {
            let encoder = scope.spawn(|| match self.encoder {
                Some(encoder) => Ok(encoder.clone()),
                None => SharedEncoder::load(self.config),
            });
            let segmenter = JiebaSegmenter::new(&kb.dictionary);
            (encoder.join(), segmenter)
        });
        let shared = encoder.map_err(|_| EngineError::panicked("encoder"))??;
        let encoder = shared.encoder();
        let segmenter = segmenter?;
        let learned = Learned::load(self.kb_dir, Some(encoder.id()))?;
        let own = learned.policy.as_ref().map(|file| &file.policy);
        let tuned = self.config.policy_with(own).tuned.clone();
        let warnings = std::mem::take(warnings);

        if let Some(release) = self.same(publisher, kb, &learned, encoder.id()) {
            let promise = match recheck {
                Some(recheck) => {
                    recheck(&Engine::of_release(self.config, &release, Some(&shared))?)?
                }
                None => None,
            };
            return Ok(Built {
                release,
                outcome: Outcome::Unchanged,
                warnings,
                tuned,
                promise,
            });
        }
        let known = Known::new(recent_vectors(publisher.data())?);
        let draft = publisher.draft()?;
        let ingredients = Ingredients {
            kb,
            learned: &learned,
            segmenter: &segmenter,
            encoder: encoder.as_ref(),
            known: &known,
            place: &self.config.vectors,
        };
        let encoded = ingredients.write(draft.path(), progress)?;
        let promise = match recheck {
            Some(recheck) => {
                let bundle = Bundle::read(draft.path())?;
                let encoder = Some(shared.clone());
                let mode = SearchMode::Hybrid;
                let searcher = Searcher::of_bundle(self.config, bundle, segmenter, encoder, mode)?;
                recheck(&Engine::over(self.config, searcher)?)?
            }
            None => None,
        };
        let release = draft.seal(ReleaseMeta {
            created: self.now,
            name: kb.name.clone(),
            faqs: kb.faqs.len(),
            phrasings: kb.faqs.iter().map(|faq| faq.phrasings().count()).sum(),
            content_hash: kb.content_hash(),
            encoder: Some(encoder.id().clone()),
            note: self.note.to_owned(),
            promise: promise.clone(),
        })?;
        Ok(Built {
            release,
            outcome: Outcome::New {
                encoded,
                reused: known.count(),
            },
            warnings,
            tuned,
            promise,
        })
    }

    /// The current release, if it holds just this. One that can't be read holds something else.
    fn same(
        &self,
        publisher: &Publisher,
        kb: &KnowledgeBase,
        learned: &Learned,
        encoder: &EncoderId,
    ) -> Option<Release> {
        let release = publisher.data().open_current().ok()?;
        if release.manifest().about.encoder.as_ref() != Some(encoder) {
            return None;
        }
        let bundle = Bundle::open(&release).ok()?;
        let told = KnowledgeBase {
            warnings: Vec::new(),
            ..kb.clone()
        };
        (bundle.learned == *learned && bundle.kb == told).then_some(release)
    }
}

/// A folder that was checked, and the right to publish it.
struct Work {
    kb: KnowledgeBase,
    warnings: Vec<Problem>,
    publisher: Publisher,
}

/// Vectors of the latest releases, newest first. Damaged releases are passed over.
fn recent_vectors(data: &DataDir) -> Result<Vec<VectorIndex>, EngineError> {
    let releases = data.releases()?.into_iter();
    let sound = releases.filter_map(|info| data.release(&info.id).ok());
    let vectors = sound.filter_map(|release| Bundle::vectors(&release));
    Ok(vectors.take(LOOK_BACK).collect())
}

/// Vectors of older releases; counts the texts for which they were of use.
struct Known {
    releases: Vec<VectorIndex>,
    used: Mutex<HashSet<TextHash>>,
}

impl Known {
    fn new(releases: Vec<VectorIndex>) -> Self {
        Self {
            releases,
            used: Mutex::default(),
        }
    }

    fn count(&self) -> usize {
        self.used().len()
    }

    fn used(&self) -> std::sync::MutexGuard<'_, HashSet<TextHash>> {
        self.used.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl KnownVectors for Known {
    fn vector(&self, encoder: &EncoderId, text: TextHash) -> Option<&[f32]> {
        let vector = self.releases.vector(encoder, text)?;
        self.used().insert(text);
        Some(vector)
    }
}
