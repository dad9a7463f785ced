//! What an answer came from.

use std::fmt::Debug;

use jieda_decision::Policy;
use jieda_knowledge::release::Release;
use sha2::{Digest as _, Sha256};

use crate::{EngineConfig, Searcher};

/// Hexadecimal digits of a hash that are shown.
const DIGITS: usize = 12;

/// What an engine answers from: kept with an answer, so that one can tell later why the same words were
/// answered otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Identity {
    /// The knowledge: the id of a release, or `folder-` and the beginning of the folder's
    /// [content hash](jieda_knowledge::KnowledgeBase::content_hash).
    pub knowledge: String,
    /// The beginning of a hash of all else that decides: policy, calibrators, weights of the search, encoder. It
    /// means something within one version of jieda.
    pub policy: String,
}

impl Identity {
    pub(crate) fn of_folder(config: &EngineConfig, searcher: &Searcher, policy: &Policy) -> Self {
        let hash = searcher.kb().content_hash();
        let digits = hash.get(..DIGITS).unwrap_or(&hash);
        let decides = (
            policy,
            (&config.calibrator, &config.follow_up_calibrator),
            (&config.fusion, &config.follow_up, config.candidates),
            searcher.encoder_id(),
        );
        Self {
            knowledge: format!("folder-{digits}"),
            // An engine finds what is nearest by a graph, and scores are standardised by a sample.
            policy: match searcher.index().has_engine() {
                true => hash_of(&(decides, "vector engine")),
                false => hash_of(&decides),
            },
        }
    }

    pub(crate) fn of_release(self, release: &Release) -> Self {
        Self {
            knowledge: release.id().to_string(),
            ..self
        }
    }
}

/// By what was read, not by how it was written: comments and the order of keys don't count.
fn hash_of(decides: &impl Debug) -> String {
    let hash = Sha256::digest(format!("{decides:?}"));
    let digits = hash.iter().map(|byte| format!("{byte:02x}"));
    digits.take(DIGITS / 2).collect()
}
