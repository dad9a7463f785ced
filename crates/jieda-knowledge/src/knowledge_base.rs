//! A checked knowledge base.

use std::{collections::BTreeMap, path::Path};

use jieda_text::UserDictionary;
use jieda_types::{FaqId, IntentId};
use sha2::{Digest, Sha256};

use crate::{Faq, Faults, Intent, Problem, ProblemCode, loader::Loader, problem::FileProblems};

/// A knowledge base whose files were found sound.
///
/// Invariants: FAQ ids and intent ids are unique; every FAQ's intent is listed; every phrasing and
/// every answer has text; at least one FAQ; disabled FAQs are not in it.
#[derive(Debug, Clone, PartialEq)]
pub struct KnowledgeBase {
    /// Its name: `kb.toml`'s, else the folder's.
    pub name: String,
    /// One sentence on it.
    pub description: String,
    /// Words that segmentation keeps whole.
    pub dictionary: UserDictionary,
    /// Values for variables that the caller does not supply.
    pub variables: BTreeMap<String, String>,
    /// Intents, in the order of the file.
    pub intents: Vec<Intent>,
    /// Enabled FAQs, in the order of the file.
    pub faqs: Vec<Faq>,
    /// What was noticed that does no harm.
    pub warnings: Vec<Problem>,
}

impl KnowledgeBase {
    /// Loads and checks a folder.
    ///
    /// # Errors
    /// [`Faults`] with every problem of every file.
    pub fn load(dir: &Path) -> Result<Self, Faults> {
        if !dir.is_dir() {
            let mut problems = FileProblems::new(dir.to_owned());
            problems.whole_file(ProblemCode::MissingFile, "知识库目录不存在");
            return Err(Faults {
                errors: problems.found,
                warnings: Vec::new(),
            });
        }
        let mut loader = Loader::default();
        let kb = loader.load(dir);
        let (warnings, errors): (Vec<_>, Vec<_>) = loader
            .problems
            .into_iter()
            .partition(|p| p.code.is_warning());
        if errors.is_empty() {
            Ok(Self { warnings, ..kb })
        } else {
            Err(Faults { errors, warnings })
        }
    }

    /// The FAQ with this id.
    #[must_use]
    pub fn faq(&self, id: &FaqId) -> Option<&Faq> {
        self.faqs.iter().find(|faq| faq.id == *id)
    }

    /// The intent with this id.
    #[must_use]
    pub fn intent(&self, id: &IntentId) -> Option<&Intent> {
        self.intents.iter().find(|intent| intent.id == *id)
    }

    /// SHA-256, in hex, over all that an index of this knowledge base depends on: dictionary,
    /// ids, intents, phrasings and answers. Two folders with the same contents have the same hash.
    #[must_use]
    pub fn content_hash(&self) -> String {
        let mut hash = Sha256::new();
        let mut field = |text: &str| {
            hash.update((text.len() as u64).to_le_bytes());
            hash.update(text);
        };
        for word in &self.dictionary.words {
            field(&word.word);
            field(&word.frequency.map_or(String::new(), |f| f.to_string()));
        }
        for faq in &self.faqs {
            field("faq");
            field(faq.id.as_str());
            field(faq.intent.as_str());
            faq.phrasings().for_each(&mut field);
            field("answer");
            field(faq.answer.source());
        }
        hash.finalize().iter().map(|b| format!("{b:02x}")).collect()
    }
}
