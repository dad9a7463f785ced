//! Texts with their vectors.

use std::collections::BTreeSet;

use jieda::{
    EngineConfig, EngineError, JiebaSegmenter, NearestIntents, Searcher, UserDictionary,
    model::IntentExample,
    types::{Encoder, IntentId, IntentPrediction, Segmenter as _, StageError, TextRole},
};

use super::{IntentText, of_knowledge_base, of_queries, of_unanswerable};
use crate::truth::{LabelledQuery, Split, UnanswerableQuery};

const CHUNK: usize = 64;

/// Normalises and encodes texts; one that stands there twice with the same intent is taken once. `progress` is
/// told (done, all).
///
/// # Errors
/// [`StageError`] when the model fails.
pub fn encode(
    texts: &[IntentText],
    segmenter: &JiebaSegmenter,
    encoder: &dyn Encoder,
    progress: &mut dyn FnMut(usize, usize),
) -> Result<Vec<IntentExample>, StageError> {
    let normalized: BTreeSet<(String, Option<IntentId>)> = texts
        .iter()
        .map(|t| (segmenter.normalize(&t.text), t.intent.clone()))
        .filter(|(text, _)| !text.is_empty())
        .collect();
    let normalized: Vec<_> = normalized.into_iter().collect();
    let mut examples = Vec::with_capacity(normalized.len());
    progress(0, normalized.len());
    for chunk in normalized.chunks(CHUNK) {
        let batch: Vec<&str> = chunk.iter().map(|(text, _)| text.as_str()).collect();
        let encoded = encoder.encode(&batch, TextRole::Query)?;
        for ((text, intent), encoded) in chunk.iter().zip(encoded) {
            examples.push(IntentExample {
                text: text.clone(),
                intent: intent.clone(),
                vector: encoded.embedding,
            });
        }
        progress(examples.len(), normalized.len());
    }
    Ok(examples)
}

/// A text to ask.
#[derive(Debug, Clone, PartialEq)]
pub struct AskedText {
    /// The text, its intent and its vector.
    pub example: IntentExample,
    /// What kind of a text without an intent it is.
    pub kind: Option<String>,
    /// What the FAQs that were found say of it, where there is a knowledge base: an engine mixes both.
    pub by_faqs: Option<IntentPrediction>,
}

/// Labels of a knowledge base.
#[derive(Debug, Clone, Copy)]
pub struct IntentLabels<'a> {
    /// Queries with their FAQs: learned are all but those of the test split, which are asked.
    pub queries: &'a [LabelledQuery],
    /// Queries that no FAQ answers: asked are those of the test split.
    pub unanswerable: &'a [UnanswerableQuery],
}

/// What a head is fitted on, and what it is asked.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Material {
    /// To learn.
    pub train: Vec<IntentExample>,
    /// To ask.
    pub asked: Vec<AskedText>,
}

impl Material {
    /// Normalises and encodes texts as they are. `progress` is told (done, all), for both in turn.
    ///
    /// # Errors
    /// [`EngineError`] when the segmenter or the model fails.
    pub fn of_texts(
        train: &[IntentText],
        test: &[IntentText],
        encoder: &dyn Encoder,
        progress: &mut dyn FnMut(usize, usize),
    ) -> Result<Self, EngineError> {
        let segmenter = JiebaSegmenter::new(&UserDictionary::default())?;
        let train = encode(train, &segmenter, encoder, progress)?;
        // Kinds are asked apart, so that each text keeps its own.
        let kinds: BTreeSet<Option<String>> = test.iter().map(|t| t.kind.clone()).collect();
        let mut asked = Vec::new();
        for kind in kinds {
            let texts: Vec<IntentText> = test.iter().filter(|t| t.kind == kind).cloned().collect();
            let examples = encode(&texts, &segmenter, encoder, progress)?;
            asked.extend(examples.into_iter().map(|example| AskedText {
                example,
                kind: kind.clone(),
                by_faqs: None,
            }));
        }
        Ok(Self { train, asked })
    }

    /// As an engine of the knowledge base would have it: a head learns the phrasings and the labelled queries, and is
    /// asked together with the FAQs that are found.
    ///
    /// # Errors
    /// [`EngineError`] when a text is too long, or a stage fails.
    pub fn of_knowledge_base(
        searcher: &Searcher,
        config: &EngineConfig,
        encoder: &dyn Encoder,
        labels: IntentLabels<'_>,
        progress: &mut dyn FnMut(usize, usize),
    ) -> Result<Self, EngineError> {
        let kb = searcher.kb();
        let (test, train): (Vec<LabelledQuery>, Vec<LabelledQuery>) = labels
            .queries
            .iter()
            .cloned()
            .partition(|q| q.split == Some(Split::Test));
        let mut learned = of_knowledge_base(kb);
        learned.extend(of_queries(kb, &train));
        let mut asked = of_queries(kb, &test);
        let unanswerable = labels.unanswerable.iter();
        let unanswerable: Vec<UnanswerableQuery> = unanswerable
            .filter(|q| q.split == Some(Split::Test))
            .cloned()
            .collect();
        asked.extend(of_unanswerable(&unanswerable));
        let mut material = Self::of_texts(&learned, &asked, encoder, progress)?;
        let nearest = NearestIntents::new(config.fusion.temperature);
        for text in &mut material.asked {
            let understood = searcher.understand(&text.example.text)?;
            let candidates = searcher.search(&understood, config.candidates)?;
            text.by_faqs = Some(nearest.rank(&candidates));
        }
        Ok(material)
    }
}
