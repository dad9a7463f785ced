//! Runs: their files first, all of them, and then the work.

use std::{collections::BTreeMap, path::Path};

use jieda::{
    Engine, EngineConfig, EngineError, Faults, KnowledgeBase, Problem, ProblemCode, SearchMode,
    Searcher, SharedEncoder,
    model::{IntentFitError, IntentHead, IntentOptions},
};

use super::{
    Cases, DecisionCase, EngineParts, IntentCase, Measured, RetrievalCase, Run, Suite,
    TranscriptCase, Work,
};
use crate::{
    decision::{self, Labelled},
    intents::{self, IntentLabels, Material},
    retrieval,
    transcripts::{self, Transcript},
    truth::{self, LabelledQuery, Split, UnanswerableQuery},
};

/// Hexadecimal digits of a content hash that are written.
const DIGITS: usize = 12;

/// A run whose files were read and are sound.
#[derive(Debug)]
pub struct Prepared<'a> {
    run: &'a Run,
    labels: Labels,
}

/// Why a run ended early.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The engine.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// No head could be fitted.
    #[error(transparent)]
    Intents(#[from] IntentFitError),
}

#[derive(Debug)]
enum Labels {
    Retrieval(Vec<LabelledQuery>, SearchMode),
    Decision(Labelled),
    Transcripts(Vec<Transcript>),
    Intents(Vec<LabelledQuery>, Vec<UnanswerableQuery>),
}

impl Suite {
    /// Reads the knowledge bases and truth files of all runs, so that a faulty line of the last one is told before the
    /// first one takes its time.
    ///
    /// # Errors
    /// [`Faults`] with every faulty line of every file.
    pub fn prepare(&self) -> Result<Vec<Prepared<'_>>, Faults> {
        let (mut prepared, mut errors) = (Vec::new(), Vec::new());
        for run in &self.runs {
            match Labels::read(run) {
                Ok(labels) => prepared.push(Prepared { run, labels }),
                Err(faults) => errors.extend(faults.errors),
            }
        }
        if errors.is_empty() {
            return Ok(prepared);
        }
        // Runs share files.
        let mut told = std::collections::HashSet::new();
        errors.retain(|problem| told.insert(problem.to_string()));
        Err(Faults {
            errors,
            warnings: Vec::new(),
        })
    }
}

impl Labels {
    fn read(run: &Run) -> Result<Self, Faults> {
        let kb = KnowledgeBase::load(&run.kb)?;
        let labels = match &run.work {
            Work::Retrieval {
                queries,
                split,
                mode,
            } => {
                let mut rows = truth::read_queries(queries, &kb)?;
                rows.retain(|q| split.is_none() || q.split == *split);
                Self::Retrieval(rows, *mode)
            }
            Work::Decision {
                queries,
                unanswerable,
                handoff,
                split,
            } => {
                let queries = truth::read_queries(queries, &kb);
                let unanswerable = unanswerable.as_deref().map(truth::read_unanswerable);
                let handoff = handoff.as_deref().map(truth::read_handoff);
                let mut labelled = all_of(queries, unanswerable, handoff)?;
                labelled.retain(*split);
                Self::Decision(labelled)
            }
            Work::Transcripts { transcripts } => {
                Self::Transcripts(transcripts::read_transcripts(transcripts, &kb)?)
            }
            Work::Intents {
                queries,
                unanswerable,
            } => {
                let queries = truth::read_queries(queries, &kb);
                let unanswerable = unanswerable.as_deref().map(truth::read_unanswerable);
                let labelled = all_of(queries, unanswerable, None)?;
                Self::Intents(labelled.queries, labelled.unanswerable)
            }
        };
        match labels.nothing_asked(&run.work) {
            Some(file) => {
                let message = "没有可用的标注，请检查 split";
                Err(Faults {
                    errors: vec![Problem::new(file, ProblemCode::Empty, message)],
                    warnings: Vec::new(),
                })
            }
            None => Ok(labels),
        }
    }

    /// The file that nothing is left of.
    fn nothing_asked<'a>(&self, work: &'a Work) -> Option<&'a Path> {
        let (Work::Retrieval { queries: file, .. }
        | Work::Decision { queries: file, .. }
        | Work::Intents { queries: file, .. }
        | Work::Transcripts { transcripts: file }) = work;
        let is_empty = match self {
            Self::Retrieval(queries, _) => queries.is_empty(),
            Self::Decision(labelled) => labelled.queries.is_empty(),
            Self::Transcripts(transcripts) => transcripts.is_empty(),
            Self::Intents(queries, _) => !queries.iter().any(|q| q.split == Some(Split::Test)),
        };
        is_empty.then_some(file)
    }
}

type Read<T> = Result<Vec<T>, Faults>;

/// Everything that was read, or everything that is wrong with it.
fn all_of(
    queries: Read<LabelledQuery>,
    unanswerable: Option<Read<UnanswerableQuery>>,
    handoff: Option<Read<truth::HandoffQuery>>,
) -> Result<Labelled, Faults> {
    let unanswerable = unanswerable.unwrap_or_else(|| Ok(Vec::new()));
    let handoff = handoff.unwrap_or_else(|| Ok(Vec::new()));
    match (queries, unanswerable, handoff) {
        (Ok(queries), Ok(unanswerable), Ok(handoff)) => Ok(Labelled {
            queries,
            unanswerable,
            handoff,
        }),
        (queries, unanswerable, handoff) => {
            let faults = [queries.err(), unanswerable.err(), handoff.err()];
            Err(Faults {
                errors: faults
                    .into_iter()
                    .flatten()
                    .flat_map(|f| f.errors)
                    .collect(),
                warnings: Vec::new(),
            })
        }
    }
}

impl Prepared<'_> {
    /// The run's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.run.name
    }

    /// Whether an encoder is needed.
    #[must_use]
    pub fn needs_encoder(&self) -> bool {
        !matches!(self.labels, Labels::Retrieval(_, SearchMode::Bm25))
    }

    /// Does the work. Without an encoder, one is loaded if it is needed. `progress` is told (done, all).
    ///
    /// # Errors
    /// [`RunError`].
    pub fn run(
        &self,
        config: &EngineConfig,
        encoder: Option<&SharedEncoder>,
        progress: &mut dyn FnMut(usize, usize),
    ) -> Result<Measured, RunError> {
        match &self.labels {
            Labels::Retrieval(queries, mode) => {
                let searcher = self.searcher(config, encoder, *mode)?;
                let report = retrieval::evaluate(&searcher, queries, progress)?;
                let cases = queries.iter().zip(&report.cases);
                Ok(Measured {
                    engine: of_searcher(&searcher),
                    counts: counts(&[("queries", queries.len())]),
                    cases: Cases::Retrieval(
                        cases
                            .map(|(query, case)| RetrievalCase::of(query, case))
                            .collect(),
                    ),
                })
            }
            Labels::Decision(labelled) => {
                let engine = self.engine(config, encoder)?;
                let turns = decision::ask(&engine, labelled, progress)?;
                Ok(Measured {
                    engine: of_engine(&engine),
                    counts: counts(&[
                        ("queries", labelled.queries.len()),
                        ("unanswerable", labelled.unanswerable.len()),
                        ("handoff", labelled.handoff.len()),
                    ]),
                    cases: Cases::Decision(turns.iter().map(DecisionCase::of).collect()),
                })
            }
            Labels::Transcripts(transcripts) => {
                let engine = self.engine(config, encoder)?;
                let played = transcripts::play(&engine, transcripts, progress)?;
                let cases: Vec<_> = played.iter().flat_map(TranscriptCase::of).collect();
                Ok(Measured {
                    engine: of_engine(&engine),
                    counts: counts(&[("conversations", transcripts.len()), ("turns", cases.len())]),
                    cases: Cases::Transcripts(cases),
                })
            }
            Labels::Intents(queries, unanswerable) => {
                let loaded = encoder
                    .cloned()
                    .map_or_else(|| SharedEncoder::load(config), Ok)?;
                let searcher = self.searcher(config, Some(&loaded), SearchMode::Hybrid)?;
                let encoder = loaded.encoder().as_ref();
                let labels = IntentLabels {
                    queries,
                    unanswerable,
                };
                let material =
                    Material::of_knowledge_base(&searcher, config, encoder, labels, progress)?;
                let options = IntentOptions::default();
                let id = encoder.id().clone();
                let head = IntentHead::fit(id, &material.train, &options, progress)?;
                let predictions = intents::predict(&head, &material.asked);
                let asked = material.asked.iter().zip(&predictions);
                Ok(Measured {
                    engine: of_searcher(&searcher),
                    counts: counts(&[
                        ("train", material.train.len()),
                        ("asked", material.asked.len()),
                    ]),
                    cases: Cases::Intents(
                        asked
                            .map(|(asked, said)| IntentCase::of(asked, said))
                            .collect(),
                    ),
                })
            }
        }
    }

    fn searcher(
        &self,
        config: &EngineConfig,
        encoder: Option<&SharedEncoder>,
        mode: SearchMode,
    ) -> Result<Searcher, EngineError> {
        match encoder.filter(|_| mode == SearchMode::Hybrid) {
            Some(encoder) => Searcher::open_with(config, &self.run.kb, encoder, &mut |_| {}),
            None => Searcher::open(config, &self.run.kb, mode, &mut |_| {}),
        }
    }

    fn engine(
        &self,
        config: &EngineConfig,
        encoder: Option<&SharedEncoder>,
    ) -> Result<Engine, EngineError> {
        match encoder {
            Some(encoder) => Engine::open_with(config, &self.run.kb, encoder, &mut |_| {}),
            None => Engine::open(config, &self.run.kb, &mut |_| {}),
        }
    }
}

impl Labelled {
    /// Only the labels of this split; all without one.
    fn retain(&mut self, split: Option<Split>) {
        let Some(split) = split.map(Some) else {
            return;
        };
        self.queries.retain(|q| q.split == split);
        self.unanswerable.retain(|q| q.split == split);
        self.handoff.retain(|q| q.split == split);
    }
}

fn of_searcher(searcher: &Searcher) -> EngineParts {
    let hash = searcher.kb().content_hash();
    EngineParts {
        knowledge: hash.get(..DIGITS).unwrap_or(&hash).to_owned(),
        policy: None,
        encoder: searcher.encoder_id().map(ToString::to_string),
    }
}

fn of_engine(engine: &Engine) -> EngineParts {
    EngineParts {
        policy: Some(engine.identity().policy.clone()),
        ..of_searcher(engine.searcher())
    }
}

fn counts(of: &[(&str, usize)]) -> BTreeMap<String, usize> {
    of.iter()
        .map(|(name, n)| ((*name).to_owned(), *n))
        .collect()
}
