//! What a model learns from, as texts and as tokens.

use super::fold::Fold;
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
    /// To learn from. Where no set is for validation, some of its FAQs are held out; of one set alone, some
    /// of its queries.
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
    pub(super) faqs: Vec<FaqTokens>,
}

pub(super) struct FaqTokens {
    /// Whether it is learned at all.
    pub(super) is_learned: bool,
    pub(super) phrasings: Vec<Vec<u32>>,
    pub(super) with_answer: Option<Vec<u32>>,
    /// To learn from. Where there are none, phrasings stand in: each is to find the others.
    pub(super) queries: Vec<Vec<u32>>,
    /// What is held out to ask with.
    pub(super) asked: Vec<Vec<u32>>,
}

impl Tokens {
    /// `prefix` is written before every text.
    pub(super) fn new(
        set: &TrainingSet,
        folds: &[Fold],
        tokenizer: &TextTokenizer,
        prefix: &str,
    ) -> Result<Self, ModelError> {
        // A text without tokens has no vector.
        let all = |texts: &mut dyn Iterator<Item = &String>| -> Result<Vec<Vec<u32>>, ModelError> {
            let mut all = Vec::new();
            for text in texts {
                let ids = tokenizer.tokenize(prefix, text)?.ids;
                if !ids.is_empty() {
                    all.push(ids);
                }
            }
            Ok(all)
        };
        let mut faqs = Vec::with_capacity(set.faqs.len());
        for (faq, fold) in set.faqs.iter().zip(folds) {
            let is_held = |i: usize| match fold {
                Fold::None => false,
                Fold::Faq => true,
                Fold::Queries(held) => held.contains(&i),
            };
            let queries = || faq.queries.iter().enumerate();
            let mut held = queries().filter(|(i, _)| is_held(*i)).map(|(_, q)| q);
            let asked = if *fold == Fold::Faq && faq.queries.is_empty() {
                all(&mut faq.phrasings.iter())?
            } else {
                all(&mut held)?
            };
            let mut learned = queries().filter(|(i, _)| !is_held(*i)).map(|(_, q)| q);
            faqs.push(FaqTokens {
                is_learned: *fold != Fold::Faq,
                phrasings: all(&mut faq.phrasings.iter())?,
                with_answer: all(&mut faq.with_answer.iter())?.pop(),
                queries: all(&mut learned)?,
                asked,
            });
        }
        Ok(Self { faqs })
    }
}
