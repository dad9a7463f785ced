//! Taking FAQs out of a knowledge base.

use std::{collections::BTreeSet, fs, path::Path};

use jieda::KnowledgeBase;
use jieda_types::FaqId;
use tempfile::TempDir;

use super::ExperimentError;

/// Which FAQs are removed: a share of those that are enabled, drawn by a seed. Every further round removes others, as
/// long as there are any that were not removed yet.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Removal {
    /// The share that is removed in each round, in (0, 1).
    pub share: f64,
    /// The draw.
    pub seed: u64,
    /// Rounds, at most 1/share.
    pub rounds: usize,
}

impl Removal {
    pub(super) fn rounds(
        &self,
        kb: &KnowledgeBase,
    ) -> Result<Vec<BTreeSet<FaqId>>, ExperimentError> {
        let enabled = kb.faqs.iter().filter(|faq| faq.enabled);
        let mut ids: Vec<FaqId> = enabled.map(|faq| faq.id.clone()).collect();
        fastrand::Rng::with_seed(self.seed).shuffle(&mut ids);
        let removed = (self.share * ids.len() as f64).round() as usize;
        if removed == 0 || removed >= ids.len() {
            return Err(ExperimentError::Removal(removed, ids.len()));
        }
        let slices = ids.chunks_exact(removed).take(self.rounds.max(1));
        Ok(slices.map(|ids| ids.iter().cloned().collect()).collect())
    }
}

/// Writes the knowledge base without these FAQs into the folder `kb` of a new one. What was learned for the whole of it
/// is left behind.
pub(super) fn reduced(
    kb: &KnowledgeBase,
    from: &Path,
    removed: &BTreeSet<FaqId>,
) -> Result<TempDir, ExperimentError> {
    let dir = tempfile::tempdir()?;
    let to = dir.path().join("kb");
    fs::create_dir(&to)?;
    for entry in fs::read_dir(from)? {
        let path = entry?.path();
        let name = path
            .file_name()
            .and_then(|n| n.to_str())
            .unwrap_or_default();
        // FAQs of any format stay behind, and are written as JSON lines.
        if name == "kb.toml" || name == "intents.jsonl" || name.ends_with(".txt") {
            fs::copy(&path, to.join(name))?;
        }
    }
    let left = KnowledgeBase {
        faqs: kb
            .faqs
            .iter()
            .filter(|f| !removed.contains(&f.id))
            .cloned()
            .collect(),
        ..kb.clone()
    };
    let written = jieda::export_jsonl(&left, &to.join("faqs.jsonl"));
    written.map_err(|e| ExperimentError::Write(std::io::Error::other(e)))?;
    Ok(dir)
}
