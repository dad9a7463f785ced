//! Does gap mining bring back what a knowledge base lacks?
//!
//! FAQs are taken out of a knowledge base ([`Removal`]), all labelled queries are put to what is left, what is missed is
//! mined, and the gaps are held against the labels ([`GapReport`]). Queries of FAQs that stayed, and those that no FAQ
//! ever answered, are missed too now and then: they are in the way, as they are in a real log.

mod judge;
mod removal;

use std::collections::BTreeSet;

use jieda::{Engine, EngineConfig, EngineError, Faults, KnowledgeBase, SharedEncoder};
use jieda_gaps::{GapMiner, MiningOptions, missed_now};
use jieda_types::FaqId;

pub use judge::{Advised, BCubed, Fate, GapReport, MinedText, Removed};
pub use removal::{Removal, thinned};

use crate::{
    decision::Labelled,
    gaps::{judge::Round, removal::without},
};

/// A knowledge base with labelled queries, from which FAQs are removed.
#[derive(Debug)]
pub struct Experiment<'a> {
    /// The configuration; its cache isn't used.
    pub config: &'a EngineConfig,
    /// The encoder, loaded once.
    pub encoder: &'a SharedEncoder,
    /// The whole knowledge base.
    pub kb: &'a KnowledgeBase,
    /// Queries with the FAQ that answers them, and queries that none answers.
    pub labelled: &'a Labelled,
    /// What is removed.
    pub removal: Removal,
    /// What is asked.
    pub asked: Asked,
}

/// Which labelled queries are asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Asked {
    /// All of them, as in a real log.
    #[default]
    All,
    /// Those of the removed FAQs alone: nothing is in the way.
    Removed,
}

/// The experiment failed.
#[derive(Debug, thiserror::Error)]
pub enum ExperimentError {
    /// The engine.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// A knowledge base with fewer FAQs can't be written.
    #[error(transparent)]
    Unwritable(#[from] Faults),
    /// There is no place for it.
    #[error("no temporary folder: {0}")]
    NoFolder(#[from] std::io::Error),
    /// Nothing would be removed, or nothing be left.
    #[error("{removed} of {faqs} FAQs can't be removed")]
    Removal {
        /// To be removed in a round.
        removed: usize,
        /// That are there.
        faqs: usize,
    },
}

impl Experiment<'_> {
    /// Runs it once for each choice of options. `progress` is told (done, all) rounds.
    ///
    /// # Errors
    /// [`ExperimentError`].
    pub fn run(
        &self,
        options: &[MiningOptions],
        progress: &mut dyn FnMut(usize, usize),
    ) -> Result<Vec<GapReport>, ExperimentError> {
        let rounds = self.removal.rounds(self.kb)?;
        let mut judged: Vec<Vec<Round<'_>>> = options.iter().map(|_| Vec::new()).collect();
        progress(0, rounds.len());
        for (done, removed) in rounds.iter().enumerate() {
            let dir = tempfile::tempdir()?;
            let kb = dir.path().join("kb");
            without(self.kb, removed).save(&kb)?;
            let config = EngineConfig {
                cache_dir: dir.path().join("cache"),
                ..self.config.clone()
            };
            let engine = Engine::open_with(&config, &kb, self.encoder, &mut |_| {})?;
            let texts = self.texts(removed);
            let misses = missed_now(&engine, texts.into_iter(), &mut |_, _| {})?;
            for (options, judged) in options.iter().zip(&mut judged) {
                // Small gaps are judged here, which must know of all texts.
                let all = MiningOptions {
                    min_size: 1,
                    ..*options
                };
                let miner = GapMiner::new(&engine).with_options(all);
                let gaps = miner.mine(&misses, &mut |_, _| {})?;
                judged.push(Round::new(self.labelled, removed, gaps.gaps));
            }
            progress(done + 1, rounds.len());
        }
        let reports = options.iter().zip(&judged);
        Ok(reports
            .map(|(options, rounds)| GapReport::of(rounds, options.min_size))
            .collect())
    }

    fn texts(&self, removed: &BTreeSet<FaqId>) -> Vec<&str> {
        let Labelled {
            queries,
            unanswerable,
            ..
        } = self.labelled;
        match self.asked {
            Asked::All => {
                let others = unanswerable.iter().map(|q| q.text.as_str());
                queries
                    .iter()
                    .map(|q| q.text.as_str())
                    .chain(others)
                    .collect()
            }
            Asked::Removed => {
                let theirs = queries.iter().filter(|q| removed.contains(&q.faq));
                theirs.map(|q| q.text.as_str()).collect()
            }
        }
    }
}
