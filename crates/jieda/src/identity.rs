//! What an answer came from.

use std::fmt::Debug;

use jieda_decision::{Calibrator, Policy};
use jieda_knowledge::{KnowledgeBase, release::Release};
use sha2::{Digest as _, Sha256};

/// Hexadecimal digits of a hash that are shown.
const DIGITS: usize = 12;

/// What an engine answers from: kept with an answer, so that one can tell later why the same words were
/// answered otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Identity {
    /// The knowledge: the id of a release, or `folder-` and the beginning of the folder's
    /// [content hash](KnowledgeBase::content_hash).
    pub knowledge: String,
    /// The beginning of a hash of all that decides: policy and calibrator. It means something within one
    /// version of jieda.
    pub policy: String,
}

impl Identity {
    pub(crate) fn of_folder(kb: &KnowledgeBase, policy: &Policy, calibrator: &Calibrator) -> Self {
        let hash = kb.content_hash();
        let digits = hash.get(..DIGITS).unwrap_or(&hash);
        Self {
            knowledge: format!("folder-{digits}"),
            policy: hash_of(policy, calibrator),
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
fn hash_of(policy: &dyn Debug, calibrator: &dyn Debug) -> String {
    let hash = Sha256::digest(format!("{policy:?}\n{calibrator:?}"));
    let digits = hash.iter().map(|byte| format!("{byte:02x}"));
    digits.take(DIGITS / 2).collect()
}
