//! What a model learns from, as texts and as tokens.

use crate::{ModelError, tokenize::TextTokenizer};

/// One knowledge base with what customers asked of it. Texts are compared as they are given: normalise
/// them as the engine will.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TrainingSet {
    /// Name in reports.
    pub name: String,
    /// Its FAQs.
    pub faqs: Vec<TrainingFaq>,
    /// What it is for.
    pub purpose: Purpose,
}

/// What a [`TrainingSet`] is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Purpose {
    /// To learn from. Where no set is for validation, some FAQs of each are held back.
    #[default]
    Train,
    /// To see when to stop: never learned from.
    Validate,
}

/// A FAQ and ways to ask for it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TrainingFaq {
    /// The question and similar ones, as in the knowledge base.
    pub phrasings: Vec<String>,
    /// Question and answer in one, as it is indexed.
    pub with_answer: Option<String>,
    /// What customers said.
    pub queries: Vec<String>,
}

/// A set in tokens.
pub(super) struct Tokens {
    pub(super) purpose: Purpose,
    pub(super) faqs: Vec<FaqTokens>,
}

pub(super) struct FaqTokens {
    pub(super) phrasings: Vec<Vec<u32>>,
    pub(super) with_answer: Option<Vec<u32>>,
    /// Where there are none, phrasings stand in: each is to find the others.
    pub(super) queries: Vec<Vec<u32>>,
}

impl Tokens {
    /// `prefix` is written before every text.
    pub(super) fn new(
        set: &TrainingSet,
        tokenizer: &TextTokenizer,
        prefix: &str,
    ) -> Result<Self, ModelError> {
        let ids = |text: &String| tokenizer.tokenize(prefix, text).map(|t| t.ids);
        // A text without tokens has no vector.
        let all = |texts: &[String]| -> Result<Vec<Vec<u32>>, ModelError> {
            let mut all = texts.iter().map(ids).collect::<Result<Vec<_>, _>>()?;
            all.retain(|ids| !ids.is_empty());
            Ok(all)
        };
        let mut faqs = Vec::with_capacity(set.faqs.len());
        for faq in &set.faqs {
            faqs.push(FaqTokens {
                phrasings: all(&faq.phrasings)?,
                with_answer: all(faq.with_answer.as_slice())?.pop(),
                queries: all(&faq.queries)?,
            });
        }
        Ok(Self {
            purpose: set.purpose,
            faqs,
        })
    }
}
